// What of SASLprep (RFC 4013) is done: mapping, NFKC, prohibited characters and length. Unassigned code points and the
// bidirectional rule are not checked: a client that does check them refuses by itself, and the same bytes compare equal.

import Foundation

/// Prepares names and passwords for hashing and comparison, so that one typed on another system is the same.
package enum PasswordText {
    /// The longest password in bytes of UTF-8, before and after preparation.
    package static let maximumLength = 1024

    /// Maps spaces to U+0020, drops what is commonly mapped to nothing (RFC 3454 table B.1), normalizes (NFKC).
    ///
    /// - Returns: The prepared text; `nil` if it is empty, too long, or holds controls, private-use characters,
    ///   noncharacters, or characters that change display (RFC 3454 tables C.2 to C.9).
    package static func prepare(_ text: String) -> String? {
        guard !text.isEmpty, text.utf8.count <= Self.maximumLength else { return nil }
        // Nearly every password: printable ASCII is prepared already.
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        var mapped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !Self.mapsToNothing(scalar) {
            mapped.append(scalar.properties.generalCategory == .spaceSeparator ? " " : scalar)
        }
        let normalized = String(mapped).precomposedStringWithCompatibilityMapping
        guard !normalized.isEmpty, normalized.utf8.count <= Self.maximumLength,
            normalized.unicodeScalars.allSatisfy({ !Self.isProhibited($0) })
        else { return nil }
        return normalized
    }

    private static func mapsToNothing(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x34F, 0x1806, 0x180B...0x180D, 0x200B...0x200D, 0x2060, 0xFE00...0xFE0F, 0xFEFF: true
        default: false
        }
    }

    private static func isProhibited(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .privateUse, .surrogate, .lineSeparator, .paragraphSeparator: return true
        default: break
        }
        switch scalar.value {
        // U+0340 and U+0341 are other characters once they are normalized.
        case 0x6DD, 0x70F, 0x180E, 0x200E, 0x200F, 0x202A...0x202E, 0x2061...0x2063, 0x206A...0x206F:
            return true
        case 0x2FF0...0x2FFB, 0xFFF9...0xFFFD, 0x1D173...0x1D17A, 0xE0001, 0xE0020...0xE007F: return true
        default: return scalar.properties.isNoncharacterCodePoint
        }
    }
}
