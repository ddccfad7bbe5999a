import StateStore
import Synchronization

/// Does what it is given when a test says so.
final class StepWorker: JournalWorker, Sendable {
    private struct Queue {
        var now: [@Sendable () -> Void] = []
        var later: [@Sendable () -> Void] = []
    }

    private let queue = Mutex(Queue())

    func run(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
        self.queue.withLock { queue in
            if delay > .zero { queue.later.append(work) } else { queue.now.append(work) }
        }
    }

    /// Does one thing, if there is one.
    @discardableResult
    func step() -> Bool {
        let work = self.queue.withLock { $0.now.isEmpty ? nil : $0.now.removeFirst() }
        work?()
        return work != nil
    }

    func runAll() { while self.step() {} }

    /// What was put off is due.
    func passTime() {
        self.queue.withLock { queue in
            queue.now += queue.later
            queue.later = []
        }
    }
}

/// A call that ends when others have worked.
final class PendingCall: Sendable {
    private let flag = Atomic(false)

    init(_ body: @escaping @Sendable () async -> Void) {
        Task {
            await body()
            self.flag.store(true, ordering: .releasing)
        }
    }

    var isDone: Bool { self.flag.load(ordering: .acquiring) }
}
