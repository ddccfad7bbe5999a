import NIOCore
import Observability
import StateStore
import TestSupport
import Testing

/// How long Redis takes, as an edge measures it.
struct AppendTimesTests {
    @Test func `what a shard appends in one turn is measured once, and nothing that was not answered`() async throws {
        try await RedisWorld.run { world in
            let registry = MetricsRegistry()
            var configuration = RedisWorld.impatient
            configuration.appendTimes = Latencies(registry).append
            configuration.callDeadline = .milliseconds(500)
            let shard = try await world.shard(world.faultyStore(configuration))
            let log = world.channel("#a")
            let change = LogChange(log, payload: ByteBuffer(string: "hello"))
            func measured() async -> Bool {
                await registry.render().contains("\nroost_store_append_seconds_count 1\n")
            }
            #expect(await !measured())
            _ = try await shard.append(together: Array(repeating: Transaction(changes: [change]), count: 20))
            #expect(await measured())
            try await world.cutOff(shard)
            // What is sent while only one connection is known to be lost would be settled later.
            await #expect(throws: LiveStoreError.self) { try await shard.load(log) }
            await #expect(throws: LiveStoreError.self) { try await shard.append(Transaction(changes: [change])) }
            #expect(await measured())
        }
    }
}
