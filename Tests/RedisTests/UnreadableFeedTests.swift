import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// Items of the feed that a newer version wrote.
@Suite(.serialized) struct UnreadableFeedTests {
    /// As an item is, but of a form that nobody here knows.
    private func addUnreadable(_ world: RedisWorld) throws {
        _ = try world.server.command("XADD", "r:.feed", "*", "r:acme:c:#new", "\u{7F}written by something newer")
    }

    private func pending(_ world: RedisWorld) throws -> String {
        try world.server.command("EVAL", "return redis.call('XPENDING', 'r:.feed', 'history')[1]", "0")
    }

    private func read(_ count: Int, _ store: RedisLiveStore) async throws -> [String] {
        try await within(.seconds(20), "\(count) records") {
            var texts: [String] = []
            while texts.count < count {
                let records = try await store.readFeed(as: .history, limit: 100, timeout: .milliseconds(50))
                texts += records.map { String(buffer: $0.entry.payload) }
                try await store.acknowledge(records.map(\.id), as: .history)
                try Task.checkCancellation()
            }
            return texts
        }
    }

    @Test func `they wait, are counted and hold up nothing`() async throws {
        try await RedisWorld.run { world in
            let store = try await world.store()
            let shard = try await world.shard(store)
            try self.addUnreadable(world)
            try await shard.say("1", in: world.channel("#a"), feed: .any)
            try self.addUnreadable(world)
            try await shard.say("2", in: world.channel("#a"), feed: .any)
            #expect(try await self.read(2, store) == ["1", "2"])
            #expect(await store.unreadableFeedItems() == 2)
            #expect(try await store.feedStanding(of: .history).waiting == 2)
            #expect(try self.pending(world) == "2")
        }
    }

    @Test func `who can read them gets them at once, however often others looked`() async throws {
        try await RedisWorld.run { world in
            var patient = RedisWorld.impatient
            patient.feedRedelivery = .seconds(600)
            let old = try await world.store(patient)
            try self.addUnreadable(world)
            #expect(try await old.readFeed(as: .history, limit: 10, timeout: .milliseconds(200)).isEmpty)
            #expect(await old.unreadableFeedItems() == 1)
            // As a newer version's reader does.
            let claim = """
                local found = redis.call('XAUTOCLAIM', 'r:.feed', 'history', 'newer', 600000, '0-0')[2]
                return #found
                """
            #expect(try world.server.command("EVAL", claim, "0") == "1")
        }
    }
}
