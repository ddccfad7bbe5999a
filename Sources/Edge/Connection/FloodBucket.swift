import Numbers

/// Slows down a client that sends commands faster than people do: a token bucket in which commands cost one or more.
///
/// Nothing is dropped; the client is read more slowly, as with the fake lag of other servers.
struct FloodBucket {
    private var tokens: Float
    private var updated: UInt64
    private let burst: Float
    var isOn: Bool { self.burst > 0 }
    private let rate: Float

    /// - Parameters:
    ///   - burst: how much may be spent at once; 0 turns the control off.
    ///   - rate: how much comes back a second.
    ///   - now: nanoseconds of a monotonic clock.
    init(burst: Int, rate: Double, now: UInt64) {
        self.burst = Float(burst)
        self.rate = Float(rate)
        self.tokens = Float(burst)
        self.updated = now
    }

    /// An hour: who waits for longer looks again then.
    private static let longest: UInt64 = 3_600_000_000_000

    /// Nanoseconds until the next command may be handled; 0 if at once.
    mutating func delay(now: UInt64) -> UInt64 {
        guard self.burst > 0 else { return 0 }
        let elapsed = Float(now &- self.updated) / 1e9
        self.tokens = min(self.burst, self.tokens + elapsed * self.rate)
        self.updated = now
        return self.tokens >= 1 ? 0 : min(Self.longest, UInt64(saturating: (1 - self.tokens) / self.rate * 1e9))
    }

    mutating func spend(_ cost: Int) {
        if self.burst > 0 { self.tokens -= Float(cost) }
    }
}
