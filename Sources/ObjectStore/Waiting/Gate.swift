// So many at once, so many in the queue, so long at most: what comes beyond is refused at once, and nobody waits for
// ever.

import DequeModule
import Synchronization

/// Lets a number of callers in at once.
package final class Gate: Sendable {
    private struct State {
        var free: Int
        /// Who waits, the longest first.
        var waiting: Deque<Waiter> = []
    }

    private let state: Mutex<State>
    private let queue: Int
    private let longest: Duration
    private let time: StoreTime

    /// Makes a gate.
    ///
    /// - Parameters:
    ///   - free: How many are let in at once.
    ///   - queue: How many may wait.
    ///   - longest: How long each waits at most.
    ///   - time: What that is told by.
    package init(_ free: Int, queue: Int, longest: Duration, time: StoreTime = .system) {
        self.state = Mutex(State(free: max(free, 1)))
        self.queue = queue
        self.longest = longest
        self.time = time
    }

    /// How many wait.
    var waiting: Int { self.state.withLock { $0.waiting.count } }

    /// Does something while one place of the gate is taken.
    ///
    /// - Parameter body: What is done.
    /// - Returns: What the body returns.
    /// - Throws: ``ObjectStoreError/unavailable(_:)`` if too many wait, or nobody leaves in time; what the body throws.
    func with<Value>(
        _ body: () async throws(ObjectStoreError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        try await self.enter()
        defer { self.leave() }
        return try await body()
    }

    private enum Way {
        case open
        case full
        case wait(Waiter)
    }

    /// Takes a place, for which ``leave()`` is called later.
    package func enter() async throws(ObjectStoreError) {
        let way = self.state.withLock { state -> Way in
            if state.free > 0 {
                state.free -= 1
                return .open
            }
            guard state.waiting.count < self.queue else { return .full }
            let waiter = Waiter()
            state.waiting.append(waiter)
            return .wait(waiter)
        }
        switch way {
        case .open: return
        case .full: throw .unavailable("too many requests wait for it already")
        case .wait(let waiter):
            let (time, longest) = (self.time, self.longest)
            let timer = Task {
                try await time.sleep(longest)
                _ = waiter.settle(false)
            }
            defer { timer.cancel() }
            if await waiter.answer() { return }
            self.state.withLock { state in state.waiting.removeAll { $0 === waiter } }
            throw Task.isCancelled ? .timedOut : .unavailable("none of the requests before it ended in time")
        }
    }

    /// Gives a place back.
    package func leave() {
        self.state.withLock { state in
            while let next = state.waiting.popFirst() {
                if next.settle(true) { return }
            }
            state.free += 1
        }
    }
}
