// Numbers that somebody outside wrote must not end the process. Types would say best which they are, and nearly all of
// them are plain integers; so the rules go by names: some members carry such numbers, and so does what is read from the
// wire, and what is bound to either. On a line that uses one, arithmetic saturates (Sources/Numbers) and conversions have
// a label that says what becomes of what does not fit.

/// Finds arithmetic and conversions that trap.
struct NumberRules {
    /// Members that carry numbers from YAML, the API, figures, Redis or SQL, wherever they are.
    static let members: Set<String> = [
        // Quotas and settings of tenants and plans.
        "hardLimit", "messageLimit", "rememberFor", "resumeGrace", "retention", "historyRetention", "included", "upTo",
        // A cell's edges.
        "connectionsPerPod", "minReplicas", "maxReplicas", "bufferPods", "fallbackReplicas", "scaleDownMaxPodsAtOnce",
        "scaleUpMaxPodsPerMinute", "scaleUpMaxPercentPerMinute", "rolloutMaxSurge",
        "targetConnections", "targetLoopUtilization", "drainGracePeriod", "drainAnnouncement",
        "longestDrain", "askedLongestDrain", "longestDrainSeconds",
        "scaleDownStabilization", "tolerationSeconds",
        // An edge's configuration.
        "drainSeconds", "leaseSeconds", "capacityConnections",
        // What the live store says.
        "sequence",
        // What the ledger says.
        "quantity",
    ]

    private static let integers: Set<String> = [
        "Int", "Int8", "Int16", "Int32", "Int64", "Int128", "UInt", "UInt8", "UInt16", "UInt32", "UInt64", "UInt128",
    ]
    private static let fractions: Set<String> = ["Double", "Float", "TimeInterval"]
    /// What brings a number within bounds, or says what becomes of it.
    private static let bounding: Set<String> = [
        "clamping", "clamped", "exactly", "saturating", "min", "plus", "minus", "times",
    ]

    private let lines: [(number: Int, tokens: [CodeToken])]
    /// Names that are floating-point numbers somewhere in the file.
    private let floating: Set<String>
    /// Names that carry numbers from outside in the file.
    private let outside: Set<String>

    /// Names of stored properties that are floating-point numbers, in any of some files.
    static func storedFractions(in files: [SourceFile]) -> Set<String> {
        files.reduce(into: []) { names, file in
            for line in file.lines {
                let tokens = CodeToken.all(in: line.code)
                for index in tokens.indices.dropFirst(3)
                where fractions.contains(tokens[index].text) && tokens[index - 1].text == ":"
                    && ["let", "var"].contains(tokens[index - 3].text)
                {
                    names.insert(tokens[index - 2].text)
                }
            }
        }
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - file: what is looked at.
    ///   - fractions: names of floating-point numbers that other files declare.
    init(_ file: SourceFile, fractions: Set<String> = []) {
        let lines = file.lines.map { (number: $0.number, tokens: CodeToken.all(in: $0.code)) }
        self.lines = lines
        self.floating = lines.reduce(into: fractions) { names, line in
            for index in line.tokens.indices.dropFirst(2)
            where Self.fractions.contains(line.tokens[index].text) && line.tokens[index - 1].text == ":" {
                names.insert(line.tokens[index - 2].text)
            }
        }
        var outside = Self.members
        var before = -1
        while outside.count != before {
            before = outside.count
            for index in lines.indices {
                let near = lines[index..<min(index + 5, lines.count)].map(\.tokens)
                outside.formUnion(Self.bound(lines[index].tokens, near, outside))
            }
        }
        self.outside = outside
    }

    /// What is wrong in the file, by line.
    var findings: [(line: Int, what: String)] {
        lines.flatMap { line in (conversions(line.tokens) + reckoning(line.tokens)).map { (line.number, $0) } }
    }

    // MARK: - Names

    /// The names that a line binds to a number from outside.
    private static func bound(_ tokens: [CodeToken], _ near: [[CodeToken]], _ outside: Set<String>) -> Set<String> {
        var names: Set<String> = []
        for start in tokens.indices where ["let", "var"].contains(tokens[start].text) {
            let rest = tokens[(start + 1)...]
            guard let equals = rest.firstIndex(where: { $0.text == "=" }) else { continue }
            let value = Array(tokens[(equals + 1)...])
            guard !value.contains(where: { bounding.contains($0.text) }), isOutside(value, outside) else { continue }
            let pattern = rest[..<equals].prefix { $0.text != ":" }
            names.formUnion(pattern.filter(\.isWord).map(\.text).filter { name in !isChecked(name, near) })
        }
        return names.subtracting(["_", "let", "var"])
    }

    /// Whether `.contains(name)` stands near: the name is compared with bounds.
    private static func isChecked(_ name: String, _ near: [[CodeToken]]) -> Bool {
        near.contains { line in
            line.indices.dropFirst(2).contains {
                line[$0].text == name && line[$0 - 1].text == "(" && line[$0 - 2].text == "contains"
            }
        }
    }

    /// Whether a value is read from outside, or a name that was.
    private static func isOutside(_ value: [CodeToken], _ outside: Set<String>) -> Bool {
        let path = path(from: value.drop { ["try", "await"].contains($0.text) })
        let isCalled = value.indices.contains(path.endIndex) && value[path.endIndex].text == "("
        if let name = lastName(path), outside.contains(name), !isCalled { return true }
        return value.indices.contains { index in
            let isCall = index + 1 < value.count && value[index + 1].text == "("
            let isMember = index > 0 && value[index - 1].text == "."
            switch value[index].text {
            case "readInteger", "readMultipleIntegers": return isCall
            // A row's column, and a member of a reply or of JSON.
            case "integer": return isMember
            case "int": return isMember && !isCall
            // `Int(text)`, which reads one.
            case let word where integers.contains(word): return isCall && isRead(value[(index + 2)...])
            default: return false
            }
        }
    }

    /// Whether what follows `Int(` is a name and the end of the call, followed by what is done with an optional.
    private static func isRead(_ rest: ArraySlice<CodeToken>) -> Bool {
        let after = rest.drop { $0.isWord || [".", "[", "]", "$"].contains($0.text) }
        guard after.first?.text == ")" else { return false }
        return after.dropFirst().first.map { [",", "??", "else", "{", "."].contains($0.text) } ?? false
    }

    /// What stands at the beginning, as far as it is one path of members: `self.a?.b`.
    private static func path(from tokens: ArraySlice<CodeToken>) -> ArraySlice<CodeToken> {
        let end = tokens.indices.first { index in
            let isStart = index == tokens.startIndex
            return !isPart(tokens[index]) || tokens[index].isApart && !isStart
        }
        return tokens[..<(end ?? tokens.endIndex)]
    }

    /// What stands at the end, as far as it is one path of members.
    private static func path(to tokens: ArraySlice<CodeToken>) -> ArraySlice<CodeToken> {
        var start = tokens.endIndex
        while start > tokens.startIndex, isPart(tokens[start - 1]) {
            start -= 1
            if tokens[start].isApart { break }
        }
        return tokens[start...]
    }

    private static func isPart(_ token: CodeToken) -> Bool { token.isWord || [".", "?", "!"].contains(token.text) }

    /// The last name of a path that ends with it, or with the seconds of it.
    private static func lastName(_ path: some Sequence<CodeToken>) -> String? {
        var words = path.filter(\.isWord).map(\.text)
        if words.suffix(2) == ["components", "seconds"] { words.removeLast(2) }
        return words.last
    }

    // MARK: - Findings

    private func conversions(_ tokens: [CodeToken]) -> [String] {
        tokens.indices.dropLast().compactMap { index in
            guard Self.integers.contains(tokens[index].text), tokens[index + 1].text == "(",
                !tokens[index + 1].isApart
            else { return nil }
            var depth = 1
            let argument = tokens[(index + 2)...].prefix { token in
                depth += token.text == "(" ? 1 : token.text == ")" ? -1 : 0
                return depth > 0
            }
            if argument.dropFirst().first?.text == ":" { return nil }
            if isFraction(Array(argument)) {
                return "\(tokens[index].text)(…) of a fraction: say saturating or exactly"
            }
            let isPath = Self.path(from: argument).count == argument.count
            guard isPath, let name = Self.lastName(argument), outside.contains(name) else { return nil }
            return "\(tokens[index].text)(\(name)) of a number from outside: say clamping or exactly"
        }
    }

    private func isFraction(_ argument: [CodeToken]) -> Bool {
        argument.indices.contains { index in
            let (token, next) = (argument[index], index + 1 < argument.count ? argument[index + 1].text : "")
            if token.isFraction || floating.contains(token.text) || token.text.hasPrefix("timeInterval") { return true }
            if Self.fractions.contains(token.text) { return next == "(" }
            return token.text == "rounded" || token.text == "/" && next == "."
        }
    }

    private static let either: Set<String> = ["+", "-", "*", "<<", "+=", "-=", "*=", "<<="]
    /// A divisor may be 0; what is divided does no harm.
    private static let dividing: Set<String> = ["/", "%", "/=", "%="]

    private func reckoning(_ tokens: [CodeToken]) -> [String] {
        tokens.indices.dropLast().compactMap { index in
            let sign = tokens[index]
            let isBinary = sign.isApart && tokens[index + 1].isApart
            guard isBinary, Self.either.contains(sign.text) || Self.dividing.contains(sign.text) else { return nil }
            let (left, right) = (Self.path(to: tokens[..<index]), Self.path(from: tokens[(index + 1)...]))
            let isCall = tokens.count > right.endIndex && tokens[right.endIndex].text == "("
            let names = [
                Self.either.contains(sign.text) ? Self.lastName(left) : nil,
                isCall ? nil : Self.lastName(right),
            ].compactMap { $0 }.filter(outside.contains)
            return names.first.map { "`\(sign.text)` with \($0), a number from outside: use plus, minus or times" }
        }
    }
}
