import Chat
import StateStore
import Tenant

/// A session leaves a shard: it ends, or goes on elsewhere, or waits.
///
/// It is tried until the store has taken it or says that there is nothing to leave: what stayed behind would hold a nickname
/// for as long as this pod lives.
final class SessionLeave {
    private let network: Network
    private let departure: Session.Departure
    private let isKept: (String) -> Bool
    private var record: SessionRecord

    init(
        _ record: SessionRecord,
        _ departure: Session.Departure,
        in network: Network,
        isKept: @escaping (String) -> Bool
    ) {
        self.record = record
        self.departure = departure
        self.network = network
        self.isKept = isKept
    }

    private var inbox: LogKey { self.network.inboxKey(self.record.session) }

    /// - `then`: goes on once the store was asked, however it ended.
    func begin(_ then: @escaping () -> Void) {
        let shard = self.network.shard
        guard let holds = self.record.holds else {
            return shard.ends.append(self.end) { _ in then() }
        }
        let own = shard.holder
        var next = holds.next
        next.holders.removeAll { $0 == own }
        let transaction: Transaction
        if next.holders.isEmpty, self.departure.ends(holds) {
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
            transaction = next.transaction(of: self.inbox, from: holds, by: own, places: places)
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
        SessionEnds.end(
            of: self.record,
            reason: self.departure.reason,
            tenant: self.network.id,
            now: self.network.shard.now,
            isFed: self.network.keepsHistory,
            isKept: self.isKept
        )
    }

    /// What it rested on has changed.
    private func lookAgain(attempt: Int = 0) {
        let (network, shard) = (self.network, self.network.shard)
        network.store.load([self.inbox]) { result in
            switch result {
            case .success(let snapshots):
                // Ended meanwhile, or somebody is back here.
                guard let record = SessionRecord(fields: snapshots[0].chatFields),
                    network.sessions[self.record.session] == nil, record.holds?.holders.contains(shard.holder) == true,
                    record.holds?.detached == nil
                else { return }
                self.record = record
                self.begin {}
            case .failure(.closed), .failure(.fenced): break
            case .failure: shard.later(shard.pause(after: attempt)) { self.lookAgain(attempt: attempt + 1) }
            }
        }
    }
}
