// Parts of one conversation: day by day from the end that is wanted on, each as far as it is needed.

import Numbers
import StateStore
import Tenant

/// What is asked for of one conversation.
struct ArchivedPart: Sendable {
    let conversation: String
    let stretch: HistoryStretch
    /// How many records at most.
    let limit: Int
    /// Whether what happened is asked for, too.
    let events: Bool

    var isNewestFirst: Bool { self.stretch.isNewestFirst }

    /// When the first of a segment was that is wanted first.
    func begins(_ segment: ArchiveSegment) -> Int64 {
        self.isNewestFirst ? segment.facts.lastTime : segment.facts.firstTime
    }

    /// What of some records is wanted first, oldest first.
    func first(_ count: Int, of records: [HistoryRecord]) -> [HistoryRecord] {
        let sorted = records.sorted { $0.cursor < $1.cursor }
        return Array(self.isNewestFirst ? sorted.suffix(count) : sorted.prefix(count))
    }
}

/// Records that were found of a day, each once.
private struct FoundRecords {
    let part: ArchivedPart
    private var byID: [Stamp: HistoryRecord] = [:]

    init(_ part: ArchivedPart) { self.part = part }

    mutating func add(_ records: [HistoryRecord]) { for record in records { self.byID[record.id] = record } }

    /// All that no segment can have anything before, which begins at a time, or ends at it if the last are wanted first.
    func certain(before time: Int64) -> [HistoryRecord] {
        self.byID.values.filter { self.part.isNewestFirst ? $0.id.time > time : $0.id.time < time }
    }

    var all: [HistoryRecord] { Array(self.byID.values) }
}

extension ArchivedHistory {
    /// Reads a part.
    func read(
        _ part: ArchivedPart,
        in days: [ConversationDay],
        _ archive: TenantArchive,
        _ question: ArchiveQuestion
    ) async throws(ArchiveError) {
        for day in days.prefix(self.limits.days) {
            let missing = part.limit - question.answer.records.count
            if missing <= 0 { return }
            let (found, isWhole) = try await self.read(part, in: day, missing, archive, question)
            let shown = try await self.withoutText(part.first(missing, of: found), archive.tenant)
            question.found { answer in
                answer.records = part.isNewestFirst ? shown + answer.records : answer.records + shown
            }
            if !isWhole { return question.cut() }
        }
        if days.count > self.limits.days, question.answer.records.count < part.limit { question.cut() }
    }

    /// Reads of a day, as many records as are missing at least.
    private func read(
        _ part: ArchivedPart,
        in day: ConversationDay,
        _ missing: Int,
        _ archive: TenantArchive,
        _ question: ArchiveQuestion
    ) async throws(ArchiveError) -> (records: [HistoryRecord], isWhole: Bool) {
        let segments = try await self.segments(of: day.day, day.times, archive)
            .sorted {
                part.isNewestFirst ? part.begins($0) > part.begins($1) : part.begins($0) < part.begins($1)
            }
        var found = FoundRecords(part)
        for (place, segment) in segments.enumerated() {
            let end = part.begins(segment)
            // What is in this one and all that follow comes behind these.
            let certain = found.certain(before: end)
            if certain.count >= missing { return (certain, true) }
            guard question.takesSegment() else { return (certain, false) }
            let reader = try await self.reader(segment, archive)
            let (records, isWhole) = try await self.records(part, day.times, missing, in: reader, question)
            found.add(records)
            if !isWhole {
                // Nobody knows what this one has behind what was read of it, nor what the next ones have.
                let times = records.map(\.id.time)
                guard let reached = part.isNewestFirst ? times.min() : times.max() else { return (certain, false) }
                let next = segments.dropFirst(place + 1).first.map(part.begins) ?? reached
                return (found.certain(before: part.isNewestFirst ? max(reached, next) : min(reached, next)), false)
            }
        }
        return (found.all, true)
    }

    /// The segments of a day that may have something of some times.
    func segments(
        of day: Int64,
        _ times: ClosedRange<Int64>,
        _ archive: TenantArchive
    ) async throws(ArchiveError) -> [ArchiveSegment] {
        try await ArchiveError.noting { () throws(DurableStoreError) in
            try await self.repository.segments(of: archive.tenant, days: day...day, .sealed)
        }.filter { $0.facts.firstTime <= times.upperBound && $0.facts.lastTime >= times.lowerBound }
    }

    /// Records of one segment: as many as are missing, or all.
    private func records(
        _ part: ArchivedPart,
        _ times: ClosedRange<Int64>,
        _ missing: Int,
        in reader: SegmentReader,
        _ question: ArchiveQuestion
    ) async throws(ArchiveError) -> (records: [HistoryRecord], isWhole: Bool) {
        guard let wanted = part.stretch.times?.clamped(to: times), wanted.overlaps(times) else { return ([], true) }
        var stretches = reader.stretches(of: part.conversation, wanted)
        if part.isNewestFirst { stretches.reverse() }
        var records: [HistoryRecord] = []
        var rest = stretches[...]
        while records.count < missing, !rest.isEmpty {
            let next = self.next(&rest, missing - records.count, in: reader)
            guard question.takes(reader.rawBytes(of: next)) else { return (records, false) }
            for (_, lines) in try await self.lines(next, of: reader) {
                try forEachLine(lines) { line throws(ArchiveError) in
                    guard let scanned = ScannedLine(line) else { throw .damaged("a line does not begin as lines do") }
                    guard wanted.contains(scanned.stamp.time), part.stretch.contains(HistoryCursor(scanned.stamp)),
                        scanned.conversation.elementsEqual(part.conversation.utf8),
                        let record = HistoryRecord(try ArchiveLine(line), of: reader.name.tenant)
                    else { return }
                    if part.events || !record.kind.isEvent { records.append(record) }
                }
            }
        }
        return (records, true)
    }

    /// The next frames that are fetched at once: with as many lines as are missing, or as much as is asked for at once.
    private func next(
        _ rest: inout ArraySlice<SegmentIndex.Stretch>,
        _ missing: Int,
        in reader: SegmentReader
    ) -> [Int] {
        var (frames, lines): ([Int], Int) = ([], 0)
        while lines < missing, let stretch = rest.first {
            if !frames.isEmpty, reader.rawBytes(of: frames + [stretch.frame]) > self.limits.stretch { break }
            frames.append(stretch.frame)
            lines = lines.plus(stretch.records)
            rest.removeFirst()
        }
        return frames.sorted()
    }

    /// Records, those that were taken back as the history has them.
    private func withoutText(
        _ records: [HistoryRecord],
        _ tenant: TenantID
    ) async throws(ArchiveError) -> [HistoryRecord] {
        let redactions = try await self.redactions(of: records, tenant)
        return records.map { record in redactions[record.id].map { record.takenBack($0) } ?? record }
    }

    /// What was taken back of records of one conversation.
    func redactions(
        of records: [HistoryRecord],
        _ tenant: TenantID
    ) async throws(ArchiveError) -> [Stamp: String] {
        guard let conversation = records.first?.conversation, let first = records.map(\.id.time).min(),
            let last = records.map(\.id.time).max()
        else { return [:] }
        return try await ArchiveError.noting { () throws(DurableStoreError) in
            try await self.repository.redactions(in: conversation, of: tenant, first...last)
        }
    }
}
