// What is said of a token that somebody shows to log in by.

/// What came of looking at a token.
package enum TokenVerdict: Hashable, Sendable {
    /// The issuer signed it for this network, and it is in force: whose account it is, as its claim says.
    case good(account: String)
    case bad(TokenFault)
    /// The issuer's keys cannot be had now.
    case unavailable
}

/// What is wrong with a token; for the log, since who shows one is told only that it is wrong.
package enum TokenFault: String, Hashable, Sendable {
    /// It is no signed token (RFC 7519 in the compact form of RFC 7515).
    case malformed
    /// It is signed in a way that is not taken: none, by a shared secret, or by what is too weak.
    case algorithm
    /// The issuer has no such key.
    case unknownKey = "unknown key"
    case signature
    case issuer
    case audience
    case expired
    /// It does not hold yet.
    case early
    /// It does not say whose account it is.
    case nameless
}

/// Looks at tokens, off the event loops.
package protocol TokenAuthority: Sendable {
    /// Looks at a token.
    ///
    /// - Parameters:
    ///   - token: As it was sent.
    ///   - settings: By whom and for whom it has to be.
    /// - Returns: What it proves.
    func check(_ token: Redacted<String>, by settings: OAuthSettings) async -> TokenVerdict
}
