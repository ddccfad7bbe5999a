// A syntax check that refuses no address that mail reaches: whether somebody reads it, only a letter shows.

/// An address that mail can be sent to (RFC 5321 section 4.1.2), without quoted local parts and address literals.
package struct EmailAddress: Hashable, Sendable {
    /// As it was written.
    package let text: String

    /// The longest in bytes (RFC 5321 section 4.5.3.1.3, without the angle brackets).
    package static let longest = 254

    /// Takes an address; nil if it is none.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.longest, let at = text.lastIndex(of: "@") else { return nil }
        let (local, domain) = (text[..<at], text[text.index(after: at)...])
        // RFC 5321 section 4.5.3.1.1; what is not ASCII is RFC 6531's.
        guard (1...64).contains(local.utf8.count), !local.hasPrefix("."), !local.hasSuffix("."), !local.contains(".."),
            local.unicodeScalars.allSatisfy(Self.isLocal)
        else { return nil }
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        // Letters of other scripts have several spellings of one name: they are written as A-labels (RFC 5890).
        guard labels.count >= 2, labels.allSatisfy(Self.isLabel) else { return nil }
        self.text = text
    }

    /// What stands before the `@`.
    package var local: Substring { self.text[..<(self.text.lastIndex(of: "@") ?? self.text.endIndex)] }

    /// What stands behind the `@`, in small letters.
    package var domain: Substring { self.text.lowercased().drop { $0 != "@" }.dropFirst() }

    /// What the spellings of one mailbox have in common: small letters, and nothing of what may stand behind a `+` (RFC 5233).
    package var mailbox: String {
        let local = self.text.lowercased().prefix { $0 != "@" }
        let name = local.prefix { $0 != "+" }
        return "\(name.isEmpty ? local : name)@\(self.domain)"
    }

    /// Whether it is at one of these domains, or below it.
    package func isAt(anyOf domains: some Sequence<String>) -> Bool {
        domains.contains { wanted in
            let wanted = wanted.lowercased()
            return self.domain == wanted || self.domain.hasSuffix(".\(wanted)")
        }
    }

    private static func isLocal(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else { return scalar.properties.isAlphabetic || scalar.properties.numericType != nil }
        return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            || ".!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.unicodeScalars.allSatisfy { scalar in
                scalar == "-" || ("0"..."9").contains(scalar) || scalar.isASCII && scalar.properties.isAlphabetic
            }
    }
}
