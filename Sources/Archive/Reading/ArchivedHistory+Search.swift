// Words are looked for from the last day backwards, until there are enough or a bound is reached: an archive has no index of words.

import StateStore
import Tenant

/// What a search wants to find, as the history does: words that must all be there, and who said them.
struct SearchedWords: Sendable {
    private let words: Set<String>
    private let sender: String?
    private let after: Int64
    private let before: Int64
    let limit: Int

    /// - Returns: nil if nothing can be found.
    init?(_ search: HistorySearch) {
        self.words = Self.words(search.text)
        guard !self.words.isEmpty || search.text.allSatisfy(\.isWhitespace) else { return nil }
        self.sender = search.sender?.lowercased()
        (self.after, self.before) = (search.after ?? .min, search.before ?? .max)
        self.limit = min(max(search.limit, 1), 1000)
    }

    /// Which times of conversations are looked through.
    func wanted(
        _ conversations: [String],
        before ends: [String: Int64]
    ) -> [(conversation: String, times: ClosedRange<Int64>)] {
        conversations.compactMap { conversation in
            let end = min(self.before, ends[conversation] ?? .max)
            guard end > .min, self.after < .max, self.after + 1 <= end - 1 else { return nil }
            return (conversation, (self.after + 1)...(end - 1))
        }
    }

    func matches(_ record: HistoryRecord) -> Bool {
        guard let text = record.text, !record.kind.isEvent else { return false }
        if let sender, record.prefix.prefix(while: { $0 != "!" }).lowercased() != sender { return false }
        return self.words.isEmpty || self.words.isSubset(of: Self.words(text))
    }

    private static func words(_ text: String) -> Set<String> {
        Set(text.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init))
    }
}

extension ArchivedHistory {
    /// Looks through days, the last first.
    func search(
        _ words: SearchedWords,
        _ times: [String: ClosedRange<Int64>],
        in days: [ConversationDay],
        _ archive: TenantArchive,
        _ question: ArchiveQuestion
    ) async throws(ArchiveError) {
        var rest = days.prefix(self.limits.days)
        while let day = rest.first?.day {
            let conversations = rest.prefix { $0.day == day }
            rest = rest.dropFirst(conversations.count)
            // A day that the bound divides is looked at as far as it goes.
            var found: [HistoryRecord] = []
            var isWhole = true
            for segment in try await self.segments(of: day, 0 ... .max, archive) where isWhole {
                guard question.takesSegment() else {
                    isWhole = false
                    break
                }
                let reader = try await self.reader(segment, archive)
                for conversation in conversations where isWhole {
                    guard let wanted = times[conversation.conversation], wanted.overlaps(conversation.times) else {
                        continue
                    }
                    let between = wanted.clamped(to: conversation.times)
                    isWhole = try await self.search(
                        words,
                        conversation.conversation,
                        between,
                        in: reader,
                        question,
                        &found
                    )
                }
            }
            try await self.take(found, words.limit, archive.tenant, question)
            if !isWhole { return question.cut() }
            if question.answer.records.count >= words.limit { return }
        }
        if days.count > self.limits.days { question.cut() }
    }

    /// Looks through one conversation in a segment.
    ///
    /// - Returns: Whether all of it was looked through.
    private func search(
        _ words: SearchedWords,
        _ conversation: String,
        _ times: ClosedRange<Int64>,
        in reader: SegmentReader,
        _ question: ArchiveQuestion,
        _ found: inout [HistoryRecord]
    ) async throws(ArchiveError) -> Bool {
        var rest = reader.stretches(of: conversation, times).map(\.frame)[...]
        var hits: [HistoryRecord] = []
        while !rest.isEmpty {
            var frames: [Int] = []
            while let frame = rest.first {
                if !frames.isEmpty, reader.rawBytes(of: frames + [frame]) > self.limits.stretch { break }
                frames.append(frame)
                rest.removeFirst()
            }
            guard question.takes(reader.rawBytes(of: frames)) else {
                found += hits
                return false
            }
            for (_, lines) in try await self.lines(frames, of: reader) {
                try forEachLine(lines) { line throws(ArchiveError) in
                    guard let scanned = ScannedLine(line) else { throw .damaged("a line does not begin as lines do") }
                    guard times.contains(scanned.stamp.time), scanned.conversation.elementsEqual(conversation.utf8),
                        let record = HistoryRecord(try ArchiveLine(line), of: reader.name.tenant),
                        words.matches(record)
                    else { return }
                    hits.append(record)
                }
            }
        }
        found += hits
        return true
    }

    /// Adds what was found of a day, without what was taken back.
    private func take(
        _ found: [HistoryRecord],
        _ limit: Int,
        _ tenant: TenantID,
        _ question: ArchiveQuestion
    ) async throws(ArchiveError) {
        var shown: [Stamp: HistoryRecord] = [:]
        for (_, records) in Dictionary(grouping: found, by: \.conversation) {
            let redactions = try await self.redactions(of: records, tenant)
            for record in records where redactions[record.id] == nil { shown[record.id] = record }
        }
        let sorted = shown.values.sorted { $0.cursor < $1.cursor }
        question.found { $0.records = Array((sorted + $0.records).suffix(limit)) }
    }
}
