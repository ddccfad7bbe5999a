// DNS names.

/// A fully qualified DNS name (RFC 1123 §2.1).
///
/// Letters, digits and inner hyphens in labels of 1 to 63, at least one dot, at most 253 bytes. Compared in lower
/// case without the final dot.
///
/// One without a dot, or with underscores, is no name for a server or a user even where DNS has it.
package struct Hostname: Name {
    package let raw: String
    package let folded: String

    package init?(_ text: some StringProtocol) {
        let raw = String(text)
        var labels = raw.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count > 1 else { return nil }
        let isAbsolute = labels.last?.isEmpty == true
        if isAbsolute { labels.removeLast() }
        let length = raw.utf8.count - (isAbsolute ? 1 : 0)
        guard length <= 253, labels.allSatisfy({ Self.isLabel($0) }) else { return nil }
        self.raw = raw
        let folded = CaseMapping.ascii.fold(raw)
        self.folded = isAbsolute ? String(folded.dropLast()) : folded
    }

    private static func isLabel(_ bytes: Substring.UTF8View) -> Bool {
        guard 1...63 ~= bytes.count, bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-") else {
            return false
        }
        return bytes.allSatisfy { byte in
            byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "-")
        }
    }
}
