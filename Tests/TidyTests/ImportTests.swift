// What may import what, and that the rules know neither time nor chance but what they are handed.

import Testing

@Suite struct ImportTests {
    @Test func `every module imports only what its row of the table allows`() {
        var errors: [String] = []
        for file in Repository.swiftFiles(under: "Sources") {
            guard let row = ImportTable.rows[file.module] else { continue }
            for line in file.lines {
                guard let imported = importedModule(in: line.code) else { continue }
                let isOwn = ImportTable.rows[imported] != nil
                let allowed =
                    isOwn
                    ? row.own.contains(imported)
                    : !ImportTable.standard.union(row.libraries).isDisjoint(with: [imported])
                if !allowed { errors.append("\(file.place(line)): \(file.module) may not import \(imported)") }
            }
        }
        #expect(errors.isEmpty, "\(errors.listed)")
    }

    @Test(arguments: ImportTable.rows.keys.sorted())
    func `every module imports what its row has of the package's own`(module: String) {
        let imported = Repository.swiftFiles(under: "Sources/\(module)").flatMap(\.lines)
            .compactMap { self.importedModule(in: $0.code) }
        let unused = ImportTable.rows[module]?.own.subtracting(imported) ?? []
        #expect(unused == [], "Tests/TidyTests/ImportTable.swift:1: \(module) needs no \(unused.sorted())")
    }

    @Test func `every module has a row in the table`() {
        let modules = Set(Repository.files.filter { $0.hasPrefix("Sources/") }.map(module(of:)))
        let errors = modules.subtracting(ImportTable.rows.keys).map { "Sources/\($0):1: not in the import table" }
        #expect(errors.isEmpty, "\(errors.listed)")
    }

    @Test func `the table has no circle`() {
        var known: Set<String> = []
        var open = ImportTable.rows
        while let next = open.first(where: { $0.value.own.isSubset(of: known) }) {
            known.insert(next.key)
            open[next.key] = nil
        }
        #expect(open.isEmpty)
    }

    @Test(arguments: [
        "ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator", "clock_gettime", "Task.sleep",
        "Task.detached",
    ])
    func `the wire and the rules know neither a clock nor chance`(word: String) {
        let errors = Repository.swiftFiles(under: "Sources/IRC", "Sources/Chat").flatMap { file in
            file.lines(whoseCodeHolds: word).map { "\(file.place($0)): \(word) in \(file.module)" }
        }
        #expect(errors.isEmpty, "\(errors.listed)")
    }

    /// The module that a line imports: `package import struct NIOCore.ByteBuffer` imports NIOCore.
    private func importedModule(in code: String) -> String? {
        guard code.holds(word: "import") else { return nil }
        let words = code.split(whereSeparator: \.isWhitespace)
        guard let position = words.firstIndex(of: "import"),
            words[..<position].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains($0) })
        else { return nil }
        let name = words[(position + 1)...].first { !kinds.contains($0) }
        return name?.split(separator: ".").first.map(String.init)
    }

    private let accessLevels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    private let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
}
