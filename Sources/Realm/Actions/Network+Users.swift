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
            { () throws(Refusal) in
                if changes.contains(where: \.saysSomething) { try actor.checkIsFree() }
                guard let transaction = self.transaction(changes, of: actor.session) else { return .again }
                return Decided(transaction: transaction, value: ())
            },
            then: then
        )
    }

    /// Goes by another nickname; nothing happens if it is the one that the actor has.
    ///
    /// - Parameters:
    ///   - nick: Which.
    ///   - actor: Who goes by it.
    ///   - isDue: Whether it is to be done still, of what nobody wishes but has to be; no channel keeps it from being done then.
    ///   - then: Goes on once the actor does.
    package func rename(
        _ nick: Nickname,
        by actor: Actor,
        if isDue: (() -> Bool)? = nil,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let session = actor.session
        self.act(
            by: actor,
            { () throws(Refusal) in
                if nick.raw == session.user.nick.raw { return .nothing(()) }
                try self.check(nick, for: session.user)
                if let isDue {
                    guard isDue() else { return .nothing(()) }
                } else {
                    try actor.checkIsFree()
                    for replica in session.memberships { try replica.state.checkNickChange(by: session.requester) }
                }
                guard var transaction = self.transaction([.nick(nick)], of: session) else { return .again }
                let refusals = self.claim(nick, for: session.record, in: &transaction)
                return Decided(transaction: transaction, value: (), refusals: refusals)
            },
            then: { (result: Result<Void, Refusal>) in
                then(result)
                if case .success = result {
                    self.nicks.watch(session)
                    self.bans.watch(session)
                }
            }
        )
    }

    /// Goes on if somebody may go by a nickname, as far as that is not a question of who has it now.
    func check(_ nick: Nickname, for user: User) throws(Refusal) {
        if ServiceNames.contains(nick) { throw Refusal(.serviceNick, nick.raw) }
        if Likeness.isMisleading(nick) { throw Refusal(.misleadingNick, nick.raw) }
        if nick != user.nick, let refusal = self.nicks.refusal(of: nick, to: user.account) { throw refusal }
    }

    /// Adds that somebody gives up one nickname and takes another.
    ///
    /// - Returns: What failed conditions mean, by their places. The first that is added says that the old nickname is theirs still, and
    ///   is not among them.
    func claim(_ nick: Nickname, for record: SessionRecord, in transaction: inout Transaction) -> [Int: Refusal] {
        let key = self.nickKey(nick)
        let field = FieldName(NameClaim.field)
        // What somebody else took meanwhile is not given up for them: the old name has to be its own.
        let own = NameClaim.condition(record.user.nick, of: record.session, in: self.id)
        transaction.conditions.append(own)
        // In another spelling it is the same nickname: nobody comes or goes.
        if nick == record.user.nick { return [:] }
        var refusals: [Int: Refusal] = [:]
        let offline = NickEvent.offline(nick: record.user.nick.raw).encoded
        if own.log != key {
            refusals[transaction.conditions.count] = self.inUse(nick)
            transaction.conditions.append(Condition(key, .absent(field)))
            transaction.changes.append(LogChange(own.log, payload: offline, lifetime: .drop))
        } else {
            // Another that looks like it.
            transaction.changes.append(LogChange(key, payload: offline))
        }
        var user = record.user
        user.apply(.nick(nick))
        transaction.changes.append(
            LogChange(
                key,
                payload: NickEvent.online(user).encoded,
                fields: [.set(field, NameClaim.bytes(record.session))]
            )
        )
        let past = TenantEvent.nickGivenUp(record.user, at: self.shard.now, address: record.facts?.address)
        transaction.changes.append(LogChange(self.ownLog, payload: past.encoded))
        return refusals
    }

    /// Somebody has a nickname, or one that looks like it.
    func inUse(_ nick: Nickname) -> Refusal {
        return Refusal(
            .nickInUse,
            nick.raw,
            text: Likeness.isUnlike(nick) ? nil : "That nickname, or one that looks like it, is in use"
        )
    }

    /// Changes that hold together: each is an entry of its own, the fields are those after the last.
    ///
    /// - Parameters:
    ///   - changes: What changes.
    ///   - session: Whose.
    ///   - ranks: What it is from then on in channels, where that is another than it was.
    /// - Returns: nil while a channel that an attachment elsewhere joined is not known here yet: it is decided again then.
    func transaction(
        _ changes: [UserChange],
        of session: Session,
        _ ranks: [LogKey: MemberModes] = [:]
    ) -> Transaction? {
        guard session.entering == 0 else { return nil }
        var memberships: [SessionRecord.Membership] = []
        var conditions = [session.isUnchanged]
        for replica in session.memberships {
            if var member = replica.state.members[session.id] {
                let bytes = ChannelState.memberUpdate(member).value ?? []
                member.modes = ranks[replica.key] ?? member.modes
                memberships.append(.init(log: replica.key, member: member, bytes: bytes))
            } else {
                conditions.append(replica.unchanged)
            }
        }
        var transaction = session.record.transaction(
            changes,
            memberships,
            in: self.id,
            isFed: self.keepsHistory
        )
        transaction.conditions = conditions + transaction.conditions
        return transaction
    }

    /// Ends somebody's session; that of who has more rights only who has as many ends.
    package func kill(
        _ found: FoundUser,
        reason: String,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        do throws(Refusal) {
            try actor.check(.endSessions, against: found)
            try reason.checkLength(Lengths.reason)
        } catch { return then(.failure(error)) }
        let note = self.note(.kill, found.nick, reason, by: actor)
        self.end(found, reason: reason, noting: note, by: actor, then)
    }

    /// Says something to all who want to hear such.
    package func announce(_ text: String, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        self.act(
            by: actor,
            { () throws(Refusal) in
                guard actor.may(.announce) else { throw Refusal(.rightNeeded) }
                try text.checkLength(Lengths.announcement)
                let event = TenantEvent.wallops(text: text, by: actor.author)
                let changes = [
                    LogChange(self.ownLog, payload: event.encoded), self.note(.wallops, "", text, by: actor),
                ]
                return Decided(transaction: Transaction(changes: changes), value: ())
            },
            then: then
        )
    }

    /// Says something to everybody on the network.
    package func address(_ text: String, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        self.act(
            by: actor,
            { () throws(Refusal) in
                guard actor.may(.addressEverybody) else { throw Refusal(.rightNeeded) }
                try text.checkLength(Lengths.announcement)
                let event = TenantEvent.global(text: text, by: actor.author)
                let changes = [
                    LogChange(self.ownLog, payload: event.encoded), self.note(.global, "", text, by: actor),
                ]
                return Decided(transaction: Transaction(changes: changes), value: ())
            },
            then: then
        )
    }

    /// Has tenants and certificates read again.
    package func reload(by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        self.act(
            by: actor,
            { () throws(Refusal) in
                guard actor.may(.reload) else { throw Refusal(.rightNeeded) }
                return Decided(
                    transaction: Transaction(changes: [self.note(.reload, "", "", by: actor)]),
                    value: ()
                )
            },
            then: { (result: Result<Void, Refusal>) in
                if case .success = result { self.shard.environment.reload() }
                then(result)
            }
        )
    }
}

extension Session {
    /// Holds as long as the user is as it is known here: attachments elsewhere change it too, and operators.
    var userIsUnchanged: Condition { self.record.userIsUnchanged(in: self.inbox) }

    /// Holds as long as user and channels are as they are known here: attachments elsewhere change and join too.
    fileprivate var isUnchanged: Condition {
        self.holds == nil ? self.userIsUnchanged : Condition(self.inbox, .unchanged(since: self.place))
    }
}
