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
        record.memberships(in: inbox.tenant, through: self.store) { result in
            guard case .success(let memberships) = result else { return }
            var transaction = record.transaction(
                [.away(Session.unattended)],
                memberships,
                in: inbox.tenant,
                isFed: self.environment.keepsHistory(inbox.tenant)
            )
            transaction.conditions += [holds.condition(on: inbox), record.userIsUnchanged(in: inbox)]
            // What has changed meanwhile, such as somebody who came back, has it refused: then it is of no interest.
            self.store.append(transaction) { _ in }
        }
    }
}
