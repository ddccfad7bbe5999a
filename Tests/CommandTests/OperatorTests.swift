// OPER, KILL, WALLOPS and REHASH: rights come from an account's roles (RFC 2812 3.1.4, 3.7.1, 4.7).

import Chat
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct OperatorTests {
    @Test func `OPER gives the rights of an account's roles`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("boss", password: "sesame", role: .admin)
        let ann = await harness.client("ann")
        #expect(
            await ann.send("OPER boss sesame").shorts == [
                "MODE ann +o", "381 You are now an administrator of the network",
            ]
        )
        #expect(await harness.client("bob", shard: 1).send("WHOIS ann").with("313").count == 1)
        #expect(await ann.send("MODE ann -o").shorts == ["MODE ann -o"])
        #expect(await ann.send("REHASH").begin(with: ["481"]))
    }

    @Test func `OPER once more says the same and changes nothing`() async throws {
        let boss = await (try CommandHarness()).boss()
        #expect(await boss.send("OPER boss sesame").commands == ["381"])
    }

    @Test(arguments: [
        ("OPER boss wrong", "464"), ("OPER nobody sesame", "464"), ("OPER user sesame", "464"),
        ("OPER boss", "461 OPER"),
    ])
    func `OPER is refused without such an account`(line: String, expected: String) async throws {
        let harness = try CommandHarness()
        harness.accounts.add("boss", password: "sesame", role: .admin)
        harness.accounts.add("user", password: "sesame")
        let ann = await harness.client("ann")
        #expect(await ann.send(line).begin(with: [expected]))
        #expect(await ann.send("MODE ann").begin(with: ["221 +"]))
        #expect(await ann.send("KILL ann :x").begin(with: ["481"]))
    }

    @Test func `OPER is delayed after too many tries, whatever else changes`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("boss", password: "sesame", role: .admin)
        let ann = await harness.client("ann")
        for _ in 0..<10 { #expect(await ann.send("OPER boss x").commands == ["464"]) }
        #expect(await ann.send("OPER boss sesame").isEmpty)
        await harness.advance(by: 10)
        #expect(await ann.hears().commands == ["MODE", "381"])
    }

    @Test(arguments: ["KILL bob :x", "WALLOPS :x", "REHASH"])
    func `KILL, WALLOPS and REHASH are refused without the right`(line: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1)
        #expect(await harness.client("ann").send(line).begin(with: ["481"]))
        #expect(!bob.isClosed && harness.reloads == 0)
    }

    @Test func `KILL ends somebody's session on any shard`() async throws {
        let harness = try CommandHarness(shards: 2)
        let boss = await harness.boss()
        for shard in 0..<2 {
            let bob = await harness.client("bob", shard: shard, in: "#a")
            let cid = await harness.client("cid", in: "#a")
            _ = await bob.hears()
            // Without a reason it is the operator's name, as a KICK's.
            let reason = shard == 0 ? "rude" : "boss"
            #expect(await boss.send(shard == 0 ? "KILL bob :rude" : "KILL bob").isEmpty)
            let last = await bob.hears()
            #expect(
                last.last?.command == "ERROR" && last.last?.text.contains("(boss (\(reason)))") == true && bob.isClosed,
                "\(last)"
            )
            #expect(await cid.hears().shorts == ["bob QUIT Killed (boss (\(reason)))"])
            _ = await cid.send("QUIT")
        }
        #expect(await boss.send("KILL bob :x").begin(with: ["401 bob"]))
        #expect(await boss.send("KILL").begin(with: ["461 KILL"]))
    }

    @Test func `KILL of oneself ends one's own session`() async throws {
        let boss = await (try CommandHarness()).boss()
        #expect(await boss.send("KILL boss :enough", "PING x").last?.command == "ERROR")
        #expect(boss.isClosed)
    }

    @Test func `rights end with the log-in that gave them`() async throws {
        let harness = try CommandHarness(shards: 2)
        let boss = await harness.boss()
        _ = await boss.send("QUIT")
        let next = await harness.client("boss", shard: 1)
        for line in ["KILL boss :x", "WALLOPS :x", "REHASH"] { #expect(await next.send(line).begin(with: ["481"])) }
    }

    @Test func `WALLOPS reaches operators and who wants it, on all shards`() async throws {
        let harness = try CommandHarness(shards: 2)
        let boss = await harness.boss()
        let wants = await harness.client("wants", shard: 1)
        _ = await wants.send("MODE wants +w")
        let other = await harness.client("other", shard: 1)
        #expect(await boss.send("WALLOPS :maintenance: soon").shorts == ["boss WALLOPS maintenance: soon"])
        #expect(await wants.hears().shorts == ["boss WALLOPS maintenance: soon"])
        #expect(await other.hears().isEmpty)
        #expect(await boss.send("WALLOPS").begin(with: ["461 WALLOPS"]))
    }

    @Test func `REHASH reads tenants and certificates again`() async throws {
        let harness = try CommandHarness()
        #expect(await harness.boss().send("REHASH").commands == ["382"])
        #expect(harness.reloads == 1)
    }

    @Test func `an operator runs any channel`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("MODE #a +isk sesame", "MODE #a +b *!*@*")
        let boss = await harness.boss(shard: 1)
        #expect(await boss.send("MODE #a +m").isEmpty)
        #expect(await ann.hears().shorts == ["boss MODE #a +m"])
        #expect(await boss.send("JOIN #a").first?.command == "JOIN")
        #expect(await boss.send("KICK #a ann").commands == ["KICK"])
    }
}
