package import IRC

/// Who asks for something, as the rules need to know them.
package struct Requester: Sendable {
    package var session: SessionID
    package var user: User
    /// The address or name behind the cloak: never shown, and no mask that others could try is matched with it.
    package var realHost: String
    /// The number of the user's last change.
    package var changes: UInt32
    /// What its roles give it.
    package var rights: Rights
    /// When the account was made that it is logged in to, milliseconds since 1970; nil if that is not known.
    package var accountSince: Int64?
    /// The host that was agreed to for that account, whether it is shown or not; nil if there is none.
    package var accountHost: String?
    /// The channels that it is in and everybody may know of, by folded names; known where an entry of a list asks for them.
    package var channels: Set<String> = []
    /// The SHA-256 of its client's certificate in lower-case hexadecimal digits, likewise.
    package var fingerprint: String?

    package init(session: SessionID, user: User, realHost: String, changes: UInt32 = 0, rights: Rights = []) {
        self.session = session
        self.user = user
        self.realHost = realHost
        self.changes = changes
        self.rights = rights
    }

    /// The requester as what it does shows it.
    package var author: Author { Author(self.session, self.user) }

    /// The account that it is logged in to, for what is given to accounts.
    package var account: AccountReference? {
        guard let name = self.user.account, let since = self.accountSince else { return nil }
        return AccountReference(name: name, since: since)
    }

    package func may(_ rights: Rights) -> Bool { self.rights.isSuperset(of: rights) }

    /// Whether a mask matches the user as shown, or as it would be under another host of its account: that which was agreed
    /// to, and that which is made of the account's name.
    package func matches(_ mask: Mask) -> Bool {
        let user = self.user
        if mask.matches(nick: user.nick.raw, user: user.username, host: user.host) { return true }
        guard let account = user.account else { return false }
        if let own = self.accountHost, mask.matches(nick: user.nick.raw, user: user.username, host: own) { return true }
        guard !user.host.hasPrefix(AccountHost.domain + "."), let host = AccountHost.host(of: account)
        else { return false }
        return mask.matches(nick: user.nick.raw, user: user.username, host: host)
    }
}
