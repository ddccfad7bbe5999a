import Chat
import IRC
import StateStore
import Tenant

/// A session leaves a shard: it ends, or goes on elsewhere, or waits.
///
/// It is tried until the store has taken it or says that there is nothing to leave: what stayed behind would hold a nickname
/// for as long as this pod lives.
final class SessionLeave {
    private let network: Network
    private let departure: Session.Departure
    private var record: SessionRecord
    /// What it is awaited as in its channels, by their names, if a server's end ends it.
    private var awaited: SessionRecord.Awaited = [:]
    /// When it left, milliseconds since 1970.
    private let left: Int64
    /// Whether others were there after it had left.
    private var wasShared = false
    /// A sign-off that the store took so many milliseconds later is not what the others went by who left meanwhile.
    private static let lateness: Int64 = 2000

    init(_ record: SessionRecord, _ departure: Session.Departure, in network: Network) {
        self.record = record
        self.departure = departure
        self.network = network
        self.left = network.shard.now
    }

    /// Whether this server ends, and its people did not go by themselves.
    private var isServersEnd: Bool { self.network.shard.isDraining && self.departure.parting == .lost }

    /// Keeps its ranks for it, if a server's end ends it.
    func keepRanks(in channels: [ChannelState]) {
        guard self.isServersEnd else { return }
        for state in channels {
            guard let rank = self.record.awaited(in: state, now: self.left),
                let field = state.members[self.record.session].flatMap({ ChannelState.memberUpdate($0).value })
            else { continue }
            self.awaited[state.name.folded] = (rank: rank, field: field)
        }
    }

    private var inbox: LogKey { self.network.inboxKey(self.record.session) }

    /// - `then`: goes on once the store was asked, however it ended.
    func begin(_ then: @escaping () -> Void) {
        let shard = self.network.shard
        guard let holds = self.record.holds else {
            return shard.ends.append(self.end) { outcome in
                if case .refused = outcome { self.lookAgain() }
                then()
            }
        }
        // Left by another shard since this one was taken for dead: that one knows better where it was left.
        if holds.detached?.isExact == true { return then() }
        let own = shard.holder
        var next = holds.next
        // Where others wait in this pod's place they wait for those who leave now.
        next.holders.removeAll { $0 == own || holds.detached != nil }
        let transaction: Transaction
        if !next.holders.isEmpty { self.wasShared = true }
        let isLate = self.wasShared && shard.now - self.left > Self.lateness
        if next.holders.isEmpty, self.departure.ends(holds), self.departure.parting == .ended || !isLate {
            var end = self.end
            end.conditions.append(holds.condition(on: self.inbox))
            transaction = end
        } else {
            if next.holders.isEmpty {
                next.holders = [own]
                next.detached = SessionHolds.Detachment(
                    since: shard.now,
                    received: self.departure.received,
                    isExact: self.departure.places != nil,
                    reason: self.departure.reason
                )
            }
            let places = next.detached == nil ? nil : self.departure.places
            transaction = next.transaction(
                of: self.inbox,
                from: holds,
                by: own,
                places: places,
                outlives: self.isServersEnd
            )
        }
        shard.ends.append(transaction) { outcome in
            switch outcome {
            case .appended: if next.detached != nil { shard.waiting.add(self.inbox, next) }
            case .refused: self.lookAgain()
            case .given: break
            }
            then()
        }
    }

    private var end: Transaction {
        var end = SessionEnds.end(
            of: self.record,
            reason: self.departure.reason,
            tenant: self.network.id,
            now: self.network.shard.now,
            isFed: self.network.keepsHistory,
            awaited: self.awaited.mapValues(\.rank)
        )
        end.rest(on: self.awaited, of: self.record.session, in: self.network.id)
        return end
    }

    /// Leaves as the store has it now: somebody may have taken its ranks meanwhile, or given it others.
    ///
    /// - `isOther`: whether more than that has changed; if nothing has, it leaves no more.
    private func beginAgain(_ record: SessionRecord, isOther: Bool, _ later: @escaping () -> Void) {
        func go() {
            self.record = record
            self.begin {}
        }
        if self.awaited.isEmpty {
            if isOther { go() }
            return
        }
        let network = self.network
        record.awaited(in: network.id, now: self.left, through: network.store) { result in
            switch result {
            case .success(let awaited):
                let isSame = awaited.mapValues(\.field) == self.awaited.mapValues(\.field)
                self.awaited = awaited
                if isOther || !isSame { go() }
            case .failure(.closed), .failure(.fenced), .failure(.occupied): break
            case .failure: later()
            }
        }
    }

    /// What it rested on has changed.
    private func lookAgain(attempt: Int = 0) {
        let (network, shard) = (self.network, self.network.shard)
        let later = { shard.later(shard.pause(after: attempt)) { self.lookAgain(attempt: attempt + 1) } }
        network.store.load([self.inbox]) { result in
            switch result {
            case .success(let snapshots):
                // Ended meanwhile.
                guard let record = SessionRecord(fields: snapshots[0].chatFields) else { return }
                guard let holds = record.holds else {
                    // Only where its channels are and what it is there can have changed: whoever has its nickname
                    // keeps that.
                    return self.beginAgain(record, isOther: record.mark != self.record.mark, later)
                }
                // Somebody is back here, or about to be: that may still come to nothing.
                if let session = network.sessions[self.record.session] { return session.isPresent ? () : later() }
                let isHeld = holds.holders.contains(shard.holder) && holds.detached == nil
                // Others took this pod for dead; nobody was there since.
                let isWaitedFor =
                    holds.detached?.isExact == false && holds.revision == (self.record.holds?.revision ?? 0) &+ 1
                guard isHeld || isWaitedFor else { return }
                self.beginAgain(record, isOther: true, later)
            case .failure(.closed), .failure(.fenced), .failure(.occupied): break
            case .failure: later()
            }
        }
    }
}
