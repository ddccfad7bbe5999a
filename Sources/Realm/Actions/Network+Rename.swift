package import Chat
package import IRC
import StateStore

/// Other names for channels.
extension Network {
    /// Gives a channel another name.
    ///
    /// Another spelling is an event of its log. Another name is another log: in one transaction that is founded with all that the
    /// channel has, each member's session is told in its own log and has the one channel instead of the other, and the old log
    /// ends with the event that says where the channel went. So everybody is in one of the two, whoever looks and whenever. What
    /// is said under the old name meanwhile rests on that log, and is refused.
    ///
    /// - Parameters:
    ///   - old: The channel.
    ///   - new: Its new name.
    ///   - reason: What the members are told.
    ///   - actor: Who asks.
    ///   - then: Goes on once the actor's clients here are told.
    package func renameChannel(
        _ old: ChannelName,
        to new: ChannelName,
        reason: String?,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.registry.complete { then in
            self.move(old, to: new, reason: reason, by: actor, then)
        } then: { (result: Result<Void, Refusal>) in
            then(result)
        }
    }

    private func move(
        _ old: ChannelName,
        to new: ChannelName,
        reason: String?,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.changeExisting(
            old,
            by: actor,
            { replica throws(Refusal) in
                let (event, isByRight) = try actor.decide { requester throws(Refusal) in
                    try replica.state.decideRename(to: new, by: requester, reason: reason)
                }
                guard let event else { return .nothing(()) }
                let detail = [new.raw, reason].compactMap(\.self).joined(separator: " ")
                let notes = isByRight ? [self.note(.moveChannel, replica.state.name.raw, detail, by: actor)] : []
                if new.folded == replica.key.name {
                    var respelled = replica.change(event)
                    respelled.changes += notes
                    return Decided(transaction: respelled, value: ())
                }
                let inUse = Refusal(.channelNameInUse, old.raw, new.raw, text: "The channel name is already taken")
                var moving = self.moving(replica, to: new, event)
                moving.changes += notes
                var refusals = [1: inUse]
                if let isComplete = try self.registry.isComplete() {
                    refusals[moving.conditions.count] = Refusal(.channelsAreMissing)
                    moving.conditions.append(isComplete)
                }
                return Decided(transaction: moving, value: (), refusals: refusals)
            },
            { result in
                guard case .success = result else { return then(result) }
                actor.session.whenMoved(to: new.folded) { then(result) }
            }
        )
    }

    /// The second condition says whether the name is free.
    private func moving(_ replica: ChannelReplica, to new: ChannelName, _ event: ChannelEvent) -> Transaction {
        let (key, now) = (self.channelKey(new), self.shard.now)
        let mark = "\(now) \(replica.key.name)"
        var transaction = Transaction(
            conditions: [replica.unchanged, Condition(key, .unchanged(since: .none))],
            changes: [
                LogChange(replica.key, payload: event.encoded, lifetime: .drop),
                LogChange(
                    key,
                    payload: ChannelEvent.continued(from: replica.state.name.raw).encoded,
                    fields: replica.state.fields(as: new, now: now).map(FieldChange.init)
                ),
            ]
        )
        if let until = replica.state.awaited.values.map(\.until).max() {
            transaction.changes.append(AwaitedRanks.note(key.name, until: until, of: self.id))
        }
        let told = UserEvent.moved(from: replica.key.name, to: key.name, mark: mark).encoded
        let fields = [
            FieldChange(SessionRecord.channelUpdate(replica.key.name, isMember: false)),
            FieldChange(SessionRecord.channelUpdate(key.name, isMember: true)),
            .set(FieldName(SessionRecord.markField), Array(mark.utf8)),
        ]
        // In an order that does not change from run to run.
        for session in replica.state.members.sessions.sorted(by: { $0.rawValue < $1.rawValue }) {
            let inbox = self.inboxKey(session)
            transaction.conditions.append(Condition(inbox, .exists))
            transaction.changes.append(LogChange(inbox, payload: told, fields: fields))
        }
        return transaction
    }
}
