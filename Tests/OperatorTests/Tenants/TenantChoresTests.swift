import Backoff
import KubeClient
import NIOCore
import Operator
import Synchronization
import Tenant
import TestSupport
import Testing

/// Long work beside the queue of tenants.
struct TenantChoresTests {
    /// How often something was done.
    private final class Counter: Sendable {
        let count = Mutex(0)
    }

    @Test func `who waits for what is being done has it done once`() async throws {
        let (woken, wakes) = AsyncStream.makeStream(of: ObjectKey.self)
        let (begun, begins) = AsyncStream.makeStream(of: Void.self)
        let (gate, opens) = AsyncStream.makeStream(of: Void.self)
        let (erasures, moves) = (Counter(), Counter())
        let chores = TenantChores { wakes.yield($0) }
        let id = try #require(TenantID("acme"))
        let owner = ObjectKey(namespace: "chat", name: "acme")
        let running = Task { await chores.run() }
        chores.begin(.erase(cell: "one"), of: id) {
            erasures.count.withLock { $0 += 1 }
            begins.yield()
            for await _ in gate { break }
        }
        for await _ in begun { break }
        try chores.begin(.move(from: "one", to: "two"), of: id, for: owner) { moves.count.withLock { $0 += 1 } }
        // Something that was asked for later and is done by the same workers: what could have begun has begun.
        let other = try #require(TenantID("globex"))
        let (passed, passes) = AsyncStream.makeStream(of: Void.self)
        chores.begin(.move(from: "one", to: "two"), of: other) { passes.yield() }
        for await _ in passed { break }
        #expect(erasures.count.withLock { $0 } == 1)
        #expect(moves.count.withLock { $0 } == 0)
        opens.yield()
        try await within(.seconds(30), "the one who waits being woken") {
            for await key in woken where key == owner { break }
        }
        // Asked for again, it is its turn.
        try chores.begin(.move(from: "one", to: "two"), of: id, for: owner) { moves.count.withLock { $0 += 1 } }
        try await until("the move") { moves.count.withLock { $0 } == 1 }
        running.cancel()
        await running.value
    }

    @Test func `a move that failed is not tried again at once, and another move is another matter`() async throws {
        let (woken, wakes) = AsyncStream.makeStream(of: ObjectKey.self)
        let hour = Backoff(first: .seconds(3600), longest: .seconds(3600))
        let chores = TenantChores(pause: hour) { wakes.yield($0) }
        let id = try #require(TenantID("acme"))
        let owner = ObjectKey(namespace: "chat", name: "acme")
        let running = Task { await chores.run() }
        let move = TenantChores.Kind.move(from: "one", to: "two")
        try chores.begin(move, of: id, for: owner) {
            await chores.goesOffline(owner)
            throw CancellationError()
        }
        try await within(.seconds(30), "its tenant being looked at, when it goes off and when it failed") {
            var looks = 0
            for await key in woken where key == owner {
                looks += 1
                if looks == 2 { break }
            }
        }
        #expect(chores.beginLook(at: owner))
        chores.endLook(at: owner)
        let setback = try #require(chores.setback(of: owner, in: move))
        #expect(setback.isPausing)
        #expect(setback.reason.contains("CancellationError"))
        #expect(chores.setback(of: owner, in: .move(from: "one", to: "three")) == nil)
        // Who went elsewhere, or turned back, begins without a past.
        #expect(chores.setback(of: owner, in: move) == nil)
        running.cancel()
        await running.value
    }

    @Test func `nobody is taken off while somebody looks at it, and nobody looks who would serve it then`() async throws
    {
        let (gone, goes) = AsyncStream.makeStream(of: Void.self)
        let (begun, begins) = AsyncStream.makeStream(of: Void.self)
        let (gate, opens) = AsyncStream.makeStream(of: Void.self)
        let chores = TenantChores { _ in }
        let id = try #require(TenantID("acme"))
        let owner = ObjectKey(namespace: "chat", name: "acme")
        let isOff = Mutex(false)
        let running = Task { await chores.run() }
        #expect(chores.beginLook(at: owner))
        try chores.begin(.move(from: "one", to: "two"), of: id, for: owner) {
            begins.yield()
            await chores.goesOffline(owner)
            isOff.withLock { $0 = true }
            goes.yield()
            for await _ in gate { break }
        }
        for await _ in begun { break }
        try await until("the next look being refused") {
            let isAllowed = chores.beginLook(at: ObjectKey(namespace: "other", name: "acme"))
            #expect(isAllowed)
            return !chores.beginLook(at: owner)
        }
        // The look that was begun is not over yet.
        #expect(!isOff.withLock { $0 })
        chores.endLook(at: owner)
        for await _ in gone { break }
        #expect(!chores.beginLook(at: owner))
        opens.yield()
        try await until("looks being allowed again") { chores.beginLook(at: owner) }
        running.cancel()
        await running.value
    }

    @Test func `a term that no Lease can hold unseats nobody`() {
        let leadership = Leadership(term: 3)
        leadership.met(3)
        leadership.met(UInt64.max)
        leadership.met(UInt64(Int32.max))
        #expect(leadership.isHeld)
        leadership.met(4)
        #expect(!leadership.isHeld)
    }
}
