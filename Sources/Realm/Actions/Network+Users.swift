package import Chat
package import IRC
import StateStore
import Tenant

/// What users change of themselves.
extension Network {
    /// Changes something of the actor's user, told in its own log and in those of its channels.
    ///
    /// It rests on the session and on its own membership of each channel, not on what else changes there.
    package func change(
        _ changes: UserChange...,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.act(
            by: actor,
            { () throws(Refusal) in Decided(transaction: self.transaction(changes, of: actor.session), value: ()) },
            then: then
        )
    }

    /// Goes by another nickname; nothing happens if it is the one that the actor has.
    package func rename(_ nick: Nickname, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        let session = actor.session
        self.act(
            by: actor,
            { () throws(Refusal) in
                if nick.raw == session.user.nick.raw { return .nothing(()) }
                var transaction = self.transaction([.nick(nick)], of: session)
                var refusals: [Int: Refusal] = [:]
                var user = session.user
                user.apply(.nick(nick))
                let key = self.nickKey(nick)
                let field = FieldName(NameClaim.field)
                // What somebody else took meanwhile is not given up for them: the old name has to be its own.
                let own = NameClaim.condition(session.user.nick, of: session.id, in: self.id)
                transaction.conditions.append(own)
                transaction.changes.append(
                    LogChange(
                        key,
                        payload: NickEvent.online(prefix: user.prefix).encoded,
                        fields: [.set(field, NameClaim.bytes(session.id))]
                    )
                )
                if nick != session.user.nick {
                    refusals[transaction.conditions.count] = Refusal(.nickInUse, nick.raw)
                    transaction.conditions.append(Condition(key, .absent(field)))
                    transaction.changes.append(
                        LogChange(
                            own.log,
                            payload: NickEvent.offline(nick: session.user.nick.raw).encoded,
                            lifetime: .drop
                        )
                    )
                }
                return Decided(transaction: transaction, value: (), refusals: refusals)
            },
            then: then
        )
    }

    /// Changes that hold together: each is an entry of its own, the fields are those after the last.
    func transaction(_ changes: [UserChange], of session: Session) -> Transaction {
        let author = session.author
        let first = session.changes &+ 1
        var record = session.record
        for change in changes { record.user.apply(change) }
        record.changes &+= UInt32(clamping: changes.count)
        let numbered = changes.enumerated().map { (change: $1, number: first &+ UInt32(clamping: $0)) }
        var transaction = Transaction(conditions: [session.isUnchanged], changes: [])
        for replica in session.memberships {
            transaction.conditions.append(replica.membership(of: session))
            guard var member = replica.state.members[session.id] else { continue }
            (member.user, member.changes) = (record.user, record.changes)
            let field = FieldChange(ChannelState.memberUpdate(member))
            for (change, number) in numbered {
                let event = ChannelEvent.changed(session.id, change, by: author, number: number)
                transaction.changes.append(
                    LogChange(
                        replica.key,
                        payload: event.encoded,
                        fields: [field],
                        feed: self.keepsHistory ? replica.label : nil
                    )
                )
            }
        }
        for (change, number) in numbered {
            if change.isMonitored {
                let event = NickEvent.changed(change, by: author)
                transaction.changes.append(LogChange(self.nickKey(session.user.nick), payload: event.encoded))
            }
            transaction.changes.append(
                LogChange(
                    session.inbox,
                    payload: UserEvent.changed(change, by: author, number: number).encoded,
                    fields: [FieldChange(record.userUpdate)]
                )
            )
        }
        return transaction
    }

    /// Ends somebody's session.
    package func kill(
        _ found: FoundUser,
        reason: String,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.act(
            by: actor,
            { () throws(Refusal) in
                guard actor.may(.endSessions) else { throw Refusal(.rightNeeded) }
                let event = UserEvent.killed(by: actor.author, reason: reason)
                return Decided(
                    transaction: Transaction(
                        conditions: [found.claim],
                        changes: [LogChange(found.inbox, payload: event.encoded)]
                    ),
                    value: (),
                    refusals: [0: Refusal(.noSuchNick, found.nick)]
                )
            },
            then: then
        )
    }

    /// Says something to all who want to hear such.
    package func announce(_ text: String, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        self.act(
            by: actor,
            { () throws(Refusal) in
                guard actor.may(.announce) else { throw Refusal(.rightNeeded) }
                let event = TenantEvent.wallops(text: text, by: actor.author)
                return Decided(
                    transaction: Transaction(changes: [LogChange(self.ownLog, payload: event.encoded)]),
                    value: ()
                )
            },
            then: then
        )
    }

    /// Has tenants and certificates read again.
    package func reload(by actor: Actor) throws(Refusal) {
        guard actor.may(.reload) else { throw Refusal(.rightNeeded) }
        self.shard.environment.reload()
    }
}

extension UserChange {
    /// Whether those are told who watch the nickname; of another nickname they hear otherwise.
    fileprivate var isMonitored: Bool {
        switch self {
        case .away, .account, .host, .realname: true
        case .nick, .modes: false
        }
    }
}

extension Session {
    /// Holds as long as the user is as it is known here: attachments elsewhere change it too.
    var userIsUnchanged: Condition {
        guard self.holds != nil else { return Condition(self.inbox, .exists) }
        let field = self.record.userUpdate
        return Condition(self.inbox, .equals(FieldName(field.key), field.value ?? []))
    }

    /// Holds as long as user and channels are as they are known here: attachments elsewhere change and join too.
    ///
    /// Does not hold while a channel that an attachment elsewhere joined is not known here yet: it is decided again then.
    fileprivate var isUnchanged: Condition {
        if self.holds == nil { return Condition(self.inbox, .exists) }
        return Condition(self.inbox, .unchanged(since: self.entering == 0 ? self.place : .none))
    }
}

extension ChannelReplica {
    /// Holds as long as a member stands in the channel as it is known here: what others do there does not matter.
    func membership(of session: Session) -> Condition {
        guard let member = self.state.members[session.id] else { return self.unchanged }
        let field = ChannelState.memberUpdate(member)
        return Condition(self.key, .equals(FieldName(field.key), field.value ?? []))
    }
}
