import Chat
import IRC
import StateStore

/// The user of a session that is always on is away while nobody takes part in it.
extension RealmShard {
    /// Says so in all of its channels, if it is not away already.
    ///
    /// Nothing of the session is followed, so what it rests on is read first.
    func markAway(_ record: SessionRecord, _ inbox: LogKey, _ holds: SessionHolds) {
        guard record.user.away == nil else { return }
        let channels = record.channels.sorted().map { LogKey(inbox.tenant, .channel, $0) }
        let field = FieldName(ChannelState.memberField(record.session))
        self.store.excerpts(of: channels, Excerpt.Request(fields: [field])) { result in
            guard case .success(let excerpts) = result else { return }
            let change = UserChange.away(Session.unattended)
            var next = record
            next.user.apply(change)
            next.changes &+= 1
            let author = Author(record.session, record.user)
            let userField = record.userUpdate
            var transaction = Transaction(
                conditions: [
                    holds.condition(on: inbox),
                    Condition(inbox, .equals(FieldName(userField.key), userField.value ?? [])),
                ],
                changes: [
                    LogChange(
                        inbox,
                        payload: UserEvent.changed(change, by: author, number: next.changes).encoded,
                        fields: [FieldChange(next.userUpdate)]
                    ),
                    LogChange(
                        LogKey(inbox.tenant, .nick, record.user.nick.folded),
                        payload: NickEvent.changed(change, by: author).encoded
                    ),
                ]
            )
            for excerpt in excerpts {
                guard let bytes = excerpt.fields[field], var member = Member(field: bytes) else { continue }
                (member.user, member.changes) = (next.user, next.changes)
                let event = ChannelEvent.changed(record.session, change, by: author, number: next.changes)
                transaction.conditions.append(Condition(excerpt.log, .equals(field, bytes)))
                transaction.changes.append(
                    LogChange(
                        excerpt.log,
                        payload: event.encoded,
                        fields: [FieldChange(ChannelState.memberUpdate(member))]
                    )
                )
            }
            // What has changed meanwhile, such as somebody who came back, has it refused: then it is of no interest.
            self.store.append(transaction) { _ in }
        }
    }
}
