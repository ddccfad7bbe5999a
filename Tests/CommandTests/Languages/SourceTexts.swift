// The texts that stand in the sources: each literal as a catalogue would know it.

import Foundation

/// A literal in the sources.
struct SourceText: Hashable {
    /// From the folder of the sources.
    let file: String
    /// As a phrase has it: with `{1}` and so on for what is put in.
    let template: String
    /// It stands in what is logged, or says by itself that it is not translated.
    let isNoPhrase: Bool

    /// All literals in what a client's texts come from.
    static let all: [SourceText] = {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let sources = root.appending(path: "Sources")
        let names = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
        let modules = ["IRC/", "Chat/", "Tenant/Catalog/HostedTenant.swift", "Realm/", "Edge/"]
        return names.sorted().filter { name in name.hasSuffix(".swift") && modules.contains { name.hasPrefix($0) } }
            .flatMap { name in
                let text = (try? String(contentsOf: sources.appending(path: name), encoding: .utf8)) ?? ""
                var reader = LiteralReader(text)
                reader.readCode()
                return reader.found.map { SourceText(file: name, template: $0, isNoPhrase: $1) }
            }
    }()
}

/// Finds literals in Swift, those within others too.
struct LiteralReader {
    private let text: [Character]
    private var index = 0
    private(set) var found: [(template: String, isNoPhrase: Bool)] = []

    init(_ text: String) { self.text = Array(text) }

    private func follows(_ word: String) -> Bool { self.text[self.index...].starts(with: word) }

    private mutating func take(_ word: String) -> Bool {
        guard self.follows(word) else { return false }
        self.index += word.count
        return true
    }

    /// Reads up to the end, or up to the parenthesis that ends an interpolation.
    mutating func readCode(isInterpolation: Bool = false) {
        var open = 0
        while self.index < self.text.count {
            if self.take("//") {
                while self.index < self.text.count, !self.text[self.index].isNewline { self.index += 1 }
            } else if self.follows("#\"") {
                self.index += 2
                while self.index < self.text.count, !self.take("\"#") { self.index += 1 }
            } else if self.follows("\"") {
                self.readLiteral()
            } else {
                if self.text[self.index] == "(" { open += 1 }
                if self.text[self.index] == ")" {
                    if isInterpolation, open == 0 { return self.index += 1 }
                    open -= 1
                }
                self.index += 1
            }
        }
    }

    private mutating func readLiteral() {
        let before = self.text[max(0, self.index - 200)..<self.index]
        let line = String(before.suffix(while: { !$0.isNewline }))
        let isNoPhrase =
            line.contains("log(") || line.contains("ogger.") || line.hasSuffix(".verbatim(")
            // How a command of a service is written, and what is asked for, for the log.
            || ["usage: ", "example: ", ".ask("].contains(where: line.hasSuffix)
        let isLong = self.take("\"\"\"")
        if !isLong { self.index += 1 }
        var (template, places) = ("", 0)
        while self.index < self.text.count, !self.take(isLong ? "\"\"\"" : "\"") {
            if self.take("\\(") {
                self.readCode(isInterpolation: true)
                places += 1
                template += "{\(places)}"
            } else if self.take("\\\n") {
                while self.text[self.index] == " " { self.index += 1 }
            } else {
                if self.text[self.index] == "\\" { self.index += 1 }
                template.append(self.text[self.index])
                self.index += 1
            }
        }
        if isLong { template = template.trimmingCharacters(in: .whitespacesAndNewlines) }
        self.found.append((template, isNoPhrase))
    }
}

extension Collection {
    /// What is at the end and holds.
    fileprivate func suffix(while holds: (Element) -> Bool) -> SubSequence where Self: BidirectionalCollection {
        var start = self.endIndex
        while start > self.startIndex, holds(self[self.index(before: start)]) { start = self.index(before: start) }
        return self[start...]
    }
}
