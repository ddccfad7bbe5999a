// Which names are the same name.

@_spi(_Unicode) import Swift

/// How names are compared: two are equal if they fold to the same text.
package enum CaseMapping: String, Sendable, CaseIterable {
    /// A–Z are a–z.
    case ascii
    /// Unicode names in the manner of RFC 8265 §3.3, which clients do not know: full-width ASCII made narrow, lower case, NFC.
    ///
    /// Beyond that profile final and long s fold to σ and s, and the variation selectors 15 and 16, which a keyboard
    /// adds to emoji unseen, are dropped.
    case rfc7613

    /// The text by which names are compared.
    ///
    /// Folding what is folded changes nothing.
    package func fold(_ text: String) -> String {
        var text = text
        let (changes, isUnicode) = text.withUTF8 { bytes in
            var changes = false
            for byte in bytes {
                if byte >= 0x80 && self == .rfc7613 { return (true, true) }
                changes = changes || byte &- UInt8(ascii: "A") < 26
            }
            return (changes, false)
        }
        if isUnicode { return Self.foldUnicode(text) }
        return changes ? Self.foldBytes(text) : text
    }

    private static func foldBytes(_ text: String) -> String {
        let count = text.utf8.count
        return String(unsafeUninitializedCapacity: count) { target in
            var index = 0
            for byte in text.utf8 {
                target.initializeElement(at: index, to: byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte)
                index += 1
            }
            return count
        }
    }

    private static func foldUnicode(_ text: String) -> String {
        var folded = self.foldOnce(text)
        // Composition can bring out a character with a mapping of its own; a second round has settled all that are
        // known.
        for _ in 0..<3 {
            let again = self.foldOnce(folded)
            if again.utf8.elementsEqual(folded.utf8) { break }
            folded = again
        }
        return folded
    }

    private static func foldOnce(_ text: String) -> String {
        var mapped = ""
        mapped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0xFF21...0xFF3A:
                mapped.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value - 0xFF21) + UInt8(ascii: "a")))
            case 0xFF01...0xFF5E:
                mapped.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value - 0xFF01) + UInt8(ascii: "!")))
            case 0x3C2: mapped.unicodeScalars.append("\u{3C3}")
            case 0x17F: mapped.unicodeScalars.append("s")
            case 0xFE0E, 0xFE0F: break
            default: mapped += scalar.properties.lowercaseMapping
            }
        }
        return self.composed(mapped)
    }

    /// The text in Unicode's normal form C.
    static func composed(_ text: String) -> String {
        var composed = ""
        composed.reserveCapacity(text.utf8.count)
        for scalar in text._nfc { composed.unicodeScalars.append(scalar) }
        return composed
    }
}
