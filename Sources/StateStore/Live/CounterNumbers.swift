// The numbers of counters and buckets. Callers pass what a tenant's YAML says, or `.max` where it says nothing; whatever
// it is, no driver may fail on it, and all of them grant the same.

/// Which numbers of slots and tokens there are.
enum CounterNumbers {
    /// The most slots or tokens that there are of one kind, 2^53: every store and every language holds it exactly.
    static let most = 1 << 53

    /// As many slots or tokens as a number may mean: none if it is negative.
    static func count(_ number: Int) -> Int { min(max(0, number), self.most) }

    /// A rate or burst as it may be: none if it is negative or no number.
    static func amount(_ number: Double) -> Double { number.isNaN ? 0 : min(max(0, number), Double(self.most)) }
}
