import NIOCore
import StateStore
import TestSupport
import Testing

/// What is left in Redis of a pod that is gone, and what a pod that comes back keeps.
@Suite(.serialized) struct BuryTests {
    /// A number that a script gives.
    private func number(_ world: RedisWorld, _ script: String) throws -> Int? {
        Int(try world.server.command("EVAL", "return \(script)", "0"))
    }

    private func lapse(_ store: RedisLiveStore, seenBy other: RedisLiveStore) async throws {
        _ = try await other.renewLease(for: .seconds(60))
        _ = try await store.renewLease(for: .milliseconds(1))
        try await until("the lease's end") { try await other.lapsedPods().contains(store.pod) }
    }

    @Test func `a pod that was buried and comes back keeps what it was answered, for good`() async throws {
        try await RedisWorld.run { world in
            let (late, other) = (try await world.store(), try await world.store())
            let shard = try await world.shard(late)
            try await shard.say("before", in: world.channel("#a"))
            let memory = "'r:.producer:\(shard.producer.rawValue)'"
            try await self.lapse(late, seenBy: other)
            try await other.bury(late.pod)
            let left = try #require(try self.number(world, "redis.call('TTL', \(memory))"))
            #expect((1...3600).contains(left))
            #expect(try await late.renewLease(for: .seconds(60)) == .forgotten)
            try await shard.say("after", in: world.channel("#a"))
            // No time to live.
            #expect(try self.number(world, "redis.call('TTL', \(memory))") == -1)
        }
    }

    @Test func `the journal's reader of a pod that is gone goes with it, and what it had in hand is others' at once`()
        async throws
    {
        try await RedisWorld.run { world in
            // Nobody waits this long.
            var patient = RedisWorld.impatient
            patient.feedRedelivery = .seconds(600)
            let (dead, other) = (try await world.store(patient), try await world.store(patient))
            let shard = try await world.shard(other)
            for number in 1...250 { try await shard.say("\(number)", in: world.channel("#a"), feed: .any) }
            var taken = 0
            while taken < 250 { taken += try await dead.readFeed(as: .history, limit: 100, timeout: .seconds(5)).count }
            try await self.lapse(dead, seenBy: other)
            let readers = "#redis.call('XINFO', 'CONSUMERS', 'r:.feed', 'history')"
            try await other.bury(dead.pod)
            let names = """
                (function() local found = 0
                  for _, reader in ipairs(redis.call('XINFO', 'CONSUMERS', 'r:.feed', 'history')) do
                    if reader[2] == '\(dead.pod)' then found = found + 1 end
                  end
                  return found end)()
                """
            #expect(try self.number(world, names) == 0)
            var texts: Set<String> = []
            while texts.count < 250 {
                let records = try await other.readFeed(as: .history, limit: 100, timeout: .seconds(5))
                texts.formUnion(records.map { String(buffer: $0.entry.payload) })
                try await other.acknowledge(records.map(\.id), as: .history)
                if records.isEmpty { break }
            }
            #expect(texts.count == 250)
            #expect(try await other.feedStanding(of: .history).waiting == 0)
            // However many pods came and went, there are few readers.
            #expect(try #require(try self.number(world, readers)) <= 2)
        }
    }
}
