import Chat
import DequeModule
import StateStore

/// Sessions that this shard holds while nobody takes part in them: they end when nobody came back in time.
///
/// Nothing of them is followed meanwhile: whoever comes back says so in the store, and what is known here is then out of date.
final class WaitingSessions {
    unowned let shard: RealmShard
    private var deadlines: [LogKey: Waiting] = [:]

    private struct Waiting {
        let revision: UInt32
        /// When it ends, milliseconds since 1970.
        let end: Int64
        /// When it is looked at.
        var until: Int64
        /// What its end rested on that was refused; nil if none was.
        var refused: Basis?
    }

    /// What an end rests on, beside who holds the session.
    private struct Basis: Equatable {
        /// In its record.
        let mark: String?
        /// The fields of the ranks that are kept for it, by channels.
        let ranks: [String: [UInt8]]
    }

    /// How many are looked at in a second, so that an outage of many does not hold up those who are here.
    private static let atOnce = 200

    init(_ shard: RealmShard) { self.shard = shard }

    func add(_ inbox: LogKey, _ holds: SessionHolds) {
        guard let detached = holds.detached else { return }
        func moment(after milliseconds: Int64) -> Int64 {
            let (sum, overflow) = detached.since.addingReportingOverflow(milliseconds)
            return overflow ? .max : sum
        }
        let end = moment(after: holds.grace)
        let until = holds.awayAfter.map { min(end, moment(after: $0)) } ?? end
        self.deadlines[inbox] = Waiting(revision: holds.revision, end: end, until: until)
    }

    /// Once a second.
    func tick() {
        guard !self.deadlines.isEmpty, self.shard.store.isReady else { return }
        let now = self.shard.now
        for (inbox, waiting) in self.deadlines.filter({ $0.value.until <= now }).prefix(Self.atOnce) {
            // Looked at once more if the store does not answer.
            self.deadlines[inbox]?.until = now + 10_000
            self.look(at: inbox, waiting)
        }
    }

    private func look(at inbox: LogKey, _ waiting: Waiting) {
        self.shard.store.load([inbox]) { result in
            guard case .success(let snapshots) = result, self.deadlines[inbox]?.revision == waiting.revision else {
                return
            }
            guard let record = SessionRecord(fields: snapshots[0].chatFields), let holds = record.holds,
                holds.detached != nil, holds.revision == waiting.revision
            else {
                // Somebody came back, or it ended.
                self.deadlines[inbox] = nil
                return
            }
            if waiting.end > self.shard.now {
                self.shard.markAway(record, inbox, holds)
                self.deadlines[inbox]?.until = waiting.end
                return
            }
            guard record.waitsForServer else { return self.end(record, inbox, holds, waiting, awaited: [:]) }
            record.awaited(in: inbox.tenant, now: self.shard.now, through: self.shard.store) { result in
                guard case .success(let awaited) = result, self.deadlines[inbox]?.revision == waiting.revision else {
                    return
                }
                self.end(record, inbox, holds, waiting, awaited: awaited)
                if awaited.isEmpty { return }
                self.shard.networks[inbox.tenant]?.awaited.noted(until: self.shard.now + AwaitedRank.term)
            }
        }
    }

    private func end(
        _ record: SessionRecord,
        _ inbox: LogKey,
        _ holds: SessionHolds,
        _ waiting: Waiting,
        awaited: SessionRecord.Awaited
    ) {
        let basis = Basis(mark: record.mark, ranks: awaited.mapValues(\.field))
        // The refusal was neither for a channel that went on under another name nor for a rank.
        if waiting.refused == basis {
            self.deadlines[inbox] = nil
            return
        }
        var end = SessionEnds.end(
            of: record,
            reason: holds.detached?.reason ?? "",
            tenant: inbox.tenant,
            now: self.shard.now,
            isFed: self.shard.environment.keepsHistory(inbox.tenant),
            awaited: awaited.mapValues(\.rank)
        )
        end.conditions.append(holds.condition(on: inbox))
        end.rest(on: awaited, of: record.session, in: inbox.tenant)
        self.deadlines[inbox] = nil
        self.shard.ends.append(end) { outcome in
            // A channel may have gone on under another name, or a rank changed: looked at once more, unless somebody
            // came back.
            guard case .refused = outcome, self.deadlines[inbox] == nil else { return }
            self.deadlines[inbox] = waiting
            self.deadlines[inbox]?.refused = basis
        }
    }
}
