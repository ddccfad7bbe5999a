// What is written from the rows.

/// The tables of `docs/operations/failure-modes.md`, and what `kubectl roost` knows of reasons.
package enum ConditionPages {
    /// The page with its tables as they should be.
    package static func failureModes(_ page: String) -> String {
        MadeText.filled(
            page,
            Dictionary(uniqueKeysWithValues: ConditionCatalog.all.map { ($0.kind, Self.table($0.rows)) })
        )
    }

    /// The plugin with its rows as they should be.
    package static func plugin(_ script: String) -> String {
        let rows = ConditionCatalog.all.flatMap { kind, rows in
            rows.map { row in
                let remedy = Self.plain(row.remedy).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                return "    (\"\(kind)\", \"\(row.type)\", \"\(row.reason)\"): (\"\(row.severity)\", \"\(remedy)\"),"
            }
        }
        let text = "REASONS = {\n" + rows.joined(separator: "\n") + "\n}"
        return MadeText.filled(script, ["reasons": text], begin: "# made: ", end: "# end")
    }

    private static func table(_ rows: [ConditionRow]) -> String {
        var last = ""
        let lines = rows.map { row in
            defer { last = row.type }
            let type = row.type == last ? "" : "`\(row.type)`"
            return "| \(type) | `\(row.reason)` | \(row.severity) | \(row.means) | \(row.remedy) |"
        }
        return "| condition | reason | is | means | do |\n| --- | --- | --- | --- | --- |\n"
            + lines.joined(separator: "\n").replacing("|  |", with: "| |")
    }

    /// A remedy without Markdown: what a link says, and behind it the page.
    private static func plain(_ text: String) -> String {
        var plain = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "["), let middle = rest[start...].firstRange(of: "]("),
            let end = rest[middle.upperBound...].firstIndex(of: ")")
        {
            let page = rest[middle.upperBound..<end].prefix { $0 != "#" }
            plain += rest[..<start] + rest[start..<middle.lowerBound].dropFirst() + " (docs/operations/\(page))"
            rest = rest[end...].dropFirst()
        }
        return (plain + rest).replacing("`", with: "")
    }
}
