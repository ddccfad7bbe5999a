// Usernames: the middle of nick!user@host.

/// A username (ident).
///
/// The characters of nicks, and dots and digits anywhere but a dot in front. `~` in front marks one that nobody vouches
/// for, and only ``unverified`` puts it there.
package struct Username: Name {
    package let raw: String
    package let folded: String

    private static let rules = NameRules(refused: "+=#!@%&$~:*?,", refusedInFront: ".^")

    /// `nil` if a username may not be that; numeric 468.
    ///
    /// The maximum length is in bytes, the `~` not counted.
    package init?(_ text: some StringProtocol, under mapping: CaseMapping, maximumLength: Int = Lengths.username - 1) {
        let raw = String(text)
        guard let name = Self.rules.fold(raw, under: mapping, maximumLength: maximumLength) else { return nil }
        (self.raw, self.folded) = name
    }

    /// Leaves out what a username may not have and cuts it to the length, in bytes; `user` if nothing is left.
    package init(
        sanitizing text: some StringProtocol,
        under mapping: CaseMapping,
        maximumLength: Int = Lengths.username - 1
    ) {
        var kept = ""
        var length = 0
        for scalar in text.unicodeScalars {
            guard Self.rules.allows(scalar, isFirst: length == 0, isFolded: true) else { continue }
            length += UTF8.width(scalar)
            if length > maximumLength { break }
            kept.unicodeScalars.append(scalar)
        }
        if let name = Username(kept, under: mapping, maximumLength: maximumLength) {
            self = name
        } else {
            (self.raw, self.folded) = ("user", "user")
        }
    }

    private init(raw: String, folded: String) {
        self.raw = raw
        self.folded = folded
    }

    /// With the `~` of users who have not logged in.
    package var unverified: Username {
        self.raw.utf8.first == UInt8(ascii: "~") ? self : Username(raw: "~" + self.raw, folded: "~" + self.folded)
    }
}
