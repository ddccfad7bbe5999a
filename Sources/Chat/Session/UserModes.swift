/// Modes of a user, as in `MODE nick +i` (RFC 2812 3.1.5).
package struct UserModes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `i`: not shown to people who share no channel.
    package static let invisible = UserModes(rawValue: 1)
    /// `o`: a server operator of the tenant.
    package static let `operator` = UserModes(rawValue: 2)
    /// `w`: gets WALLOPS.
    package static let wallops = UserModes(rawValue: 4)
    /// `B`: a bot (IRCv3 bot mode).
    package static let bot = UserModes(rawValue: 8)
    /// `r`: logged in to an account.
    ///
    /// Set by the server only.
    package static let registered = UserModes(rawValue: 16)

    /// `Z`: all of its clients are connected securely (`Z` of solanum and ergo).
    ///
    /// Set by the server only.
    package static let secure = UserModes(rawValue: 32)

    /// What nobody sets or takes from itself.
    private static let byServer: UserModes = [.registered, .secure]

    /// Letters in the order in which they are shown.
    package static let letters: [(letter: Character, mode: UserModes)] = [
        ("B", .bot), ("i", .invisible), ("o", .operator), ("r", .registered), ("w", .wallops), ("Z", .secure),
    ]

    /// The letters that are set, with a `+` before them.
    package var text: String {
        "+" + String(Self.letters.filter { self.contains($0.mode) }.map(\.letter))
    }

    /// What a MODE line says of a change: `+w-i`.
    package func difference(from before: UserModes) -> String {
        func letters(_ modes: UserModes) -> String {
            String(Self.letters.filter { modes.contains($0.mode) }.map(\.letter))
        }
        let (added, removed) = (letters(self.subtracting(before)), letters(before.subtracting(self)))
        return (added.isEmpty ? "" : "+" + added) + (removed.isEmpty ? "" : "-" + removed)
    }
}

extension UserModes {
    /// The modes after a user changed its own by a text such as `+i-w`.
    ///
    /// Rights come from OPER and accounts from logging in; giving up being an operator is free.
    ///
    /// - Returns: also whether there were letters that no mode has.
    package func changed(by text: String) -> (modes: UserModes, hasUnknown: Bool) {
        var modes = self
        var (isAdding, hasUnknown) = (true, false)
        for letter in text {
            switch letter {
            case "+": isAdding = true
            case "-": isAdding = false
            default:
                guard let mode = Self.letters.first(where: { $0.letter == letter })?.mode else {
                    hasUnknown = true
                    continue
                }
                if Self.byServer.contains(mode) || (mode == .operator && isAdding) { continue }
                if isAdding { modes.insert(mode) } else { modes.remove(mode) }
            }
        }
        return (modes, hasUnknown)
    }
}
