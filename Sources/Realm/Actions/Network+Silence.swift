package import Chat
import StateStore

/// Of whom somebody wants to hear nothing, in messages to them, invitations and nothing else.
extension Network {
    /// Adds somebody to the list of the actor's session, or takes them off.
    ///
    /// - Returns: by `then`, whether that changed anything.
    package func silence(
        _ entry: Silenced,
        isOn: Bool,
        by actor: Actor,
        _ then: @escaping (Result<Bool, Refusal>) -> Void
    ) {
        let session = actor.session
        let field = FieldName(SilenceList.field)
        self.act(
            by: actor,
            { () throws(Refusal) in
                let before = session.silence
                var list = before
                guard isOn ? list.add(entry) : list.remove(entry) else { return .nothing(false) }
                if list.entries.count > SilenceList.limit { throw Refusal(.silenceListIsFull, entry.text) }
                // Another client of the session may have changed it meanwhile.
                let known: Condition.Test = before.isEmpty ? .absent(field) : .equals(field, before.bytes)
                return Decided(
                    transaction: Transaction(
                        conditions: [Condition(session.inbox, .exists), Condition(session.inbox, known)],
                        changes: [
                            LogChange(
                                session.inbox,
                                payload: UserEvent.silenced(list).encoded,
                                fields: [list.isEmpty ? .remove(field) : .set(field, list.bytes)]
                            )
                        ]
                    ),
                    value: true,
                    refusals: [0: Refusal(.gone)]
                )
            },
            then: then
        )
    }
}

extension Session {
    /// Whether its user wants to hear nothing of who said something.
    ///
    /// What it said itself, by another client, it hears.
    func silences(_ message: ChatMessage) -> Bool {
        guard message.sender != self.id, let prefix = message.said?.prefix else { return false }
        return self.silence.silences(prefix, account: message.account)
    }
}
