/// Who we are for a store, for a while or for good.
package struct S3Credentials: Hashable, Sendable {
    /// The name of the key: no secret, but nobody's business in a log either.
    package let accessKey: Secret
    package let secretKey: Secret
    /// Of credentials that end.
    package let sessionToken: Secret?
    /// When they end, in milliseconds since 1970; nil is never.
    package let expires: Int64?

    package init(accessKey: Secret, secretKey: Secret, sessionToken: Secret? = nil, expires: Int64? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.expires = expires
    }
}
