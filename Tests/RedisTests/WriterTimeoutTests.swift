import NIOCore
import NIOPosix
import StateStore
import Tenant
import TestSupport
import Testing

/// The projection's writer when answers do not come in time.
@Suite(.serialized) struct WriterTimeoutTests {
    @Test func `changes that were applied and not answered are the writer's own, and no edge loads for them`()
        async throws
    {
        try await RedisWorld.run { world in
            var configuration = RedisWorld.impatient
            configuration.callDeadline = .seconds(1)
            // The call's deadline passes before the connection is given up.
            configuration.silence = .seconds(4)
            let witness = try await world.shard(world.store())
            _ = try await witness.follow(Projection.log)
            let writer = ProjectionWriter(
                live: try await world.faultyStore(configuration),
                owner: "test",
                loop: MultiThreadedEventLoopGroup.singleton.next(),
                lookingEvery: .milliseconds(20)
            )
            _ = try await writer.takeOver(term: 1)
            try await writer.put(certificate: [1], name: "a")
            try await witness.receiver.wait(forEntries: 2, of: Projection.log)
            world.proxy.set(.swallowReplies)
            await #expect(throws: LiveStoreError.self) { try await writer.put(certificate: [2], name: "b") }
            try await witness.receiver.wait(forEntries: 3, of: Projection.log)
            world.proxy.set(.pass)
            world.proxy.cut()
            // It looks again and again.
            let looks = """
                return tonumber(string.match(redis.call('INFO', 'commandstats'), 'cmdstat_xrange:calls=(%d+)'))
                """
            let before = try #require(Int(try world.server.command("EVAL", looks, "0")))
            try await until("some looks") {
                (Int(try world.server.command("EVAL", looks, "0")) ?? 0) > before + 10
            }
            try await writer.put(certificate: [3], name: "c")
            try await witness.receiver.wait(forEntries: 4, of: Projection.log)
            let log = try #require(try await witness.load(Projection.log))
            #expect(log.position.sequence == 4)
            #expect(reloads(witness.receiver.events).filter(\.exists).isEmpty)
            #expect(Set(try await writer.load().certificates.keys) == ["a", "b", "c"])
        }
    }
}
