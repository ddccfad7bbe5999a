/// A part that the store has.
struct S3Part: Hashable, Sendable {
    let number: Int
    /// Without quotes.
    let etag: String
    /// CRC32C, in Base64.
    let checksum: String
}
