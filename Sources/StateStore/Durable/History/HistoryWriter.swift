import Backoff
package import Logging
import Observability
import Tenant

/// Moves entries from the live store's feed to the durable history, and to the audit log: the service of an edge that does so.
///
/// Nothing is acknowledged before it is stored, and what is stored twice is stored once, so neither the end of this
/// process nor that of either store loses or doubles a record, as far as the live store's feed outlives it: in Redis as
/// `appendfsync` says, in process if it is on a disk. Any number of these may run at a time.
package struct HistoryWriter: Sendable {
    /// What it has done, for metrics.
    package let figures = HistoryFigures()
    private let live: any LiveStore
    private let history: HistoryRepository
    private let audit: AuditRepository
    private let deadLetters: DeadLetterRepository
    private let archive: (any ArchiveIntake)?
    private let now: @Sendable () -> Int64
    private let batch: Int
    /// What passes between batches that are not full.
    ///
    /// Who asks for the past meanwhile is told from the live store's streams.
    private static let pause = Duration.milliseconds(200)
    private let drainTime: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Puts the service together.
    ///
    /// - Parameters:
    ///   - live: Whose feed to read.
    ///   - store: Where the records go: its history, and its dead letters with those that the history refuses.
    ///   - archive: Makes what is to be archived of them; nil where nothing is.
    ///   - now: Milliseconds since 1970.
    ///   - batch: How many records are stored at most at a time: the more, the less one costs.
    ///   - drainTime: How long, once stopped, it may go on with what the feed holds.
    ///   - clock: Times the waits between attempts.
    ///   - logger: Hears of failures.
    package init(
        live: any LiveStore,
        store: DurableStore,
        archive: (any ArchiveIntake)? = nil,
        now: @escaping @Sendable () -> Int64 = WallClock.system,
        batch: Int = 4000,
        drainTime: Duration = .seconds(5),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.live = live
        self.history = store.history
        self.audit = store.audit
        self.deadLetters = store.deadLetters
        self.archive = archive
        self.now = now
        self.batch = batch
        self.drainTime = drainTime
        self.clock = clock
        self.logger = logger
    }

    /// Works until its task is cancelled.
    ///
    /// Then the batch in hand is finished and the feed is emptied, as far as the drain time goes; what is left stays
    /// in the feed.
    package func run() async throws {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(10))
        while !Task.isCancelled {
            do {
                let count = try await self.moveBatch(waiting: .seconds(1))
                await self.look()
                backoff.succeeded()
                // Few rows cost nearly as much as many: what comes meanwhile goes with the next batch.
                if count > 0, count < self.batch { try? await self.clock.sleep(for: Self.pause) }
            } catch {
                if Task.isCancelled { break }
                let delay = backoff.failed()
                self.logger.warning(
                    "history waits for its store",
                    metadata: ["reason": "\(String(reflecting: error))", "attempt": "\(backoff.failures)"]
                )
                try? await self.clock.sleep(for: delay)
            }
        }
        await self.drain()
    }

    /// Moves one batch.
    ///
    /// - Parameter timeout: How long to wait for the first record.
    /// - Returns: How many records the batch had.
    /// - Throws: The failure of either store. Nothing is lost: what was not acknowledged is handed out again.
    package func moveBatch(waiting timeout: Duration) async throws -> Int {
        let records = try await self.live.readFeed(as: .history, limit: self.batch, timeout: timeout)
        guard !records.isEmpty else { return 0 }
        // A batch that was begun is finished even if this task is cancelled meanwhile.
        return try await Task {
            let stored = try await self.store(records)
            guard !stored.isEmpty else {
                throw DurableStoreError.rejected(code: "", message: "no record of a batch can be stored")
            }
            try await self.live.acknowledge(stored, as: .history)
            return stored.count
        }.value
    }

    /// Looks at what waits, at most once a minute.
    private func look() async {
        let now = self.now()
        guard self.figures.isDue(now) else { return }
        self.figures.unreadable = await self.live.unreadableFeedItems()
        if let count = try? await self.deadLetters.count() { self.figures.deadLetters = count }
    }

    /// Stores records; what is for nobody to read later is done with at once, and what cannot be read is set aside.
    ///
    /// - Returns: Those that are done with: stored, or to be stored nowhere.
    private func store(_ records: [FeedRecord]) async throws(DurableStoreError) -> [FeedRecord.ID] {
        var rows: [HistoryRecord] = []
        /// Where in `records` each row comes from.
        var places: [Int] = []
        rows.reserveCapacity(records.count)
        places.reserveCapacity(records.count)
        var done: [FeedRecord.ID] = []
        done.reserveCapacity(records.count)
        var audited: [(row: AuditRecord, record: FeedRecord)] = []
        var alone: [(row: HistoryRecord, record: FeedRecord)] = []
        for (place, record) in records.enumerated() {
            switch HistoryEntry(record) {
            case .audited(let row): audited.append((row, record))
            case .kept(let row):
                rows.append(row)
                places.append(place)
            case .archivedOnly(let row):
                if self.archives(record) { alone.append((row, record)) } else { done.append(record.id) }
            case .passedOver: done.append(record.id)
            case .unreadable:
                done += await self.setAside(record, DeadLetter.unreadable, "this version cannot read it")
            }
        }
        let kept = rows
        done += try await self.store(kept.indices, { records[places[$0]] }) { range throws(DurableStoreError) in
            try await self.store(Array(kept[range]), of: range.map { records[places[$0]] })
        }
        let others = alone
        done += try await self.store(others.indices, { others[$0].record }) { range throws(DurableStoreError) in
            guard let archive = self.archive else { return }
            let archived = others[range].map { ArchivedRecord($0.record, $0.row, isForRanks: true) }
            try await self.history.store([], archiving: ArchiveBatch(archive, records: [:], others: archived))
        }
        let noted = audited
        done += try await self.store(noted.indices, { noted[$0].record }) { range throws(DurableStoreError) in
            try await self.audit.store(noted[range].map(\.row))
        }
        return done
    }

    private func archives(_ record: FeedRecord) -> Bool { self.archive?.isArchived(record.log.tenant) ?? false }

    /// Stores rows of the history, with what is to be archived of them.
    private func store(_ rows: [HistoryRecord], of records: [FeedRecord]) async throws(DurableStoreError) {
        var archived: [Int: ArchivedRecord] = [:]
        for (place, record) in records.enumerated() where self.archives(record) {
            archived[place] = ArchivedRecord(record, rows[place])
        }
        guard let archive = self.archive, !archived.isEmpty else {
            _ = try await self.history.store(rows)
            return
        }
        try await self.history.store(rows, archiving: ArchiveBatch(archive, records: archived))
    }

    /// Stores rows.
    ///
    /// - Parameters:
    ///   - rows: Which, by their places.
    ///   - record: What a row, by its place, was made of.
    ///   - put: Stores some of them, all or none.
    /// - Returns: Those that are stored. A row that the database refuses for what it is would hold up all others
    ///   for good, so the batch is halved until it is alone; it becomes a dead letter.
    /// - Throws: ``DurableStoreError`` of which the rows are not the reason.
    private func store(
        _ rows: Range<Int>,
        _ record: (Int) -> FeedRecord,
        _ put: (Range<Int>) async throws(DurableStoreError) -> Void
    ) async throws(DurableStoreError) -> [FeedRecord.ID] {
        do throws(DurableStoreError) {
            if rows.isEmpty { return [] }
            try await put(rows)
            return rows.map { record($0).id }
        } catch .rejected(let code, let message) where Self.concernsRecord(code) {
            if rows.count == 1 { return await self.setAside(record(rows.lowerBound), code, message) }
            let half = rows.lowerBound + rows.count / 2
            let first = try await self.store(rows.lowerBound..<half, record, put)
            return try await first + self.store(half..<rows.upperBound, record, put)
        }
    }

    /// Makes a dead letter of a record.
    ///
    /// - Returns: The record; none if it stays in the feed, since not even this is possible.
    private func setAside(_ record: FeedRecord, _ code: String, _ message: String) async -> [FeedRecord.ID] {
        let metadata: Logger.Metadata = [
            "code": "\(code)", "message": "\(message)", "tenant": "\(record.log.tenant.text)",
            "log": "\(record.log.description)",
        ]
        let letter = DeadLetter(record, code: code, reason: message, setAside: self.now())
        do {
            try await self.deadLetters.keep([letter])
            self.figures.addSetAside()
            self.logger.error(
                "a record cannot be in the history: it is a dead letter now",
                metadata: metadata
            )
            return [record.id]
        } catch {
            self.logger.error(
                "a record cannot be in the history and cannot be kept as a dead letter: it stays in the feed",
                metadata: metadata
            )
            return []
        }
    }

    /// Whether a refusal is about what a record holds.
    ///
    /// These are SQLSTATE's classes 22, 23 and 54, and SQLite's TOOBIG, CONSTRAINT and MISMATCH; anything else, such as
    /// a missing table or right, would be the same for every record.
    private static func concernsRecord(_ code: String) -> Bool {
        if code.utf8.count == 5 { return ["22", "23", "54"].contains { code.hasPrefix($0) } }
        return Int(code).map { [18, 19, 20].contains($0 & 0xFF) } ?? false
    }

    private func drain() async {
        let end = ContinuousClock.now.advanced(by: self.drainTime)
        await Task {
            do {
                while ContinuousClock.now < end, try await self.moveBatch(waiting: .zero) > 0 {}
            } catch {
                self.logger.warning(
                    "history stays in the feed",
                    metadata: ["reason": "\(String(reflecting: error))"]
                )
            }
        }.value
    }
}

extension ArchivedRecord {
    fileprivate init(_ record: FeedRecord, _ content: HistoryRecord, isForRanks: Bool = false) {
        self.init(
            log: record.log,
            stamp: Stamp(position: record.entry.position, time: record.entry.time),
            content: content,
            isForRanks: isForRanks
        )
    }
}
