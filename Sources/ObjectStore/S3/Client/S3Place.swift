/// Where a bucket turned out to be.
struct S3Place: Hashable, Sendable {
    var region: String
    /// The host, where it is another one than the settings say.
    var host: String?
    /// How far the store's clock is before ours, in milliseconds.
    var skew: Int64 = 0
}
