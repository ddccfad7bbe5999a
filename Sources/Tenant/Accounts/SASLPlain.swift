/// The one message of SASL PLAIN: `[authzid] NUL authcid NUL passwd` (RFC 4616 section 2).
package struct SASLPlain: Hashable, Sendable {
    /// Whom the client wants to act as; `nil` is the account itself.
    package let authorizationIdentity: String?
    /// The account whose password follows.
    package let account: String
    /// The password, as it was sent.
    package let password: Redacted<String>

    /// The longest message: three parts of 255 bytes, as RFC 4616 says, and a password up to our own limit.
    package static let maximumLength = 255 + 1 + 255 + 1 + PasswordText.maximumLength

    /// Reads a message.
    ///
    /// - Parameter message: The bytes, base64 undone.
    /// - Throws: ``AccountError/malformed`` unless there are exactly three parts in UTF-8 within their limits, the second and
    ///   third not empty.
    package init(_ message: some Collection<UInt8>) throws(AccountError) {
        guard message.count <= Self.maximumLength else { throw .malformed }
        let parts = message.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count <= 255, (1...255).contains(parts[1].count),
            (1...PasswordText.maximumLength).contains(parts[2].count),
            let identity = String(validating: parts[0], as: UTF8.self),
            let account = String(validating: parts[1], as: UTF8.self),
            let password = String(validating: parts[2], as: UTF8.self)
        else { throw .malformed }
        self.authorizationIdentity = identity.isEmpty ? nil : identity
        self.account = account
        self.password = Redacted(password)
    }
}
