// The page on the architecture shows the modules as the import table has them.

import Testing

@Suite struct ModuleGraphTests {
    private let page = ModuleGraph(page: Repository.text(of: "docs/architecture.md"))
    private let table = ImportTable.rows.mapValues(\.own)

    @Test func `the page's table says what the import table says`() {
        let shown = Dictionary(self.page.rows.map { ($0.module, $0.imports) }) { first, _ in first }
        let errors = Set(shown.keys).union(self.table.keys).filter { shown[$0] != self.table[$0] }.map { module in
            "docs/architecture.md:1: \(module) imports \(Self.text(self.table[module])), not \(Self.text(shown[module]))"
        }
        #expect(errors.isEmpty, "\(errors.listed)")
        #expect(self.page.rows.count == shown.count, "a module has two rows")
    }

    @Test func `each imports only what stands above it`() {
        var above: Set<String> = []
        for (module, imports) in self.page.rows {
            #expect(imports.subtracting(above) == [], "\(module) stands too high")
            above.insert(module)
        }
    }

    @Test func `the page's graph has the arrows that the import table needs`() {
        let needed = ModuleGraph.arrows(of: self.table)
        let missing = needed.subtracting(self.page.arrows).map { "docs/architecture.md:1: lacks \($0)" }
        let tooMany = self.page.arrows.subtracting(needed).map { "docs/architecture.md:1: \($0) is too much" }
        #expect(missing + tooMany == [], "\((missing + tooMany).listed)")
    }

    @Test func `a page is read as it is written`() {
        let page = """
            | module | imports | holds | may do I/O |
            | --- | --- | --- | --- |
            | `A` | | the first | no |
            | `B` | `A` | the second | |
            | `C` | `A`, `B` | the third | |

            | other `D` | tables |

            flowchart TD
                B --> A
                C --> A & B
            ```

            flowchart LR
                A --> C
            """
        let graph = ModuleGraph(page: page)
        #expect(graph.rows.map(\.module) == ["A", "B", "C"])
        #expect(graph.rows.map(\.imports) == [[], ["A"], ["A", "B"]])
        let arrow = ModuleGraph.Arrow(from: "C", to: "A")
        #expect(graph.arrows.contains(arrow) && graph.arrows.count == 3)
        // B leads to A already.
        let table: [String: Set<String>] = ["A": [], "B": ["A"], "C": ["A", "B"]]
        #expect(ModuleGraph.arrows(of: table) == graph.arrows.subtracting([arrow]))
    }

    private static func text(_ imports: Set<String>?) -> String {
        imports.map { $0.isEmpty ? "nothing" : $0.sorted().joined(separator: ", ") } ?? "(no row)"
    }
}
