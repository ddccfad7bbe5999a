// What a person is given who asks what there is of them: facts, and behind them what they said.

import FoundationEssentials

extension Transcript {
    /// Something that is known of somebody: an object under its kind, or a paragraph of a page.
    ///
    /// - Throws: ``ArchiveError/damaged(_:)``
    package func text(of fact: PersonFact) throws(ArchiveError) -> String {
        if self.format == .jsonl {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            do {
                return String(decoding: try encoder.encode([fact.kind: fact.values]), as: UTF8.self) + "\n"
            } catch { throw .damaged("a fact cannot be written as JSON") }
        }
        let values = fact.values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }
        return "<p>\(Self.escaped(fact.kind)) – \(Self.escaped(values.joined(separator: ", ")))</p>\n"
    }

    /// A line that somebody said, among facts.
    ///
    /// - Throws: ``ArchiveError/damaged(_:)``
    package mutating func text(said line: ArraySlice<UInt8>) throws(ArchiveError) -> String {
        let text = try self.text(of: line)
        guard self.format == .jsonl else { return text }
        return "{\"said\":\(text.hasSuffix("\n") ? String(text.dropLast()) : text)}\n"
    }
}
