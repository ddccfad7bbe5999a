// UBAN: who may not be on the network.

import Chat
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct NetworkBanTests {
    private func boss(_ rig: OwnershipRig, shard: Int = 0) async -> Client {
        let boss = await rig.member("boss", shard: shard, "standard-replies")
        _ = await boss.send("OPER boss sesame")
        return boss
    }

    /// Somebody who comes, and what it was told.
    private func comes(
        _ rig: OwnershipRig,
        _ nick: String,
        shard: Int,
        address: String = "192.0.2.1",
        fingerprint: String? = nil,
        realname: String = "Real",
        account: String? = nil
    ) async -> (client: Client, lines: [Line]) {
        let wire = rig.harness.connect(shard: shard, address: address, fingerprint: fingerprint)
        let client = Client(harness: rig.harness, wire: wire)
        if let account { _ = await client.send("PASS \(account):sesame") }
        return (client, await client.send("NICK \(nick)", "USER \(nick) 0 * :\(realname)"))
    }

    private static let print = String(repeating: "ab", count: 32)

    @Test(
        arguments: [
            ("troll!*@*", ["troll"]), ("192.0.2.66", ["one", "two"]), ("192.0.2.64/26", ["one", "two"]),
            ("a:bob", ["x", "bob"]), ("z:\(print)", ["cert"]), ("r:I*am*bad", ["named"]), ("2001:db8::/48", ["six"]),
        ],
        1...2
    )
    func `who is banned goes, is told why, and does not come back on any shard`(
        ban: (mask: String, nicks: [String]),
        shards: Int
    ) async throws {
        let rig = try await OwnershipRig(shards: shards)
        let boss = await self.boss(rig)
        let people: [(nick: String, address: String, print: String?, name: String, account: String?)] = [
            ("troll", "198.51.100.1", nil, "Real", nil), ("one", "192.0.2.66", nil, "Real", nil),
            ("two", "192.0.2.66", nil, "Real", nil), ("bob", "198.51.100.2", nil, "Real", "bob"),
            ("cert", "198.51.100.3", Self.print, "Real", nil), ("named", "198.51.100.4", nil, "I am bad", nil),
            ("six", "2001:db8::7", nil, "Real", nil), ("good", "198.51.100.9", nil, "Real", nil),
        ]
        var here: [String: Client] = [:]
        for (index, one) in people.enumerated() {
            let (client, lines) = await self.comes(
                rig,
                one.nick,
                shard: index % shards,
                address: one.address,
                fingerprint: one.print,
                realname: one.name,
                account: one.account
            )
            #expect(lines.contains { $0.command == "001" }, "\(one.nick)")
            here[one.nick] = client
        }
        let added = await boss.send("UBAN ADD \(ban.mask) :enough is enough")
        #expect(added.with("NOTE").first?.parameters.prefix(2) == ["UBAN", "BAN_ADDED"], "\(added)")
        await rig.harness.advance(by: 2)
        let banned = people.map(\.nick).filter { ban.nicks.contains($0) }
        for one in people {
            let isBanned = banned.contains(one.nick)
            #expect(here[one.nick]?.isClosed == isBanned, "\(one.nick)")
            guard isBanned else { continue }
            let told = try #require(await here[one.nick]?.hears().with("ERROR").first)
            #expect(told.text.contains("You are banned from this network: enough is enough"))
            for shard in 0..<shards {
                let (client, lines) = await self.comes(
                    rig,
                    one.nick,
                    shard: shard,
                    address: one.address,
                    fingerprint: one.print,
                    realname: one.name,
                    account: one.account
                )
                #expect(lines.with("465").map(\.text) == ["You are banned from this network: enough is enough"])
                #expect(client.isClosed)
            }
        }
        let mask = try #require(added.with("NOTE").first?.parameters[2])
        #expect(await boss.send("UBAN DEL \(mask)").with("NOTE").first?.parameters[1] == "BAN_LIFTED")
        for one in people where banned.contains(one.nick) {
            let (_, lines) = await self.comes(
                rig,
                one.nick,
                shard: shards - 1,
                address: one.address,
                fingerprint: one.print,
                realname: one.name,
                account: one.account
            )
            #expect(lines.contains { $0.command == "001" }, "\(one.nick)")
        }
    }

    @Test func `who becomes somebody that is banned goes as well`() async throws {
        let rig = try await OwnershipRig()
        let boss = await self.boss(rig)
        _ = await boss.send("UBAN ADD a:bob", "UBAN ADD evil*!*@*")
        let (one, two) = (await rig.harness.client("one"), await rig.harness.client("two"))
        _ = await one.send("NS IDENTIFY bob sesame")
        _ = await two.send("NICK evilest")
        #expect(one.isClosed && two.isClosed)
    }

    @Test(arguments: [0, 1])
    func `of a session that several take part in, who is banned by address goes, wherever it is`(shard: Int)
        async throws
    {
        let rig = try await OwnershipRig(shards: 2)
        let boss = await self.boss(rig)
        let first = await self.comes(rig, "bob", shard: 0, address: "198.51.100.1", account: "bob").client
        let second = await self.comes(rig, "bob", shard: shard, address: "203.0.113.1", account: "bob").client
        _ = await boss.send("UBAN ADD 203.0.113.0/24")
        await rig.harness.advance(by: 2)
        #expect(second.isClosed && !first.isClosed)
        // The nickname is the whole session's.
        _ = await boss.send("UBAN DEL 203.0.113.0/24")
        let third = await self.comes(rig, "bob", shard: shard, address: "203.0.113.1", account: "bob").client
        _ = await boss.send("UBAN ADD troll*!*@*")
        _ = await first.send("NICK trolling")
        await rig.harness.advance(by: 2)
        #expect(first.isClosed && third.isClosed)
    }

    @Test func `a ban is the same however it is written`() async throws {
        let rig = try await OwnershipRig()
        let boss = await self.boss(rig)
        _ = await boss.send("UBAN ADD a:bob :one", "UBAN ADD account:BOB :two", "UBAN ADD 2001:db8::/32 :three")
        #expect(await boss.send("UBAN LIST").map(\.text).dropLast() == ["two", "three"])
        _ = await boss.send("UBAN DEL account:Bob", "UBAN DEL 2001:0db8:0::/32")
        #expect(await boss.send("UBAN LIST").count == 1)
    }

    @Test func `where nobody is, those who come hear of what was changed elsewhere`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let boss = await self.boss(rig)
        _ = await boss.send("UBAN ADD troll!*@*")
        #expect(await self.comes(rig, "troll", shard: 1).lines.with("465").count == 1)
        _ = await boss.send("UBAN DEL troll!*@*")
        #expect(await self.comes(rig, "troll", shard: 1).lines.contains { $0.command == "001" })
    }

    @Test func `a ban ends by itself, and is kept over a restart until then`() async throws {
        let rig = try await OwnershipRig()
        let boss = await self.boss(rig)
        let added = await boss.send("UBAN ADD 203.0.113.0/24 90m :later")
        #expect(added.first?.text.hasPrefix("It holds until ") == true)
        _ = await boss.send("UBAN ADD x!*@* :for good")
        let listed = await boss.send("UBAN LIST")
        #expect(listed.map { $0.parameters[1] } == ["BAN", "BAN", "BANS_END"])
        #expect(listed.map(\.text) == ["later", "for good", "End of the network's bans"])
        try #require(listed.count == 3)
        #expect(listed[0].parameters[3] == "boss" && listed[1].parameters[5] == "*")
        // What is set again replaces what there was.
        _ = await boss.send("UBAN ADD x!*@* 1h :for an hour")
        #expect(await boss.send("UBAN LIST").map(\.text).dropLast() == ["later", "for an hour"])

        let next = try rig.withAnotherLiveStore()
        #expect(await self.comes(next, "guest", shard: 0, address: "203.0.113.5").lines.with("465").count == 1)
        await next.harness.advance(by: 91 * 60)
        #expect(
            await self.comes(next, "guest", shard: 0, address: "203.0.113.5").lines.contains { $0.command == "001" }
        )
    }

    @Test func `UBAN is for who has the right, and nobody bans themselves or what means nobody`() async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann")
        for line in ["UBAN LIST", "UBAN ADD x!*@*", "UBAN DEL x!*@*"] {
            #expect(await ann.send(line).map(\.command) == ["481"])
        }
        let boss = await self.boss(rig)
        for (line, code) in [
            ("ADD *", "INVALID_MASK"), ("ADD a:boss", "INVALID_MASK"), ("ADD 192.0.2.0/24", "INVALID_MASK"),
            ("ADD c:#tea", "INVALID_MASK"), ("ADD m:x!*@*", "INVALID_MASK"), ("ADD a:", "INVALID_MASK"),
            ("ADD x!*@* 5x :why", "INVALID_DURATION"), ("DEL never!*@*", "NO_SUCH_BAN"), ("ADD", "INVALID_PARAMS"),
            ("WHAT", "INVALID_PARAMS"),
        ] {
            let told = await boss.send("UBAN \(line)").filter { $0.command == "FAIL" }
            #expect(told.map { $0.parameters[1] } == [code], "\(line)")
        }
        #expect(await boss.send("UBAN LIST").count == 1)
    }

    @Test func `who looks after bans is not shut out by one`() async throws {
        let rig = try await OwnershipRig()
        let (boss, other) = (await self.boss(rig), await rig.member("ann"))
        let (_, lines) = await self.comes(rig, "second", shard: 0, address: "203.0.113.9", account: "boss")
        #expect(lines.contains { $0.command == "001" })
        _ = await boss.send("UBAN ADD ann!*@*")
        await rig.harness.advance(by: 2)
        #expect(other.isClosed && !boss.isClosed)
    }
}
