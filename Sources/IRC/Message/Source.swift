// nick!user@host taken apart.

/// The parts of a message's source, `nick[!user][@host]` (RFC 1459 §2.3.1); a part that is not there is empty.
package struct Source: Hashable, Sendable, CustomStringConvertible {
    package let nick: String
    package let user: String
    package let host: String

    package init(nick: String, user: String, host: String) {
        self.nick = nick
        self.user = user
        self.host = host
    }

    /// Splits at the first `!` and the first `@` after it; a `!` after the `@` belongs to the host.
    package init(_ text: some StringProtocol) {
        let utf8 = text.utf8
        let nickEnd = utf8.firstIndex { $0 == UInt8(ascii: "!") || $0 == UInt8(ascii: "@") } ?? utf8.endIndex
        let at = utf8[nickEnd...].firstIndex(of: UInt8(ascii: "@")) ?? utf8.endIndex
        self.nick = String(text[..<nickEnd])
        self.user = nickEnd < at ? String(text[utf8.index(after: nickEnd)..<at]) : ""
        self.host = at < utf8.endIndex ? String(text[utf8.index(after: at)...]) : ""
    }

    package var description: String {
        self.nick + (self.user.isEmpty ? "" : "!" + self.user) + (self.host.isEmpty ? "" : "@" + self.host)
    }
}
