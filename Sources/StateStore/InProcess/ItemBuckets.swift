import Numbers

/// Buckets of many items of one name, such as networks that log-ins come from.
///
/// Of each it is known when it is full; one that is not known is full. Beyond a number those that are nearly full go first, so
/// however many there are, memory is bounded and who took most is remembered.
struct ItemBuckets {
    private var full: [String: ContinuousClock.Instant] = [:]

    /// Takes up to `wanted` tokens.
    ///
    /// - Returns: How many were taken.
    mutating func take(
        _ wanted: Int,
        of item: String,
        rate: Double,
        burst: Double,
        now: ContinuousClock.Instant
    ) -> Int {
        let interval = CounterNumbers.interval(rate: rate, burst: burst)
        guard interval > 0 else { return 0 }
        let wait = self.wait(for: item, interval * CounterNumbers.amount(burst), now)
        // A little more, since the quotient of two sums is not exact.
        let tokens = Int(saturating: CounterNumbers.amount(burst) - wait / interval + 1e-6)
        let taken = max(0, min(CounterNumbers.count(wanted), tokens))
        self.set(item, wait + Double(taken) * interval, now)
        if self.full.count > CounterNumbers.items { self.makeRoom(for: item, now) }
        return taken
    }

    mutating func giveBack(_ count: Int, of item: String, rate: Double, burst: Double, now: ContinuousClock.Instant) {
        let interval = CounterNumbers.interval(rate: rate, burst: burst)
        let wait = self.wait(for: item, interval * CounterNumbers.amount(burst), now)
        self.set(item, wait - Double(CounterNumbers.count(count)) * interval, now)
    }

    /// Lets go of those that are full.
    ///
    /// - Returns: Whether there are others.
    mutating func tidy(_ now: ContinuousClock.Instant) -> Bool {
        self.full = self.full.filter { $0.value > now }
        return !self.full.isEmpty
    }

    /// How many milliseconds until a bucket is full.
    private func wait(for item: String, _ most: Double, _ now: ContinuousClock.Instant) -> Double {
        guard let full = self.full[item], full > now else { return 0 }
        return min((full - now) / .milliseconds(1), most)
    }

    private mutating func set(_ item: String, _ wait: Double, _ now: ContinuousClock.Instant) {
        self.full[item] = wait > 0 ? now.advanced(by: .milliseconds(1) * wait) : nil
    }

    /// A tenth at once, so that it is seldom looked for.
    private mutating func makeRoom(for item: String, _ now: ContinuousClock.Instant) {
        let mine = self.full[item]
        guard self.tidy(now), self.full.count > CounterNumbers.items else { return }
        for (other, _) in self.full.sorted(by: { $0.value < $1.value }).prefix(CounterNumbers.items / 10) {
            self.full[other] = nil
        }
        self.full[item] = mine
    }
}
