/// Files of which parts are written from rows.
enum MadeText {
    /// A file with its parts as they should be.
    ///
    /// - Parameters:
    ///   - text: The file. A part stands between `<!-- made: NAME -->` and `<!-- end -->`.
    ///   - parts: What belongs there, by name.
    ///   - begin: What the line before a part begins with, up to its name.
    ///   - end: The line behind a part.
    /// - Returns: The whole file.
    static func filled(
        _ text: String,
        _ parts: [String: String],
        begin: String = "<!-- made: ",
        end: String = "<!-- end -->"
    ) -> String {
        var lines: [Substring] = []
        var isSkipping = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == end { isSkipping = false }
            if !isSkipping { lines.append(line) }
            guard line.hasPrefix(begin) else { continue }
            let name = line.dropFirst(begin.count).prefix { $0 != " " }
            if let part = parts[String(name)] {
                isSkipping = true
                // Markdown wants empty lines around a table.
                let blank: [Substring] = begin.hasPrefix("<") ? [""] : []
                lines += blank + [Substring(part)] + blank
            }
        }
        return lines.joined(separator: "\n")
    }
}
