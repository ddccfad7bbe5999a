/// A text as checks look at it; what takes long is made when the first of them asks.
struct CheckedText {
    /// What was said, without what makes a CTCP ACTION of it.
    let raw: String
    /// How many codes of colours and other formatting it has.
    let codes: Int
    /// The same without formatting, and without characters that are not seen.
    let plain: String
    private let fold: @Sendable (String) -> String
    private var knownTokens: [Substring]?
    private var knownMark: Fingerprint?
    private var knownHosts: [LinkedHost]?

    init(_ text: String, fold: @escaping @Sendable (String) -> String) {
        var raw = text[...]
        if raw.utf8.count > CheckBounds.text { raw = Self.cut(raw) }
        if raw.hasPrefix("\u{1}ACTION ") { raw = raw.dropFirst(8) }
        if raw.hasSuffix("\u{1}") { raw = raw.dropLast() }
        self.raw = String(raw)
        (self.plain, self.codes) = Self.withoutFormatting(self.raw)
        self.fold = fold
    }

    /// The longest beginning that is looked at.
    private static func cut(_ text: Substring) -> Substring {
        var end = text.utf8.index(text.startIndex, offsetBy: CheckBounds.text)
        // Not amid a character.
        while end > text.startIndex, text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
        return text[..<end]
    }

    /// Removes formatting (modern.ircdocs.horse formatting) and what is not seen.
    private static func withoutFormatting(_ text: String) -> (plain: String, codes: Int) {
        let hasOnlyText = text.utf8.allSatisfy { 0x20..<0x7F ~= $0 }
        if hasOnlyText { return (text, 0) }
        var (plain, codes) = (String.UnicodeScalarView(), 0)
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar.value {
            case 0x03:
                codes += 1
                Self.dropColour(&rest)
            case 0x04:
                codes += 1
                rest = rest.dropFirst(rest.prefix(6).allSatisfy { $0.properties.isASCIIHexDigit } ? 6 : 0)
            case 0x02, 0x0F, 0x11, 0x16, 0x1D, 0x1E, 0x1F: codes += 1
            case 0x09, 0x0A: plain.append(" ")
            case 0..<0x20, 0x7F: codes += 1
            case 0x20..<0x7F: plain.append(scalar)
            default: if !scalar.properties.isDefaultIgnorableCodePoint { plain.append(scalar) }
            }
        }
        return (String(plain), codes)
    }

    /// One or two digits, and as many behind a comma.
    private static func dropColour(_ rest: inout String.UnicodeScalarView.SubSequence) {
        func digits(_ rest: Substring.UnicodeScalarView) -> Int {
            rest.prefix(2).prefix { "0"..."9" ~= $0 }.count
        }
        let first = digits(rest)
        rest = rest.dropFirst(first)
        guard first > 0, rest.first == "," else { return }
        let second = digits(rest.dropFirst())
        if second > 0 { rest = rest.dropFirst(1 + second) }
    }

    /// How many letters there are that may be capitals, and how many are.
    var letters: (all: Int, capitals: Int) {
        self.plain.unicodeScalars.reduce(into: (0, 0)) { count, scalar in
            let properties = scalar.properties
            if properties.isUppercase {
                count.0 += 1
                count.1 += 1
            } else if properties.isLowercase {
                count.0 += 1
            }
        }
    }

    /// Its words, as they are compared.
    mutating func tokens() -> [Substring] {
        if let knownTokens { return knownTokens }
        let tokens = WordList.tokens(of: self.fold(self.plain))
        self.knownTokens = tokens
        return tokens
    }

    /// By which it is known again; nil if it has too few letters.
    mutating func mark() -> Fingerprint {
        if let knownMark { return knownMark }
        let mark = Fingerprint(of: self.fold(self.plain))
        self.knownMark = mark
        return mark
    }

    /// Where it leads.
    mutating func hosts() -> [LinkedHost] {
        if let knownHosts { return knownHosts }
        let hosts = LinkedHost.all(in: self.plain)
        self.knownHosts = hosts
        return hosts
    }
}
