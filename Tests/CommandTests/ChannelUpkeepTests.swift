// Registered channels that nobody needs end, and those whose founders are no more go to their successors.

import Chat
import IRC
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct ChannelUpkeepTests {
    private static let day: Int64 = 86_400_000

    /// A channel of Ann's, in which Bob is a voice, as it was kept some days ago.
    private func seed(
        _ rig: OwnershipRig,
        _ text: String,
        days: Int64,
        unknown: Bool = false,
        isInherited: Bool = false
    ) async throws {
        let name = try #require(ChannelName(text, under: Names.caseMapping))
        let then = rig.harness.clock.now - days * Self.day
        // In the order in which the rig makes accounts.
        let (ann, bob) = (AccountReference(name: "ann", since: 1), AccountReference(name: "bob", since: 2))
        let level = ChannelLevel(account: bob, rank: .voice, setter: "ann", time: then)
        var changes: [RegistrationChange] = [.founder(ann, since: then), .level(folded: "bob", level)]
        if !unknown { changes.append(.used(then)) }
        if isInherited { changes.append(.successor(bob)) }
        var state = ChannelState(name: name, created: then)
        state.evolve(.registration(changes, by: Author(session: nil, prefix: "x", account: nil)))
        try await rig.store.channels.save(
            RegisteredChannel(
                tenant: rig.harness.tenant.id,
                name: name.raw,
                folded: name.folded,
                owner: "ann",
                fields: state.kept,
                createdAt: then,
                updatedAt: then,
                position: Position(epoch: 1, sequence: 1)
            )
        )
    }

    private func rows(_ rig: OwnershipRig) async throws -> [String] {
        await rig.harness.advance(by: 2)
        return try await rig.store.channels.list(of: rig.harness.tenant.id).map(\.folded)
    }

    @Test(arguments: [1, 2])
    func `a channel ends being registered in which nobody of its people was for long`(shards: Int) async throws {
        let rig = try await OwnershipRig(shards: shards, channelExpiry: .seconds(60 * 86_400))
        try await self.seed(rig, "#old", days: 70)
        try await self.seed(rig, "#seen", days: 70)
        try await self.seed(rig, "#used", days: 70)
        try await self.seed(rig, "#young", days: 59)
        try await self.seed(rig, "#unknown", days: 700, unknown: true)
        let eve = await rig.harness.client("eve", shard: shards - 1)
        _ = await eve.send("JOIN #seen", "JOIN #old", "PART #old")
        let bob = await rig.member("bob", in: "#used")
        _ = await eve.hears()
        await rig.pass(320, with: [eve, bob])
        #expect(try await self.rows(rig) == ["#unknown", "#used", "#young"])
        // Whoever is there sees it, and it is anybody's then.
        #expect(await eve.send("MODE #seen").with("324").map { $0.parameters[2] } == ["+nt"])
        // Nobody else is left to run it.
        #expect(await eve.send("NAMES #seen").with("353").map(\.text) == ["@eve"])
        #expect(await eve.send("JOIN #old").with("353").map(\.text) == ["@eve"])
        #expect(await bob.send("CS INFO #used").map(\.text).contains("#used belongs to ann"))
    }

    @Test(arguments: [1, 2])
    func `that the network was suspended counts against no channel`(shards: Int) async throws {
        let rig = try await OwnershipRig(shards: shards, channelExpiry: .seconds(60 * 86_400))
        try await self.seed(rig, "#old", days: 70)
        var tenant = rig.harness.tenant
        for state in [TenantState.suspended, .active] {
            tenant.settings.state = state
            await rig.harness.apply(tenant)
        }
        let eve = await rig.harness.client("eve", shard: shards - 1)
        await rig.pass(320, with: [eve])
        #expect(try await self.rows(rig) == ["#old"])
    }

    @Test func `while the network is suspended no channel ends, though somebody was here before`() async throws {
        let rig = try await OwnershipRig(channelExpiry: .seconds(60 * 86_400))
        _ = await rig.harness.client("eve")
        try await self.seed(rig, "#old", days: 70)
        var tenant = rig.harness.tenant
        tenant.settings.state = .suspended
        await rig.harness.apply(tenant)
        await rig.pass(700, with: [])
        #expect(try await self.rows(rig) == ["#old"])
    }

    @Test func `where nothing is said no channel ends`() async throws {
        let rig = try await OwnershipRig()
        try await self.seed(rig, "#old", days: 7_000)
        let eve = await rig.harness.client("eve")
        await rig.pass(320, with: [eve])
        #expect(try await self.rows(rig) == ["#old"])
    }

    @Test func `once a day it is kept that somebody with a level came in`() async throws {
        let rig = try await OwnershipRig()
        try await self.seed(rig, "#a", days: 3)
        let eve = await rig.harness.client("eve", in: "#a")
        let first = try #require(try await rig.kept("#a"))
        let bob = await rig.member("bob", in: "#a")
        let second = try #require(try await rig.kept("#a"))
        #expect(first.fields != second.fields)
        _ = await bob.send("PART #a", "JOIN #a")
        #expect(try await rig.kept("#a")?.fields == second.fields)
        // It is nothing that anybody is told.
        #expect(await eve.hears().commands.filter { $0 != "MODE" } == ["JOIN", "PART", "JOIN"])
    }

    @Test(arguments: [1, 2])
    func `a channel whose founder was deleted from outside goes to the successor, or is nobody's`(
        shards: Int
    ) async throws {
        let rig = try await OwnershipRig(shards: shards)
        try await self.seed(rig, "#a", days: 3, isInherited: true)
        try await self.seed(rig, "#b", days: 3)
        rig.delete("ann")
        let eve = await rig.harness.client("eve", shard: shards - 1)
        let bob = await rig.member("bob")
        await rig.pass(400, with: [eve, bob])
        #expect(try await self.rows(rig) == ["#a"])
        #expect(await bob.send("NS LISTCHANS").last?.text == "Your channels: #a")
        #expect(await eve.send("JOIN #b").with("353").map(\.text) == ["@eve"])
    }

    @Test func `while accounts cannot be read nobody's channel ends`() async throws {
        let rig = try await OwnershipRig()
        try await self.seed(rig, "#a", days: 3)
        rig.delete("ann")
        let eve = await rig.harness.client("eve")
        rig.breakAccounts()
        await rig.pass(400, with: [eve])
        #expect(try await self.rows(rig) == ["#a"])
    }
}
