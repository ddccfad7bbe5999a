import Synchronization

/// Time that passes only when it is told to.
package final class VirtualClock: Sendable {
    private let milliseconds: Mutex<Int64>
    private let began = ContinuousClock.now
    private let first: Int64

    package init(milliseconds: Int64 = 1_700_000_000_000) {
        self.milliseconds = Mutex(milliseconds)
        self.first = milliseconds
    }

    /// Milliseconds since 1970.
    package var now: Int64 { self.milliseconds.withLock { $0 } }

    /// The same time for what only measures.
    package var instant: ContinuousClock.Instant { self.began.advanced(by: .milliseconds(self.now - self.first)) }

    package func advance(by milliseconds: Int64) { self.milliseconds.withLock { $0 += max(0, milliseconds) } }
}
