package import IRC

/// Why a command was refused: the numeric and its parameters between the client's nickname and the text.
package struct Refusal: Error, Hashable, Sendable {
    package let numeric: Numeric
    package let parameters: [String]
    /// Replaces the numeric's usual text.
    package let text: String?

    package init(_ numeric: Numeric, _ parameters: String..., text: String? = nil) {
        self.numeric = numeric
        self.parameters = parameters
        self.text = text
    }
}

/// Who asks for something, as the rules need to know them.
package struct Requester: Sendable {
    package var session: SessionID
    package var user: User
    /// The address or name behind the cloak.
    ///
    /// Masks match on either; it is never shown.
    package var realHost: String

    package init(session: SessionID, user: User, realHost: String) {
        self.session = session
        self.user = user
        self.realHost = realHost
    }

    package var isOperator: Bool { self.user.modes.contains(.operator) }

    /// Whether a mask matches the user as shown or as really connected.
    package func matches(_ mask: Mask) -> Bool {
        let (nick, name) = (self.user.nick.raw, self.user.username)
        return mask.matches(nick: nick, user: name, host: self.user.host)
            || mask.matches(nick: nick, user: name, host: self.realHost)
    }
}
