// Accounts.

/// The name of an account, under the rules of nicks, so that every account's name can be its owner's nick.
package struct AccountName: Name {
    package let raw: String
    package let folded: String

    /// `nil` if no account may be called that.
    ///
    /// The maximum length is in bytes.
    package init?(_ text: some StringProtocol, under mapping: CaseMapping, maximumLength: Int = Lengths.nick) {
        let raw = String(text)
        guard let name = Nickname.rules.fold(raw, under: mapping, maximumLength: maximumLength) else { return nil }
        (self.raw, self.folded) = name
    }
}
