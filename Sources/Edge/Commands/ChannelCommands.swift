import Chat
import IRC
import StateStore
import Tenant

/// JOIN, PART, TOPIC, INVITE and KICK (RFC 2812 3.2).
enum ChannelCommands {
    static let rows: [CommandRow] = [
        CommandRow("JOIN", parameters: 1, cost: 2, list: (0, 1, 20)) { Self.join($0) },
        CommandRow("PART", parameters: 1, list: (0, nil, 20), need: .channel(0)) { Self.part($0) },
        CommandRow("TOPIC", parameters: 1, need: .channel(0)) { Self.topic($0) },
        CommandRow("INVITE", phases: .registered) { Self.invite($0) },
        CommandRow("KICK", parameters: 2, list: (1, nil, 8), need: .channel(0)) { Self.kick($0) },
    ]

    private static func join(_ call: Call) {
        if call[0] == "0" { return Self.partAll(call) }
        guard let session = call.connection.session else { return }
        guard let name = ChannelName(call[0], under: Names.caseMapping) else {
            return call.reply(.errBadChanMask, ShardCore.word(call[0]), text: "Not a channel's name")
        }
        // Being in it already is no error, and nothing happens.
        if session.memberships.contains(where: { $0.key.name == name.folded }) { return }
        if session.memberships.count >= call.core.limits.channelsPerSession {
            return call.reply(.errTooManyChannels, name.raw)
        }
        call.core.withFollowedChannel(call[0], for: call) { call in Self.decideJoin(call, session) }
    }

    private static func decideJoin(_ call: Call, _ session: Session) {
        guard let replica = call.channel else { return }
        let quotas = call.scope.tenant.quotas
        let now = call.core.now
        let event: ChannelEvent
        do throws(Refusal) {
            event = try replica.state.decideJoin(
                by: session.requester,
                key: call.optional(1).map { String($0.prefix { $0 != "," }) },
                maximumMembers: quotas.channelMembers.hardLimit,
                now: now
            )
        } catch {
            call.refuse(error)
            return call.core.unfollowIfUnused(replica, in: call.scope)
        }
        var conditions = [Condition(replica.key, .unchanged(since: replica.position))]
        if !replica.exists, let limit = quotas.channels.hardLimit {
            // Another tenant-wide count, so it cannot be told apart from a change of the channel: asked for first.
            return Self.whenBelow(limit, call) { call in
                conditions.append(Condition(replica.key, .logsBelow(limit)))
                Self.commitJoin(call, event, conditions, session)
            }
        }
        Self.commitJoin(call, event, conditions, session)
    }

    private static func whenBelow(_ limit: Int, _ call: Call, _ body: @escaping (Call) -> Void) {
        let step = call.beginStep()
        call.channel?.pins += 1
        call.core.store.count(call.scope.id, .channel) { result in
            call.channel?.pins -= 1
            switch result {
            case .success(let count) where count < limit: body(call)
            case .success:
                call.reply(.errTooManyChannels, call[0], text: "This network has as many channels as it may")
                if let replica = call.channel { call.core.unfollowIfUnused(replica, in: call.scope) }
            case .failure(let error):
                call.refuse(error)
                if let replica = call.channel { call.core.unfollowIfUnused(replica, in: call.scope) }
            }
            step.end()
        }
    }

    private static func commitJoin(_ call: Call, _ event: ChannelEvent, _ conditions: [Condition], _ session: Session) {
        guard let replica = call.channel else { return }
        let transaction = Transaction(
            conditions: conditions + [Condition(session.inbox, .exists)],
            changes: [
                LogChange(
                    replica.key,
                    payload: event.encoded,
                    fields: replica.state.updates(for: event).map(FieldChange.init),
                    journal: call.isJournaled
                ),
                LogChange(
                    session.inbox,
                    fields: [FieldChange(SessionRecord.channelUpdate(replica.key.name, isMember: true))]
                ),
            ]
        )
        call.commit(transaction) { _ in
            // Gone while it came in: its end, which waited for this, takes it out again.
            guard session.connection.isOpen else { return }
            if let topic = replica.state.topic { ChannelCommands.show(topic, of: replica, to: call) }
            ListingCommands.sendNames(of: replica, to: call)
        }
    }

    private static func part(_ call: Call) {
        guard let session = call.connection.session, let replica = call.channel else { return }
        do throws(Refusal) {
            let event = try replica.state.decidePart(by: session.requester, reason: call.optional(1))
            call.commit(Self.leaving(replica, event, session.inbox, call))
        } catch { call.refuse(error) }
    }

    private static func partAll(_ call: Call) {
        guard let session = call.connection.session, let row = call.core.table["PART"] else { return }
        call.connection.calls += session.memberships.map { replica in
            Call(
                core: call.core,
                connection: call.connection,
                row: row,
                message: call.message,
                replaced: [replica.state.name.raw]
            )
        }
    }

    /// What takes a member out of a channel: the channel ends with its last one.
    static func leaving(
        _ replica: ChannelReplica,
        _ event: ChannelEvent,
        _ inbox: LogKey,
        _ call: Call
    ) -> Transaction {
        Transaction(
            conditions: [Condition(replica.key, .unchanged(since: replica.position))],
            changes: [
                LogChange(
                    replica.key,
                    payload: event.encoded,
                    fields: replica.state.updates(for: event).map(FieldChange.init),
                    lifetime: replica.state.modes.contains(.registered) ? .keep : .dropIfEmpty(.members),
                    journal: call.isJournaled
                ),
                LogChange(
                    inbox,
                    fields: [FieldChange(SessionRecord.channelUpdate(replica.key.name, isMember: false))]
                ),
            ]
        )
    }

    private static func topic(_ call: Call) {
        guard let session = call.connection.session, let replica = call.channel else { return }
        let isMember = replica.state.members[session.id] != nil
        guard call.count > 1 else {
            if replica.state.isHidden, !isMember, !session.requester.isOperator {
                return call.reply(.errNotOnChannel, replica.state.name.raw)
            }
            guard let topic = replica.state.topic else {
                return call.reply(.rplNoTopic, replica.state.name.raw)
            }
            return Self.show(topic, of: replica, to: call)
        }
        let text = call[1].truncated(toBytes: 390)
        do throws(Refusal) {
            let event = try replica.state.decideTopic(text, by: session.requester, now: call.core.now)
            call.commit(call.change(replica, event))
        } catch { call.refuse(error) }
    }

    static func show(_ topic: Topic, of replica: ChannelReplica, to call: Call) {
        let channel = replica.state.name.raw
        call.reply(.rplTopic, channel, text: topic.text)
        call.reply(.rplTopicWhoTime, channel, topic.setter, String(topic.time / 1000))
    }

    private static func invite(_ call: Call) {
        guard let session = call.connection.session else { return }
        guard call.count >= 2 else {
            if call.count == 1 { return call.reply(.errNeedMoreParams, call.row.name) }
            return call.reply(.rplEndOfInviteList)
        }
        call.core.withUser(call[0], for: call) { call in
            call.core.withChannel(call[1], for: call) { call in
                guard let replica = call.channel, let found = call.user else { return }
                do throws(Refusal) {
                    let event = try replica.state.decideInvite(
                        of: found.record.session,
                        found.user,
                        by: session.requester
                    )
                    var transaction = call.change(replica, event)
                    let notice = UserEvent.invited(channel: replica.state.name.raw, by: session.actor)
                    transaction.conditions.append(found.claim)
                    transaction.changes.append(LogChange(found.inbox, payload: notice.encoded))
                    call.commit(transaction) { _ in
                        call.reply(.rplInviting, found.user.nick.raw, replica.state.name.raw)
                        if let away = found.user.away { call.reply(.rplAway, found.user.nick.raw, text: away) }
                    }
                } catch { call.refuse(error) }
            }
        }
    }

    private static func kick(_ call: Call) {
        guard let session = call.connection.session, let replica = call.channel else { return }
        do throws(Refusal) {
            try replica.state.checkHost(session.requester)
        } catch { return call.refuse(error) }
        guard let nick = Nickname(call[1], under: Names.caseMapping), let target = replica.state.member(nick: nick)
        else { return call.reply(.errUserNotInChannel, ShardCore.word(call[1]), replica.state.name.raw) }
        let reason = (call.optional(2) ?? session.user.nick.raw).truncated(toBytes: 390)
        do throws(Refusal) {
            let event = try replica.state.decideKick(of: target, by: session.requester, reason: reason)
            call.commit(Self.leaving(replica, event, call.scope.inboxKey(target.session), call))
        } catch { call.refuse(error) }
    }
}

extension Call {
    /// Whether what happens in channels goes to the durable history.
    var isJournaled: Bool { self.scope.tenant.history.enabled }

    /// One event of a channel, decided on its replica.
    func change(_ replica: ChannelReplica, _ event: ChannelEvent) -> Transaction {
        Transaction(
            conditions: [Condition(replica.key, .unchanged(since: replica.position))],
            changes: [
                LogChange(
                    replica.key,
                    payload: event.encoded,
                    fields: replica.state.updates(for: event).map(FieldChange.init),
                    journal: self.isJournaled
                )
            ]
        )
    }
}

extension String {
    /// The text cut to a number of UTF-8 bytes, on a character's border.
    func truncated(toBytes limit: Int) -> String {
        guard self.utf8.count > limit else { return self }
        var end = self.utf8.index(self.utf8.startIndex, offsetBy: limit)
        while end > self.startIndex, end.samePosition(in: self) == nil { end = self.utf8.index(before: end) }
        return String(self[..<end])
    }
}
