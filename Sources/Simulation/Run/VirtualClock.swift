import Synchronization

/// Time that passes only when it is told to.
package final class VirtualClock: Sendable {
    private let milliseconds: Mutex<Int64>

    package init(milliseconds: Int64 = 1_700_000_000_000) { self.milliseconds = Mutex(milliseconds) }

    /// Milliseconds since 1970.
    package var now: Int64 { self.milliseconds.withLock { $0 } }

    package func advance(by milliseconds: Int64) { self.milliseconds.withLock { $0 += max(0, milliseconds) } }
}
