// Channels with thousands of members, nearly all of them on other pods.

import Chat
import Edge
import IRC
import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct LargeChannelTests {
    static let others = 5000

    /// Puts a channel into the store, with members elsewhere.
    private func fill(_ harness: CommandHarness, _ text: String) throws {
        let name = try #require(ChannelName(text, under: Names.caseMapping))
        var state = ChannelState(name: name, created: 0)
        let changes = try (1...Self.others).flatMap { number in
            let user = User(
                nick: try #require(Nickname("Far\(number)", under: Names.caseMapping)),
                username: "u\(number)",
                host: "host\(number).cloaked",
                realname: "Somebody far away",
                signedOn: 1000
            )
            let member = Member(session: SessionID(rawValue: UInt64(number)), user: user, modes: [])
            let founding = number == 1 ? Founding(name: name, created: 1) : nil
            let event = Chat.ChannelEvent.joined(member, founding: founding)
            let updates = state.updates(for: event)
            state.evolve(event)
            return updates.map(FieldChange.init)
        }
        let log = LogKey(harness.tenant.id, .channel, name.folded)
        harness.shards[0].realm.store.append(Transaction(changes: [LogChange(log, fields: changes)])) { _ in }
    }

    private func isFollowed(_ harness: CommandHarness, _ channel: String) -> Bool {
        harness.shards[0].realm.networks[harness.tenant.id]?.replicas.state(of: channel) != nil
    }

    @Test func `everybody is named to one who comes in, and can be asked for`() async throws {
        let harness = try CommandHarness()
        try self.fill(harness, "#Big")
        let ann = await harness.join("Ann")
        let lines = await harness.send(ann, "JOIN #big")
        let names = lines.filter { $0.contains(" 353 ") }.flatMap { line in
            line.split(separator: ":").last?.split(separator: " ") ?? []
        }
        #expect(names.count == Self.others + 1)
        #expect(Set(names).count == names.count)
        #expect(names.contains("Ann") && names.contains("Far1") && names.contains("Far5000"))
        #expect(lines.last?.contains(" 366 Ann #Big ") == true)
        let who = await harness.send(ann, "WHO #big")
        #expect(who.filter { $0.contains(" 352 ") }.count == Self.others + 1)
        #expect(who.last?.contains(" 315 ") == true)
    }

    @Test func `who leaves while others are being named is not named any more`() async throws {
        let harness = try CommandHarness()
        try self.fill(harness, "#Big")
        let (ann, bob) = (await harness.join("Ann"), await harness.join("Bob"))
        _ = await harness.send(bob, "JOIN #big")
        ann.send("JOIN #big")
        // Some names are on their way; Bob goes, and is renamed, before the rest.
        bob.send("NICK Rob")
        await harness.settle()
        let lines = ann.take()
        let renamed = lines.firstIndex { $0.hasSuffix(" NICK Rob") } ?? lines.endIndex
        let last = lines.lastIndex { $0.contains(" 353 ") } ?? 0
        #expect(renamed < last)
        let words = lines[renamed...].flatMap { $0.split { $0 == " " || $0 == ":" } }
        #expect(words.contains("Rob") && !words.contains("Bob"))
    }

    @Test func `one who leaves and soon comes back finds the channel as it was`() async throws {
        let harness = try CommandHarness()
        try self.fill(harness, "#Big")
        let ann = await harness.join("Ann")
        _ = await harness.send(ann, "JOIN #big", "PART #big")
        #expect(self.isFollowed(harness, "#big"))
        await harness.advance(by: 5)
        _ = await harness.send(ann, "JOIN #big", "PART #big")
        await harness.advance(by: 9)
        #expect(self.isFollowed(harness, "#big"))
        await harness.advance(by: 3)
        #expect(!self.isFollowed(harness, "#big"))
    }

    @Test func `what happened while nobody here was in it is not lost on one who comes back`() async throws {
        let harness = try CommandHarness(shards: 2)
        let (ann, bob) = (await harness.join("Ann"), await harness.join("Bob", shard: 1))
        _ = await harness.send(bob, "JOIN #a")
        _ = await harness.send(ann, "JOIN #a", "PART #a")
        _ = await harness.send(bob, "TOPIC #a :new", "NICK Rob")
        let lines = await harness.send(ann, "JOIN #a")
        #expect(lines.contains { $0.hasSuffix(" 332 Ann #a :new") })
        #expect(lines.contains { $0.contains(" 353 ") && $0.contains("@Rob") })
    }

    @Test func `only some channels are kept that nobody here is in`() async throws {
        let harness = try CommandHarness(shards: 2)
        let (ann, bob) = (await harness.join("Ann"), await harness.join("Bob", shard: 1))
        for number in 1...100 {
            _ = await harness.send(bob, "JOIN #\(number)")
            _ = await harness.send(ann, "JOIN #\(number)", "PART #\(number)")
        }
        let kept = (1...100).filter { self.isFollowed(harness, "#\($0)") }
        #expect(kept.count == 32)
        #expect(kept.first == 69)
    }

    @Test func `a channel that ends is not kept`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.join("Ann")
        _ = await harness.send(ann, "JOIN #a", "PART #a")
        #expect(!self.isFollowed(harness, "#a"))
    }
}
