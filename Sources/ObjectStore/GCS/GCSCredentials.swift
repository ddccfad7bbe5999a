/// How one shows Google who one is.
package enum GCSCredentials: Sendable {
    /// An HMAC key, by which requests and URLs are signed.
    case hmac(CachedCredentials)
    /// The JSON key of a service account, for which the token service gives tokens.
    case serviceAccount(json: Secret)
    /// What the machine's own metadata server gives: a service account's, or a workload identity's.
    case metadata(host: String = "metadata.google.internal")
}
