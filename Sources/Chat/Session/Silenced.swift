package import IRC

/// Whom an entry of a user's list means of whom nothing is to be heard: who fits a mask, or is logged in to an account (SILENCE).
///
/// An account is written as channels' lists have it (``ExtendedBan``), and means the same people under whatever host they are shown.
package enum Silenced: Hashable, Sendable {
    case mask(Mask)
    case account(Ban)

    /// - Returns: nil if it is neither, or means people by what is not known of everybody who says something.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        guard ExtendedBan.split(text[...]) != nil else {
            guard let mask = Mask(text, under: Names.caseMapping) else { return nil }
            self = .mask(mask)
            return
        }
        guard let ban = Ban(text), ban.effect == .everything, case .account = ban.subject else { return nil }
        self = .account(ban)
    }

    /// As lists show it: a mask in its full form.
    package var text: String {
        switch self {
        case .mask(let mask): mask.text
        case .account(let ban): ban.text
        }
    }

    /// Whether it means somebody.
    ///
    /// - Parameters:
    ///   - prefix: `nick!user@host`, as they are shown.
    ///   - account: That which they are logged in to; nil for guests.
    /// - Returns: Whether they are one of those.
    func means(_ prefix: String, account: String?) -> Bool {
        switch self {
        case .mask(let mask): mask.matches(prefix)
        case .account(let ban): account.map(ban.matches(account:)) ?? false
        }
    }
}
