/// What differs between those who sign in this way.
struct SigningScheme: Hashable, Sendable {
    /// The name that stands before a signature.
    let algorithm: String
    /// What stands before the secret key when that is first used.
    let keyPrefix: String
    /// The end of a scope.
    let terminator: String
    /// How the names of its own headers begin, in small letters.
    let headerPrefix: String
    /// How the names of its own parameters begin.
    let queryPrefix: String

    /// AWS's, which most others take too.
    static let aws = SigningScheme(
        algorithm: "AWS4-HMAC-SHA256",
        keyPrefix: "AWS4",
        terminator: "aws4_request",
        headerPrefix: "x-amz-",
        queryPrefix: "X-Amz-"
    )

    /// Google's own words for the same.
    static let google = SigningScheme(
        algorithm: "GOOG4-HMAC-SHA256",
        keyPrefix: "GOOG4",
        terminator: "goog4_request",
        headerPrefix: "x-goog-",
        queryPrefix: "X-Goog-"
    )
}
