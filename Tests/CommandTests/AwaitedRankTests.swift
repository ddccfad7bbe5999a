// Who had a rank in a channel that is not registered has it again when only the server ended meanwhile (ADR 0041).

import Chat
import Edge
import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct AwaitedRankTests {
    /// Who is in a channel, with signs, in the order of the names.
    private func names(_ client: Client, _ channel: String = "#a") async -> [String] {
        await client.send("NAMES \(channel)").with("353").flatMap { $0.text.split(separator: " ").map(String.init) }
            .sorted()
    }

    /// Lets time pass while somebody says that it is there.
    private func pass(_ seconds: Int, with clients: Client...) async {
        for _ in 0..<(seconds + 44) / 45 {
            for client in clients { _ = await client.send("PING x") }
            await clients.first?.harness.advance(by: 45)
        }
    }

    /// Accounts whose sessions wait for nobody.
    private var graceless: SessionSettings {
        var settings = SessionSettings.standard
        settings.resumeGrace = .zero
        return settings
    }

    @Test(arguments: 1...2)
    func `after a restart ranks are there again, and who comes first does not own what was another's`(
        shards: Int
    ) async throws {
        let first = try CommandHarness(shards: shards)
        let people = await first.room("#a", "bob", "cid", "dan") { _ in shards - 1 }
        _ = await people[0].send("MODE #a +v cid", "MODE #a +m", "TOPIC #a :news")
        let second = try await first.restarted(shards: shards)
        let eve = await second.client("eve")
        #expect(await eve.send("JOIN #a").with("332").map(\.text) == ["news"])
        #expect(await eve.send("PRIVMSG #a :mine?", "MODE #a -m").commands == ["404", "482"])
        for nick in ["dan", "cid", "bob"] { _ = await second.client(nick, shard: shards - 1, in: "#a") }
        #expect(await self.names(eve) == ["+cid", "@bob", "dan", "eve"])
    }

    @Test func `a guest from elsewhere or with another user name is not whom it calls itself`() async throws {
        let first = try CommandHarness()
        _ = await first.client("bob", in: "#a")
        let second = try await first.restarted()
        let other = await second.client("bob", address: "192.0.2.99", in: "#a")
        #expect(await self.names(other) == ["bob"])
        _ = await other.send("QUIT")
        let named = second.stranger()
        _ = await named.send("NICK bob", "USER other 0 * :x", "JOIN #a")
        #expect(await self.names(named) == ["bob"])
        _ = await named.send("QUIT")
        // Nobody took it from who it was meant for, though the channel was empty in between.
        #expect(await self.names(await second.client("bob", in: "#a")) == ["@bob"])
    }

    @Test func `an account whose session waits for nobody has its rank again, once`() async throws {
        let first = try CommandHarness(persistence: self.graceless)
        _ = await first.member("ann", in: "#a")
        let second = try CommandHarness(persistence: self.graceless, after: first)
        try await second.buryFormer()
        let eve = await second.client("eve", in: "#a")
        let ann = await second.member("ann", in: "#a").client
        #expect(await self.names(eve) == ["@ann", "eve"])
        _ = await ann.send("PART #a", "JOIN #a")
        #expect(await self.names(eve) == ["ann", "eve"])
    }

    @Test func `an account that does not come back in time has its rank again later`() async throws {
        let first = try CommandHarness()
        _ = await first.member("ann", in: "#a")
        let second = try await first.restarted()
        let eve = await second.client("eve")
        await self.pass(180, with: eve)
        _ = await eve.send("JOIN #a")
        #expect(await self.names(eve) == ["eve"])
        _ = await second.member("ann", in: "#a")
        #expect(await self.names(eve) == ["@ann", "eve"])
    }

    @Test func `who went by itself is awaited by nobody`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.member("ann", in: "#a").client
        let bob = await harness.client("bob", in: "#b")
        ann.wire.disconnect()
        _ = await bob.send("QUIT")
        let eve = await harness.client("eve")
        await self.pass(180, with: eve)
        _ = await eve.send("JOIN #a,#b")
        #expect(await self.names(eve) == ["@eve"])
        #expect(await self.names(eve, "#b") == ["@eve"])
    }

    @Test func `a pod that drains or dies leaves ranks for those who come back elsewhere`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let cid = await harness.client("cid", shard: 1, in: "#a")
        harness.shards[0].realm.isDraining = true
        bob.wire.disconnect()
        #expect(await cid.hears().with("QUIT").count == 1)
        #expect(await self.names(await harness.client("bob", shard: 1, in: "#a")) == ["@bob", "cid"])
        let other = try CommandHarness(shards: 2)
        _ = await other.client("bob", in: "#a")
        await other.kill(shard: 0)
        let eve = await other.client("eve", shard: 1, in: "#a")
        _ = await other.client("bob", shard: 1, in: "#a")
        #expect(await self.names(eve) == ["@bob", "eve"])
    }

    @Test func `when nobody came back in time, whoever is there longest owns the channel`() async throws {
        let first = try CommandHarness()
        _ = await first.client("bob", in: "#a", "#b")
        let second = try await first.restarted()
        let eve = await second.client("eve", in: "#a")
        await second.advance(by: 1)
        let fay = await second.client("fay", in: "#a")
        await self.pass(950, with: eve, fay)
        #expect(await self.names(eve) == ["@eve", "fay"])
        // Nobody is in the other one, and nothing is left of it.
        #expect(await eve.send("LIST").with("322").map { $0.parameters[1] } == ["#a"])
        #expect(await eve.send("JOIN #b").with("353").map(\.text) == ["@eve"])
        #expect(await self.names(await second.client("bob", in: "#a")) == ["@eve", "bob", "fay"])
    }

    @Test func `who ran a channel that only the invited enter, or accounts, comes in again; others do not`()
        async throws
    {
        let first = try CommandHarness()
        let people = await first.room("#a", "bob", "cid") { _ in 0 }
        _ = await people[0].send("MODE #a +v cid", "MODE #a +iR")
        let second = try await first.restarted()
        let eve = await second.client("eve")
        #expect(await eve.send("JOIN #a").commands == ["473"])
        let cid = await second.client("cid")
        #expect(await cid.send("JOIN #a").commands == ["473"])
        let bob = await second.client("bob", in: "#a")
        #expect(await self.names(bob) == ["@bob"])
    }

    @Test func `where nobody is awaited who ran it, an empty channel has an owner in the end`() async throws {
        let first = try CommandHarness()
        let people = await first.room("#a", "bob", "cid") { _ in 0 }
        _ = await people[0].send("MODE #a +v cid", "QUIT")
        let second = try await first.restarted()
        let eve = await second.client("eve", in: "#a")
        #expect(await self.names(eve) == ["eve"])
        await self.pass(950, with: eve)
        #expect(await self.names(eve) == ["@eve"])
    }

    @Test func `a channel that others stayed in is nobody's when who ran it does not come back`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let cid = await harness.client("cid", shard: 1, in: "#a")
        harness.shards[0].realm.isDraining = true
        await harness.advance(by: 1)
        bob.wire.disconnect()
        _ = await cid.hears()
        await self.pass(950, with: cid)
        #expect(await self.names(cid) == ["cid"])
    }

    @Test func `ranks that are kept go with a channel that gets another name, and end with its registration`()
        async throws
    {
        let rig = try await OwnershipRig()
        _ = await rig.harness.client("bob", in: "#a", "#b")
        let next = try rig.from(rig.harness.store.takeImage())
        try await next.harness.buryFormer()
        let boss = await next.operator(.admin)
        _ = await boss.send("JOIN #a,#b", "MODE #a +q admin", "RENAME #a #c", "MODE #b +q admin", "CS REGISTER #b")
        let bob = await next.harness.client("bob", in: "#c", "#b")
        #expect(await self.names(bob, "#c").contains("@bob"))
        #expect(await self.names(bob, "#b").contains("bob"))
    }
}
