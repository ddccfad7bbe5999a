package import Dispatch
import HeapModule
package import NIOCore

/// An event loop whose time passes only when it is told to, and which does its work when it is asked.
///
/// One thread uses it and everything on it.
// Unchecked, since only the one who runs the simulation touches it.
package final class VirtualLoop: EventLoop, @unchecked Sendable {
    private struct Task: Comparable {
        let deadline: NIODeadline
        let number: UInt64
        let body: () -> Void

        static func == (left: Task, right: Task) -> Bool { left.number == right.number }

        static func < (left: Task, right: Task) -> Bool {
            (left.deadline, left.number) < (right.deadline, right.number)
        }
    }

    private var tasks = Heap<Task>()
    private var cancelled: Set<UInt64> = []
    private var number: UInt64 = 0
    package private(set) var now: NIODeadline = .uptimeNanoseconds(1)

    package init() {}

    package var inEventLoop: Bool { true }

    package func execute(_ task: @escaping @Sendable () -> Void) { _ = self.add(task, at: self.now) }

    private func add(_ body: @escaping () -> Void, at deadline: NIODeadline) -> UInt64 {
        self.number += 1
        self.tasks.insert(Task(deadline: deadline, number: self.number, body: body))
        return self.number
    }

    package func scheduleTask<Value>(
        deadline: NIODeadline,
        _ task: @escaping @Sendable () throws -> Value
    ) -> Scheduled<Value> {
        let promise = self.makePromise(of: Value.self)
        let number = self.add(
            {
                do { promise.assumeIsolated().succeed(try task()) } catch { promise.fail(error) }
            },
            at: max(deadline, self.now)
        )
        return Scheduled(promise: promise) { [weak self] in self?.cancelled.insert(number) }
    }

    package func scheduleTask<Value>(
        in delay: TimeAmount,
        _ task: @escaping @Sendable () throws -> Value
    ) -> Scheduled<Value> {
        self.scheduleTask(deadline: self.now + delay, task)
    }

    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        callback(nil)
    }

    /// Whether something is to be done now.
    package var isDue: Bool { self.tasks.min.map { $0.deadline <= self.now } ?? false }

    /// Does what is due, and what that leads to at once.
    package func run() {
        while let next = self.tasks.min, next.deadline <= self.now {
            _ = self.tasks.popMin()
            if self.cancelled.remove(next.number) == nil { next.body() }
        }
    }

    /// Lets time pass, doing what becomes due on the way.
    package func advance(by amount: TimeAmount) {
        let end = self.now + amount
        while let next = self.tasks.min, next.deadline <= end {
            self.now = max(self.now, next.deadline)
            self.run()
        }
        self.now = end
        self.run()
    }
}
