// WHOIS, WHOWAS, USERHOST, ISON, AWAY and SETNAME (RFC 2812 3.6, 4; ircv3.net setname, away-notify).

import Simulation
import Tenant
import Testing

@Suite struct PeopleTests {
    @Test(arguments: [0, 1])
    func `WHOIS shows somebody on any shard`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("bob", password: "sesame")
        let bob = harness.stranger(shard: shard)
        _ = await bob.send("PASS sesame", "NICK bob", "USER bob 0 * :Bob B.", "JOIN #b", "JOIN #hush", "MODE #hush +s")
        _ = await bob.send("MODE bob +B", "AWAY :out")
        let ann = await harness.client("ann", in: "#b")
        _ = await bob.send("MODE #b +v bob")
        _ = await ann.hears()
        let lines = await ann.send("WHOIS BOB")
        #expect(
            lines.first?.parameters.suffix(2) == ["*", "Bob B."] && lines.last?.short == "318 bob End of WHOIS list"
        )
        for expected in ["319 bob @#b", "312 bob acme.localhost acme", "330 bob bob", "335 bob", "301 bob out"] {
            #expect(lines.contains { $0.short.hasPrefix(expected) }, "\(expected) in \(lines)")
        }
        #expect(lines.allSatisfy { !$0.description.contains("192.0.2.1") && !$0.description.contains("#hush") })
        #expect(await ann.send("WHOIS acme.localhost bob").first?.command == "311")
    }

    @Test func `WHOIS of oneself shows the real address, idle time and TLS`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann")
        await harness.advance(by: 7)
        let lines = await ann.send("WHOIS ann")
        #expect(lines.with("338").first?.parameters.contains("192.0.2.1") == true)
        #expect(lines.with("317").first?.parameters.dropFirst(2).prefix(2) == ["7", "1700000000"])
        #expect(lines.with("671").count == 1)
        _ = await ann.send("PRIVMSG ann :x")
        #expect(await ann.send("WHOIS ann").with("317").first?.parameters[2] == "0")
        let bare = Client(harness: harness, wire: harness.connect(isSecure: false))
        _ = await bare.send("NICK bare", "USER b 0 * :B")
        #expect(await bare.send("WHOIS bare").with("671").isEmpty)
    }

    @Test(arguments: [0, 1])
    func `WHOIS shows how somebody is connected, on any shard, to those who may know`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let print = String(repeating: "0f", count: 32)
        let bob = Client(
            harness: harness,
            wire: harness.connect(shard: shard, address: "198.51.100.7", fingerprint: print)
        )
        _ = await bob.send("NICK bob", "USER bob 0 * :Bob")
        let ann = await harness.client("ann")
        await harness.advance(by: 8)
        let seen = await ann.send("WHOIS bob")
        #expect(seen.with("317").first?.parameters[2...3] == ["8", "1700000000"])
        #expect(seen.with("671").count == 1 && seen.with("338").isEmpty && seen.with("276").isEmpty)
        #expect(seen.allSatisfy { !$0.description.contains("198.51.100") && !$0.description.contains(print) })
        let boss = await harness.boss()
        for client in [boss, bob] {
            let all = await client.send("WHOIS bob")
            #expect(all.with("276").first?.text == "has client certificate fingerprint \(print)")
            #expect(all.with("338").first?.parameters[2...3] == ["~bob@198.51.100.7", "198.51.100.7"])
        }
        _ = await bob.send("PRIVMSG ann :x")
        _ = await ann.hears()
        #expect(await ann.send("WHOIS bob").with("317").first?.parameters[2] == "0")
    }

    @Test func `WHOIS of several clients says how the last came, and that all are secure`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("bob", password: "sesame")
        let boss = await harness.boss()
        var clients: [Client] = []
        for (address, isSecure) in [("198.51.100.1", true), ("198.51.100.2", false)] {
            let wire = harness.connect(shard: 1, address: address, isSecure: isSecure)
            clients.append(Client(harness: harness, wire: wire))
            _ = await clients[clients.count - 1].send("PASS bob:sesame", "NICK bob", "USER bob 0 * :Bob")
        }
        let both = await boss.send("WHOIS bob")
        #expect(both.with("671").isEmpty && both.with("338").first?.parameters[3] == "198.51.100.2")
        _ = await clients[1].send("QUIT")
        let one = await boss.send("WHOIS bob")
        #expect(one.with("671").count == 1 && one.with("338").first?.parameters[3] == "198.51.100.1")
    }

    @Test(arguments: [
        ("WHOIS", ["431"]), ("WHOIS nobody", ["401", "318"]), ("WHOIS #a", ["401", "318"]), ("WHOWAS", ["431"]),
        ("WHOWAS nobody", ["406", "369"]), ("USERHOST", ["461"]), ("ISON", ["461"]), ("SETNAME", ["461"]),
        ("USERHOST nobody", ["302"]), ("ISON nobody", ["303"]),
    ])
    func `WHOIS, WHOWAS, USERHOST, ISON and SETNAME say when there is nothing`(
        line: String,
        expected: [String]
    ) async throws {
        #expect(await (try CommandHarness()).client("ann").send(line).commands == expected)
    }

    @Test func `WHOIS hides channels of the invisible from strangers`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#b")
        let ann = await harness.client("ann")
        #expect(await ann.send("WHOIS bob").with("319").count == 1)
        _ = await bob.send("MODE bob +i")
        #expect(await ann.send("WHOIS bob").with("319").isEmpty)
        _ = await ann.send("JOIN #b")
        #expect(await ann.send("WHOIS bob").with("319").first?.text == "@#b")
    }

    @Test func `WHOWAS shows who left, the latest first`() async throws {
        let harness = try CommandHarness(shards: 2)
        for (shard, name) in [(0, "First"), (1, "Second")] {
            let client = harness.stranger(shard: shard)
            _ = await client.send("NICK bob", "USER bob 0 * :\(name)", "QUIT")
            await harness.advance(by: 1)
        }
        let ann = await harness.client("ann")
        let lines = await ann.send("WHOWAS BOB")
        #expect(lines.commands == ["314", "312", "314", "312", "369"])
        #expect(lines.with("314").map(\.text) == ["Second", "First"])
        #expect(await ann.send("WHOWAS bob 1").with("314").map(\.text) == ["Second"])
    }

    @Test(arguments: [false, true])
    func `WHOWAS takes several nicknames, and shows operators the address of who left or changed`(
        isKept: Bool
    ) async throws {
        var settings = SessionSettings.standard
        settings.resumeGrace = .seconds(isKept ? 60 : 0)
        let harness = try CommandHarness(shards: 2, persistence: settings)
        let boss = await harness.boss()
        let ann = await harness.client("ann")
        harness.accounts.add("bob", password: "sesame")
        let bob = harness.stranger(shard: 1, address: "192.0.2.7")
        _ = await bob.send("PASS bob:sesame", "NICK bob", "USER bob 0 * :Bob")
        _ = await bob.send("NICK rob", "QUIT")
        let shown = ["314", "312", "369", "314", "312", "369", "406", "369"]
        #expect(await ann.send("WHOWAS bob,rob,b?b").commands == shown)
        let told = await boss.send("WHOWAS bob,rob")
        #expect(told.commands == ["314", "338", "312", "369", "314", "338", "312", "369"])
        #expect(
            told.with("338").map { $0.parameters[2...3] } == [
                ["~bob@192.0.2.7", "192.0.2.7"], ["~bob@192.0.2.7", "192.0.2.7"],
            ]
        )
    }

    @Test func `WHOWAS knows a nickname that somebody has changed, not only spelled otherwise`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1)
        let ann = await harness.client("ann")
        _ = await bob.send("NICK BOB")
        #expect(await ann.send("WHOWAS bob").begin(with: ["406 bob", "369 bob"]))
        _ = await bob.send("NICK rob")
        #expect(await ann.send("WHOWAS bob").begin(with: ["314 BOB ~bob", "312 BOB", "369 bob"]))
        #expect(await ann.send("WHOWAS rob").begin(with: ["406 rob", "369 rob"]))
        _ = await bob.send("NICK bob", "QUIT")
        #expect(
            await ann.send("WHOWAS bob 99999999999999999999").with("314").map { $0.parameters[1] } == ["bob", "BOB"]
        )
    }

    @Test func `USERHOST and ISON say who is here`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann")
        _ = await harness.client("bob", shard: 1).send("AWAY :x")
        _ = await harness.boss(shard: 1)
        let words = await ann.send("USERHOST ann BOB nobody boss").first?.text.split(separator: " ") ?? []
        #expect(words.count == 3 && words[0].hasPrefix("ann=+~ann@"))
        #expect(words[1].hasPrefix("bob=-~bob@") && words[2].hasPrefix("boss*=+"))
        #expect(await ann.send("ISON BOB nobody ann").first?.text.split(separator: " ").sorted() == ["ann", "bob"])
        #expect(await ann.send("ISON :bob nobody ann").first?.text.split(separator: " ").count == 2)
    }

    @Test func `AWAY is confirmed, told to those who asked, and refused if it is too long`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a", "#b")
        let full = await harness.client("full", shard: 1, "away-notify", in: "#a", "#b")
        let bare = await harness.client("bare", in: "#a")
        await [ann, full, bare].listen()
        #expect(await ann.send("AWAY :gone fishing").commands == ["306"])
        #expect(await full.hears().shorts == ["ann AWAY gone fishing"])
        #expect(await ann.send("AWAY :gone fishing").commands == ["306"])
        #expect(await full.hears().isEmpty)
        #expect(await ann.send("AWAY").commands == ["305"])
        #expect(await full.hears().shorts == ["ann AWAY"])
        #expect(await ann.send("AWAY :").commands == ["305"])
        #expect(await ann.send("AWAY :" + String(repeating: "x", count: 201)).commands == ["417"])
        #expect(await full.hears().isEmpty)
        #expect(await bare.hears().isEmpty)
    }

    @Test func `SETNAME changes the real name for those who know it`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", "setname standard-replies", in: "#a")
        let full = await harness.client("full", shard: 1, "setname", in: "#a")
        let bare = await harness.client("bare", in: "#a")
        await [ann, full, bare].listen()
        #expect(await ann.send("SETNAME :Ann the Second").shorts == ["ann SETNAME Ann the Second"])
        #expect(await full.hears().shorts == ["ann SETNAME Ann the Second"])
        #expect(await bare.hears().isEmpty)
        #expect(await bare.send("WHOIS ann").first?.text == "Ann the Second")
        let long = "SETNAME :" + String(repeating: "x", count: 129)
        #expect(await ann.send(long).begin(with: ["FAIL SETNAME INVALID_REALNAME"]))
        #expect(await bare.send(long).begin(with: ["NOTICE bare SETNAME"]))
        #expect(await ann.send("SETNAME :").begin(with: ["FAIL SETNAME INVALID_REALNAME"]))
    }
}
