/// Why accounts and logins fail; the descriptions may be shown to a user.
package enum AccountError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text cannot be an account's name.
    case name
    /// The text cannot be a password: empty, too long, or with characters that are prohibited.
    case password
    /// The key derivation takes no such cost.
    case cost
    /// Too many passwords wait to be checked; try again shortly.
    case busy
    /// A login message breaks its mechanism's grammar.
    case malformed
    /// The client asks for channel binding that is not offered, or claims that it is not (RFC 5802 section 6).
    case channelBinding
    /// The client demands an extension that is unknown (RFC 5802 section 5.1, `m=`).
    case unknownExtension
    /// Name or password, or the proof of it, is wrong; which one is not said.
    case credentials

    package var description: String {
        switch self {
        case .name: "This cannot be an account name"
        case .password: "This cannot be a password"
        case .cost: "The password's hash has unusable parameters"
        case .busy: "Too many logins at once, try again shortly"
        case .malformed: "The login message is malformed"
        case .channelBinding: "Channel binding does not match"
        case .unknownExtension: "The login demands an unknown extension"
        case .credentials: "Invalid account name or password"
        }
    }
}
