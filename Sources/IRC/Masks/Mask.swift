// nick!user@host with wildcards: who a ban, an exception or an invitation means.

/// A user mask in its full form, compared under a tenant's ``CaseMapping``.
///
/// Short forms are completed as IRCX does: `bob` is `bob!*@*`; one with a `.` or `:` is a host, `*.example.com` is
/// `*!*@*.example.com`; `!` introduces the user, `@` the host. A server part, `$*`, is dropped if it means every
/// server; there is no other here, so a mask that names one is refused.
package struct Mask: Hashable, Sendable, CustomStringConvertible {
    private let nick: Glob
    private let user: Glob
    private let host: Glob
    private let mapping: CaseMapping
    /// The full form for listing, in the case that it was given in.
    package let text: String

    /// `nil` if the text is empty or too long, has spaces or controls, or names a server.
    ///
    /// The maximum length is of the full form, in bytes: a listed mask must fit its line.
    package init?(_ text: some StringProtocol, under mapping: CaseMapping, maximumLength: Int = 250) {
        guard !text.isEmpty, text.utf8.count <= maximumLength,
            text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.properties.generalCategory != .control })
        else { return nil }
        guard let parts = Self.complete(String(text)) else { return nil }
        self.nick = Glob(parts.nick, under: mapping)
        self.user = Glob(parts.user, under: mapping)
        self.host = Glob(parts.host, under: mapping)
        self.mapping = mapping
        self.text = "\(parts.nick)!\(parts.user)@\(parts.host)"
        guard self.text.utf8.count <= maximumLength else { return nil }
    }

    /// Both mean the same users; how they were spelled does not count.
    package static func == (left: Mask, right: Mask) -> Bool {
        left.nick == right.nick && left.user == right.user && left.host == right.host && left.mapping == right.mapping
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.nick)
        hasher.combine(self.user)
        hasher.combine(self.host)
    }

    package var description: String { self.text }

    /// Whether the mask means everybody.
    package var matchesEverything: Bool {
        self.nick.matchesEverything && self.user.matchesEverything && self.host.matchesEverything
    }

    /// Whether whom it means depends on the user name.
    package var namesUser: Bool { !self.user.matchesEverything }

    /// Whether the mask means this user.
    package func matches(_ subject: MaskSubject) -> Bool {
        self.nick.matches(folded: subject.nick) && self.user.matches(folded: subject.user)
            && self.host.matches(folded: subject.host)
    }

    /// Whether the mask means this user.
    ///
    /// Folds all three; use a ``MaskSubject`` to match many masks.
    package func matches(nick: String, user: String, host: String) -> Bool {
        self.matches(MaskSubject(nick: nick, user: user, host: host, under: self.mapping))
    }

    /// Whether the mask means the user who is `nick!user@host`.
    package func matches(_ full: String) -> Bool {
        let source = Source(full)
        return self.matches(nick: source.nick, user: source.user, host: source.host)
    }

    private static func complete(_ text: String) -> (nick: String, user: String, host: String)? {
        let utf8 = text.utf8
        var nick = ""
        var user = ""
        var host = ""
        if utf8.contains(where: { $0 == UInt8(ascii: "!") || $0 == UInt8(ascii: "@") }) {
            let bang = utf8.firstIndex(of: UInt8(ascii: "!"))
            let at = utf8.lastIndex(of: UInt8(ascii: "@"))
            if let bang, at.map({ bang < $0 }) ?? true {
                nick = String(text[..<bang])
                user = String(text[utf8.index(after: bang)..<(at ?? utf8.endIndex)])
            } else if let at {
                user = String(text[..<at])
            }
            if let at { host = String(text[utf8.index(after: at)...]) }
        } else if utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }) {
            host = String(text)
        } else {
            nick = String(text)
        }
        return Self.withoutServer((nick, user, host))
    }

    private static func withoutServer(
        _ parts: (nick: String, user: String, host: String)
    ) -> (nick: String, user: String, host: String)? {
        var parts = parts
        func strip(_ part: inout String) -> Bool {
            guard let dollar = part.utf8.firstIndex(of: UInt8(ascii: "$")) else { return true }
            guard part[part.utf8.index(after: dollar)...].utf8.allSatisfy({ $0 == UInt8(ascii: "*") }) else {
                return false
            }
            part = String(part[..<dollar])
            return true
        }
        guard strip(&parts.nick), strip(&parts.user), strip(&parts.host) else { return nil }
        func complete(_ part: String) -> String { part.isEmpty ? "*" : part }
        return (complete(parts.nick), complete(parts.user), complete(parts.host))
    }
}
