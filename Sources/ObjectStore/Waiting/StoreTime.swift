// Time as a parameter: signatures need the hour, deadlines and retries how long something took, tests neither.

import Observability

/// What time it is, and how to wait.
package struct StoreTime: Sendable {
    /// The clock on the wall, in milliseconds since 1970.
    package let wall: @Sendable () -> Int64
    /// Time since some moment; never goes back.
    package let now: @Sendable () -> Duration
    /// Waits; throws `CancellationError` if the task is cancelled meanwhile.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        wall: @escaping @Sendable () -> Int64,
        now: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.wall = wall
        self.now = now
        self.sleep = sleep
    }

    /// This machine's clocks.
    package static let system: StoreTime = {
        let origin = ContinuousClock.now
        return StoreTime(
            wall: WallClock.system,
            now: { ContinuousClock.now - origin },
            sleep: { try await ContinuousClock().sleep(for: $0) }
        )
    }()

    /// Does something within a time; it is cancelled when that is over.
    ///
    /// - Parameters:
    ///   - limit: How long it may take.
    ///   - body: What is done.
    /// - Returns: What the body returns.
    /// - Throws: ``ObjectStoreError/timedOut``, and what the body throws.
    package func within<Value: Sendable>(
        _ limit: Duration,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let sleep = self.sleep
        return try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await sleep(limit)
                throw ObjectStoreError.timedOut
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }
}
