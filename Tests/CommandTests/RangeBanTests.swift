// UBAN REQUIRE-SASL: from where one comes only with an account.

import Chat
import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct RangeBanTests {
    private static let range = "203.0.113.0/24"
    private static let inside = "203.0.113.7"

    private func boss(_ rig: OwnershipRig) async -> Client {
        let boss = await rig.member("boss", "standard-replies")
        _ = await boss.send("OPER boss sesame")
        return boss
    }

    private func comes(
        _ rig: OwnershipRig,
        _ nick: String,
        shard: Int = 0,
        address: String,
        account: String? = nil
    ) async -> (client: Client, lines: [Line]) {
        let client = Client(harness: rig.harness, wire: rig.harness.connect(shard: shard, address: address))
        if let account {
            _ = await client.send("CAP REQ :sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE \(plain(account, "sesame"))")
        }
        return (client, await client.send("NICK \(nick)", "USER \(nick) 0 * :Real", "CAP END"))
    }

    @Test(arguments: 1...2)
    func `from a range that demands it those alone come who log in with SASL, on any shard, until UBAN DEL`(
        shards: Int
    ) async throws {
        let rig = try await OwnershipRig(shards: shards)
        let boss = await self.boss(rig)
        let guest = await self.comes(rig, "guest", address: Self.inside).client
        let member = await self.comes(rig, "ann", shard: shards - 1, address: Self.inside, account: "ann").client
        let added = await boss.send("UBAN REQUIRE-SASL \(Self.range) 90m :open proxies")
        #expect(added.with("NOTE").first?.parameters.prefix(2) == ["UBAN", "BAN_ADDED"], "\(added)")
        await rig.harness.advance(by: 2)
        #expect(guest.isClosed && !member.isClosed)
        let told = try #require(await guest.hears().with("ERROR").first)
        #expect(told.text.contains("You must log in with SASL to connect from your network: open proxies"))

        for shard in 0..<shards {
            let (client, lines) = await self.comes(rig, "two\(shard)", shard: shard, address: Self.inside)
            let fail = try #require(lines.with("FAIL").first)
            #expect(fail.parameters.prefix(2) == ["*", "ACCOUNT_REQUIRED"])
            #expect(fail.text == "You must log in with SASL to connect from your network: open proxies")
            #expect(client.isClosed)
            let logged = await self.comes(rig, "bob", shard: shard, address: Self.inside, account: "bob").lines
            #expect(logged.contains { $0.command == "001" })
            let elsewhere = await self.comes(rig, "far\(shard)", shard: shard, address: "198.51.100.1").lines
            #expect(elsewhere.contains { $0.command == "001" })
        }
        let listed = await boss.send("UBAN LIST")
        #expect(listed.first?.parameters.prefix(2) == ["UBAN", "REQUIRE_SASL"] && listed.first?.text == "open proxies")
        _ = await boss.send("UBAN DEL *!*@\(Self.range)")
        let free = await self.comes(rig, "three", shard: shards - 1, address: Self.inside).lines
        #expect(free.contains { $0.command == "001" })
    }

    @Test func `nobody makes an account from such a range`() async throws {
        let rig = try await AccountRig()
        let ban = try #require(
            NetworkBan(mask: Self.range, .demandLogin, reason: "no", setter: "boss", time: rig.now, until: nil)
        )
        _ = try await rig.store.bans.set(ban, of: rig.harness.tenant.id, limit: 10)
        for (address, isMade) in [(Self.inside, false), ("198.51.100.1", true)] {
            let client = Client(harness: rig.harness, wire: rig.harness.connect(address: address))
            let lines = await client.send("NICK fresh", "REGISTER * * :correct horse battery")
            #expect(lines.with("REGISTER").isEmpty == !isMade, "\(lines)")
            guard !isMade else { continue }
            #expect(lines.with("FAIL").first?.parameters.prefix(2) == ["REGISTER", "DISALLOWED"])
            #expect(try await rig.account("fresh") == nil)
        }
    }

    @Test func `a session that waited is looked at when it is taken up from there`() async throws {
        let rig = try await OwnershipRig()
        let boss = await self.boss(rig)
        _ = await boss.send("UBAN REQUIRE-SASL \(Self.range)")
        let first = await self.comes(rig, "ann", address: "198.51.100.1", account: "ann").client
        first.wire.disconnect()
        let back = await self.comes(rig, "ann", address: Self.inside, account: "ann").lines
        #expect(back.contains { $0.command == "001" })

        let guest = Client(harness: rig.harness, wire: rig.harness.connect(address: "198.51.100.2"))
        let token = try #require(await guest.registers("guest").token)
        guest.wire.disconnect()
        let again = Client(harness: rig.harness, wire: rig.harness.connect(address: Self.inside))
        _ = await again.registers("guest", resuming: token)
        #expect(again.isClosed)
    }

    @Test func `it means people by where they come from, and may mean whoever set it with an account`() async throws {
        let rig = try await OwnershipRig()
        let boss = await self.boss(rig)
        let refused = await boss.send("UBAN REQUIRE-SASL a:bob").filter { $0.command == "FAIL" }
        #expect(refused.map { $0.parameters[1] } == ["INVALID_MASK"])
        let added = await boss.send("UBAN REQUIRE-SASL 0.0.0.0/0 :all of it")
        #expect(added.with("NOTE").count == 1)
        await rig.harness.advance(by: 2)
        #expect(!boss.isClosed)
    }

    @Test func `where a ban means people by user name, who registers an account has said theirs`() async throws {
        let rig = try await AccountRig()
        let ban = try #require(
            NetworkBan(mask: "*!*bad@*", .demandLogin, reason: "no", setter: "boss", time: rig.now, until: nil)
        )
        _ = try await rig.store.bans.set(ban, of: rig.harness.tenant.id, limit: 10)
        let register = "REGISTER * * :correct horse battery"
        let client = rig.harness.stranger()
        let early = await client.send("CAP LS 302", "NICK fresh", register).with("FAIL")
        #expect(early.map { $0.parameters[1] } == ["COMPLETE_CONNECTION_REQUIRED"])
        #expect(await client.send("USER good 0 * :X", register).with("REGISTER").first?.parameters.first == "SUCCESS")
        let other = rig.harness.stranger()
        let late = await other.send("CAP LS 302", "NICK other", "USER bad 0 * :X", register).with("FAIL")
        #expect(late.map { $0.parameters[1] } == ["DISALLOWED"])
    }
}
