import StateStore
import Tenant
import TestSupport
import Testing

/// Numbers in Redis that none of ours wrote.
struct DamageTests {
    @Test func `a log whose position no log reaches is damaged, and others are read on`() async throws {
        try await RedisWorld.run { world in
            let (good, bad) = (world.channel("#good"), world.channel("#bad"))
            let shard = try await world.shard(world.store())
            for log in [good, bad] { try await shard.say("hello", in: log) }
            // The eight bytes after the epoch are the last entry's number.
            let damage = """
                local meta = redis.call('HGET', KEYS[1], '\\0')
                local number = string.rep('\\255', 8)
                redis.call('HSET', KEYS[1], '\\0', string.sub(meta, 1, 8) .. number .. string.sub(meta, 17))
                """
            _ = try world.server.command("EVAL", damage, "1", "r:\(bad):h")
            await #expect(throws: LiveStoreError.invalidAnswer("a log's position is damaged")) {
                _ = try await shard.load([bad])
            }
            await #expect(throws: LiveStoreError.self) { _ = try await shard.follow(bad) }
            #expect(try await shard.follow(good).position.sequence == 1)
            try await shard.say("again", in: good)
            #expect(try await shard.entries(of: good, after: .max).isEmpty)
            #expect(try await shard.entries(of: good, after: 0, limit: .max).count == 2)
        }
    }
}
