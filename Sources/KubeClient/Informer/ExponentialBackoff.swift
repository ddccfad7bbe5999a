/// Delays that double from failure to failure, with jitter, so that many who failed together do not try again together.
package struct ExponentialBackoff: Sendable {
    package let first: Duration
    package let most: Duration
    private var failures = 0

    package init(first: Duration = .milliseconds(800), most: Duration = .seconds(30)) {
        self.first = first
        self.most = most
    }

    /// How long to wait after one more failure: between half of the doubled delay and all of it.
    package mutating func failed(random: (ClosedRange<Double>) -> Double = Double.random) -> Duration {
        let doubled = self.first * (1 << min(self.failures, 20))
        self.failures += 1
        return min(doubled, self.most) * random(0.5...1)
    }

    /// It went well.
    package mutating func succeeded() { self.failures = 0 }
}
