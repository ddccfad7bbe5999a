// No command without a test.

import Edge
import Foundation
import Testing

@Suite struct CommandTableTests {
    /// Commands that a client may send and that do nothing.
    private static let withoutBehaviour: Set<String> = ["PONG", "ERROR"]

    @Test func `every command has a test that is named for it`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        var words: Set<Substring> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix("Tests.swift")
        {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            for line in text.split(separator: "\n") {
                guard let start = line.range(of: "func `")?.upperBound else { continue }
                words.formUnion(line[start...].prefix { $0 != "`" }.split { !$0.isLetter })
            }
        }
        let missing = CommandTable.standard.names.filter { !words.contains(Substring($0)) }
        #expect(Set(missing) == Self.withoutBehaviour)
    }
}
