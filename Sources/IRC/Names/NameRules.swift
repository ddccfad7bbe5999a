// Which characters names may have. A name is judged twice, as it was given and folded: a full-width or composed
// character must not turn into one that would have been refused.

/// The characters of one kind of name.
struct NameRules: Sendable {
    /// ASCII characters that are refused everywhere, beside controls and the space.
    private let refused: ASCIISet
    /// ASCII characters that are refused in front as well.
    private let refusedInFront: ASCIISet

    /// An ASCII set as 128 bits.
    struct ASCIISet: Sendable, ExpressibleByStringLiteral {
        private var low: UInt64 = 0
        private var high: UInt64 = 0

        init(stringLiteral value: StaticString) {
            value.withUTF8Buffer { bytes in
                for byte in bytes {
                    if byte < 64 { self.low |= 1 << byte } else { self.high |= 1 << (byte & 63) }
                }
            }
        }

        func contains(_ byte: UInt8) -> Bool {
            (byte < 64 ? self.low : self.high) & (1 << (byte & 63)) != 0
        }
    }

    init(refused: ASCIISet, refusedInFront: ASCIISet) {
        self.refused = refused
        self.refusedInFront = refusedInFront
    }

    /// The name as it is shown and folded, or `nil` if it may not be.
    ///
    /// It is shown in NFC, so that what looks the same and is compared as the same has the same bytes, too. The maximum length is
    /// in bytes.
    func fold(_ raw: String, under mapping: CaseMapping, maximumLength: Int) -> (raw: String, folded: String)? {
        guard raw.utf8.count <= maximumLength else { return nil }
        var raw = raw
        switch raw.withUTF8({ self.judge($0) }) {
        case .refused: return nil
        case .allowed:
            // ASCII folds to ASCII that is no worse.
            return (raw, mapping.fold(raw))
        case .unicode:
            guard self.allows(raw, isFolded: false) else { return nil }
            raw = CaseMapping.composed(raw)
            guard raw.utf8.count <= maximumLength else { return nil }
            let folded = mapping.fold(raw)
            // What is folded must be a name, too, and folding may make more bytes of a character.
            guard folded.utf8.count <= maximumLength, self.allows(folded, isFolded: true) else { return nil }
            return (raw, folded)
        }
    }

    private enum Judgement { case allowed, refused, unicode }

    /// Decides on names that are ASCII.
    private func judge(_ bytes: UnsafeBufferPointer<UInt8>) -> Judgement {
        guard let first = bytes.first else { return .refused }
        if first < 0x80, !self.allows(first, isFirst: true) { return .refused }
        for byte in bytes {
            if byte >= 0x80 { return .unicode }
            if !self.allows(byte, isFirst: false) { return .refused }
        }
        return .allowed
    }

    private func allows(_ byte: UInt8, isFirst: Bool) -> Bool {
        if byte <= 0x20 || byte == 0x7F || self.refused.contains(byte) { return false }
        return !(isFirst && self.refusedInFront.contains(byte))
    }

    private func allows(_ text: String, isFolded: Bool) -> Bool {
        var isFirst = true
        for scalar in text.unicodeScalars {
            guard self.allows(scalar, isFirst: isFirst, isFolded: isFolded) else { return false }
            isFirst = false
        }
        return !isFirst
    }

    /// Whether the character may stand there at all.
    func allows(_ scalar: Unicode.Scalar, isFirst: Bool, isFolded: Bool) -> Bool {
        if scalar.isASCII {
            return self.allows(UInt8(truncatingIfNeeded: scalar.value), isFirst: isFirst)
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator:
            return false
        case .nonspacingMark, .spacingMark, .enclosingMark:
            // A mark in front would sit on whatever a client writes before the name.
            if isFirst { return false }
        default: break
        }
        // The braille pattern without dots.
        if scalar.value == 0x2800 { return false }
        // Characters that show as nothing make two names look like one. Emoji selectors pass: folding drops them.
        if scalar.properties.isDefaultIgnorableCodePoint {
            return !isFolded && (scalar.value == 0xFE0E || scalar.value == 0xFE0F)
        }
        return true
    }
}
