// Nicks.

/// A nick.
///
/// 1 to 32 bytes. Refused are controls, spaces, characters that show as nothing, and
/// `. + = # ! @ % & $ ~ : * ? , /`: they stand for owners, operators, voices, channels, user and host, masks, lists and
/// networks behind a bridge on the wire. A dot would also make it look like a host or an address. A digit or `^` may not
/// be in front (RFC 2812 §2.3.1; IRCX writes names that are not ASCII with a `^`); `-` may. Everything else of RFC 2812's
/// specials and of Unicode's letters and symbols is allowed.
package struct Nickname: Name {
    package let raw: String
    package let folded: String

    static let rules = NameRules(refused: ".+=#!@%&$~:*?,/", refusedInFront: "0123456789^")

    /// `nil` if no user may be called that; numeric 432.
    ///
    /// The maximum length is in bytes.
    package init?(_ text: some StringProtocol, under mapping: CaseMapping, maximumLength: Int = Lengths.nick) {
        let raw = String(text)
        guard let name = Self.rules.fold(raw, under: mapping, maximumLength: maximumLength) else { return nil }
        (self.raw, self.folded) = name
    }
}
