import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// The feed while the durable store is away for very long.
@Suite(.serialized) struct FeedBoundTests {
    @Test func `what is to be kept is refused when too much waits, everything else goes on`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let speaker = try await world.shard(world.store())
            try await speaker.say("kept", in: log, feed: .any)
            let fill = """
                for i = redis.call('XLEN', KEYS[1]), 99999 do redis.call('XADD', KEYS[1], '*', 'r:acme:c:#b', 'x') end
                return redis.call('XLEN', KEYS[1])
                """
            #expect(try world.server.command("EVAL", fill, "1", "r:.feed") == "100000")
            await #expect(throws: LiveStoreError.busy) { try await speaker.say("refused", in: log, feed: .any) }
            let outcome = try await speaker.say("not to be kept", in: log)
            guard case .appended(let stamps) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(stamps.map(\.position.sequence) == [2])
            // Two calls of one batch: the refused one shifts nothing behind it.
            async let first = speaker.say("refused", in: log, feed: .any)
            async let second = speaker.say("still not to be kept", in: log)
            _ = try? await first
            guard case .appended(let stamps) = try await second else { return }
            #expect(stamps.map(\.position.sequence) == [3])
            _ = try world.server.command("XTRIM", "r:.feed", "MAXLEN", "10")
            _ = try await speaker.say("kept again", in: log, feed: .any)
        }
    }

    @Test
    func `at a quarter of the bound who only records gaps is moved on, over nothing that the history needs`()
        async throws
    {
        try await RedisWorld.run { world in
            var configuration = RedisWorld.impatient
            configuration.consumers = [.history, .counter]
            let store = try await world.store(configuration)
            let (speaker, log) = (try await world.shard(store), world.channel("#a"))
            let fill = """
                for i = 1, ARGV[1] do redis.call('XADD', KEYS[1], '*', 'r:acme:c:#b', 'x') end
                return redis.status_reply('done')
                """
            // What is read makes the groups.
            try await speaker.say("1", in: log, feed: .any)
            for consumer in [FeedConsumer.history, .counter] {
                let records = try await store.readFeed(as: consumer, limit: 10, timeout: .seconds(10))
                #expect(records.map { String(buffer: $0.entry.payload) } == ["1"])
            }
            try await speaker.say("2", in: log, feed: .any)
            #expect(try world.server.command("EVAL", fill, "1", "r:.feed", "25000") == "done")
            try await speaker.say("3", in: log, feed: .any)
            #expect(try await store.feedStanding(of: .counter).missed == 0)
            // As if the history had them all.
            let stored = """
                local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1][1]
                for _, item in ipairs(redis.call('XPENDING', KEYS[1], 'history', '-', '+', 10)) do
                  redis.call('XACK', KEYS[1], 'history', item[1])
                end
                redis.call('XGROUP', 'SETID', KEYS[1], 'history', last)
                return redis.status_reply('done')
                """
            #expect(try world.server.command("EVAL", stored, "1", "r:.feed") == "done")
            try await speaker.say("4", in: log, feed: .any)
            // In hand: 1; then 2 and some of what was filled in, of which each counts as one record.
            #expect(try await store.feedStanding(of: .counter).missed == 101)
            #expect(try await store.feedStanding(of: .history).missed == 0)
        }
    }

    @Test func `a tenant that floods is refused at what it leaves free, and another one's messages are kept`()
        async throws
    {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let other = LogKey(try #require(TenantID("beta")), .channel, "#b")
            let speaker = try await world.shard(world.store())
            let fill = """
                for i = 1, ARGV[2] do redis.call('XADD', KEYS[1], '*', 'r:' .. ARGV[1] .. ':c:#x', 'x') end
                return redis.call('HINCRBY', KEYS[2], ARGV[1], ARGV[2])
                """
            func flood(_ tenant: String, _ count: Int) throws {
                _ = try world.server.command("EVAL", fill, "2", "r:.feed", "r:.feed.parts", tenant, "\(count)")
            }
            try flood("acme", 49_999)
            _ = try await speaker.say("kept", in: log, feed: .any)
            await #expect(throws: LiveStoreError.busy) { try await speaker.say("refused", in: log, feed: .any) }
            _ = try await speaker.say("not to be kept", in: log)
            _ = try await speaker.say("another's", in: other, feed: .any)
            // A second one that floods: each has a third then.
            try flood("beta", 24_999)
            await #expect(throws: LiveStoreError.busy) { try await speaker.say("refused", in: other, feed: .any) }
            let third = LogKey(try #require(TenantID("gamma")), .channel, "#c")
            _ = try await speaker.say("a third one's", in: third, feed: .any)
        }
    }

    @Test func `what is stored or erased is a tenant's room again`() async throws {
        try await RedisWorld.run { world in
            let store = try await world.store()
            let speaker = try await world.shard(store)
            let beta = try #require(TenantID("beta"))
            let logs = [world.channel("#a"), LogKey(beta, .channel, "#b")]
            let read = """
                local function part(name) return redis.call('HGET', KEYS[1], name) or 'none' end
                return redis.status_reply(part('acme') .. ' ' .. part('beta'))
                """
            func parts() throws -> String { try world.server.command("EVAL", read, "1", "r:.feed.parts") }
            // One item of both, and one of each.
            _ = try await speaker.append(
                together: logs.map {
                    Transaction(changes: [LogChange($0, payload: ByteBuffer(string: "1"), feed: .any)])
                }
            )
            for log in logs { _ = try await speaker.say("2", in: log, feed: .any) }
            #expect(try parts() == "2 2")
            try await store.erase(beta)
            #expect(try parts() == "2 none")
            var records: [FeedRecord] = []
            while records.count < 2 {
                records += try await store.readFeed(as: .history, limit: 10, timeout: .seconds(10))
            }
            try await store.acknowledge([records[0].id], as: .history)
            #expect(try parts() == "1 none")
            try await store.acknowledge(records.map(\.id), as: .history)
            #expect(try parts() == "none none")
            // Both again: nothing is counted twice.
            try await store.acknowledge(records.map(\.id), as: .history)
            _ = try await speaker.say("3", in: logs[0], feed: .any)
            #expect(try parts() == "1 none")
        }
    }
}
