/// Which bucket, and how it is spoken to.
package struct S3Settings: Hashable, Sendable {
    /// The bucket's name.
    package var bucket: String
    /// Where it is; one that turns out to be elsewhere is found there.
    package var region = "us-east-1"
    /// The URL of a store that is not AWS's, such as `https://minio.example:9000`; nil for AWS's own.
    package var endpoint: String?
    /// Whether the bucket's name is in the path rather than in the host's name.
    package var isPathStyle = false
    /// How objects are encrypted where nobody says so for one; with a key of the customer's they are read with it too.
    package var encryption: ServerEncryption?
    /// In which class objects are kept where nobody says so for one.
    package var storageClass: String?
    /// Certificates of the authorities that the store's own is checked by, in PEM form; nil for those of the system.
    package var authorities: [UInt8]?
    /// How many requests are on their way at once.
    package var concurrency = 32
    /// How many more may wait for that.
    package var queue = 1024
    /// How long one attempt may take: to the beginning of an object that is read, else to the end of the answer.
    package var attemptTime: Duration = .seconds(30)
    /// How long a call may take with all its attempts.
    package var callTime: Duration = .seconds(120)
    /// How long a reading may stand still before it is taken up again.
    package var readTime: Duration = .seconds(20)
    /// How long a read waits for its first byte before the same is asked for once more beside it; nil is never.
    package var hedgeAfter: Duration?
    /// How long the pause before a second attempt is; it doubles from there on.
    package var firstPause: Duration = .milliseconds(100)
    /// How large the parts of what is put piece by piece are, in bytes; most stores want 5 MiB at least.
    package var partSize = 8 << 20
    /// How many of an object's parts are in memory and on their way at once, beside the one that is being filled.
    package var partsAtOnce = 3

    package init(bucket: String) { self.bucket = bucket }
}
