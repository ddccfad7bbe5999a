// Channels.

/// The name of a channel: `#` or `&` and more, 64 bytes at most.
///
/// Refused are spaces, commas, controls (BEL with them; RFC 1459 §1.3), characters that show as nothing, and `*` and
/// `?`, which RFC 1459 would have: a name must never be taken for a mask. Digits, dots, further `#` and letters of
/// any script are allowed.
package struct ChannelName: Name {
    package let raw: String
    package let folded: String

    private static let rules = NameRules(refused: ",*?", refusedInFront: "")

    /// `nil` if no channel may be called that; numeric 403 or 479.
    ///
    /// The maximum length is in bytes, the `#` included.
    package init?(_ text: some StringProtocol, under mapping: CaseMapping, maximumLength: Int = Lengths.channel) {
        let raw = String(text)
        guard Self.isChannel(raw),
            let name = Self.rules.fold(raw, under: mapping, maximumLength: maximumLength),
            name.folded.utf8.count > 1
        else { return nil }
        // A mark right behind the `#` would sit on it.
        if raw.utf8.dropFirst().first ?? 0 >= 0x80 {
            guard let second = raw.unicodeScalars.dropFirst().first,
                Self.rules.allows(second, isFirst: true, isFolded: false)
            else { return nil }
        }
        (self.raw, self.folded) = name
    }

    /// Whether a target means a channel rather than a user: it begins with one of CHANTYPES.
    package static func isChannel(_ target: some StringProtocol) -> Bool {
        target.utf8.first == UInt8(ascii: "#") || target.utf8.first == UInt8(ascii: "&")
    }
}
