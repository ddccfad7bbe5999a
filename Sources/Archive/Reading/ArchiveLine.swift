import FoundationEssentials

/// A line as it is read again; docs/operations/archive-format.md says what its keys are.
package struct ArchiveLine: Codable, Hashable, Sendable {
    package var id: String
    /// ISO 8601, with thousandths.
    package var time: String
    package var log: String
    package var conversation: String
    package var kind: String
    package var from: String
    package var account: String?
    package var bot: Bool?
    package var ranks: Bool?
    package var to: String?
    package var tags: String?
    package var text: String?
    package var redacts: String?

    /// Reads a line.
    ///
    /// - Throws: ``ArchiveError/damaged(_:)``
    package init(_ line: some Sequence<UInt8>) throws(ArchiveError) {
        do { self = try JSONDecoder().decode(Self.self, from: Data(line)) } catch {
            throw .damaged("a line cannot be read")
        }
    }

    /// The nickname of who it is from; a server's whole name.
    package var nick: String { String(self.from.prefix { $0 != "!" }) }
}
