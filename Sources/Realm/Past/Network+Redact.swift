package import Chat
package import IRC
package import StateStore

/// Taking messages back.
extension Network {
    /// Takes a message in a channel back: whoever said it may, and whoever runs the channel.
    ///
    /// Its members are told, and nothing of what it said stays in the history.
    ///
    /// - Parameters:
    ///   - id: The message.
    ///   - name: The channel, which the actor is in.
    ///   - reason: Why; nil for no reason.
    ///   - actor: Who takes it back.
    ///   - then: Gets how it ended.
    package func redact(
        _ id: Stamp,
        in name: ChannelName,
        reason: String?,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.author(of: id, in: name) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let author):
                self.change(
                    name,
                    by: actor,
                    { replica throws(Refusal) in
                        guard replica.state.members.contains(actor.session.id) else {
                            throw Refusal(.notOnChannel, name.raw)
                        }
                        if !author.isSame(as: actor.session) {
                            do throws(Refusal) { try replica.state.checkHost(actor.session.requester) } catch {
                                throw Refusal(.messageOfAnother, name.raw)
                            }
                        }
                        let event = ChannelEvent.redacted(id.messageID, by: actor.author, reason: reason)
                        return Decided(transaction: replica.change(event), value: ())
                    },
                    then: then
                )
            }
        }
    }

    /// Who said something, as far as that is known.
    private struct MessageAuthor {
        var session: SessionID?
        var account: String?

        func isSame(as other: Session) -> Bool {
            if let session, session == other.id { return true }
            guard let account, case .account = other.party else { return false }
            return Conversation.Party(other.id, account: account) == other.party
        }
    }

    /// Who said a message: the live log knows of the last ones, the history of those before.
    private func author(
        of id: Stamp,
        in name: ChannelName,
        _ then: @escaping (Result<MessageAuthor, Refusal>) -> Void
    ) {
        let (key, tenant) = (self.channelKey(name), self.id)
        self.store.entries(of: key, after: id.position.sequence &- 1, limit: 1) { result in
            switch result {
            case .failure(let error): return then(.failure(self.refusal(error)))
            case .success(let entries):
                if let entry = entries.first, entry.position == id.position, entry.time == id.time,
                    let message = ChatMessage(entry: entry.payload)
                {
                    return then(.success(MessageAuthor(session: message.sender, account: message.account)))
                }
            }
            guard self.hasPast else { return then(.failure(Refusal(.noSuchMessage, name.raw))) }
            self.ask({ past throws(DurableStoreError) in try await past.history.find(id, in: name.folded, of: tenant) })
            {
                (result: Result<HistoryRecord?, Refusal>) in
                switch result {
                case .success(let record?) where record.redaction == nil && record.kind.isMessage:
                    then(.success(MessageAuthor(account: record.account)))
                case .success: then(.failure(Refusal(.noSuchMessage, name.raw)))
                case .failure(let refusal): then(.failure(refusal))
                }
            }
        }
    }
}

extension HistoryRecord.Kind {
    /// Whether somebody said it, be it with tags alone.
    fileprivate var isMessage: Bool { !self.isEvent || self == .tagmsg }
}
