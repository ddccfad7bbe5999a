// What was said comes back as rows of the history, which knows each by its conversation and id: what is there stays as it is, so a second
// run adds nothing. What was taken back has no text: the archive is read to its end for redactions first, and what waits for its segment.

import Observability
import StateStore

/// Has lines of an archive come back into a tenant's history.
struct RestoreJob {
    /// How many lines are stored in one transaction.
    private static let batch = 500
    private let archive: TenantArchive
    private let order: ArchiveJobOrder.Restore
    private let durable: DurableStore
    private let oldestKept: Int64?
    private let progress: ArchiveJobProgress

    /// - Parameters:
    ///   - archive: Which.
    ///   - order: What of it.
    ///   - durable: Where the history is.
    ///   - oldestKept: Before which time the history keeps nothing, in milliseconds since 1970; nil if that is not known.
    ///   - progress: Hears how far it is.
    init(
        _ archive: TenantArchive,
        _ order: ArchiveJobOrder.Restore,
        _ durable: DurableStore,
        oldestKept: Int64?,
        _ progress: ArchiveJobProgress
    ) {
        self.archive = archive
        self.order = order
        self.durable = durable
        self.oldestKept = oldestKept
        self.progress = progress
    }

    /// Restores all that the order says.
    ///
    /// - Returns: What came of it, in a sentence.
    /// - Throws: ``ArchiveError``
    func run() async throws(ArchiveError) -> String {
        let first = max(self.order.from, self.oldestKept ?? 0)
        guard first <= self.order.to else {
            throw .configuration(
                "all of that is from before \(Self.date(first)), and the history would delete it at once: raise history.retention first"
            )
        }
        let times = first...self.order.to
        if first > self.order.from {
            self.progress.say(
                "what was said before \(Self.date(first)) is left out: history.retention would have it deleted at once"
            )
        }
        let (takenBack, total) = try await self.lookAhead(times)
        let counts = try await self.restore(times, takenBack, total)
        var result = "\(counts.new) of \(counts.lines) lines came back, the others were there"
        if counts.leftOut > 0 { result += "; \(counts.leftOut) are of no kind that the history keeps" }
        if first > self.order.from {
            result += "; what was said before \(Self.date(first)) is left out: history.retention"
        }
        if self.oldestKept == nil {
            result += "; what is older than the tenant's history.retention is deleted again within minutes"
        }
        self.progress.say(result)
        return result
    }

    // MARK: First

    /// Finds what was taken back, and how many lines there are.
    private func lookAhead(_ times: ClosedRange<Int64>) async throws(ArchiveError) -> (TakenBack, Int) {
        var takenBack = TakenBack(times)
        // What waits first: what goes into the bucket meanwhile is found there.
        try await self.lookAtPending(&takenBack)
        var (seen, total) = (0, 0)
        let query = ArchiveQuery(conversation: self.order.conversation, times: times.lowerBound ... .max)
        try await Self.typed {
            try await ArchiveReader(self.archive).read(query) { bytes in
                seen += 1
                if seen % Self.batch == 0 {
                    self.progress.at(0, of: 0, "looking for what was taken back: \(seen) lines")
                }
                if let scanned = ScannedLine(bytes), times.contains(scanned.stamp.time) { total += 1 }
                try takenBack.add(bytes)
                return true
            }
        }
        return (takenBack, total)
    }

    private func lookAtPending(_ takenBack: inout TakenBack) async throws(ArchiveError) {
        let zstd = try Zstd()
        var after: Int64 = 0
        while true {
            let last = after
            let chunks = try await ArchiveError.noting { () throws(DurableStoreError) in
                try await self.durable.archives.chunks(of: self.archive.tenant, after: last)
            }
            guard let end = chunks.last else { return }
            for chunk in chunks {
                try ArchiveError.checkCancellation()
                let (bytes, lines) = try ChunkCodec.decode(chunk.bytes, zstd)
                for line in lines { try takenBack.add(bytes[line.line]) }
            }
            after = end.id
        }
    }

    // MARK: Then

    private struct Counts {
        var lines = 0
        var new = 0
        var leftOut = 0
    }

    private func restore(
        _ times: ClosedRange<Int64>,
        _ takenBack: TakenBack,
        _ total: Int
    ) async throws(ArchiveError) -> Counts {
        var counts = Counts()
        var batch: [HistoryRecord] = []
        let query = ArchiveQuery(conversation: self.order.conversation, times: times)
        try await Self.typed {
            try await ArchiveReader(self.archive).read(query) { bytes in
                counts.lines += 1
                if let record = try takenBack.record(of: ArchiveLine(bytes), self.archive) {
                    batch.append(record)
                } else {
                    counts.leftOut += 1
                }
                if batch.count == Self.batch {
                    counts.new += try await self.store(batch)
                    batch.removeAll(keepingCapacity: true)
                }
                if counts.lines % Self.batch == 0 {
                    self.progress.at(counts.lines, of: max(total, counts.lines), "restoring")
                }
                return true
            }
        }
        counts.new += try await self.store(batch)
        self.progress.at(counts.lines, of: counts.lines, "restored")
        return counts
    }

    private func store(_ records: [HistoryRecord]) async throws(ArchiveError) -> Int {
        try await ArchiveError.noting { () throws(DurableStoreError) in try await self.durable.history.store(records) }
    }

    /// What a reader throws is an error of archives, or of a cancelled task.
    private static func typed(_ body: () async throws -> Void) async throws(ArchiveError) {
        do { try await body() } catch let error as ArchiveError { throw error } catch { throw .cancelled }
    }

    private static func date(_ time: Int64) -> String { UTCInstant(milliseconds: time).description }
}
