import NIOCore
import StateStore
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
}
