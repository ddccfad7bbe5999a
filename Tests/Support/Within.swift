package import NIOCore
import NIOPosix
import Synchronization

/// What was waited for did not happen in time.
package struct TooLate: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// Races a body against a deadline.
///
/// - Throws: ``TooLate`` if the body has not ended by then; it is cancelled, and left alone if it does not notice.
package func within<Value: Sendable>(
    _ limit: TimeAmount,
    _ what: String = "a call",
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = loop.makePromise(of: Value.self)
    let race = Race()
    let task = Task {
        do {
            let value = try await body()
            if race.isFirst() { promise.succeed(value) }
        } catch {
            if race.isFirst() { promise.fail(error) }
        }
    }
    let timer = loop.scheduleTask(in: limit) {
        if race.isFirst() { promise.fail(TooLate(description: "\(what) took longer than \(limit)")) }
        task.cancel()
    }
    defer { timer.cancel() }
    return try await promise.futureResult.get()
}

private final class Race: Sendable {
    private let isOver = Mutex(false)

    func isFirst() -> Bool {
        self.isOver.withLock { isOver in
            defer { isOver = true }
            return !isOver
        }
    }
}
