// `*` and `?`, and nothing else: brackets are letters in nicks.

/// A pattern in which `*` stands for any text and `?` for one character (Unicode scalar), compared after folding.
///
/// Matching takes at most (bytes of the pattern) × (bytes of the text) steps: only the last `*` is ever gone back to.
package struct Glob: Hashable, Sendable, CustomStringConvertible {
    /// The pattern, folded, with `*` once where it was repeated.
    package let pattern: String
    private let kind: Kind

    private enum Kind: Hashable, Sendable { case everything, literal, wild }

    /// Every text is a pattern.
    package init(_ pattern: some StringProtocol, under mapping: CaseMapping) {
        var collapsed = String(pattern)
        if collapsed.utf8.contains(UInt8(ascii: "*")) {
            collapsed = ""
            for scalar in pattern.unicodeScalars where scalar != "*" || collapsed.unicodeScalars.last != "*" {
                collapsed.unicodeScalars.append(scalar)
            }
        }
        self.pattern = mapping.fold(collapsed)
        let isWild = self.pattern.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
        self.kind = self.pattern == "*" ? .everything : isWild ? .wild : .literal
    }

    package var description: String { self.pattern }

    /// Whether every text matches.
    package var matchesEverything: Bool { self.kind == .everything }

    /// Whether the pattern has neither `*` nor `?`.
    package var isLiteral: Bool { self.kind == .literal }

    /// Whether a text that was folded under the same mapping matches, whole.
    package func matches(folded text: String) -> Bool {
        switch self.kind {
        case .everything: true
        case .literal: self.pattern == text
        case .wild:
            // Native strings are contiguous, so nothing is copied.
            self.pattern.utf8.withContiguousStorageIfAvailable { pattern in
                text.utf8.withContiguousStorageIfAvailable { Self.matches(pattern, $0) }
            }.flatMap { $0 } ?? Self.matches(Array(self.pattern.utf8), Array(text.utf8))
        }
    }

    private static func matches<Bytes: RandomAccessCollection<UInt8>>(_ pattern: Bytes, _ text: Bytes) -> Bool
    where Bytes.Index == Int {
        var inPattern = 0
        var inText = 0
        /// Behind the last `*`, and where in the text the match of what follows it was begun.
        var behindStar = -1
        var begun = 0
        while inText < text.count {
            if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
                inPattern += 1
                if inPattern == pattern.count { return true }
                behindStar = inPattern
                begun = inText
            } else if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "?") {
                inPattern += 1
                inText = Self.nextScalar(in: text, after: inText)
            } else if inPattern < pattern.count, pattern[inPattern] == text[inText] {
                inPattern += 1
                inText += 1
            } else if behindStar >= 0 {
                begun = Self.nextScalar(in: text, after: begun)
                inText = begun
                inPattern = behindStar
            } else {
                return false
            }
        }
        while inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") { inPattern += 1 }
        return inPattern == pattern.count
    }

    private static func nextScalar<Bytes: RandomAccessCollection<UInt8>>(in text: Bytes, after index: Int) -> Int
    where Bytes.Index == Int {
        var next = index + 1
        while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
        return next
    }
}
