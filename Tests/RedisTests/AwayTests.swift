import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// A store that is away, slow or stands still.
@Suite(.serialized) struct AwayTests {
    @Test func `a half-open connection is noticed, and what waited is applied once when the network is back`()
        async throws
    {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard(world.faultyStore())
            _ = try await shard.follow(log)
            world.proxy.set(.stall)
            async let outcome = shard.say("late", in: log)
            try await world.notices(shard)
            world.proxy.set(.pass)
            _ = try await outcome
            try await shard.say("later", in: log)
            #expect(shard.receiver.payloads(of: log) == ["late", "later"])
            try await shard.receiver.wait(for: "readiness") { events in
                events.filter { if case .ready = $0 { true } else { false } }.count >= 2
            }
        }
    }

    @Test func `a call without an answer fails at its deadline and is not applied when the store is back`() async throws
    {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            var configuration = RedisWorld.impatient
            configuration.callDeadline = .seconds(2)
            let shard = try await world.shard(world.faultyStore(configuration))
            let witness = try await world.shard(world.store())
            try await world.cutOff(shard)
            // What is sent while only one connection is known to be lost would be settled later.
            await #expect(throws: LiveStoreError.self) { try await shard.load(log) }
            await #expect(throws: LiveStoreError.self) { try await shard.say("lost", in: log) }
            await #expect(throws: LiveStoreError.self) { _ = try await shard.follow(log) }
            world.proxy.set(.pass)
            try await shard.receiver.wait(for: "readiness") { $0.count == 2 }
            try await shard.say("there", in: log)
            #expect(try await witness.entries(of: log).map { String(buffer: $0.payload) } == ["there"])
            _ = try await shard.follow(log)
            try await shard.say("again", in: log)
            #expect(shard.receiver.payloads(of: log) == ["again"])
        }
    }

    @Test func `past its bounds a client is not ready, then busy, and ready again when it has caught up`() async throws
    {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            var configuration = RedisWorld.impatient
            configuration.silence = .seconds(20)
            configuration.softCalls = 20
            configuration.hardCalls = 40
            let shard = try await world.shard(world.faultyStore(configuration))
            world.proxy.set(.stall)
            let (results, ready) = (Results(), try await shard.on { $0.isReady })
            #expect(ready)
            let isReady = try await shard.on { client in
                for number in 1...50 {
                    let change = LogChange(log, payload: ByteBuffer(string: "\(number)"))
                    client.append(Transaction(changes: [change])) { results.took($0) }
                }
                return client.isReady
            }
            #expect(!isReady)
            #expect(results.failures == Array(repeating: .busy, count: 10))
            world.proxy.set(.pass)
            try await shard.receiver.wait(for: "readiness") { $0.count == 2 }
            try await shard.say("more", in: log)
            #expect(try await shard.load(log)?.position.sequence == 41)
        }
    }

    @Test func `bytes that wait are bounded like calls`() async throws {
        try await RedisWorld.run { world in
            var configuration = RedisWorld.impatient
            configuration.silence = .seconds(20)
            configuration.softBytes = 10_000
            configuration.hardBytes = 50_000
            let shard = try await world.shard(world.faultyStore(configuration))
            world.proxy.set(.stall)
            let results = Results()
            let log = world.channel("#a")
            let isReady = try await shard.on { client in
                for _ in 1...10 {
                    let change = LogChange(log, payload: ByteBuffer(repeating: 7, count: 10_000))
                    client.append(Transaction(changes: [change])) { results.took($0) }
                }
                return client.isReady
            }
            #expect(!isReady)
            #expect(results.failures.count == 5)
            world.proxy.set(.pass)
            try await shard.receiver.wait(for: "readiness") { $0.count == 2 }
        }
    }

    @Test func `a distant server slows calls down but not one after the other`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard(world.faultyStore(RedisConfiguration()))
            _ = try await shard.follow(log)
            world.proxy.set(.delay(.milliseconds(40)))
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...200 { group.addTask { try await shard.say("\(number)", in: log) } }
                try await group.waitForAll()
            }
            #expect(ContinuousClock.now - start < .seconds(8))
            #expect(shard.receiver.entries(of: log).map(\.position.sequence) == Array(1...200))
        }
    }

    @Test func `after shutdown every call fails plainly`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let store = try await world.faultyStore()
            let shard = try await world.shard(store)
            world.proxy.set(.stall)
            let waiting = Task { try await shard.say("waits", in: log) }
            _ = try await shard.on { $0.isReady }
            await store.shutdown()
            await #expect(throws: LiveStoreError.closed) { _ = try await waiting.value }
            await #expect(throws: LiveStoreError.closed) { try await shard.say("late", in: log) }
            await #expect(throws: LiveStoreError.closed) { _ = try await shard.follow(log) }
            await #expect(throws: LiveStoreError.closed) { _ = try await store.renewLease(for: .seconds(1)) }
        }
    }

    /// What calls came to.
    private final class Results: Sendable {
        private let all = Locked<[LiveStoreError]>([])

        var failures: [LiveStoreError] { self.all.value }

        func took(_ result: Result<Outcome, LiveStoreError>) {
            if case .failure(let error) = result { self.all.append(error) }
        }
    }
}
