import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// Connections that break between a request and its reply.
@Suite(.serialized) struct RetryTests {
    @Test func `a transaction whose reply was lost is applied once and answered`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard(world.faultyStore())
            let witness = try await world.shard(world.store())
            _ = try await witness.follow(log)
            world.proxy.set(.swallowReplies)
            async let outcome = shard.say("once", in: log)
            try await witness.receiver.wait(forEntries: 1, of: log)
            world.proxy.set(.pass)
            world.proxy.cut()
            guard case .appended(let stamps) = try await outcome else {
                Issue.record("it was refused")
                return
            }
            #expect(stamps.map(\.position.sequence) == [1])
            try await shard.say("after", in: log)
            #expect(try await witness.entries(of: log).map { String(buffer: $0.payload) } == ["once", "after"])
        }
    }

    @Test func `slots and tokens whose reply was lost are taken once`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let counter = CounterKey(world.tenant, "connections")
            let shard = try await world.shard(world.faultyStore())
            let witness = try await world.shard(world.store())
            _ = try await witness.follow(log)
            world.proxy.set(.swallowReplies)
            async let slots = shard.reserve(4, of: counter, limit: 10)
            async let tokens = shard.take(4, from: counter, rate: 0.001, burst: 10)
            async let outcome = shard.say("sent", in: log)
            try await witness.receiver.wait(forEntries: 1, of: log)
            world.proxy.set(.pass)
            world.proxy.cut()
            #expect(try await slots == 4)
            #expect(try await tokens == 4)
            _ = try await outcome
            #expect(try await witness.reserve(10, of: counter, limit: 10) == 6)
            #expect(try await witness.take(10, from: counter, rate: 0.001, burst: 10) == 6)
        }
    }

    @Test func `slots that are given back while the store is away are given back once it is there`() async throws {
        try await RedisWorld.run { world in
            let counter = CounterKey(world.tenant, "connections")
            let shard = try await world.shard(world.faultyStore())
            let witness = try await world.shard(world.store())
            #expect(try await shard.reserve(10, of: counter, limit: 10) == 10)
            try await world.cutOff(shard)
            try await shard.on { client in
                for _ in 1...3 { client.release(1, of: counter) }
            }
            #expect(try await witness.reserve(10, of: counter, limit: 10) == 0)
            world.proxy.set(.pass)
            let granted = try await within(.seconds(15), "slots given back") {
                var granted = 0
                while granted < 3 { granted += try await witness.reserve(10, of: counter, limit: 10) }
                return granted
            }
            #expect(granted == 3)
            #expect(try await witness.reserve(10, of: counter, limit: 10) == 0)
        }
    }

    @Test func `connections cut again and again lose, double and reorder nothing for anybody`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let faulty = try await world.faultyStore()
            let speakers = [try await world.shard(faulty), try await world.shard(faulty)]
            let witness = try await world.shard(world.store())
            for shard in speakers + [witness] { _ = try await shard.follow(log) }
            let cuts = Task {
                for number in 1...12 {
                    try await witness.receiver.wait(forEntries: number * 100, of: log, within: .seconds(60))
                    world.proxy.cut()
                }
            }
            try await Self.speak(1000, in: log, speakers)
            try await cuts.value
            try await Self.expectAll(1000, in: log, heardBy: speakers + [witness])
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `a killed and restarted server loses, doubles and reorders nothing that was acknowledged`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let speakers = [try await world.shard(world.store()), try await world.shard(world.store())]
            for shard in speakers { _ = try await shard.follow(log) }
            let kills = Task {
                for number in 1...3 {
                    let heard = speakers[0].receiver
                    try await heard.wait(forEntries: number * 300, of: log, within: .seconds(60))
                    try world.server.kill()
                    try world.server.start()
                }
            }
            try await Self.speak(800, in: log, speakers)
            try await kills.value
            try await Self.expectAll(800, in: log, heardBy: speakers)
            let later = try await world.shard(world.store())
            #expect(try await later.load(log)?.position.sequence == 1600)
        }
    }

    /// Each speaker says its numbers, some at a time, and hears that each was appended.
    private static func speak(_ count: Int, in log: LogKey, _ speakers: [TestShard]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, speaker) in speakers.enumerated() {
                group.addTask {
                    for start in stride(from: 0, to: count, by: 10) {
                        let done: Int = try await speaker.call { client, completion in
                            let gathering = Gathering(10, completion)
                            for number in start..<start + 10 {
                                let change = LogChange(log, payload: ByteBuffer(string: "\(index) \(number)"))
                                client.append(Transaction(changes: [change])) { gathering.took($0) }
                            }
                        }
                        #expect(done == 10)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func expectAll(_ count: Int, in log: LogKey, heardBy shards: [TestShard]) async throws {
        for shard in shards {
            let total = UInt64(count * 2)
            try await shard.receiver.wait(for: "the last entry", within: .seconds(30)) { events in
                TestReceiver.entries(of: log, in: events).last?.position.sequence == total
            }
            let entries = shard.receiver.entries(of: log)
            #expect(entries.map(\.position.sequence) == Array(1...total))
            #expect(reloads(shard.receiver.events).isEmpty)
            for speaker in 0...1 {
                let own = entries.map { String(buffer: $0.payload) }.filter { $0.hasPrefix("\(speaker) ") }
                #expect(own == (0..<count).map { "\(speaker) \($0)" })
            }
        }
    }

    private final class Gathering {
        private var done = 0
        private var missing: Int
        private let completion: (Result<Int, LiveStoreError>) -> Void

        init(_ count: Int, _ completion: @escaping (Result<Int, LiveStoreError>) -> Void) {
            self.missing = count
            self.completion = completion
        }

        func took(_ result: Result<Outcome, LiveStoreError>) {
            if case .success(.appended) = result { self.done += 1 }
            self.missing -= 1
            if self.missing == 0 { self.completion(.success(self.done)) }
        }
    }
}
