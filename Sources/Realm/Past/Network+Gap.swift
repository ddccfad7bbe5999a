import Chat
import IRC
import NIOCore
import StateStore

/// What was said between two places of a channel's log.
extension Network {
    /// By how much clocks may differ, in milliseconds: what the database returns is gone through by place.
    private static let skew: Int64 = 60_000
    /// How often, a second apart, the history is asked that is not as far as the log's last entries.
    private static let tries = 3

    /// - `then`: gets the last messages of it, as many as who comes back is told, oldest first; and whether that is all.
    func said(
        in gap: ChannelReplica.Gap,
        of log: LogKey,
        try attempt: Int = 1,
        _ then: @escaping ([HistoryRecord], _ isAll: Bool) -> Void
    ) {
        let most = self.limits.missedMessages
        let before = gap.upTo.sequence(before: Self.latest)
        self.store.entries(of: log, after: before, limit: Self.latest) { result in
            let entries = ((try? result.get()) ?? []).filter { !$0.position.isAfter(gap.upTo) }
            let recent = entries.compactMap { HistoryRecord($0, of: log, in: log.name) }
            func finish(_ kept: [HistoryRecord], isAll: Bool) {
                let all = HistoryRepository.Part.latest(after: nil).select(from: kept + recent, limit: .max)
                    .filter {
                        !$0.kind.isEvent && $0.id.position.isAfter(gap.after) && !$0.id.position.isAfter(gap.upTo)
                    }
                then(all.suffix(most), isAll && all.count <= most && gap.goesOn(in: entries))
            }
            if let first = entries.first, first.position.epoch == gap.after.epoch,
                first.position.sequence(before: 1) <= gap.after.sequence
            {
                return finish([], isAll: true)
            }
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
                    return self.shard.later(.seconds(1)) { self.said(in: gap, of: log, try: attempt + 1, then) }
                }
                let isWhole = kept.count < 2 * most || kept.first?.id.position.isAfter(gap.after) == false
                finish(kept, isAll: isReached && isWhole)
            }
        }
    }
}
