package import Chat
import IRC
import StateStore
import Tenant

/// Taking messages back (draft/message-redaction).
extension Network {
    /// Takes a message back: whoever said it may, and whoever runs the channel that it was said in.
    ///
    /// Those who could read it are told, and nothing of what it said stays in the history.
    ///
    /// - Parameters:
    ///   - message: The message's id.
    ///   - target: Where it was said: a channel that the actor is in, or whom the actor writes to; a nickname or an account.
    ///   - reason: Why; nil for no reason.
    ///   - actor: Who takes it back.
    ///   - then: Gets how it ended.
    package func redact(
        _ message: String,
        in target: String,
        reason: String?,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        do throws(Refusal) {
            try actor.checkIsFree()
            try reason?.checkLength(Lengths.reason)
        } catch { return then(.failure(error)) }
        self.conversation(with: target, for: actor) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let (conversation, found)):
                guard let id = Stamp(messageID: message) else { return then(.failure(Refusal(.noSuchMessage, target))) }
                let own = actor.session.inbox
                let logs: [LogKey]
                switch conversation {
                case .channel(let folded): logs = [LogKey(self.id, .channel, folded)]
                case .direct: logs = [own] + (found.map { $0.inbox == own ? [] : [$0.inbox] } ?? [])
                }
                self.author(of: id, in: conversation, logs[...], with: found, for: actor) { result in
                    switch result {
                    case .failure(let refusal): then(.failure(refusal))
                    case .success(let author):
                        let isOwn = author.isSame(as: actor.session)
                        if case .direct = conversation {
                            guard isOwn else { return then(.failure(Refusal(.messageOfAnother, target))) }
                            let label = FeedLabel(conversation.text)
                            self.redact(id, from: target, found, label, reason: reason, by: actor, then)
                        } else if let name = ChannelName(target, under: Names.caseMapping) {
                            self.redact(id, in: name, isOwn: isOwn, reason: reason, by: actor, then)
                        }
                    }
                }
            }
        }
    }

    /// In a channel.
    private func redact(
        _ id: Stamp,
        in name: ChannelName,
        isOwn: Bool,
        reason: String?,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.change(
            name,
            by: actor,
            { replica throws(Refusal) in
                guard replica.state.members.contains(actor.session.id) else { throw Refusal(.notOnChannel, name.raw) }
                var isByRight = false
                if !isOwn {
                    do throws(Refusal) {
                        isByRight =
                            try actor.decide { requester throws(Refusal) in try replica.state.checkHost(requester) }
                            .isByRight
                    } catch { throw Refusal(.messageOfAnother, name.raw) }
                }
                let event = ChannelEvent.redacted(id.messageID, by: actor.author, reason: reason)
                var transaction = replica.change(event)
                if isByRight {
                    let detail = [id.messageID, reason].compactMap(\.self).joined(separator: " ")
                    transaction.changes.append(self.note(.redact, replica.state.name.raw, detail, by: actor))
                }
                return Decided(transaction: transaction, value: ())
            },
            then: then
        )
    }

    /// What one wrote to somebody, who hears of it while here.
    private func redact(
        _ id: Stamp,
        from target: String,
        _ found: FoundUser?,
        _ label: FeedLabel,
        reason: String?,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let session = actor.session
        self.act(
            by: actor,
            { () throws(Refusal) in
                let nick = found?.nick ?? target
                let event = UserEvent.redacted(id.messageID, to: nick, by: actor.author, reason: reason)
                let isKept = self.keepsHistory && self.history.directMessages
                var transaction = Transaction(
                    conditions: [Condition(session.inbox, .exists)],
                    changes: [LogChange(session.inbox, payload: event.encoded, feed: isKept ? label : nil)]
                )
                if let found, found.inbox != session.inbox {
                    transaction.conditions.append(Condition(found.inbox, .exists))
                    transaction.changes.append(LogChange(found.inbox, payload: event.encoded))
                }
                return Decided(transaction: transaction, value: (), refusals: [1: Refusal(.noSuchNick, target)])
            },
            then: { result in
                // The other has left meanwhile.
                if case .failure(let refusal) = result, refusal.reason == .noSuchNick {
                    return self.redact(id, from: target, nil, label, reason: reason, by: actor, then)
                }
                then(result)
            }
        )
    }

    // MARK: Who said it

    /// Who said a message: the live logs know of the last ones, the history of those before.
    private func author(
        of id: Stamp,
        in conversation: Conversation,
        _ logs: ArraySlice<LogKey>,
        with found: FoundUser?,
        for actor: Actor,
        _ then: @escaping (Result<MessageAuthor, Refusal>) -> Void
    ) {
        guard let log = logs.first else { return self.keptAuthor(of: id, in: conversation, then) }
        self.store.entries(of: log, after: id.position.sequence(before: 1), limit: 1) { result in
            switch result {
            case .failure(let error): then(.failure(self.refusal(error)))
            case .success(let entries):
                if let entry = entries.first, entry.position == id.position, entry.time == id.time,
                    let message = ChatMessage(entry: entry.payload),
                    message.belongs(
                        to: conversation,
                        receivedBy: log == actor.session.inbox ? actor.session.party : found?.party
                    )
                {
                    return then(.success(MessageAuthor(session: message.sender, account: message.account)))
                }
                self.author(of: id, in: conversation, logs.dropFirst(), with: found, for: actor, then)
            }
        }
    }

    private func keptAuthor(
        of id: Stamp,
        in conversation: Conversation,
        _ then: @escaping (Result<MessageAuthor, Refusal>) -> Void
    ) {
        guard self.hasPast else { return then(.failure(Refusal(.noSuchMessage, conversation.text))) }
        let (name, tenant) = (conversation.text, self.id)
        self.ask({ past throws(DurableStoreError) in try await past.history.find(id, in: name, of: tenant) }) {
            (result: Result<HistoryRecord?, Refusal>) in
            switch result {
            case .success(let record?) where record.redaction == nil && record.kind.isMessage:
                then(.success(conversation.author(of: record)))
            case .success: then(.failure(Refusal(.noSuchMessage, conversation.text)))
            case .failure(let refusal): then(.failure(refusal))
            }
        }
    }
}

/// Who said something, as far as that is known.
struct MessageAuthor {
    var session: SessionID?
    var account: String?
    /// `nick!user@host` of one of two guests, of whom the history knows nothing else.
    var prefix: String?

    func isSame(as other: Session) -> Bool {
        if let session, session == other.id { return true }
        if let prefix { return prefix == other.prefix }
        guard let account, case .account = other.party else { return false }
        return Conversation.Party(other.id, account: account) == other.party
    }
}

extension Conversation {
    /// Who said what the history has, which knows of guests only which of them had a part in it.
    func author(of record: HistoryRecord) -> MessageAuthor {
        guard case .direct(let pair) = self, record.account == nil else {
            return MessageAuthor(account: record.account)
        }
        return switch (pair.first, pair.second) {
        case (.guest(let session), .account), (.account, .guest(let session)): MessageAuthor(session: session)
        case (.guest, .guest): MessageAuthor(prefix: record.prefix)
        case (.account, .account): MessageAuthor()
        }
    }
}

extension ChatMessage {
    /// Whether it is part of a conversation, as it stands in the log of a channel or in that of who received it.
    func belongs(to conversation: Conversation, receivedBy party: Conversation.Party?) -> Bool {
        guard case .direct(let pair) = conversation else { return true }
        guard let party, !self.isCopy else { return false }
        return Conversation.Pair(.init(self.sender, account: self.account), party) == pair
    }
}

extension HistoryRecord.Kind {
    /// Whether somebody said it, be it with tags alone.
    fileprivate var isMessage: Bool { !self.isEvent || self == .tagmsg }
}
