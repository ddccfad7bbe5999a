// YAML for people to read and compare: short objects on one line, long texts folded, everything else a line each.

import Yams

/// Writes values as YAML.
enum YAMLText {
    private static let width = 120

    /// A text as a comment, in paragraphs.
    static func comment(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { $0.isEmpty ? [""] : Self.folded(String($0), to: Self.width - 2) }
            .map { $0.isEmpty ? "#" : "# \($0)" }.joined(separator: "\n")
    }

    /// A value as a document of its own.
    static func document(_ value: PlainValue) -> String { Self.lines(value).joined(separator: "\n") + "\n" }

    /// A value in block style.
    private static func lines(_ value: PlainValue, depth: Int = 0) -> [String] {
        switch value {
        case .object(let members) where !members.isEmpty:
            members.flatMap { member in
                Self.entry(Self.scalar(member.name) + ":", member.value, depth, isMap: member.isInLines)
            }
        case .list(let elements) where !elements.isEmpty:
            elements.flatMap { element in
                let head = "- "
                if let line = Self.flow(element), Self.fits(head + line, depth) { return [head + line] }
                let lines = Self.lines(element, depth: depth + 1)
                return lines.enumerated().map { ($0 == 0 ? head : "  ") + $1 }
            }
        default: [Self.flow(value) ?? ""]
        }
    }

    /// A name and its value: on its line if there is room, else below.
    private static func entry(_ name: String, _ value: PlainValue, _ depth: Int, isMap: Bool) -> [String] {
        let line = if case .text(let text) = value { Self.scalar(text, isFlow: false) } else { Self.flow(value) }
        if !isMap, let line, Self.fits("\(name) \(line)", depth) { return ["\(name) \(line)"] }
        switch value {
        case .text(let text) where text.contains(" ") && text.split(separator: " ").joined(separator: " ") == text:
            return ["\(name) >-"] + Self.folded(text, to: Self.width - 2 * depth - 2).map { "  \($0)" }
        case .text, .bool, .integer: return ["\(name) \(Self.scalar(value))"]
        case .list, .object: return [name] + Self.lines(value, depth: depth + 1).map { "  \($0)" }
        }
    }

    private static func fits(_ line: String, _ depth: Int) -> Bool { line.count + 2 * depth <= Self.width }

    /// A value on one line; nil where that is harder to read.
    private static func flow(_ value: PlainValue) -> String? {
        switch value {
        case .text, .bool, .integer: return Self.scalar(value)
        case .list(let elements):
            let parts = elements.compactMap(Self.flow)
            return parts.count == elements.count ? "[\(parts.joined(separator: ", "))]" : nil
        case .object(let members):
            guard !members.contains(where: { $0.name == "properties" || $0.name == "description" }) else { return nil }
            let parts = members.compactMap { member in
                Self.flow(member.value).map { "\(Self.scalar(member.name)): \($0)" }
            }
            return parts.count == members.count ? "{\(parts.joined(separator: ", "))}" : nil
        }
    }

    private static func scalar(_ value: PlainValue) -> String {
        switch value {
        case .text(let text): Self.scalar(text)
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .list, .object: ""
        }
    }

    /// A text with quotes where it needs some.
    private static func scalar(_ text: String, isFlow: Bool = true) -> String {
        let type = ScalarType(Node.Scalar(text, .implicit, .plain))
        let first = text.unicodeScalars.first
        let opens = first.map { "-?:,[]{}#&*!|>'\"%@` =<".unicodeScalars.contains($0) } ?? true
        let breaks = text.contains(": ") || text.contains(" #") || text.hasSuffix(":") || text.hasSuffix(" ")
        let isInFlow = isFlow && text.contains { ",[]{}".contains($0) }
        guard type == .string, !opens, !breaks, !isInFlow, text != "." else {
            return "'\(text.replacing("'", with: "''"))'"
        }
        return text
    }

    /// A text in lines of a width, broken at spaces.
    private static func folded(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + word.count < width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}

extension PlainValue.Member {
    /// Whether its value is written in lines, however short it is.
    fileprivate var isInLines: Bool {
        // The chart puts annotations before the line of the labels.
        self.name == "labels" || self.value.members.contains { !$0.value.members.isEmpty }
    }
}
