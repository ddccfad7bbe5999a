// What clients ask for of the past has one way: the history first, and where that ends what is older. Nothing else is asked unless the
// history's answer may lack something: where it is short, or begins before the history does.

package import Tenant

/// The history, and what was said before it begins.
package struct WholeHistory: Sendable {
    private let history: HistoryRepository
    private let older: (any OlderHistory)?
    private let readsOn: @Sendable (TenantID) -> Bool

    /// - Parameters:
    ///   - history: What is asked first.
    ///   - older: What has more; nil if nothing has.
    ///   - readsOn: Whether a tenant's people may read that.
    package init(
        _ history: HistoryRepository,
        older: (any OlderHistory)? = nil,
        readsOn: @escaping @Sendable (TenantID) -> Bool = { _ in false }
    ) {
        (self.history, self.older, self.readsOn) = (history, older, readsOn)
    }

    /// Reads a part of a conversation, as ``HistoryRepository/read(_:of:_:limit:events:)`` does.
    ///
    /// - Throws: ``DurableStoreError``
    package func read(
        _ conversation: String,
        of tenant: TenantID,
        _ part: HistoryRepository.Part,
        limit: Int,
        events: Bool
    ) async throws(DurableStoreError) -> HistoryReading {
        let limit = min(max(limit, 1), 1000)
        let kept = try await self.history.read(conversation, of: tenant, part, limit: limit, events: events)
        guard let older, self.readsOn(tenant), part.mayLack(kept.count, of: limit) else { return HistoryReading(kept) }
        let starts = try await self.history.starts(of: [conversation], of: tenant)
        // What the answer has may have gone since.
        let start = HistoryCursor.start(of: min(starts[conversation] ?? .max, kept.first?.id.time ?? .max))
        let ask = { (stretch: HistoryStretch, limit: Int) async -> OlderRecords in
            guard limit > 0, stretch.times != nil else { return OlderRecords() }
            return await older.read(stretch, of: conversation, tenant, limit: limit, events: events)
        }
        func last(after lower: HistoryCursor?, before upper: HistoryCursor?) async -> HistoryReading {
            let end = min(upper ?? start, start)
            let stretch = HistoryStretch(after: lower, before: end, isNewestFirst: true)
            return HistoryReading(newest: await ask(stretch, limit - kept.count), before: kept)
        }
        func first(after lower: HistoryCursor, before upper: HistoryCursor?) async -> HistoryReading {
            let end = min(upper ?? start, start)
            let stretch = HistoryStretch(after: lower, before: end, isNewestFirst: false)
            return HistoryReading(oldest: await ask(stretch, limit), then: kept[...], limit)
        }
        switch part {
        case .latest(let lower): return await last(after: lower, before: nil)
        case .before(let upper): return await last(after: nil, before: upper)
        case .after(let lower): return await first(after: lower, before: nil)
        case .between(let lower, let upper) where lower <= upper: return await first(after: lower, before: upper)
        case .between(let upper, let lower): return await last(after: lower, before: upper)
        case .around(let cursor):
            let from = kept.firstIndex { $0.cursor >= cursor } ?? kept.endIndex
            let stretch = HistoryStretch(before: min(cursor, start), isNewestFirst: true)
            let before = HistoryReading(newest: await ask(stretch, limit / 2 - from), before: kept[..<from])
            let rest = HistoryStretch(from: cursor, before: start, isNewestFirst: false)
            let count = limit - before.records.count
            return before.with(HistoryReading(oldest: await ask(rest, count), then: kept[from...], count))
        }
    }

    /// What was said that a search finds, oldest first, as ``HistoryRepository/search(_:of:)`` does; of what is older than the history as far as
    /// is looked for one question.
    ///
    /// - Throws: ``DurableStoreError``
    package func search(
        _ search: HistorySearch,
        of tenant: TenantID
    ) async throws(DurableStoreError) -> [HistoryRecord] {
        let found = try await self.history.search(search, of: tenant)
        guard let older, self.readsOn(tenant), found.count < search.limit, !search.conversations.isEmpty else {
            return found
        }
        var further = search
        further.conversations = Array(search.conversations.prefix(Self.conversationsAtOnce))
        further.limit = search.limit - found.count
        var starts = try await self.history.starts(of: further.conversations, of: tenant)
        for record in found {
            starts[record.conversation] = min(starts[record.conversation] ?? .max, record.id.time)
        }
        further.conversations.removeAll { starts[$0].map { $0 <= (search.after ?? .min) } ?? false }
        if further.conversations.isEmpty { return found }
        let more = await older.search(further, before: starts, of: tenant)
        return (more + found).sorted { $0.cursor < $1.cursor }
    }

    /// In how many conversations is looked on.
    private static let conversationsAtOnce = 200
}

/// What was read of a conversation, and how far that says everything.
package struct HistoryReading: Hashable, Sendable {
    /// Oldest first.
    package private(set) var records: [HistoryRecord]
    /// From where on nothing is missing; nil is from the beginning.
    private var from: HistoryCursor?
    /// Up to where nothing is missing; nil is to the end.
    private var upTo: HistoryCursor?

    package init(_ records: [HistoryRecord] = []) { self.records = records }

    /// The last records before some.
    fileprivate init(newest older: OlderRecords, before kept: some Collection<HistoryRecord>) {
        self.records = older.records + kept
        if !older.isWhole { self.from = self.records.first?.cursor }
    }

    /// The first records, and then others as far as they go on from those.
    fileprivate init(oldest older: OlderRecords, then kept: ArraySlice<HistoryRecord>, _ limit: Int) {
        self.records = older.records
        if !older.isWhole, let last = older.records.last {
            self.upTo = last.cursor
        } else {
            self.records += kept.prefix(max(0, limit - older.records.count))
        }
    }

    /// Both, as far as both say everything.
    package func with(_ other: HistoryReading) -> HistoryReading {
        var both = HistoryReading(self.records + other.records)
        both.from = [self.from, other.from].compactMap { $0 }.max()
        both.upTo = [self.upTo, other.upTo].compactMap { $0 }.min()
        return both
    }

    /// The same with its records changed: what nothing is missing between stays.
    package func map(_ change: ([HistoryRecord]) -> [HistoryRecord]) -> HistoryReading {
        var changed = self
        changed.records = change(self.records)
        return changed
    }

    /// All records that nothing is missing between: of these, and of others.
    package func records(with others: [HistoryRecord]) -> [HistoryRecord] {
        (self.records + others).filter { record in
            self.from.map { $0 <= record.cursor } ?? true && self.upTo.map { record.cursor <= $0 } ?? true
        }
    }
}

extension HistoryRepository.Part {
    /// Whether an answer of so many records may lack something that is older than the history.
    fileprivate func mayLack(_ count: Int, of limit: Int) -> Bool {
        switch self {
        case .latest, .before: count < limit
        case .after, .around: true
        case .between(let first, let second): first <= second || count < limit
        }
    }
}
