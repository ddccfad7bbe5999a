// What people write into headers. Plain words stay as they are; everything else becomes encoded-words (RFC 2047), of which
// nothing can be taken for the end of a header.

import Foundation

/// Text as a header's value.
enum HeaderText {
    /// The longest line with encoded-words (RFC 2047 section 2), and the longest that is made of plain ones.
    static let longestLine = 76
    private static let opening = "=?utf-8?b?"
    private static let closing = "?="

    /// A text of words, such as a subject.
    ///
    /// - Parameters:
    ///   - text: What is said.
    ///   - column: How many characters of the line are taken.
    /// - Returns: ASCII, folded (RFC 5322 section 2.2.3).
    static func unstructured(_ text: String, from column: Int) -> String {
        let text = self.withoutControls(text)
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        // A word that is empty stands for a blank that would get lost, or be a line of its own.
        let isPlain = words.allSatisfy { !$0.isEmpty && $0.utf8.count <= 60 } && self.isPrintable(text)
        guard isPlain, !text.contains("=?") else { return self.encodedWords(text, from: column) }
        var (result, column) = ("", column)
        for word in words {
            if !result.isEmpty {
                let isFull = column + 1 + word.utf8.count > Self.longestLine
                result += isFull ? "\r\n " : " "
                column = isFull ? 1 : column + 1
            }
            result += word
            column += word.utf8.count
        }
        return result
    }

    /// A name before an address (RFC 5322 section 3.2.5, a phrase).
    ///
    /// - Returns: A quoted string, or encoded-words; empty for a name without a letter.
    static func phrase(_ text: String, from column: Int) -> String {
        let text = self.withoutControls(text).trimmingCharacters(in: .whitespaces)
        guard !text.isEmpty else { return "" }
        let isPlain = self.isPrintable(text) && !text.contains("=?") && text.utf8.count <= 60
        guard isPlain else { return self.encodedWords(text, from: column) }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// Blanks for controls, and for what ends a line elsewhere.
    static func withoutControls(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: result.append(" ")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    private static func isPrintable(_ text: String) -> Bool { text.utf8.allSatisfy { (32...126).contains($0) } }

    /// Encoded-words, each with whole characters, one a line.
    private static func encodedWords(_ text: String, from column: Int) -> String {
        guard !text.isEmpty else { return "" }
        var (words, bytes, column) = ([String](), [UInt8](), column)
        func end() {
            words.append(Self.opening + Data(bytes).base64EncodedString() + Self.closing)
            bytes = []
            column = 1
        }
        for scalar in text.unicodeScalars {
            let more = Array(String(scalar).utf8)
            let room = (Self.longestLine - column - Self.opening.count - Self.closing.count) / 4 * 3
            if bytes.count + more.count > room, !bytes.isEmpty { end() }
            bytes += more
        }
        end()
        return words.joined(separator: "\r\n ")
    }
}
