// Who waits for the disk, so that no event loop does.

import Dispatch

/// Runs work one piece after the other.
package protocol JournalWorker: Sendable {
    func run(after delay: Duration, _ work: @escaping @Sendable () -> Void)
}

/// A thread at a time of the system's.
package struct QueueWorker: JournalWorker {
    private let queue = DispatchQueue(label: "roost.journal", qos: .userInitiated)

    package init() {}

    package func run(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
        guard delay > .zero else { return self.queue.async(execute: work) }
        let (seconds, attoseconds) = delay.components
        let time =
            DispatchTime.now() + .seconds(Int(clamping: seconds)) + .nanoseconds(Int(attoseconds / 1_000_000_000))
        self.queue.asyncAfter(deadline: time, execute: work)
    }
}
