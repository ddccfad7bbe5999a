// A lexer that knows just enough Swift to find where comments and strings begin and end: nested block comments,
// strings of one and of many lines, raw strings, interpolation, and identifiers between backticks.

/// Walks over a file's lines and remembers what is still open at the end of each.
struct SourceScanner {
    private enum Context {
        /// Code; within an interpolation, with the count of parentheses that are open in it.
        case code(openParentheses: Int)
        /// A string, by the number of `#` around it and whether it spans lines.
        case string(hashes: Int, multiline: Bool)
        /// A block comment, by its depth.
        case comment(depth: Int)
    }

    private var contexts: [Context] = [.code(openParentheses: 0)]
    private var rest: ArraySlice<UInt8> = []
    private var code: [UInt8] = []
    private var comment: [UInt8] = []

    /// Scans one more line.
    ///
    /// - Parameter line: without its newline.
    /// - Returns: the line's code with strings emptied, and its comment.
    mutating func scan(line: Substring) -> (code: String, comment: String) {
        rest = Array(line.utf8)[...]
        code = []
        comment = []
        while !rest.isEmpty {
            switch contexts.last ?? .code(openParentheses: 0) {
            case .code(let open): scanCode(openParentheses: open)
            case .string(let hashes, let multiline): scanString(hashes: hashes, multiline: multiline)
            case .comment(let depth): scanComment(depth: depth)
            }
        }
        // A string of one line cannot stay open: the mark belonged to a regular expression.
        if case .string(_, multiline: false) = contexts.last { contexts.removeLast() }
        return (String(decoding: code, as: UTF8.self), String(decoding: comment, as: UTF8.self))
    }

    private mutating func scanCode(openParentheses open: Int) {
        switch rest.first {
        case UInt8(ascii: "/"):
            if take("//") {
                comment = Array(rest.drop { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: " ") })
                // An empty comment line between two paragraphs is a comment all the same.
                if comment.isEmpty { comment = [UInt8(ascii: " ")] }
                rest = []
            } else if take("/*") {
                contexts.append(.comment(depth: 1))
            } else {
                keep()
            }
        case UInt8(ascii: "\""), UInt8(ascii: "#"):
            if !startString() { keep() }
        case UInt8(ascii: "`"):
            rest = rest.dropFirst().drop { $0 != UInt8(ascii: "`") }.dropFirst()
            code += Array("``".utf8)
        case UInt8(ascii: "("), UInt8(ascii: ")"):
            scanParenthesis(open: open)
        default:
            keep()
        }
    }

    private mutating func scanParenthesis(open: Int) {
        let opens = rest.first == UInt8(ascii: "(")
        if contexts.count > 1 {
            if !opens, open == 0 {
                rest = rest.dropFirst()
                contexts.removeLast()
                return
            }
            contexts[contexts.count - 1] = .code(openParentheses: open + (opens ? 1 : -1))
        }
        keep()
    }

    private mutating func startString() -> Bool {
        let hashes = rest.prefix { $0 == UInt8(ascii: "#") }.count
        guard rest.dropFirst(hashes).first == UInt8(ascii: "\"") else { return false }
        rest = rest.dropFirst(hashes)
        let multiline = take("\"\"\"") || !take("\"")
        code.append(UInt8(ascii: "\""))
        contexts.append(.string(hashes: hashes, multiline: multiline))
        return true
    }

    private mutating func scanString(hashes: Int, multiline: Bool) {
        guard rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "\\") else {
            rest = rest.dropFirst()
            return
        }
        let hash = String(repeating: "#", count: hashes)
        if take((multiline ? "\"\"\"" : "\"") + hash) {
            code.append(UInt8(ascii: "\""))
            contexts.removeLast()
        } else if take("\\" + hash + "(") {
            contexts.append(.code(openParentheses: 0))
        } else {
            // Past an escape, whatever it escapes.
            take("\\" + hash)
            rest = rest.dropFirst()
        }
    }

    private mutating func scanComment(depth: Int) {
        if take("*/") {
            contexts.removeLast()
            if depth > 1 { contexts.append(.comment(depth: depth - 1)) }
        } else if take("/*") {
            contexts[contexts.count - 1] = .comment(depth: depth + 1)
        } else if let byte = rest.popFirst() {
            comment.append(byte)
        }
    }

    private mutating func keep() {
        if let byte = rest.popFirst() { code.append(byte) }
    }

    @discardableResult
    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }
}
