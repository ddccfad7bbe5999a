// A Swift file with its code told apart from its comments and its strings, line by line, so that a rule about code
// does not trip over a word in a sentence.

/// A Swift file, split by line into code and comment.
struct SourceFile {
    /// One line, by its parts.
    struct Line {
        /// From 1.
        let number: Int
        /// The line as it stands in the file.
        let text: String
        /// The line's code: comments and what strings hold are left out, the quotation marks stay.
        let code: String
        /// The line's comment without its slashes; empty where there is none.
        let comment: String

        /// Whether the line holds a comment and no code.
        var isComment: Bool { !comment.isEmpty && code.allSatisfy(\.isWhitespace) }
        /// Whether the line holds nothing.
        var isBlank: Bool { text.allSatisfy(\.isWhitespace) }
    }

    /// Relative to the repository's root.
    let path: String
    /// All lines, in order.
    let lines: [Line]

    /// Splits a file.
    ///
    /// - Parameters:
    ///   - path: relative to the repository's root; used in messages.
    ///   - text: the file's text.
    init(path: String, text: String) {
        self.path = path
        var scanner = SourceScanner()
        var lines: [Line] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let parts = scanner.scan(line: line)
            lines.append(Line(number: index + 1, text: String(line), code: parts.code, comment: parts.comment))
        }
        if lines.last?.isBlank == true { lines.removeLast() }
        self.lines = lines
    }

    /// The place of a line as compilers write it.
    func place(_ line: Line) -> String { "\(path):\(line.number)" }

    /// The lines whose code holds a word.
    ///
    /// - Parameter word: looked for in code alone, never in comments or strings; no letter or digit may touch it.
    /// - Returns: the lines, in order.
    func lines(whoseCodeHolds word: String) -> [Line] {
        lines.filter { $0.code.holds(word: word) }
    }
}
