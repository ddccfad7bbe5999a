import Crypto
import NIOCore
package import ObjectStore
import StateStore
import Tenant

/// What was found in a segment.
struct SegmentCheck {
    var bytes = 0
    var rawBytes = 0
    var records = 0
    /// In hexadecimal digits.
    var sha256 = ""
    var lines = ""
    var logs: [SegmentIndex.Log] = []
}

extension TenantArchive {
    /// Goes through what there is under a prefix.
    package func list(
        _ prefix: String,
        _ body: (ObjectPage.Item) -> Void
    ) async throws(ArchiveError) {
        var after: String?
        repeat {
            let last = after
            let page = try await ArchiveError.storing { () throws(ObjectStoreError) in
                try await self.objects.list(prefix, after: last, delimiter: nil, limit: 1000)
            }
            page.items.forEach(body)
            after = page.next
        } while after != nil
    }

    /// Reads a segment from beginning to end and looks at every line.
    ///
    /// - Throws: ``ArchiveError/damaged(_:)`` for what does not open, has other lines than its footer says, or the same line twice.
    func check(_ name: SegmentName) async throws(ArchiveError) -> SegmentCheck {
        let object = try self.paths.segment(name)
        let whole = try await ArchiveError.storing { () throws(ObjectStoreError) in
            try await self.objects.get(object, limit: Self.objectBytes)
        }
        let bytes = Array(whole.readableBytesView)
        let reader = try await SegmentReader(name, bytes: bytes, self.paths) { id throws(ArchiveError) in
            try await self.key(id)
        }
        var check = SegmentCheck()
        check.sha256 = SHA256.hash(data: bytes).hex
        check.bytes = reader.size
        var lines = SHA256()
        var logs: [ArraySlice<UInt8>: SegmentIndexLog] = [:]
        // Lines of one conversation come one after another, nearly always from one log.
        var current: (log: ArraySlice<UInt8>, entries: SegmentIndexLog)?
        var last: (conversation: [UInt8], stamp: Stamp)?
        var cursor = try reader.cursor(0..<reader.footer.frames.count)
        while let (_, frame) = try await cursor.next() {
            lines.update(data: frame)
            check.rawBytes += frame.count
            try forEachLine(frame) { line throws(ArchiveError) in
                guard let scanned = ScannedLine(line), line.last == 0x0A else {
                    throw .damaged("line \(check.records + 1) does not begin or end as lines do")
                }
                check.records += 1
                if let before = last, before.conversation.elementsEqual(scanned.conversation) {
                    // Two logs, as those of two inboxes, may have entries of one millisecond in any order of their epochs.
                    guard before.stamp.isBefore(scanned.stamp) else {
                        throw .damaged("line \(check.records) stands twice, or in the wrong place")
                    }
                    last?.stamp = scanned.stamp
                } else {
                    let conversation = Array(scanned.conversation)
                    if let before = last, !before.conversation.lexicographicallyPrecedes(conversation) {
                        throw .damaged("line \(check.records) stands in the wrong place")
                    }
                    last = (conversation, scanned.stamp)
                }
                if current?.log.elementsEqual(scanned.log) == true {
                    current?.entries.add(scanned.stamp)
                } else {
                    if let current { logs[current.log] = current.entries }
                    current = Self.entries(of: scanned, among: logs)
                }
            }
        }
        if let current { logs[current.log] = current.entries }
        check.lines = lines.finalize().hex
        guard check.records == reader.footer.records, check.lines == reader.footer.lines else {
            throw .damaged("has other lines than its footer says")
        }
        for (name, log) in logs {
            guard let name = String(validating: name, as: UTF8.self) else {
                throw .damaged("a log's name cannot be read")
            }
            check.logs.append(log.row(name))
        }
        check.logs.sort { $0.name < $1.name }
        return check
    }

    /// A line's log with what is known of it and this line.
    private static func entries(
        of line: ScannedLine,
        among logs: [ArraySlice<UInt8>: SegmentIndexLog]
    ) -> (log: ArraySlice<UInt8>, entries: SegmentIndexLog) {
        var entries = logs[line.log] ?? SegmentIndexLog()
        entries.add(line.stamp)
        return (ArraySlice(Array(line.log)), entries)
    }
}

/// A log's entries, as they are counted.
struct SegmentIndexLog {
    private(set) var records = 0
    private(set) var first = Stamp(position: Position(epoch: .max, sequence: .max), time: .max)
    private(set) var last = Stamp(position: Position(epoch: 0, sequence: 0), time: .min)

    mutating func add(_ stamp: Stamp) {
        self.records += 1
        if stamp.isBefore(self.first) { self.first = stamp }
        if self.last.isBefore(stamp) { self.last = stamp }
    }

    func row(_ name: String) -> SegmentIndex.Log {
        SegmentIndex.Log(name: name, records: self.records, first: self.first.messageID, last: self.last.messageID)
    }
}
