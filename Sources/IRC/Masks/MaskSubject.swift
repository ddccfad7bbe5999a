// A user as masks see one.

/// Nick, user and host, folded once to be matched against many masks.
package struct MaskSubject: Hashable, Sendable {
    package let nick: String
    package let user: String
    package let host: String

    /// Folds the parts under the masks' mapping.
    package init(nick: String, user: String, host: String, under mapping: CaseMapping) {
        self.nick = mapping.fold(nick)
        self.user = mapping.fold(user)
        self.host = mapping.fold(host)
    }

    /// Takes names that are folded already.
    package init(nick: Nickname, user: Username, host: String, under mapping: CaseMapping) {
        self.nick = nick.folded
        self.user = user.folded
        self.host = mapping.fold(host)
    }
}
