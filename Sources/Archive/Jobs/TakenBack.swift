import StateStore

/// What was taken back of messages that come back: by whom and why.
struct TakenBack {
    /// How many are held in memory at most.
    static let limit = 200_000
    private let times: ClosedRange<Int64>
    private var redactions: [Stamp: String] = [:]

    /// - Parameter times: When what comes back was said.
    init(_ times: ClosedRange<Int64>) { self.times = times }

    /// Whether a line is a redaction, without reading it as JSON.
    static func isRedaction(_ line: ArraySlice<UInt8>) -> Bool {
        line.firstRange(of: Array("\"kind\":\"redaction\"".utf8)) != nil
    }

    /// Takes a line; all that is no redaction of such a message is passed over.
    ///
    /// - Throws: ``ArchiveError/configuration(_:)`` for more than fit, ``ArchiveError/damaged(_:)``.
    mutating func add(_ bytes: ArraySlice<UInt8>) throws(ArchiveError) {
        guard Self.isRedaction(bytes) else { return }
        let line = try ArchiveLine(bytes)
        guard line.kind == "redaction", let redacted = line.redacts.flatMap({ Stamp(messageID: $0) }),
            self.times.contains(redacted.time)
        else { return }
        guard self.redactions.count < Self.limit else {
            throw .configuration("more than \(Self.limit) messages were taken back: restore fewer days at a time")
        }
        if self.redactions[redacted] == nil {
            self.redactions[redacted] = line.from + (line.text.map { " " + $0 } ?? "")
        }
    }

    /// What is kept of a line: nil for what the history does not keep, and for what only some got.
    func record(of line: ArchiveLine, _ archive: TenantArchive) throws(ArchiveError) -> HistoryRecord? {
        guard Stamp(messageID: line.id) != nil else { throw .damaged("a line without an id") }
        guard let record = HistoryRecord(line, of: archive.tenant) else { return nil }
        return self.redactions[record.id].map { record.takenBack($0) } ?? record
    }
}
