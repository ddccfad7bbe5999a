// A line of code in pieces, for rules about expressions: words, numbers, operators and single marks.

/// A piece of a line of code.
struct CodeToken: Equatable {
    /// What stands there; `1.5e3` is one piece, and so is `<<=`.
    let text: String
    /// Whether something separates it from the piece before.
    let isApart: Bool

    /// Whether it begins like an identifier.
    var isWord: Bool { text.first.map { $0.isLetter || $0 == "_" } ?? false }

    /// Whether it is a number with a point or an exponent.
    var isFraction: Bool {
        guard let first = text.first, first.isNumber, !text.hasPrefix("0x") else { return false }
        return text.contains(".") || text.contains("e")
    }

    private static let operators: Set<Character> = Set("+-*/%<>=!&|^~?")

    /// Splits a line's code.
    static func all(in code: String) -> [CodeToken] {
        var tokens: [CodeToken] = []
        let signs = Array(code)
        var index = 0
        var isApart = false
        while index < signs.count {
            let start = index
            if signs[index].isWhitespace {
                index += 1
                isApart = true
                continue
            }
            if signs[index].isWordCharacter {
                let isNumber = signs[index].isNumber
                while index < signs.count {
                    let isPoint =
                        isNumber && signs[index] == "." && index + 1 < signs.count && signs[index + 1].isNumber
                    guard signs[index].isWordCharacter || isPoint else { break }
                    index += 1
                }
            } else if operators.contains(signs[index]) {
                while index < signs.count, operators.contains(signs[index]) { index += 1 }
            } else {
                index += 1
            }
            tokens.append(CodeToken(text: String(signs[start..<index]), isApart: isApart))
            isApart = false
        }
        return tokens
    }
}
