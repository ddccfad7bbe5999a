// How fast an edge that goes closes its connections. Whoever is closed connects again: the edges that take them, and the stores behind,
// are to have no more to do when several edges go together than when one goes alone. So those that go together take turns by each being
// that much slower, up to a bound.

/// How fast connections are closed.
package struct DrainPace: Hashable, Sendable {
    /// Over how long an edge that goes alone closes its connections.
    package var period: Duration
    /// How long that takes at most, however many go together; less than the period is the period.
    package var longest: Duration

    /// States a pace.
    package init(period: Duration, longest: Duration = .zero) {
        self.period = period
        self.longest = longest
    }

    /// Over how long an edge closes its connections.
    ///
    /// - Parameter edges: How many go together, this one included.
    /// - Returns: As many periods, or what it takes at most.
    package func period(together edges: Int) -> Duration {
        // More than a fleet has.
        min(self.period * min(max(1, edges), 100_000), max(self.period, self.longest))
    }
}

/// How far a drain is whose pace may change meanwhile.
package struct DrainProgress: Sendable {
    /// The part of those who were there that was closed.
    private var done = 0.0

    package init() {}

    /// Whether nobody is left.
    package var isOver: Bool { self.done >= 1 }

    /// Goes on by a step.
    ///
    /// - Parameters:
    ///   - step: How long it is.
    ///   - period: How long all of it takes by now.
    /// - Returns: The share of those who are left that is to be closed.
    package mutating func advance(by step: Duration, of period: Duration) -> Double {
        let part = period > step ? step / period : 1
        let left = 1 - self.done
        self.done += part
        // What is left but for rounding is not.
        guard left - part > 1e-9 else {
            self.done = 1
            return 1
        }
        return part / left
    }
}
