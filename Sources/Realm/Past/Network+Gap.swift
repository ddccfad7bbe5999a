import Chat
import IRC
import NIOCore
import StateStore

/// What was said in a part of a channel's log of which the live store has not everything any more: the history says.
extension Network {
    /// By how much clocks may differ, in milliseconds: what the database returns is gone through once more.
    private static let skew: Int64 = 60_000
    /// How often, a second apart, the history is asked that is not as far as the log's last entries.
    private static let tries = 3
    /// How long somebody waits for it at most.
    private static let patience = TimeAmount.seconds(5)

    /// - `then`: gets the last messages of it, as many as who comes back is told, oldest first; and whether that is all.
    func said(in gap: Gap, of log: LogKey, _ then: @escaping ([HistoryRecord], _ isAll: Bool) -> Void) {
        var isOver = false
        func end(_ records: [HistoryRecord], isAll: Bool) {
            if isOver { return }
            isOver = true
            then(records, isAll)
        }
        self.shard.later(Self.patience) { end([], isAll: false) }
        self.look(in: gap, of: log, attempt: 1) { end($0, isAll: $1) }
    }

    private func look(
        in gap: Gap,
        of log: LogKey,
        attempt: Int,
        _ then: @escaping ([HistoryRecord], _ isAll: Bool) -> Void
    ) {
        let most = self.limits.missedMessages
        let before = gap.upTo.sequence(before: Self.latest)
        self.store.entries(of: log, after: before, limit: Self.latest) { result in
            let entries = ((try? result.get()) ?? []).filter { !$0.position.isAfter(gap.upTo) }
            let recent = entries.compactMap { HistoryRecord($0, of: log, in: log.name) }
            func finish(_ kept: [HistoryRecord], isAll: Bool) {
                let all = HistoryRepository.Part.latest(after: nil).select(from: kept + recent, limit: .max)
                    .filter { !$0.kind.isEvent && gap.contains($0.id) }
                then(all.suffix(most), isAll && all.count <= most && gap.goesOn(in: entries))
            }
            if gap.isWithin(entries) { return finish([], isAll: true) }
            let (tenant, time) = (self.id, gap.time - Self.skew)
            // The history is written in the order of the feed: if it has this one, it has what was before.
            let witness = recent.first { $0.redaction == nil }?.id
            self.ask({ past throws(DurableStoreError) in
                guard let witness, try await past.history.find(witness, in: log.name, of: tenant) != nil else {
                    return (isReached: false, kept: [])
                }
                let part = HistoryRepository.Part.latest(after: .start(of: time))
                let kept = try await past.history.read(log.name, of: tenant, part, limit: 2 * most, events: false)
                return (isReached: true, kept: kept)
            }) { (result: Result<(isReached: Bool, kept: [HistoryRecord]), Refusal>) in
                guard case .success(let (isReached, kept)) = result else { return finish([], isAll: false) }
                if !isReached, witness != nil, attempt < Self.tries {
                    return self.shard.later(.seconds(1)) { self.look(in: gap, of: log, attempt: attempt + 1, then) }
                }
                let isWhole = kept.count < 2 * most || kept.first.map { !gap.begins(before: $0.id) } ?? true
                finish(kept, isAll: isReached && isWhole)
            }
        }
    }
}
