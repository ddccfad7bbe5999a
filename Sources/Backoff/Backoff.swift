// The delay before another attempt. A module of its own, since those who need it (the stores, the Kubernetes client) know
// nothing of each other.

/// How long to wait before trying again.
///
/// Twice as long after each failure, up to a bound, and never all at the same time: half of the delay is random.
package struct Backoff: Sendable {
    private let first: Duration
    private let longest: Duration
    /// Failures since the last success.
    package private(set) var failures = 0

    package init(first: Duration = .milliseconds(50), longest: Duration = .seconds(5)) {
        self.first = first
        self.longest = longest
    }

    /// Notes a failure.
    ///
    /// - Returns: The delay before the next attempt.
    package mutating func failed(using random: inout some RandomNumberGenerator) -> Duration {
        let doublings = min(self.failures, 20)
        self.failures += 1
        let delay = min(self.first * (1 << doublings), self.longest)
        return delay / 2 + delay / 2 * Double.random(in: 0...1, using: &random)
    }

    /// Notes a failure, with the system's randomness.
    package mutating func failed() -> Duration {
        var random = SystemRandomNumberGenerator()
        return self.failed(using: &random)
    }

    /// Notes a success.
    package mutating func succeeded() { self.failures = 0 }
}
