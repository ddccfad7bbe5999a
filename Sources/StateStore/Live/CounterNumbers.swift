// The numbers of counters and buckets. Callers pass what a tenant's YAML says, or `.max` where it says nothing; whatever
// it is, no driver may fail on it, and all of them grant the same.

/// Which numbers of slots and tokens there are.
package enum CounterNumbers {
    /// The most slots or tokens that there are of one kind, 2^53: every store and every language holds it exactly.
    static let most = 1 << 53

    /// How many items' buckets of one tenant and name are kept.
    package static let items = 10_000
    /// The longest that an item's bucket takes to fill, in milliseconds.
    static let longest: Double = 86_400_000

    /// How long a token of an item's bucket takes to come back, in milliseconds.
    static func interval(rate: Double, burst: Double) -> Double {
        let (rate, burst) = (self.amount(rate), self.amount(burst))
        guard burst > 0 else { return 0 }
        return rate > 0 ? min(1000 / rate, self.longest / burst) : self.longest / burst
    }

    /// As many slots or tokens as a number may mean: none if it is negative.
    static func count(_ number: Int) -> Int { min(max(0, number), self.most) }

    /// A rate or burst as it may be: none if it is negative or no number.
    static func amount(_ number: Double) -> Double { number.isNaN ? 0 : min(max(0, number), Double(self.most)) }
}
