import Numbers

/// Tokens that come back at a rate, up to a burst.
///
/// Rate and burst are told each time, since a tenant's quota may change; those that ``CounterNumbers`` does not know stand
/// for the nearest that it does.
struct TokenBucket {
    private var tokens: Double
    private var updated: ContinuousClock.Instant

    /// A bucket that is full.
    init(burst: Double, now: ContinuousClock.Instant) {
        self.tokens = CounterNumbers.amount(burst)
        self.updated = now
    }

    /// Takes up to `wanted` tokens.
    ///
    /// - Returns: How many were taken.
    mutating func take(_ wanted: Int, rate: Double, burst: Double, now: ContinuousClock.Instant) -> Int {
        let elapsed = max(0, (now - self.updated) / .seconds(1))
        let filled = self.tokens + elapsed * CounterNumbers.amount(rate)
        self.tokens = min(CounterNumbers.amount(burst), filled)
        self.updated = max(now, self.updated)
        let taken = min(CounterNumbers.count(wanted), Int(saturating: self.tokens))
        self.tokens -= Double(taken)
        return taken
    }

    mutating func giveBack(_ count: Int, burst: Double) {
        self.tokens = min(CounterNumbers.amount(burst), self.tokens + Double(CounterNumbers.count(count)))
    }
}
