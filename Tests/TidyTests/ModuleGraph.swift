// The modules as docs/architecture.md shows them: its table with what each imports, and the graph above it.

/// What a page says of the modules.
struct ModuleGraph {
    /// What each module imports of the package's own, as the table's rows say, in their order.
    let rows: [(module: String, imports: Set<String>)]
    /// The arrows of the graph, from who imports to what is imported.
    let arrows: Set<Arrow>

    struct Arrow: Hashable, CustomStringConvertible {
        let from: String
        let to: String

        var description: String { "\(self.from) --> \(self.to)" }
    }

    /// Reads a page: rows such as ``| `Chat` | `IRC` | the rules | no |``, and lines such as `Chat --> IRC & Numbers` of a
    /// graph from top to bottom.
    init(page: String) {
        let lines = page.split(separator: "\n").map { $0.trimming(" ") }
        self.rows = lines.compactMap { line in
            guard line.hasPrefix("| `") else { return nil }
            let cells = line.split(separator: "|").map { $0.trimming(" ") }
            guard cells.count == 4 else { return nil }
            return (cells[0].trimming("`"), Set(cells[1].split(separator: " ").map { $0.trimming(",`") }))
        }
        // The page has other pictures.
        let graph = lines.drop { $0 != "flowchart TD" }.prefix { !$0.hasPrefix("```") }
        self.arrows = graph.reduce(into: []) { arrows, line in
            let sides = line.split(separator: " --> ")
            guard sides.count == 2 else { return }
            for to in sides[1].split(separator: "&") {
                arrows.insert(Arrow(from: sides[0].trimming(" "), to: to.trimming(" ")))
            }
        }
    }

    /// The arrows that a table needs: what is reached by way of another needs none of its own.
    static func arrows(of table: [String: Set<String>]) -> Set<Arrow> {
        func reached(from module: String) -> Set<String> {
            (table[module] ?? []).reduce(into: []) { $0.formUnion(reached(from: $1).union([$1])) }
        }
        return table.reduce(into: []) { arrows, row in
            let indirect = row.value.reduce(into: Set<String>()) { $0.formUnion(reached(from: $1)) }
            for module in row.value.subtracting(indirect) { arrows.insert(Arrow(from: row.key, to: module)) }
        }
    }
}

extension Substring {
    /// Without some characters at its ends.
    fileprivate func trimming(_ characters: String) -> String {
        var rest = self
        while let first = rest.first, characters.contains(first) { rest.removeFirst() }
        while let last = rest.last, characters.contains(last) { rest.removeLast() }
        return String(rest)
    }
}

extension String {
    fileprivate func trimming(_ characters: String) -> String { self[...].trimming(characters) }
}
