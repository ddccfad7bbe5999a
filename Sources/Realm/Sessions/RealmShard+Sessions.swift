import Chat
import IRC
import Logging
import NIOCore
package import StateStore

/// Sessions that the store may know otherwise: those of pods that died, and this pod's own after others took it for dead.
extension RealmShard {
    /// Sees to what a pod held that died: sessions that ended with it end, those of accounts go on, here if nowhere else.
    ///
    /// - Parameters:
    ///   - orphans: What it held.
    ///   - seen: When it is known to have been there last, in milliseconds since 1970; nil if it was found dead soon.
    ///   - then: Gets false if the store did not take it.
    package func settle(orphans: [LogKey], lastSeen seen: Int64? = nil, _ then: @escaping (Bool) -> Void) {
        let holds = orphans.filter { $0.kind == .hold }
        self.takeOver(holds[...], seen, true) { isWell in
            self.end(orphans: orphans.filter { $0.kind != .hold }) { then($0 && isWell) }
        }
    }

    /// One after the other.
    private func takeOver(
        _ holds: ArraySlice<LogKey>,
        _ seen: Int64?,
        _ isWell: Bool,
        _ then: @escaping (Bool) -> Void
    ) {
        guard let log = holds.first else { return then(isWell) }
        self.takeOver(log, seen) { self.takeOver(holds.dropFirst(), seen, isWell && $0, then) }
    }

    private func takeOver(_ log: LogKey, _ seen: Int64?, _ then: @escaping (Bool) -> Void) {
        guard let (inbox, holder) = SessionHolds.Holder.read(log) else { return self.drop(log, then) }
        self.store.load([inbox]) { result in
            guard case .success(let snapshots) = result else { return then(false) }
            guard let record = SessionRecord(fields: snapshots[0].chatFields), let holds = record.holds,
                holds.holders.contains(holder)
            else {
                return self.drop(log, then)
            }
            let isServersEnd = holds.detached == nil || record.waitsForServer
            let next = holds.without(holder, waitingAt: self.holder, now: self.now, lastSeen: seen)
            let transaction = next.transaction(of: inbox, from: holds, by: self.holder, outlives: isServersEnd)
            self.store.append(transaction) { result in
                // One that changed in between is looked at again in the next round.
                if case .success(.appended) = result, next.detached != nil { self.waiting.add(inbox, next) }
                if case .failure = result { then(false) } else { then(true) }
            }
        }
    }

    private func drop(_ log: LogKey, _ then: @escaping (Bool) -> Void) {
        let change = LogChange(log, lifetime: .drop, holder: .cleared)
        self.store.append(Transaction(changes: [change])) { result in
            if case .failure = result { then(false) } else { then(true) }
        }
    }

    /// Ends sessions whose pod died.
    private func end(orphans: [LogKey], _ then: @escaping (Bool) -> Void) {
        guard !orphans.isEmpty else { return then(true) }
        self.store.load(orphans) { result in
            guard case .success(let snapshots) = result else { return then(false) }
            var left = snapshots.count
            var isWell = true
            for snapshot in snapshots {
                self.end(of: snapshot) { transaction in
                    guard let transaction else {
                        (isWell, left) = (false, left - 1)
                        return left == 0 ? then(isWell) : ()
                    }
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
    }

    /// - `then`: gets nil if the store could not say what it is in its channels.
    private func end(of snapshot: Snapshot, _ then: @escaping (Transaction?) -> Void) {
        guard let record = SessionRecord(fields: snapshot.chatFields) else {
            // Not a session: nothing to say of it, it only goes.
            return then(Transaction(changes: [LogChange(snapshot.log, lifetime: .drop, holder: .cleared)]))
        }
        let (tenant, now) = (snapshot.log.tenant, self.now)
        record.awaited(in: tenant, now: now, through: self.store) { result in
            guard case .success(let awaited) = result else { return then(nil) }
            var transaction = SessionEnds.end(
                of: record,
                reason: "Connection lost",
                tenant: tenant,
                now: now,
                isFed: self.environment.keepsHistory(tenant),
                awaited: awaited.mapValues(\.rank)
            )
            transaction.conditions.append(Condition(snapshot.log, .unchanged(since: snapshot.position)))
            transaction.rest(on: awaited, of: record.session, in: tenant)
            if !awaited.isEmpty { self.networks[tenant]?.awaited.noted(until: now + AwaitedRank.term) }
            then(transaction)
        }
    }

    /// A session that does not hold its nickname any more: everything else of it goes.
    private func endNameless(_ snapshot: Snapshot, _ end: Transaction) {
        var end = end
        end.conditions = [Condition(snapshot.log, .unchanged(since: snapshot.position))]
        end.changes.removeAll { $0.log.kind == .nick }
        self.store.append(end) { _ in }
    }

    /// Leads those away who can go on elsewhere, where the store has not been reached for as long as their session waits:
    /// others wait for them now, who end it soon.
    ///
    /// Who cannot come back to anything stays: the store may be away for everybody.
    package func storeIsAway(for duration: Duration) {
        for network in self.networks.values
        where network.resumeGrace > 0 && duration >= .milliseconds(network.resumeGrace) {
            for session in Array(network.sessions.all) where session.holds != nil {
                session.endAttachments(
                    reason: "This server is cut off, connect again",
                    parting: .lost,
                    mayReturn: true
                )
            }
        }
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
                for (session, snapshot) in zip(some, snapshots) {
                    if snapshot.exists {
                        // Others may hold it by now, and wait for those who are here.
                        if session.holds != nil { session.adopt(snapshot) }
                        continue
                    }
                    self.logger.notice("session lost", metadata: ["tenant": "\(session.network.id)"])
                    session.lost()
                }
            case .failure: isWell = false
            }
            self.check(sessions.dropFirst(100), isWell, then)
        }
    }
}
