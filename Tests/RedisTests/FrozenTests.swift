import NIOCore
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

/// A Redis that stands still for longer than a call may take: who was told that something failed never sees it happen.
@Suite(.serialized) struct FrozenTests {
    /// Gives calls up long before the connection, so that they stay in its socket, or long after.
    private static func configuration(
        silence: Duration,
        deadline: Duration = .milliseconds(400)
    ) -> RedisConfiguration {
        var configuration = RedisWorld.impatient
        configuration.callDeadline = deadline
        configuration.silence = silence
        return configuration
    }

    /// What is answered in time is, also on a busy machine.
    private static let patient = configuration(silence: .seconds(4), deadline: .milliseconds(1500))

    @Test(.timeLimit(.minutes(3)), arguments: [Duration.milliseconds(900), .milliseconds(120)])
    func `under load each message that was told as failed is never heard, and every other one once`(
        silence: Duration
    ) async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let store = try await world.store(Self.configuration(silence: silence))
            let speakers = [try await world.shard(store), try await world.shard(store)]
            let witness = try await world.shard(world.store())
            _ = try await witness.follow(log)
            let ledger = Ledger()
            for (index, speaker) in speakers.enumerated() {
                try await speaker.on { client in
                    for voice in 0..<40 { ledger.speak("\(index) \(voice)", 1, client, in: log) }
                }
            }
            for round in 1...4 {
                try await until("some load") { ledger.done.count > round * 1500 }
                let late = ledger.late
                try world.server.freeze()
                try await until("the deadline's end", within: .seconds(20)) { ledger.late > late }
                try world.server.thaw()
            }
            ledger.end()
            try await until("every answer") { ledger.waiting == 0 }
            try await witness.say("last", in: log)
            try await witness.receiver.wait(for: "the last message") { events in
                guard case .entry(let entry, _) = events.last else { return false }
                return String(buffer: entry.payload) == "last"
            }
            let heard = witness.receiver.payloads(of: log)
            #expect(reloads(witness.receiver.events).isEmpty)
            #expect(heard.count == Set(heard).count, "nothing twice")
            #expect(Set(heard).intersection(ledger.failed).sorted() == [], "told as failed")
            #expect(Set(heard).subtracting(ledger.failed) == ledger.done.union(["last"]))
            #expect(!ledger.failed.isEmpty, "some were refused in time")
        }
    }

    @Test func `an answer that comes after the deadline is the truth, and who waits is told that it takes long`()
        async throws
    {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard(world.faultyStore(Self.patient))
            let witness = try await world.shard(world.store())
            _ = try await witness.follow(log)
            world.proxy.set(.swallowReplies)
            let late = Locked<[String]>([])
            async let outcome: Outcome = shard.call { client, completion in
                let change = LogChange(log, payload: ByteBuffer(string: "done"))
                client.append(Transaction(changes: [change]), unsettled: { late.append("late") }, completion)
            }
            try await witness.receiver.wait(forEntries: 1, of: log)
            try await until("the deadline's end") { !late.value.isEmpty }
            world.proxy.set(.pass)
            world.proxy.cut()
            guard case .appended(let stamps) = try await outcome else {
                Issue.record("it was applied")
                return
            }
            #expect(stamps.map(\.position) == witness.receiver.entries(of: log).map(\.position))
            #expect(late.value == ["late"])
        }
    }

    @Test func `slots that were granted after who wanted them was refused are given back`() async throws {
        try await RedisWorld.run { world in
            let counter = CounterKey(world.tenant, "connections")
            let shard = try await world.shard(world.faultyStore(Self.patient))
            let witness = try await world.shard(world.store())
            world.proxy.set(.swallowReplies)
            let refusal = LiveStoreError.unavailable(reason: "no answer in time")
            await #expect(throws: refusal) { try await shard.reserve(10, of: counter, limit: 10) }
            #expect(try await witness.reserve(1, of: counter, limit: 10) == 0, "they were granted")
            world.proxy.set(.pass)
            world.proxy.cut()
            let granted = try await within(.seconds(45), "slots given back") {
                var granted = 0
                while granted < 10 {
                    try Task.checkCancellation()
                    granted += try await witness.reserve(10, of: counter, limit: 10)
                }
                return granted
            }
            #expect(granted == 10)
        }
    }

    @Test func `a call of which the store remembers nothing is told as uncertain`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard(world.faultyStore(Self.patient))
            try await shard.say("before", in: log)
            world.proxy.set(.stall)
            let late = Locked<[String]>([])
            let outcome: Task<Outcome, any Error> = Task {
                try await shard.call { client, completion in
                    let change = LogChange(log, payload: ByteBuffer(string: "lost"))
                    client.append(Transaction(changes: [change]), unsettled: { late.append("late") }, completion)
                }
            }
            try await until("the deadline's end") { !late.value.isEmpty }
            _ = try world.server.command("DEL", "r:.producer:\(shard.producer.rawValue)")
            world.proxy.set(.refuse)
            world.proxy.cut()
            world.proxy.set(.pass)
            let error = LiveStoreError.uncertain(reason: "the store does not remember the call")
            await #expect(throws: error) { _ = try await outcome.value }
            try await shard.say("after", in: log)
            #expect(try await shard.entries(of: log).map { String(buffer: $0.payload) } == ["before", "after"])
        }
    }

    /// What was said, and what its speakers were told.
    private final class Ledger: Sendable {
        private struct State {
            var waiting = 0
            var done: Set<String> = []
            var failed: Set<String> = []
            var late = 0
            var hasEnded = false
        }

        private let state = Mutex(State())

        var waiting: Int { self.state.withLock { $0.waiting } }
        var done: Set<String> { self.state.withLock { $0.done } }
        var failed: Set<String> { self.state.withLock { $0.failed } }
        /// How many speakers heard nothing within the deadline.
        var late: Int { self.state.withLock { $0.late } }

        func end() { self.state.withLock { $0.hasEnded = true } }

        /// Says one thing after the other, each when the one before was answered.
        func speak(_ voice: String, _ number: Int, _ client: any LiveStoreClient, in log: LogKey) {
            let text = "\(voice) \(number)"
            let goesOn = self.state.withLock { state in
                if !state.hasEnded { state.waiting += 1 }
                return !state.hasEnded
            }
            guard goesOn else { return }
            let change = LogChange(log, payload: ByteBuffer(string: text))
            let unsettled = { self.state.withLock { $0.late += 1 } }
            client.append(Transaction(changes: [change]), unsettled: unsettled) { result in
                self.state.withLock { state in
                    state.waiting -= 1
                    if case .success = result { state.done.insert(text) } else { state.failed.insert(text) }
                }
                self.speak(voice, number + 1, client, in: log)
            }
        }
    }
}
