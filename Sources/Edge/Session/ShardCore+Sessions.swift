import Chat
import IRC
import NIOCore
import StateStore
import Tenant

/// Sessions begin, change and end: each in one transaction over all the logs that it concerns.
extension ShardCore {
    /// Appends a change of a user to its own log and to those of its channels.
    func change(
        _ session: Session,
        _ change: UserChange,
        for call: Call,
        extra: Transaction = Transaction(changes: []),
        then: @escaping () -> Void = {}
    ) {
        var user = session.user
        user.apply(change)
        let number = session.changes &+ 1
        var record = session.record
        record.user = user
        record.changes = number
        let actor = session.actor
        var transaction = extra
        transaction.conditions.append(Condition(session.inbox, .exists))
        for replica in session.memberships {
            let event = ChannelEvent.changed(session.id, change, by: actor, number: number)
            transaction.conditions.append(Condition(replica.key, .unchanged(since: replica.position)))
            transaction.changes.append(
                LogChange(
                    replica.key,
                    payload: event.encoded,
                    fields: replica.state.updates(for: event).map(FieldChange.init)
                )
            )
        }
        transaction.changes.append(
            LogChange(
                session.inbox,
                payload: UserEvent.changed(change, by: actor, number: number).encoded,
                fields: [FieldChange(record.userUpdate)]
            )
        )
        call.commit(transaction) { _ in then() }
    }

    /// Tells a client what changed about itself.
    ///
    /// - `before`: the user's modes before the change.
    func tellSelf(
        _ change: UserChange,
        _ actor: Actor,
        _ entry: Entry,
        _ session: Session,
        modesBefore before: UserModes
    ) {
        let connection = session.connection
        switch change {
        case .modes(let modes):
            self.send(to: connection) { writer in
                self.writeTags(&writer, connection.capabilities, time: entry.time, account: nil)
                writer.message(
                    source: session.user.nick.raw,
                    command: "MODE",
                    parameters: [session.user.nick.raw, modes.difference(from: before)]
                )
            }
        case .away(let reason):
            self.reply(connection, reason == nil ? .rplUnAway : .rplNowAway)
        default:
            self.send(to: connection) { writer in
                self.write(change, by: actor, entry.time, for: connection.capabilities, &writer)
            }
        }
    }

    /// Ends a session: nobody sees it any more.
    ///
    /// The connection may be gone already.
    func signOff(_ session: Session, reason: String) {
        let scope = session.connection.scope
        scope.sessions[session.id] = nil
        if scope.nicks[session.user.nick.folded] === session { scope.nicks[session.user.nick.folded] = nil }
        for nick in session.monitored.keys { self.stopMonitoring(nick, session, in: scope) }
        session.monitored = [:]
        let replicas = session.memberships
        session.memberships = []
        for replica in replicas { replica.remove(session) }
        session.connection.session = nil
        self.followed[session.inbox] = nil
        self.signOff(session, from: replicas, reason: reason, in: scope)
    }

    private func signOff(
        _ session: Session,
        from replicas: [ChannelReplica],
        reason: String,
        in scope: TenantScope
    ) {
        var record = session.record
        record.channels = Set(replicas.map(\.key.name)).union(session.uncertainChannels)
        let transaction = Self.signOff(record, reason: reason, tenant: scope.id, now: self.now) { name in
            replicas.first { $0.key.name == name }?.state.modes.contains(.registered) ?? false
        }
        self.store.unfollow(session.inbox)
        self.appendLater(transaction) {
            for replica in replicas { self.unfollowIfUnused(replica, in: scope) }
        }
    }

    /// What ends a session, whoever ends it: its own shard, or another after its pod died.
    ///
    /// It rests on the nickname alone: a session that does not hold it any more was ended by somebody else, and what the
    /// name's new holder has must not be touched. Leaving a channel that one is not in changes nothing.
    static func signOff(
        _ record: SessionRecord,
        reason: String,
        tenant: TenantID,
        now: Int64,
        isKept: (String) -> Bool = { _ in false }
    ) -> Transaction {
        let actor = Actor(record.session, record.user)
        var changes = record.channels.sorted().map { name in
            LogChange(
                LogKey(tenant, .channel, name),
                payload: ChannelEvent.quit(record.session, by: actor, reason: reason).encoded,
                fields: [
                    .remove(FieldName(FieldKey(.member, record.session.text))),
                    .remove(FieldName(FieldKey(.invitation, record.session.text))),
                ],
                lifetime: isKept(name) ? .keep : .dropIfEmpty(.members)
            )
        }
        changes.append(
            LogChange(
                LogKey(tenant, .nick, record.user.nick.folded),
                payload: NickEvent.offline(nick: record.user.nick.raw).encoded,
                lifetime: .drop
            )
        )
        changes.append(
            LogChange(
                LogKey(tenant, .user, record.session.text),
                payload: UserEvent.signedOff(reason: reason).encoded,
                lifetime: .drop,
                holder: .cleared
            )
        )
        changes.append(
            LogChange(
                LogKey(tenant, .tenant, ""),
                payload: TenantEvent.signedOff(record.user, at: now).encoded
            )
        )
        let claim = NickClaim.condition(record.user.nick, of: record.session, in: tenant)
        return Transaction(conditions: [claim], changes: changes)
    }

    /// Appends a session's end, which no client waits for: again and again if the store was away, since what stayed
    /// behind would hold a nickname for as long as this pod lives.
    func appendLater(_ transaction: Transaction, _ completion: @escaping () -> Void = {}) {
        self.store.append(transaction) { result in
            switch result {
            case .failure(.unavailable), .failure(.busy): self.pendingSignOffs.append(transaction)
            case .failure(.invalidAnswer), .failure(.fenced), .failure(.closed), .success: break
            }
            completion()
        }
    }

    /// Once a second: what could not be appended before.
    func retrySignOffs() {
        guard !self.pendingSignOffs.isEmpty, self.store.isReady else { return }
        let pending = self.pendingSignOffs
        self.pendingSignOffs = []
        for transaction in pending { self.appendLater(transaction) }
    }
}
