// Who leads may be told late that it does no more: a process that was frozen wakes in the middle of what it was doing. What it
// writes to a cell's stores is refused there, by the term; what it would say about objects it keeps to itself.

package import KubeClient
import StateStore
import Synchronization

/// One time of leading.
package final class Leadership: Sendable {
    /// Which one: later ones have a higher term; nil if nobody contends.
    package let term: UInt64?
    private let isHeldByClock: @Sendable () -> Bool
    private let later = Mutex<UInt64?>(nil)
    private let end: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    /// Begins.
    ///
    /// - Parameters:
    ///   - term: Which one.
    ///   - isHeld: Whether the lease holds, as far as this process's clock can tell.
    package init(term: UInt64? = nil, isHeld: @escaping @Sendable () -> Bool = { true }) {
        self.term = term
        self.isHeldByClock = isHeld
        (self.end, self.continuation) = AsyncStream.makeStream()
    }

    /// Whether this process may still speak for all.
    package var isHeld: Bool { self.later.withLock { $0 } == nil && self.isHeldByClock() }

    /// Ends it if the term that was met is a later one.
    ///
    /// Of the same term is whoever writes to the same store from this very process, and anybody where nobody contends:
    /// these keep one another out of one cell, and no more.
    package func met(_ term: UInt64) {
        // What no Lease can hold is nobody's term: it keeps us out of one cell, and not out of the others.
        guard let own = self.term, term > own, term < UInt64(Int32.max) else { return }
        self.later.withLock { $0 = max($0 ?? 0, term) }
        self.continuation.finish()
    }

    /// Notes what a store's call ended with, if it tells of a later term.
    package func met(_ error: any Error) {
        if case .fenced(let term) = error as? LiveStoreError { self.met(term) }
    }

    /// Returns once a later term was met, or the task is cancelled.
    package func ended() async { for await _ in self.end {} }

    /// What ends the lead, if a later term was met.
    package var superseded: LeaderElection.Superseded? {
        self.later.withLock { $0 }.map { LeaderElection.Superseded(term: $0) }
    }
}
