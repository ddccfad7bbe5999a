import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// The journal while the durable store is away for very long.
@Suite(.serialized) struct JournalBoundTests {
    @Test func `what is to be kept is refused when too much waits, everything else goes on`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let speaker = try await world.shard(world.store())
            try await speaker.say("kept", in: log, journal: true)
            let fill = """
                for i = redis.call('XLEN', KEYS[1]), 99999 do redis.call('XADD', KEYS[1], '*', 'r:acme:c:#b', 'x') end
                return redis.call('XLEN', KEYS[1])
                """
            #expect(try world.server.command("EVAL", fill, "1", "r:.journal") == "100000")
            await #expect(throws: LiveStoreError.busy) { try await speaker.say("refused", in: log, journal: true) }
            let outcome = try await speaker.say("not to be kept", in: log)
            guard case .appended(let stamps) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(stamps.map(\.position.sequence) == [2])
            // Two calls of one batch: the refused one shifts nothing behind it.
            async let first = speaker.say("refused", in: log, journal: true)
            async let second = speaker.say("still not to be kept", in: log)
            _ = try? await first
            guard case .appended(let stamps) = try await second else { return }
            #expect(stamps.map(\.position.sequence) == [3])
            _ = try world.server.command("XTRIM", "r:.journal", "MAXLEN", "10")
            _ = try await speaker.say("kept again", in: log, journal: true)
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
                _ = try world.server.command("EVAL", fill, "2", "r:.journal", "r:.journal.parts", tenant, "\(count)")
            }
            try flood("acme", 49_999)
            _ = try await speaker.say("kept", in: log, journal: true)
            await #expect(throws: LiveStoreError.busy) { try await speaker.say("refused", in: log, journal: true) }
            _ = try await speaker.say("not to be kept", in: log)
            _ = try await speaker.say("another's", in: other, journal: true)
            // A second one that floods: each has a third then.
            try flood("beta", 24_999)
            await #expect(throws: LiveStoreError.busy) { try await speaker.say("refused", in: other, journal: true) }
            let third = LogKey(try #require(TenantID("gamma")), .channel, "#c")
            _ = try await speaker.say("a third one's", in: third, journal: true)
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
            func parts() throws -> String { try world.server.command("EVAL", read, "1", "r:.journal.parts") }
            // One item of both, and one of each.
            _ = try await speaker.append(
                together: logs.map {
                    Transaction(changes: [LogChange($0, payload: ByteBuffer(string: "1"), journal: true)])
                }
            )
            for log in logs { _ = try await speaker.say("2", in: log, journal: true) }
            #expect(try parts() == "2 2")
            try await store.erase(beta)
            #expect(try parts() == "2 none")
            var records: [JournalRecord] = []
            while records.count < 2 { records += try await store.readJournal(limit: 10, timeout: .seconds(10)) }
            try await store.acknowledgeJournal([records[0].id])
            #expect(try parts() == "1 none")
            try await store.acknowledgeJournal(records.map(\.id))
            #expect(try parts() == "none none")
            // Both again: nothing is counted twice.
            try await store.acknowledgeJournal(records.map(\.id))
            _ = try await speaker.say("3", in: logs[0], journal: true)
            #expect(try parts() == "1 none")
        }
    }
}
