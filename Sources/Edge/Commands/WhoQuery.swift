import Chat
import IRC
import Realm

/// What a WHO asks for (WHOX): `o` for operators only, other letters for what the mask is matched with, and behind a `%`
/// the fields, with a token behind a comma: `nuh%tcuihsnfdlaor,123`.
struct WhoQuery {
    /// What a mask may be matched with: nickname, username, host, address, server, real name, account.
    private static let matched = Set("nuhisra")

    let onlyOperators: Bool
    /// The fields that are shown; nil for those of RFC 2812.
    let fields: Set<Character>?
    /// What a mask is matched with; empty for everything but the account.
    let matches: Set<Character>
    let token: String

    init(_ text: String) {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        let flags = Set(parts.first ?? "")
        self.onlyOperators = flags.contains("o")
        self.matches = flags.intersection(Self.matched)
        guard parts.count == 2 else {
            self.fields = nil
            self.token = ""
            return
        }
        let rest = parts[1].split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        self.fields = Set(rest.first ?? "")
        // One to three digits.
        let token = rest.count == 2 ? rest[1].filter(\.isASCIIDigit).prefix(3) : ""
        self.token = token.isEmpty ? "0" : String(token)
    }

    func shows(_ field: Character) -> Bool { self.fields?.contains(field) ?? false }

    /// Whether a mask is matched with this.
    func matches(_ field: Character) -> Bool {
        self.matches.isEmpty ? field != "a" : self.matches.contains(field)
    }

    /// Whether somebody is one of those who are asked for, whatever the mask.
    func wants(_ user: User) -> Bool { !self.onlyOperators || user.modes.contains(.operator) }

    /// Whether a mask fits somebody.
    ///
    /// - `address`: nil for who may not know it.
    func fits(_ mask: Glob, _ user: User, address: String?, server: String) -> Bool {
        let values: [(field: Character, value: String?)] = [
            ("n", user.nick.folded), ("u", user.username), ("h", user.host), ("i", address), ("s", server),
            ("r", user.realname), ("a", user.account),
        ]
        return values.contains { field, value in
            guard let value, self.matches(field) else { return false }
            return mask.matches(folded: Names.caseMapping.fold(value))
        }
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
