// Rules for every text in the repository, whatever its language.

import Foundation
import TestChildren
import Testing

@Suite struct TextTests {
    /// The words are spelled in halves: this file is looked at too.
    @Test(arguments: [
        "TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "not " + "implemented yet", "unimp" + "lemented",
    ])
    func `no mark of unfinished work is left`(mark: String) {
        let errors = findings { $0.holds(word: mark) }.map { "\($0): \(mark); finish it or leave it out" }
        #expect(errors.isEmpty, "\(errors.listed)")
    }

    @Test(arguments: ["/wo" + "rk/", "/fa" + "rm/", "/ro" + "ot/", "/Us" + "ers/", "/opt/sw" + "ift", "/.py" + "env/"])
    func `no path of one machine is written down`(path: String) {
        let errors = findings { line in
            line.ranges(of: path).contains { range in
                // A name before it makes it a part of some other path or address.
                range.lowerBound == line.startIndex || !line[line.index(before: range.lowerBound)].isPartOfPath
            }
        }
        #expect(errors.isEmpty, "\(errors.map { "\($0): \(path) exists on one machine" }.listed)")
    }

    @Test func `documents link to what exists, Python parses`() throws {
        let child = try Child(
            "/usr/bin/env",
            ["python3", "scripts/lint-documents"],
            folder: Repository.root.path,
            output: .pipe
        )
        let text = child.readAll()
        #expect(child.wait() == 0, "\n\(text)")
    }

    private static let texts = Repository.files.filter { path in
        let name = path.split(separator: "/").last ?? ""
        let suffixes = [
            ".swift", ".lua", ".py", ".sh", ".c", ".h", ".js", ".css", ".html", ".sql", ".md", ".yaml", ".yml", ".json",
            ".txt", ".toml", ".modulemap", ".conf",
        ]
        return !name.contains(".") || suffixes.contains { name.hasSuffix($0) }
    }
    .filter { $0 != "LICENSE" }

    /// The places of the lines that fulfil a condition, in all text files.
    private func findings(where isFinding: (String) -> Bool) -> [String] {
        Self.texts.flatMap { path in
            Repository.text(of: path).split(separator: "\n", omittingEmptySubsequences: false).enumerated()
                .filter { isFinding(String($0.element)) }
                .map { "\(path):\($0.offset + 1)" }
        }
    }
}

extension Character {
    /// Whether a path or an address may go on with what follows this character.
    fileprivate var isPartOfPath: Bool { isWordCharacter || self == "." || self == "-" || self == "}" || self == ")" }
}
