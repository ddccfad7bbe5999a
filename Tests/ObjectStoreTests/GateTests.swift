import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

@Suite struct GateTests {
    @Test func `so many are let in, so many wait, the next is refused`() async throws {
        let gate = Gate(2, queue: 1, longest: .seconds(60))
        try await gate.enter()
        try await gate.enter()
        let third = Task { try await gate.enter() }
        try await until("the third waits") { gate.waiting == 1 }
        #expect(await failure { try await gate.enter() }?.isTransient == true)
        gate.leave()
        try await third.value
        #expect(gate.waiting == 0)
        gate.leave()
        gate.leave()
        try await gate.enter()
    }

    @Test func `nobody waits for longer than was said, and a place is not lost with whoever gave up`() async throws {
        let hasty = StoreTime(wall: { 0 }, now: { .zero }, sleep: { _ in })
        let gate = Gate(1, queue: 5, longest: .seconds(30), time: hasty)
        try await gate.enter()
        #expect(await failure { try await gate.enter() }?.isTransient == true)
        gate.leave()
        try await gate.enter()
    }

    @Test func `who is cancelled leaves the queue`() async throws {
        let gate = Gate(1, queue: 5, longest: .seconds(60))
        try await gate.enter()
        let waiting = Task { try await gate.enter() }
        try await until("it waits") { gate.waiting == 1 }
        waiting.cancel()
        await #expect(throws: ObjectStoreError.timedOut) { try await waiting.value }
        #expect(gate.waiting == 0)
        gate.leave()
        try await gate.enter()
    }
}
