import Chat
import IRC
import NIOCore
import StateStore

/// Commands as an edge runs them: decide on the replica, append with the condition, run again when refused.
extension SimulatedShard {
    /// Begins what somebody waits for, as far as may be.
    func advance(_ person: Person) {
        while !person.isBusy, let next = person.waiting.first {
            if case .message = next, !person.refused.isEmpty || !person.heldBack.isEmpty { return }
            person.waiting.removeFirst()
            self.run(next, of: person)
        }
    }

    func run(_ command: Command, of person: Person, attempt: Int = 0) {
        guard attempt < 64 else { return self.witness.count("given up") }
        guard let requester = person.requester else {
            if case .connect = command { self.connect(person) }
            return
        }
        switch command {
        case .connect: break
        case .quit: self.quit(person, requester)
        case .nick(let nick): self.changeNick(nick, person, requester, attempt)
        case .message(let channel, let number): self.message(number, to: channel, person, requester)
        case .join(let channel, let key):
            guard let name = self.name(channel), !person.memberships.contains(name.folded) else { return }
            self.step(person) { [self] end in
                self.withFollowed(name) { replica in
                    // Gone, or come in, while the channel was looked up.
                    guard person.requester?.session == requester.session, !person.memberships.contains(name.folded)
                    else { return end(replica) }
                    self.decide(command, person, replica, attempt, end) { (requester) throws(Refusal) in
                        try replica.state.decideJoin(
                            by: requester,
                            key: key,
                            maximumMembers: 6,
                            now: self.clock.now
                        )
                    }
                }
            }
        case .part(let channel), .kick(let channel, _), .mode(let channel, _), .topic(let channel, _),
            .invite(let channel, _):
            guard let name = self.name(channel) else { return }
            self.step(person) { [self] end in
                self.withChannel(name) { replica in
                    guard replica.exists, person.requester?.session == requester.session else { return end(replica) }
                    self.decide(command, person, replica, attempt, end) { (requester) throws(Refusal) in
                        try self.event(of: command, in: replica.state, by: requester)
                    }
                }
            }
        }
    }

    private func name(_ text: String) -> ChannelName? { ChannelName(text, under: Names.caseMapping) }

    /// Does something that ends later; the person's next command waits for it.
    private func step(_ person: Person, _ body: (@escaping (SimulatedReplica?) -> Void) -> Void) {
        person.isBusy = true
        body { [self] replica in
            person.isBusy = false
            if let replica { self.letGo(of: replica) }
            self.advance(person)
        }
    }

    private func decide(
        _ command: Command,
        _ person: Person,
        _ replica: SimulatedReplica,
        _ attempt: Int,
        _ end: @escaping (SimulatedReplica?) -> Void,
        _ rule: (Requester) throws(Refusal) -> ChannelEvent?
    ) {
        guard let requester = person.requester else { return end(replica) }
        let event: ChannelEvent?
        do throws(Refusal) { event = try rule(requester) } catch {
            self.witness.count("refused by a rule")
            return end(replica)
        }
        guard let event else { return end(replica) }
        replica.uses += 1
        self.link.append(self.transaction(event, replica)) { [self] result in
            replica.uses -= 1
            if case .success(.refused) = result, person.requester?.session == requester.session {
                // The step goes on in the next attempt.
                person.isBusy = false
                self.run(command, of: person, attempt: attempt + 1)
                self.letGo(of: replica)
                self.advance(person)
                return
            }
            if case .success(.appended) = result, case .joined = event,
                person.requester?.session != requester.session
            {
                self.leaveAgain(requester, replica)
            }
            end(replica)
        }
    }

    private func event(
        of command: Command,
        in state: ChannelState,
        by requester: Requester
    ) throws(Refusal) -> ChannelEvent? {
        switch command {
        case .part: return try state.decidePart(by: requester, reason: nil)
        case .kick(_, let nick):
            guard let name = Nickname(nick, under: Names.caseMapping), let target = state.member(nick: name) else {
                return nil
            }
            return try state.decideKick(of: target, by: requester, reason: "out")
        case .mode(_, let parameters):
            let changes = state.decideModes(ModeRequest.parse(parameters), by: requester, now: self.clock.now).changes
            return changes.isEmpty ? nil : .modes(changes, by: Actor(requester.session, requester.user))
        case .topic(_, let text): return try state.decideTopic(text, by: requester, now: self.clock.now)
        case .invite(_, let nick):
            guard let name = Nickname(nick, under: Names.caseMapping), let target = self.findUser(name) else {
                return nil
            }
            return try state.decideInvite(of: target.session, target.user, by: requester)
        case .connect, .join, .nick, .message, .quit: return nil
        }
    }

    private func transaction(
        _ event: ChannelEvent,
        _ replica: SimulatedReplica
    ) -> Transaction {
        var change = LogChange(
            replica.key,
            payload: event.encoded,
            fields: replica.state.updates(for: event).map(FieldChange.init)
        )
        var conditions = self.conditions(on: replica)
        var other: LogChange?
        switch event {
        case .invited(let session, let nick, let actor):
            guard let name = Nickname(nick, under: Names.caseMapping) else { break }
            let claim = NickClaim.bytes(session)
            conditions.append(Condition(self.nickKey(name), .equals(FieldName(NickClaim.field), claim)))
            other = LogChange(
                self.inboxKey(session),
                payload: UserEvent.invited(channel: replica.state.name.raw, by: actor).encoded
            )
        case .joined(let member, _):
            other = LogChange(
                self.inboxKey(member.session),
                fields: [FieldChange(SessionRecord.channelUpdate(replica.key.name, isMember: true))]
            )
        case .parted(let session, _, _), .kicked(let session, _, _, _):
            change.lifetime = .dropIfEmpty(.members)
            other = LogChange(
                self.inboxKey(session),
                fields: [FieldChange(SessionRecord.channelUpdate(replica.key.name, isMember: false))]
            )
        default: break
        }
        return Transaction(
            conditions: conditions,
            changes: [change] + (other.map { [$0] } ?? [])
        )
    }

    /// What a decision rests on.
    func conditions(on replica: SimulatedReplica) -> [Condition] {
        [Condition(replica.key, .unchanged(since: replica.position))]
    }

    private func message(_ number: Int, to channel: String, _ person: Person, _ requester: Requester) {
        // Only to channels that are followed here; looking one up ends the order with what is in flight.
        guard let name = self.name(channel), let replica = self.replicas[name.folded], replica.exists else { return }
        do throws(Refusal) { try replica.state.checkSpeech(of: requester) } catch {
            return self.witness.count("refused by a rule")
        }
        let messageGuard = Person.MessageGuard(log: replica.key, changed: replica.changed)
        let command = Command.message(channel, number: number)
        if person.messagesInFlight > 0, person.inFlightGuard != messageGuard {
            person.heldBack.append(command)
            return
        }
        person.messagesInFlight += 1
        person.inFlightGuard = messageGuard
        let payload = ChatMessage(
            verb: .privmsg,
            sender: requester.session,
            account: nil,
            isBot: false,
            minimum: [],
            clientTags: "",
            capacity: 20
        ) { writer in
            // Nothing but the number, which is what the witness looks at.
            writer.command(String(number))
            writer.end()
        }
        let transaction = Transaction(
            conditions: self.conditions(on: replica),
            changes: [LogChange(replica.key, payload: ChannelEvent.message(payload).encoded)]
        )
        self.link.append(transaction) { [self] result in
            guard person.requester?.session == requester.session else { return }
            person.messagesInFlight -= 1
            if case .success(.refused) = result { person.refused.append(command) }
            guard person.messagesInFlight == 0 else { return }
            person.waiting.insert(contentsOf: person.refused + person.heldBack, at: 0)
            person.refused = []
            person.heldBack = []
            self.advance(person)
        }
    }
}

extension Section {
    static let members = Section(FieldKey.Section.member.rawValue)
}
