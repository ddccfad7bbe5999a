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
            let memberships = excerpts.compactMap { excerpt in
                excerpt.fields[field].flatMap { bytes in
                    Member(field: bytes).map { SessionRecord.Membership(log: excerpt.log, member: $0, bytes: bytes) }
                }
            }
            var transaction = record.transaction(
                [.away(Session.unattended)],
                memberships,
                in: inbox.tenant,
                isFed: self.environment.keepsHistory(inbox.tenant)
            )
            let user = record.userUpdate
            transaction.conditions += [
                holds.condition(on: inbox), Condition(inbox, .equals(FieldName(user.key), user.value ?? [])),
            ]
            // What has changed meanwhile, such as somebody who came back, has it refused: then it is of no interest.
            self.store.append(transaction) { _ in }
        }
    }
}
