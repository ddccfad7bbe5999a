// What is asked for of an archive comes in order, and is held some frames at a time. Which segments a day has says the bucket itself, so
// that a day that is not closed yet is read as others are; where others have the lines of segments that are still there, each line comes once.

import ObjectStore
import StateStore
import Tenant

/// What is looked for.
package struct ArchiveQuery: Hashable, Sendable {
    /// `Conversation.text`; nil is every one.
    package var conversation: String?
    /// In milliseconds since 1970.
    package var times: ClosedRange<Int64>
    /// Whose account it is from; nil is anybody's.
    package var account: String?

    package init(conversation: String? = nil, times: ClosedRange<Int64> = 0 ... .max, account: String? = nil) {
        self.conversation = conversation
        self.times = times
        self.account = account
    }

    package var days: ClosedRange<ArchiveDay> {
        ArchiveDay(of: self.times.lowerBound)...ArchiveDay(of: self.times.upperBound)
    }
}

/// Reads a tenant's archive.
package struct ArchiveReader: Sendable {
    /// A day that has something.
    package struct Day: Hashable, Sendable {
        package let day: ArchiveDay
        package var segments = 0
        package var bytes = 0
    }

    private static let stretch = 1 << 20
    private let archive: TenantArchive

    package init(_ archive: TenantArchive) { self.archive = archive }

    /// The days that have something, in order.
    package func days(_ days: ClosedRange<ArchiveDay>) async throws(ArchiveError) -> [Day] {
        var found: [ArchiveDay: Day] = [:]
        let paths = self.archive.paths
        try await self.archive.list(paths.segments) { item in
            guard let name = paths.segment(item.key), days.contains(name.day) else { return }
            found[name.day, default: Day(day: name.day)].segments += 1
            found[name.day]?.bytes += item.attributes.size
        }
        return found.values.sorted { $0.day < $1.day }
    }

    /// Calls for each line that is asked for: by day, then by conversation, then by time.
    ///
    /// - Parameters:
    ///   - query: What is asked for.
    ///   - body: Gets a line with its line feed; returns whether to go on.
    /// - Throws: ``ArchiveError``, and what the body throws.
    package func read(
        _ query: ArchiveQuery,
        _ body: (ArraySlice<UInt8>) async throws -> Bool
    ) async throws {
        for day in try await self.daysToRead(query.days) where try await !self.read(day, query, body) { return }
    }

    /// One day is asked for without looking which there are.
    private func daysToRead(_ days: ClosedRange<ArchiveDay>) async throws(ArchiveError) -> [ArchiveDay] {
        if days.lowerBound == days.upperBound { return [days.lowerBound] }
        return try await self.days(days).map(\.day)
    }

    private func read(
        _ day: ArchiveDay,
        _ query: ArchiveQuery,
        _ body: (ArraySlice<UInt8>) async throws -> Bool
    ) async throws -> Bool {
        var cursors: [LineCursor] = []
        for name in try await self.segments(of: day) {
            let reader = try await self.archive.segment(name)
            let frames = reader.frames(of: query.conversation, query.times)
            if frames.isEmpty { continue }
            var cursor = try LineCursor(reader, frames: frames, stretch: Self.stretch)
            try await cursor.advance()
            cursors.append(cursor)
        }
        var last: StampedLog?
        while let next = LineCursor.first(of: cursors) {
            try ArchiveError.checkCancellation()
            guard let line = cursors[next].line, let scanned = cursors[next].scanned else { break }
            let isKnown = last.map { cursors[next].isSame($0) } ?? false
            last = StampedLog(stamp: scanned.stamp, log: scanned.log)
            if !isKnown, try Self.matches(line, scanned, query), try await !body(line) { return false }
            try await cursors[next].advance()
        }
        return true
    }

    private static func matches(
        _ line: ArraySlice<UInt8>,
        _ scanned: ScannedLine,
        _ query: ArchiveQuery
    ) throws(ArchiveError) -> Bool {
        guard query.times.contains(scanned.stamp.time) else { return false }
        if let conversation = query.conversation, !scanned.conversation.elementsEqual(conversation.utf8) {
            return false
        }
        if let account = query.account, try ArchiveLine(line).account != account { return false }
        return true
    }

    private func segments(of day: ArchiveDay) async throws(ArchiveError) -> [SegmentName] {
        var names: [SegmentName] = []
        let paths = self.archive.paths
        try await self.archive.list("\(paths.segments)\(day.path)/") { item in
            if let name = paths.segment(item.key) { names.append(name) }
        }
        // Of lines that are there twice the newest counts: what a person said may have been taken out of it.
        return names.sorted { $0.number > $1.number }
    }
}
