// A day of many segments becomes one order of lines: what is read of it later is in few places.

import NIOCore
import ObjectStore
import StateStore
import Tenant

extension TenantArchive {
    /// How much of each segment is asked for at once while many are read side by side.
    private static let mergeStretch = 256 << 10
    /// How many segments are read side by side.
    static let mergeWidth = 256

    /// Makes segments in the order of all lines from segments that each are in order.
    ///
    /// - Parameters:
    ///   - parts: Segments of one day; at most ``mergeWidth``.
    ///   - day: The day.
    ///   - lease: Under which.
    ///   - limit: How many bytes of lines a segment has.
    ///   - change: What becomes of a line; its place stays.
    /// - Returns: The numbers of the new ones.
    /// - Throws: ``ArchiveError``
    func merge(
        _ parts: [ArchiveSegment],
        of day: ArchiveDay,
        by lease: ArchiveLease,
        limit: Int,
        _ change: (ArraySlice<UInt8>) throws(ArchiveError) -> ArraySlice<UInt8> = { $0 }
    ) async throws(ArchiveError) -> [Int64] {
        let key = try await self.currentKey(lease)
        var cursors: [LineCursor] = []
        for part in parts {
            let reader = try await self.segment(SegmentName(tenant: self.tenant, day: day, number: part.number))
            var cursor = try LineCursor(reader, stretch: Self.mergeStretch)
            try await cursor.advance()
            cursors.append(cursor)
        }
        var numbers: [Int64] = []
        var last: StampedLog?
        while cursors.contains(where: { $0.line != nil }) {
            let name = try await self.nextMerged(day, by: lease)
            var writer = try SegmentWriter(name, key)
            var bytes: [UInt8] = []
            while writer.rawBytes < limit, let next = LineCursor.first(of: cursors) {
                guard let line = cursors[next].line, let scanned = cursors[next].scanned else { break }
                if let last, cursors[next].isSame(last) {
                    try await cursors[next].advance()
                    continue
                }
                guard let conversation = String(validating: scanned.conversation, as: UTF8.self),
                    let log = String(validating: scanned.log, as: UTF8.self)
                else { throw .damaged("a line of \(day) has names that cannot be read") }
                let kept = try change(line)
                bytes += try writer.add(.init(conversation: conversation, log: log, stamp: scanned.stamp), kept)
                last = StampedLog(stamp: scanned.stamp, log: scanned.log)
                try await cursors[next].advance()
            }
            let (end, summary) = try writer.finish()
            bytes += end
            guard let facts = try await self.put(name, bytes, summary, by: lease) else {
                // The next attempt has numbers that nothing lies under.
                throw .store(
                    .unavailable("the number \(name.number) was taken, and is known by now: it is tried again")
                )
            }
            try await self.noteMerged(name, facts, by: lease)
            numbers.append(name.number)
        }
        return numbers
    }

    private func nextMerged(_ day: ArchiveDay, by lease: ArchiveLease) async throws(ArchiveError) -> SegmentName {
        guard let repository else { throw .configuration("no database") }
        let number = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.beginMerged(day.number, by: lease)
        }
        guard let number else { throw .leaseLost }
        return SegmentName(tenant: self.tenant, day: day, number: number)
    }

    private func noteMerged(
        _ name: SegmentName,
        _ facts: ArchiveSegmentFacts,
        by lease: ArchiveLease
    ) async throws(ArchiveError) {
        guard let repository else { throw .configuration("no database") }
        let isNoted = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await repository.merged(name.number, facts, by: lease)
        }
        guard isNoted else { throw .leaseLost }
    }
}
