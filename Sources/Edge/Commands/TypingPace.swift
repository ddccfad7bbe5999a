/// How often one client may tell one target that somebody is typing (https://ircv3.net/specs/client-tags/typing): what is more
/// is of no use to anybody, and is dropped.
///
/// A client says so every three seconds, and whenever somebody stops or clears what they wrote.
struct TypingPace {
    private struct Bucket {
        let target: String
        var tokens: Float
        var updated: UInt32
    }

    private static let burst: Float = 4
    private static let perSecond: Float = 0.5
    /// How many targets are kept apart; nobody types to as many at once.
    private static let limit = 8
    /// The latest last.
    private var buckets: [Bucket] = []

    /// Whether one more may be passed on.
    mutating func allows(_ target: String, at second: UInt32) -> Bool {
        var bucket = Bucket(target: target, tokens: Self.burst, updated: second)
        if let place = self.buckets.firstIndex(where: { $0.target == target }) {
            bucket = self.buckets.remove(at: place)
        } else if self.buckets.count == Self.limit {
            self.buckets.removeFirst()
        }
        bucket.tokens = min(Self.burst, bucket.tokens + Float(second &- bucket.updated) * Self.perSecond)
        bucket.updated = second
        let isAllowed = bucket.tokens >= 1
        if isAllowed { bucket.tokens -= 1 }
        self.buckets.append(bucket)
        return isAllowed
    }
}
