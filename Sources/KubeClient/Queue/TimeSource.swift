/// Time as a parameter: what a monotonic clock shows, and how to wait.
package struct TimeSource: Sendable {
    /// Time since some moment; never goes back.
    package let now: @Sendable () -> Duration
    /// Waits; throws `CancellationError` if the task is cancelled meanwhile.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// This machine's clock.
    package static let continuous: TimeSource = {
        let origin = ContinuousClock.now
        return TimeSource(now: { ContinuousClock.now - origin }, sleep: { try await Task.sleep(for: $0) })
    }()
}
