import Chat
import Logging
import NIOCore
package import StateStore

/// Sessions that the store may know otherwise: those of pods that died, and this pod's own after others took it for dead.
extension RealmShard {
    /// Ends sessions whose pod died.
    ///
    /// - `then`: gets false if the store did not take it.
    package func end(orphans: [LogKey], _ then: @escaping (Bool) -> Void) {
        self.store.load(orphans) { result in
            guard case .success(let snapshots) = result else { return then(false) }
            var left = snapshots.count
            var isWell = true
            guard left > 0 else { return then(true) }
            for snapshot in snapshots {
                let transaction = self.end(of: snapshot)
                self.store.append(transaction) { result in
                    // One that changed in between is looked at again in the next round.
                    if case .failure = result { isWell = false }
                    if result == .success(.refused(condition: 0)) { self.endNameless(snapshot, transaction) }
                    left -= 1
                    if left == 0 { then(isWell) }
                }
            }
        }
    }

    private func end(of snapshot: Snapshot) -> Transaction {
        guard let record = SessionRecord(fields: snapshot.chatFields) else {
            // Not a session: nothing to say of it, it only goes.
            return Transaction(changes: [LogChange(snapshot.log, lifetime: .drop, holder: .cleared)])
        }
        var transaction = SessionEnds.end(
            of: record,
            reason: "Connection lost",
            tenant: snapshot.log.tenant,
            now: self.now
        )
        transaction.conditions.append(Condition(snapshot.log, .unchanged(since: snapshot.position)))
        return transaction
    }

    /// A session that does not hold its nickname any more: everything else of it goes.
    private func endNameless(_ snapshot: Snapshot, _ end: Transaction) {
        var end = end
        end.conditions = [Condition(snapshot.log, .unchanged(since: snapshot.position))]
        end.changes.removeAll { $0.log.kind == .nick }
        self.store.append(end) { _ in }
    }

    /// Closes those whose session is gone from the store.
    ///
    /// - `then`: gets false if the store could not say of some.
    package func checkSessions(_ then: @escaping (Bool) -> Void) {
        let sessions = self.networks.values.flatMap { Array($0.sessions.all) }.filter(\.isPresent)
        self.check(sessions[...], true, then)
    }

    /// Some at a time, so that the store's bounds hold.
    private func check(_ sessions: ArraySlice<Session>, _ isWell: Bool, _ then: @escaping (Bool) -> Void) {
        let some = sessions.prefix(100)
        if some.isEmpty { return then(isWell) }
        self.store.load(some.map(\.inbox)) { result in
            var isWell = isWell
            switch result {
            case .success(let snapshots):
                for (session, snapshot) in zip(some, snapshots) where !snapshot.exists {
                    self.logger.notice("session lost", metadata: ["tenant": "\(session.network.id)"])
                    session.lost()
                }
            case .failure: isWell = false
            }
            self.check(sessions.dropFirst(100), isWell, then)
        }
    }
}
