// A file of several documents, cut where kubectl cuts it, so that one broken document does not hide the others.

import Yams

/// One YAML document with its place in the file.
struct YAMLDocument {
    /// The root node.
    let root: Node
    /// Lines of the file before the document's text; marks in `root` count from there.
    let linesBefore: Int
    /// Keys that occur a second time in their mapping, by the place of the first one in the document's own lines.
    ///
    /// In `root` the first one carries ``YAMLDocuments/repeatedMark`` instead of its first character.
    let repeatedKeys: [SourcePosition: String]
}

/// Cuts text into documents and composes each of them.
enum YAMLDocuments {
    /// Takes the place of the first character of a key that occurs again.
    ///
    /// Yams refuses the whole document otherwise, and says neither where the second one stands nor in which field. It is a private-use character, legal in YAML.
    static let repeatedMark: Unicode.Scalar = "\u{E000}"

    /// How many repeated keys of one document are reported, each of which costs another pass.
    private static let repeatedKeysAtMost = 20

    /// A syntax error with its place in the file.
    struct Failure: Error {
        let position: SourcePosition?
        let message: String
    }

    /// All documents of a text, in order; empty ones are left out.
    static func parse(_ text: String) -> [Result<YAMLDocument, Failure>] {
        Self.cut(text).compactMap { part, linesBefore in
            do throws(Failure) {
                return try Self.compose(part, linesBefore: linesBefore).map(Result.success)
            } catch {
                return .failure(error)
            }
        }
    }

    /// A line that begins with `---` begins a document wherever it stands (YAML 1.2 section 9.1.2).
    private static func cut(_ text: String) -> [(text: String, linesBefore: Int)] {
        var parts: [(String, Int)] = []
        var lines: [Substring] = []
        var linesBefore = 0
        for line in Self.lines(text) {
            if Self.startsDocument(line), !lines.isEmpty {
                parts.append((lines.joined(separator: "\n"), linesBefore))
                linesBefore += lines.count
                lines = []
            }
            lines.append(line)
        }
        parts.append((lines.joined(separator: "\n"), linesBefore))
        return parts
    }

    /// Lines without their `\n`, over scalars, since `\r\n` is one `Character`.
    private static func lines(_ text: String) -> [Substring] {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(Substring.init)
    }

    private static func startsDocument(_ line: Substring) -> Bool {
        guard line.hasPrefix("---") else { return false }
        let next = line.dropFirst(3).first
        return next == nil || next == " " || next == "\t" || next == "\r"
    }

    private static func compose(_ text: String, linesBefore: Int) throws(Failure) -> YAMLDocument? {
        var text = text
        var repeatedKeys: [SourcePosition: String] = [:]
        while true {
            // No resolver rules: what a plain scalar means is decided by the field that reads it, as text.
            do {
                let root = try Yams.compose(yaml: text, .basic)
                if let scalar = root?.scalar, scalar.style == .plain, scalar.string.isEmpty { return nil }
                return root.map { YAMLDocument(root: $0, linesBefore: linesBefore, repeatedKeys: repeatedKeys) }
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let place = SourcePosition(line: context.mark.line, column: context.mark.column)
                guard let key = keys.first, repeatedKeys.count < Self.repeatedKeysAtMost, repeatedKeys[place] == nil,
                    let marked = Self.mark(text, at: place)
                else {
                    let position = SourcePosition(line: place.line + linesBefore, column: place.column)
                    throw Failure(position: position, message: "the key `\(keys.first ?? "")` occurs twice; remove one")
                }
                repeatedKeys[place] = key
                text = marked
            } catch {
                throw Self.failure(error, linesBefore: linesBefore)
            }
        }
    }

    /// Puts the mark in the place of the first character of the key at a position.
    private static func mark(_ text: String, at place: SourcePosition) -> String? {
        var lines = Self.lines(text)
        guard lines.indices.contains(place.line - 1) else { return nil }
        var scalars = Array(lines[place.line - 1].unicodeScalars)
        var column = place.column - 1
        if scalars.indices.contains(column), scalars[column] == "\"" || scalars[column] == "'" { column += 1 }
        guard scalars.indices.contains(column) else { return nil }
        scalars[column] = Self.repeatedMark
        var line = String.UnicodeScalarView()
        line.append(contentsOf: scalars)
        lines[place.line - 1] = Substring(String(line))
        return lines.joined(separator: "\n")
    }

    private static func failure(_ error: any Error, linesBefore: Int) -> Failure {
        func failure(_ context: YamlError.Context?, _ problem: String, _ mark: Mark) -> Failure {
            let context = context.map { " \($0.text)" } ?? ""
            return Failure(
                position: SourcePosition(line: mark.line + linesBefore, column: mark.column),
                message: "is no YAML: \(problem)\(context)"
            )
        }
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            return failure(context, problem, mark)
        case YamlError.reader(let problem, _, _, _):
            return Failure(position: nil, message: "is no YAML: \(problem)")
        default:
            return Failure(position: nil, message: "is no YAML")
        }
    }
}
