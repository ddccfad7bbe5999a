import Chat
import IRC
import NIOCore
import StateStore

/// Sessions begin, change their nickname and end, each in one transaction over all the logs that it concerns.
extension SimulatedShard {
    /// Signs on under the person's own name, or under another if that is taken.
    func connect(_ person: Person, attempt: Int = 0) {
        guard person.requester == nil, !person.isBusy, attempt < 4,
            let nick = Nickname(person.name + String(repeating: "x", count: attempt), under: Names.caseMapping)
        else { return }
        let session = SessionID(rawValue: self.newSession())
        let user = User(
            nick: nick,
            username: "u" + person.name,
            host: person.name + ".cloak",
            realname: person.name,
            modes: person.isOperator ? .operator : [],
            signedOn: self.clock.now
        )
        let requester = Requester(session: session, user: user, realHost: person.address)
        self.witness.realHosts[session] = person.address
        if person.isOperator { self.witness.operators.insert(session) }
        let transaction = Transaction(
            conditions: [Condition(self.nickKey(nick), .absent(FieldName(NickClaim.field)))],
            changes: [
                LogChange(
                    self.nickKey(nick),
                    payload: NickEvent.online(prefix: user.prefix).encoded,
                    fields: [.set(FieldName(NickClaim.field), NickClaim.bytes(session))]
                ),
                LogChange(
                    self.inboxKey(session),
                    payload: UserEvent.signedOn.encoded,
                    fields: [FieldChange(SessionRecord(session: session, user: user).userUpdate)]
                ),
            ]
        )
        person.isBusy = true
        self.link.append(transaction) { [self] result in
            person.isBusy = false
            guard case .success(.appended) = result else { return self.connect(person, attempt: attempt + 1) }
            person.requester = requester
            self.advance(person)
        }
    }

    /// Leaves everything at once.
    ///
    /// Rests on nothing, so it is never refused.
    func quit(_ person: Person, _ requester: Requester) {
        let actor = Actor(requester.session, requester.user)
        var changes = person.memberships.sorted().map { self.quitting(requester.session, actor, self.channelKey($0)) }
        changes.append(
            LogChange(
                self.nickKey(requester.user.nick),
                payload: NickEvent.offline(nick: requester.user.nick.raw).encoded,
                lifetime: .drop
            )
        )
        changes.append(
            LogChange(
                self.inboxKey(requester.session),
                payload: UserEvent.signedOff(reason: "Quit").encoded,
                lifetime: .drop
            )
        )
        let replicas = person.memberships.compactMap { self.replicas[$0] }
        person.disconnected()
        self.link.append(Transaction(changes: changes)) { [self] _ in
            for replica in replicas { self.letGo(of: replica) }
        }
    }

    /// Whoever quit while coming in leaves again.
    func leaveAgain(_ requester: Requester, _ replica: SimulatedReplica) {
        let actor = Actor(requester.session, requester.user)
        let inbox = LogChange(
            self.inboxKey(requester.session),
            payload: UserEvent.signedOff(reason: "Quit").encoded,
            lifetime: .drop
        )
        replica.uses += 1
        self.link.append(Transaction(changes: [self.quitting(requester.session, actor, replica.key), inbox])) {
            [self] _ in
            replica.uses -= 1
            self.letGo(of: replica)
        }
    }

    private func quitting(_ session: SessionID, _ actor: Actor, _ channel: LogKey) -> LogChange {
        LogChange(
            channel,
            payload: ChannelEvent.quit(session, by: actor, reason: "Quit").encoded,
            fields: [
                .remove(FieldName(FieldKey(.member, session.text))),
                .remove(FieldName(FieldKey(.invitation, session.text))),
            ],
            lifetime: .dropIfEmpty(.members)
        )
    }

    /// Changes a nickname in the logs of all the user's channels, if it is free.
    func changeNick(_ text: String, _ person: Person, _ requester: Requester, _ attempt: Int) {
        guard let nick = Nickname(text, under: Names.caseMapping), nick != requester.user.nick else { return }
        let change = UserChange.nick(nick)
        let number = person.changes + 1
        let actor = Actor(requester.session, requester.user)
        let (field, claim) = (FieldName(NickClaim.field), NickClaim.bytes(requester.session))
        var record = SessionRecord(session: requester.session, user: requester.user, changes: number)
        record.user.apply(change)
        var transaction = Transaction(
            conditions: [Condition(self.nickKey(nick), .absent(field))],
            changes: [
                LogChange(
                    self.nickKey(nick),
                    payload: NickEvent.online(prefix: record.user.prefix).encoded,
                    fields: [.set(field, claim)]
                ),
                LogChange(
                    self.nickKey(requester.user.nick),
                    payload: NickEvent.offline(nick: requester.user.nick.raw).encoded,
                    lifetime: .drop
                ),
            ]
        )
        for replica in person.memberships.sorted().compactMap({ self.replicas[$0] }) {
            let event = ChannelEvent.changed(requester.session, change, by: actor, number: number)
            transaction.conditions += self.conditions(on: replica)
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
                self.inboxKey(requester.session),
                payload: UserEvent.changed(change, by: actor, number: number).encoded,
                fields: [FieldChange(record.userUpdate)]
            )
        )
        person.isBusy = true
        person.isRenaming = true
        self.link.append(transaction) { [self] result in
            person.isBusy = false
            person.isRenaming = false
            switch result {
            case .success(.appended):
                if person.changes != number {
                    person.changes = number
                    person.requester?.user.apply(change)
                }
            case .success(.refused(condition: 0)), .failure: self.witness.count("nickname taken")
            case .success(.refused): self.run(.nick(text), of: person, attempt: attempt + 1)
            }
            self.advance(person)
        }
    }
}
