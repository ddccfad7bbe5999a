import IRC

/// What a message belongs to for those who read it later: a channel, or two parties who write to each other.
///
/// A pair is the same from both sides, and outlives the sessions of those who have accounts. Its ``text`` is what stores keep.
package enum Conversation: Hashable, Sendable {
    /// Under the channel's folded name.
    case channel(String)
    case direct(Pair)

    /// One who writes and is written to.
    package enum Party: Hashable, Sendable {
        /// Under its folded name.
        case account(String)
        /// A guest, for as long as the session lasts.
        case guest(SessionID)

        package init(_ session: SessionID, account: String?) {
            if let name = account.flatMap({ AccountName($0, under: Names.accountMapping) }) {
                self = .account(name.folded)
            } else {
                self = .guest(session)
            }
        }

        /// The folded name of the account; nil if it is a guest.
        package var account: String? { if case .account(let folded) = self { folded } else { nil } }

        /// A letter and a name: no account is ever taken for a session.
        package var text: String {
            switch self {
            case .account(let folded): "a" + folded
            case .guest(let session): "g" + session.text
            }
        }

        /// Reads what ``text`` wrote.
        package init?(text: some StringProtocol) {
            let name = text.dropFirst()
            guard let first = text.first, !name.isEmpty, !name.utf8.contains(UInt8(ascii: " ")) else { return nil }
            switch first {
            case "a": self = .account(String(name))
            case "g":
                guard let session = SessionID(text: name), session.text == name else { return nil }
                self = .guest(session)
            default: return nil
            }
        }
    }

    /// Two parties, in the order of their texts; both may be the same.
    package struct Pair: Hashable, Sendable {
        package let first: Party
        package let second: Party

        package init(_ one: Party, _ other: Party) {
            let isInOrder = one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
            (self.first, self.second) = isInOrder ? (one, other) : (other, one)
        }
    }

    /// Whether it is one of somebody's with another, or with itself.
    package func has(_ party: Party) -> Bool {
        if case .direct(let pair) = self { pair.first == party || pair.second == party } else { false }
    }

    /// A channel's folded name; or `@`, which no channel's begins with, and both parties with a space between, which no name has.
    package var text: String {
        switch self {
        case .channel(let folded): folded
        case .direct(let pair): "@\(pair.first.text) \(pair.second.text)"
        }
    }

    /// Reads what ``text`` wrote.
    package init?(text: String) {
        if ChannelName.isChannel(text) {
            self = .channel(text)
            return
        }
        let parts = text.dropFirst().split(separator: " ", omittingEmptySubsequences: false)
        guard text.first == "@", parts.count == 2, let first = Party(text: parts[0]), let second = Party(text: parts[1])
        else { return nil }
        let pair = Pair(first, second)
        guard pair.first == first else { return nil }
        self = .direct(pair)
    }
}
