package import Chat
package import IRC
import StateStore
import Tenant

/// What actors do in channels: coming and going, topics, modes, invitations (RFC 2812 3.2).
extension Network {
    /// Comes into a channel; nil if the actor is in it already, which is no error.
    ///
    /// The members hear of it through the log; so does the actor itself, before this goes on.
    ///
    /// - Parameters:
    ///   - name: The channel.
    ///   - key: What is given as its key.
    ///   - mayFound: Whether the channel begins if there is none.
    ///   - actor: Who comes.
    ///   - link: When the channel was registered that an invite link of the actor's is of; nil without one.
    ///   - then: Gets the channel.
    package func join(
        _ name: ChannelName,
        key: String?,
        mayFound: Bool = true,
        by actor: Actor,
        link: Int64? = nil,
        _ then: @escaping (Result<ChannelView?, Refusal>) -> Void
    ) {
        // Whose a channel is shows once all are there.
        self.registry.complete { then in
            self.enter(name, key: key, mayFound: mayFound, by: actor, link: link, then)
        } then: { (result: Result<ChannelView?, Refusal>) in
            then(result)
        }
    }

    private func enter(
        _ name: ChannelName,
        key: String?,
        mayFound: Bool,
        by actor: Actor,
        link: Int64?,
        _ then: @escaping (Result<ChannelView?, Refusal>) -> Void
    ) {
        let session = actor.session
        if session.isMember(of: name.folded) { return then(.success(nil)) }
        if let refusal = session.guestMayNotEnter(name.raw) { return then(.failure(refusal)) }
        if session.memberships.count >= self.limits.channels {
            return then(.failure(Refusal(.tooManyChannels, name.raw)))
        }
        self.change(name, isFollowing: true, by: actor) { replica throws(Refusal) in
            if session.isMember(of: name.folded) { return .nothing(nil) }
            if replica.state.members.contains(session.id) {
                // Another attachment has come in, elsewhere.
                session.enter(name.folded)
                return .nothing(nil)
            }
            guard mayFound || replica.exists else { throw Refusal(.noSuchChannel, name.raw) }
            if !replica.state.awaited.isEmpty, replica.state.isForsaken(now: self.shard.now) {
                self.awaited.sweep(replica.key.name)
                return .again
            }
            if let link, replica.state.registration?.since != link {
                // It is another channel than that which the link is of.
                throw Refusal(.noSuchInviteLink, text: "That channel is not there any more")
            }
            if !replica.exists, let refusal = session.guestMayNotFound(name.raw) { throw refusal }
            let (event, isByRight) = try actor.decide(as: session.requester(for: replica.state)) {
                requester throws(Refusal) in
                try replica.state.decideJoin(
                    by: requester,
                    key: key,
                    maximumMembers: self.tenant.quotas.channelMembers.hardLimit,
                    joins: replica.joins,
                    now: self.shard.now,
                    byLink: link != nil
                )
            }
            if let template = self.template(for: name, event) {
                try ChannelState.checkFounding(of: name, with: template.switches, by: session.requester)
            }
            let note = replica.state.noteOfUse(by: session.requester, now: self.shard.now)
            var transaction = replica.change([event] + self.beginning(of: name, event) + (note.map { [$0] } ?? []))
            var refusals: [Int: Refusal] = [:]
            if !replica.exists, let limit = self.tenant.quotas.channels.hardLimit {
                refusals[transaction.conditions.count] = Refusal(.networkHasTooManyChannels, name.raw)
                transaction.conditions.append(Condition(replica.key, .logsBelow(limit)))
            }
            if !replica.exists, let isComplete = try self.registry.isComplete() {
                refusals[transaction.conditions.count] = Refusal(.channelsAreMissing)
                transaction.conditions.append(isComplete)
            }
            if isByRight { transaction.changes.append(self.note(.join, replica.state.name.raw, "", by: actor)) }
            // Others may have changed the user: it comes in as it is then.
            transaction.conditions.append(session.userIsUnchanged)
            transaction.changes.append(
                LogChange(
                    session.inbox,
                    payload: session.entering(replica.key.name),
                    fields: [FieldChange(SessionRecord.channelUpdate(replica.key.name, isMember: true))]
                )
            )
            return Decided(transaction: transaction, value: replica, refusals: refusals)
        } then: { (result: Result<ChannelReplica?, Refusal>) in
            if case .failure(let refusal) = result, refusal.reason == .unavailable, session.isMember(of: name.folded),
                let replica = self.replicas[name.folded]
            {
                // The store does not say whether it was done; the channel's log did, and who asked waits for the rest.
                return then(.success(ChannelView(replica, for: session)))
            }
            then(result.map { $0.map { ChannelView($0, for: session) } })
        }
    }

    /// What the tenant says that a channel begins with, if somebody makes it now.
    private func template(for name: ChannelName, _ event: ChannelEvent) -> ChannelTemplate? {
        guard case .joined(_, founding: .some) = event else { return nil }
        return self.tenant.settings.channels.template(for: name)
    }

    /// What a channel begins with besides, where the tenant says so.
    private func beginning(of name: ChannelName, _ event: ChannelEvent) -> [ChannelEvent] {
        guard let template = self.template(for: name, event) else { return [] }
        return ChannelState.beginning(
            template.switches,
            topic: template.topic,
            by: self.serverAuthor,
            now: self.shard.now
        )
    }

    /// Leaves a channel.
    package func part(
        _ name: ChannelName,
        reason: String?,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let session = actor.session
        self.changeExisting(
            name,
            alsoApart: true,
            by: actor,
            { replica throws(Refusal) in
                // Who is kept apart says nothing, and a guest who sends no links yet none of those.
                let isSilent =
                    session.quarantine(of: actor.attachment) != nil || session.leavesWithoutWord(reason ?? "")
                let said = isSilent ? nil : reason
                let event = try replica.state.decidePart(by: session.requester, reason: said)
                return Decided(transaction: self.leaving(replica, event, session.inbox), value: ())
            },
            then
        )
    }

    /// Removes a member.
    package func kick(
        _ nick: Nickname?,
        named text: String,
        from name: ChannelName,
        reason: String,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.changeExisting(
            name,
            by: actor,
            { replica throws(Refusal) in
                try replica.state.checkHost(actor.session.requester)
                guard let target = nick.flatMap({ replica.state.member(nick: $0) }) else {
                    throw Refusal(.userNotInChannel, text.asWord, replica.state.name.raw)
                }
                let state = replica.state
                let (event, isByRight) = try actor.decide { requester throws(Refusal) in
                    try state.decideKick(of: target, by: requester, reason: reason)
                }
                var transaction = self.leaving(replica, event, self.inboxKey(target.session))
                if isByRight {
                    let detail = "\(target.user.nick.raw) \(reason)"
                    transaction.changes.append(self.note(.kick, state.name.raw, detail, by: actor))
                }
                return Decided(transaction: transaction, value: ())
            },
            { result in
                guard case .failure(let refusal) = result else { return then(result) }
                self.tellApart([refusal]) { then(.failure($0.first ?? refusal)) }
            }
        )
    }

    /// What takes a member out of a channel: the channel ends with its last one.
    func leaving(_ replica: ChannelReplica, _ event: ChannelEvent, _ inbox: LogKey) -> Transaction {
        var transaction = replica.change(event, lifetime: .whileInhabited)
        transaction.changes.append(
            LogChange(inbox, fields: [FieldChange(SessionRecord.channelUpdate(replica.key.name, isMember: false))])
        )
        return transaction
    }

    /// Changes the topic; an empty text clears it.
    package func setTopic(
        of name: ChannelName,
        to text: String,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.changeExisting(
            name,
            by: actor,
            { replica throws(Refusal) in
                let (state, now) = (replica.state, self.shard.now)
                let (event, isByRight) = try actor.decide { requester throws(Refusal) in
                    try state.decideTopic(text, by: requester, now: now)
                }
                var transaction = replica.change(event)
                if isByRight { transaction.changes.append(self.note(.topic, state.name.raw, text, by: actor)) }
                return Decided(transaction: transaction, value: ())
            },
            then
        )
    }

    /// Asks somebody into a channel.
    ///
    /// - Returns: the user who was asked, and the channel's name as it is spelled.
    package func invite(
        _ found: FoundUser,
        to name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<String, Refusal>) -> Void
    ) {
        if let refusal = actor.session.guestMayNotWrite(to: found) { return then(.failure(refusal)) }
        self.changeExisting(
            name,
            by: actor,
            { replica throws(Refusal) in
                let (event, isByRight) = try actor.decide { requester throws(Refusal) in
                    try replica.state.decideInvite(of: found.record.session, found.user, by: requester)
                }
                var transaction = replica.change(event)
                let notice = UserEvent.invited(channel: replica.state.name.raw, by: actor.author)
                let refusals = [transaction.conditions.count: Refusal(.noSuchNick, found.nick)]
                transaction.conditions.append(found.claim)
                let label = found.party.account == nil ? nil : self.deviceLabel(actor.session.party, found.party)
                transaction.changes.append(LogChange(found.inbox, payload: notice.encoded, feed: label))
                if isByRight {
                    transaction.changes.append(self.note(.invite, replica.state.name.raw, found.nick, by: actor))
                }
                return Decided(transaction: transaction, value: replica.state.name.raw, refusals: refusals)
            },
            then
        )
    }

    /// Changes modes.
    ///
    /// - Returns: what was accepted, refused and asked for by what held when it was done, and the channel as it was then.
    package func changeModes(
        of name: ChannelName,
        _ requests: [ModeRequest],
        by actor: Actor,
        seeing ranks: VisibleRanks,
        _ then: @escaping (Result<(decision: ModeDecision, channel: ChannelView), Refusal>) -> Void
    ) {
        self.refusedForwards(ModeRequest.forwards(in: requests)[...], by: actor) { forwards in
            self.changeModes(of: name, requests, forwards, by: actor, seeing: ranks, then)
        }
    }

    private func changeModes(
        of name: ChannelName,
        _ requests: [ModeRequest],
        _ forwards: [String: Refusal],
        by actor: Actor,
        seeing ranks: VisibleRanks,
        _ then: @escaping (Result<(decision: ModeDecision, channel: ChannelView), Refusal>) -> Void
    ) {
        self.changeExisting(
            name,
            by: actor,
            { replica throws(Refusal) in
                let decision = replica.state.decideModes(
                    requests,
                    by: actor.session.requester,
                    seeing: ranks,
                    now: self.shard.now,
                    forwards: forwards
                )
                let value = (decision: decision, channel: ChannelView(replica, for: actor.session))
                if decision.changes.isEmpty { return .nothing(value) }
                var transaction = replica.change(.modes(decision.changes, by: actor.author))
                var plain = actor.session.requester
                plain.rights = []
                let byRank =
                    actor.rights.isEmpty
                    ? decision.changes
                    : replica.state.decideModes(
                        requests,
                        by: plain,
                        seeing: ranks,
                        now: self.shard.now,
                        forwards: forwards
                    ).changes
                if byRank != decision.changes {
                    // A key is nobody's but the channel's.
                    let shown = decision.changes.map { change in
                        if case .key(.some) = change { ModeChange.key("*") } else { change }
                    }
                    let detail = shown.parameters.joined(separator: " ")
                    transaction.changes.append(self.note(.modes, replica.state.name.raw, detail, by: actor))
                }
                return Decided(transaction: transaction, value: value)
            },
            { result in
                guard case .success(var value) = result else { return then(result) }
                self.tellApart(value.decision.refusals) { refusals in
                    value.decision.refusals = refusals
                    then(.success(value))
                }
            }
        )
    }

    /// Which of some channels the actor may have nobody forwarded to, and why: those that it does not run, unless they allow it.
    private func refusedForwards(
        _ names: ArraySlice<ChannelName>,
        by actor: Actor,
        _ then: @escaping ([String: Refusal]) -> Void
    ) {
        guard let name = names.first else { return then([:]) }
        self.channel(name, for: actor) { result in
            var refused: Refusal?
            switch result {
            case .failure(let refusal): refused = refusal
            case .success(let channel):
                do throws(Refusal) { try channel.state.checkForward(by: actor.session.requester) } catch {
                    refused = channel.isVisible ? error : Refusal(.noSuchChannel, name.raw)
                }
            }
            self.refusedForwards(names.dropFirst(), by: actor) { others in
                var others = others
                if let refused { others[name.folded] = refused }
                then(others)
            }
        }
    }

    /// Tells those who are not in a channel from those who are not there at all, of whom a channel knows as little.
    private func tellApart(_ refusals: [Refusal], _ then: @escaping ([Refusal]) -> Void) {
        func nick(_ refusal: Refusal) -> Nickname? {
            refusal.subject.first.flatMap { Nickname($0, under: Names.caseMapping) }
        }
        let missing = refusals.filter { $0.reason == .userNotInChannel }
        if missing.isEmpty { return then(refusals) }
        self.sessions.find(missing.compactMap(nick)) { result in
            // Where the store cannot say, what the channel says is true as well.
            guard case .success(let found) = result else { return then(refusals) }
            let present = Set(zip(missing.compactMap(nick), found).compactMap { $1 == nil ? nil : $0 })
            then(
                refusals.map { refusal in
                    guard refusal.reason == .userNotInChannel, let name = refusal.subject.first,
                        nick(refusal).map(present.contains) != true
                    else { return refusal }
                    return Refusal(.noSuchNick, name)
                }
            )
        }
    }

    /// Looks at a channel that exists.
    package func channel(
        _ name: ChannelName,
        for actor: Actor,
        _ then: @escaping (Result<ChannelView, Refusal>) -> Void
    ) {
        self.replicas.look(at: name) { result in
            switch result {
            case .success(let replica):
                guard replica.exists else { return then(.failure(Refusal(.noSuchChannel, name.raw))) }
                then(.success(ChannelView(replica, for: actor.session)))
            case .failure(let refusal): then(.failure(refusal))
            }
        }
    }

    /// Changes something of a channel that exists.
    ///
    /// - `alsoApart`: whether who is in quarantine does that, too.
    func changeExisting<Value>(
        _ name: ChannelName,
        alsoApart: Bool = false,
        by actor: Actor,
        _ decide: @escaping (ChannelReplica) throws(Refusal) -> Decided<Value>,
        _ then: @escaping (Result<Value, Refusal>) -> Void
    ) {
        self.change(
            name,
            alsoApart: alsoApart,
            by: actor,
            { replica throws(Refusal) in
                guard replica.exists else { throw Refusal(.noSuchChannel, name.raw) }
                return try decide(replica)
            },
            then: then
        )
    }
}
