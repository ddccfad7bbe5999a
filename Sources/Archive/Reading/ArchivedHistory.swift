// Clients read on where the history ends. The database knows on which days a conversation has something in the bucket, so nothing is
// listed: of each day its segments are opened by their ends, and of a segment the frames are fetched that have the conversation. What was
// opened is kept for the next page. Everything has a bound, and a bucket that is away, or slow, costs a client a few seconds at most: then it
// has what the history has, and for some seconds nobody asks.

package import Logging
package import ObjectStore
package import StateStore
import Synchronization
package import Tenant

/// What is archived, as the history would have it.
package final class ArchivedHistory: OlderHistory {
    /// How much is done for clients.
    package struct Limits: Sendable {
        /// How many days are looked at for one question, and how many segments of them.
        package var days = 64
        package var segments = 96
        /// How many bytes of lines are opened for one question; one frame more may be.
        package var bytes = 32 << 20
        /// How many bytes of lines are asked for at once, if a frame has not more.
        package var stretch = 4 << 20
        /// How many bytes the index of a segment may have.
        package var index = 8 << 20
        /// How long a question takes at most, its wait included.
        package var deadline: Duration = .seconds(5)
        /// How many are asked at a time, and how many wait.
        package var width = 4
        package var queue = 16
        /// How many bytes of what was opened are kept.
        package var cache = 64 << 20
        /// For how long nobody asks a tenant's archive after a failure.
        package var rest: Duration = .seconds(10)

        package init() {}
    }

    /// What is kept of a segment.
    enum Opened: Sendable {
        case reader(SegmentReader)
        case lines([UInt8])
    }

    enum Place: Hashable, Sendable {
        case reader(SegmentName)
        case lines(SegmentName, frame: Int)
    }

    package let readings = ArchiveReadings()
    let repository: ArchiveRepository
    let archive: @Sendable (TenantID) -> TenantArchive
    let limits: Limits
    let cache: ByteCache<Place, Opened>
    private let gate: Gate
    private let time: StoreTime
    private let logger: Logger
    /// Of tenants of which not all is well: one must not keep others from reading.
    private let troubles = Mutex<[TenantID: Trouble]>([:])

    /// What was wrong last.
    private struct Trouble {
        /// What was said of it.
        let said: String
        /// Until when nobody asks.
        let until: Duration
    }

    /// - Parameters:
    ///   - repository: What the database knows.
    ///   - archive: Where a tenant's archive is.
    ///   - limits: How much is done for clients.
    ///   - time: Times the waits.
    ///   - logger: Hears of failures, each once.
    package init(
        _ repository: ArchiveRepository,
        archive: @escaping @Sendable (TenantID) -> TenantArchive,
        limits: Limits = Limits(),
        time: StoreTime = .system,
        logger: Logger
    ) {
        self.repository = repository
        self.archive = archive
        self.limits = limits
        self.cache = ByteCache(limit: limits.cache)
        self.gate = Gate(limits.width, queue: limits.queue, longest: limits.deadline / 2, time: time)
        self.time = time
        self.logger = logger
    }

    package func read(
        _ stretch: HistoryStretch,
        of conversation: String,
        _ tenant: TenantID,
        limit: Int,
        events: Bool
    ) async -> OlderRecords {
        guard let times = stretch.times else { return OlderRecords() }
        let part = ArchivedPart(conversation: conversation, stretch: stretch, limit: limit, events: events)
        return await self.ask(tenant) { question throws(ArchiveError) in
            let days = try await self.days([(conversation, times)], tenant, newestFirst: stretch.isNewestFirst)
            try await self.read(part, in: days, self.archive(tenant), question)
        }
    }

    package func search(
        _ search: HistorySearch,
        before ends: [String: Int64],
        of tenant: TenantID
    ) async -> [HistoryRecord] {
        guard let words = SearchedWords(search) else { return [] }
        let wanted = words.wanted(search.conversations, before: ends)
        if wanted.isEmpty { return [] }
        return await self.ask(tenant) { question throws(ArchiveError) in
            let days = try await self.days(wanted, tenant, newestFirst: true)
            let times = Dictionary(wanted.map { ($0.conversation, $0.times) }) { first, _ in first }
            try await self.search(words, times, in: days, self.archive(tenant), question)
        }.records
    }

    /// One more than are looked at, so that it is known whether that is all.
    private func days(
        _ wanted: [(conversation: String, times: ClosedRange<Int64>)],
        _ tenant: TenantID,
        newestFirst: Bool
    ) async throws(ArchiveError) -> [ConversationDay] {
        let limit = self.limits.days
        return try await ArchiveError.noting { () throws(DurableStoreError) in
            try await self.repository.days(wanted, of: tenant, newestFirst: newestFirst, limit: limit + 1)
        }
    }

    // MARK: Asking

    /// Asks, if not too many do, and within the time that there is.
    private func ask(
        _ tenant: TenantID,
        _ body: @escaping @Sendable (ArchiveQuestion) async throws(ArchiveError) -> Void
    ) async -> OlderRecords {
        let question = ArchiveQuestion(self.limits)
        if self.isResting(tenant) {
            self.readings.ended(.failed)
            return OlderRecords(isWhole: false)
        }
        do throws(ObjectStoreError) { try await self.gate.enter() } catch {
            self.readings.ended(.busy)
            return OlderRecords(isWhole: false)
        }
        defer { self.gate.leave() }
        do {
            try await self.time.within(self.limits.deadline / 2) { try await body(question) }
            self.recovered(tenant)
            let answer = question.end()
            self.readings.ended(answer.isWhole ? .whole : .cut)
            return answer
        } catch {
            question.cut()
            self.failed(tenant, error)
            return question.end()
        }
    }

    private func isResting(_ tenant: TenantID) -> Bool {
        let now = self.time.now()
        return self.troubles.withLock { $0[tenant].map { now < $0.until } ?? false }
    }

    private func recovered(_ tenant: TenantID) {
        if self.troubles.withLock({ $0.removeValue(forKey: tenant) }) != nil {
            self.logger.notice("the archive can be read again", metadata: ["tenant": "\(tenant)"])
        }
    }

    private func failed(_ tenant: TenantID, _ error: any Error) {
        self.readings.ended(.failed)
        let error = error as? ArchiveError ?? .store(error as? ObjectStoreError ?? .unavailable("\(error)"))
        let until = self.time.now() + self.limits.rest
        let isNews = self.troubles.withLock { troubles in
            troubles.updateValue(Trouble(said: error.reason, until: until), forKey: tenant)?.said != error.reason
        }
        guard isNews else { return }
        self.logger.warning(
            "an archive cannot be read: clients get what the history has",
            metadata: ["tenant": "\(tenant)", "reason": "\(error.reason)", "detail": "\(error)"]
        )
    }
}
