import Chat
import StateStore
import Tenant

/// What was said in a channel while it had another name (draft/channel-rename): its members read it under the present one, for as
/// long as the channel lasts.
extension Network {
    /// The other names that a channel had, each with its time.
    func formerNames(of conversation: Conversation) -> [FormerName] {
        guard case .channel(let folded) = conversation, let replica = self.replicas[folded] else { return [] }
        // Under the present one it is read anyhow.
        return replica.state.former.filter { $0.name != folded }
    }
}

/// A channel that had other names.
struct RenamedChannel: Sendable {
    /// Folded.
    let name: String
    let former: [FormerName]
    /// Since when it has this name, in milliseconds since 1970.
    let moved: Int64
}

extension Network {
    /// A channel by its folded name, if it had other names.
    func renamed(_ name: String) -> RenamedChannel? {
        let former = self.formerNames(of: .channel(name))
        guard !former.isEmpty, let moved = self.replicas[name]?.state.moved else { return nil }
        return RenamedChannel(name: name, former: former, moved: moved)
    }
}

extension Past {
    /// When something was said last in a channel, if that was before it got its present name.
    func lastTime(before channel: RenamedChannel, of tenant: TenantID) async throws(DurableStoreError) -> Int64? {
        let since = HistoryRepository.Part.latest(after: .start(of: channel.moved))
        let news = try await self.history.read(channel.name, of: tenant, since, limit: 1, events: false)
        guard news.isEmpty else { return nil }
        var times: [Int64] = []
        for name in channel.former {
            let last = HistoryRepository.Part.latest(after: nil).within(name.time)
            let kept = try await self.history.read(name.name, of: tenant, last, limit: 1, events: false)
            times += kept.map(\.id.time).filter(name.time.contains)
        }
        return times.max()
    }

    /// A part of what was said under other names, as if it had been said under the present one.
    func read(
        _ names: [FormerName],
        as conversation: String,
        of tenant: TenantID,
        _ part: HistoryRepository.Part,
        limit: Int,
        events: Bool
    ) async throws(DurableStoreError) -> HistoryReading {
        var all = HistoryReading()
        for name in names {
            let part = part.within(name.time)
            let kept = try await self.whole.read(name.name, of: tenant, part, limit: limit, events: events)
            all = all.with(
                kept.map { records in
                    records.filter { name.time.contains($0.id.time) }.map { $0.moved(to: conversation) }
                }
            )
        }
        return all
    }

    /// What a search finds of that.
    func search(
        _ search: HistorySearch,
        under names: [FormerName],
        as conversation: String,
        since: Int64,
        of tenant: TenantID
    ) async throws(DurableStoreError) -> [HistoryRecord] {
        var all: [HistoryRecord] = []
        for name in names {
            var search = search.since(max(since, name.time.lowerBound), in: [name.name])
            let last = name.time.upperBound
            search.before = min(search.before ?? .max, max(last, last &+ 1))
            all += try await self.whole.search(search, of: tenant).map { $0.moved(to: conversation) }
        }
        return all
    }
}

extension HistoryRepository.Part {
    /// The same part of what there is at some times.
    fileprivate func within(_ times: ClosedRange<Int64>) -> HistoryRepository.Part {
        self.since(times.lowerBound).until(times.upperBound)
    }

    /// The same part of what there is up to a time.
    ///
    /// What is asked for around a place may still have some from behind.
    fileprivate func until(_ time: Int64) -> HistoryRepository.Part {
        let ceiling = HistoryCursor.end(of: time)
        switch self {
        case .latest(let after): return .between(max(ceiling, after ?? .start(of: .min)), after ?? .start(of: .min))
        case .before(let cursor): return .before(min(cursor, ceiling))
        case .after(let cursor): return .between(min(cursor, ceiling), ceiling)
        case .around(let cursor): return cursor > ceiling ? .before(ceiling) : self
        case .between(let first, let second): return .between(min(first, ceiling), min(second, ceiling))
        }
    }
}

extension HistoryRecord {
    /// The same in another conversation.
    fileprivate func moved(to conversation: String) -> HistoryRecord {
        HistoryRecord(
            self.tenant,
            in: conversation,
            id: self.id,
            self.kind,
            prefix: self.prefix,
            account: self.account,
            isBot: self.isBot,
            target: self.target,
            tags: self.tags,
            text: self.text,
            redaction: self.redaction
        )
    }
}
