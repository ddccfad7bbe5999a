// What an edge asks of the live store's buckets for a quota. A file that imports nothing, so that the fuzzer (Fuzz/) asks
// the same.

/// Tokens to take from a bucket that fills at a rate, up to a burst.
struct BucketRequest {
    let wanted: Int
    /// Tokens a second.
    let rate: Double
    let burst: Double

    /// One new connection, of so many a second and at once.
    static func connection(_ limit: Int) -> BucketRequest {
        BucketRequest(wanted: 1, rate: Double(limit), burst: Double(limit))
    }

    /// One log-in, of so many a minute and at once.
    static func logIn(_ limit: Int) -> BucketRequest {
        BucketRequest(wanted: 1, rate: Double(limit) / 60, burst: Double(limit))
    }

    /// One account to be made, of so many an hour and at once.
    static func registration(_ limit: Int) -> BucketRequest {
        BucketRequest(wanted: 1, rate: Double(limit) / 3600, burst: Double(limit))
    }

    /// A twentieth of a second's messages, at least one, with a burst of two seconds'.
    static func messages(_ limit: Int) -> BucketRequest {
        BucketRequest(wanted: max(1, limit / 20), rate: Double(limit), burst: 2 * Double(limit))
    }
}
