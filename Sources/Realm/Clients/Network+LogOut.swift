package import Chat
import IRC
import NIOCore
import StateStore
import Tenant

/// Logging out: the session goes on as a guest's.
///
/// What it had by the account it has no more: the host, what the account says of itself, rights of roles, ranks by level, the grace
/// of an account's session. Its nickname it keeps as any guest would: if that belongs to the account, for as long as the tenant says.
extension Network {
    /// Logs the actor out of its account.
    ///
    /// Where other clients take part in the session it is refused: they proved the account, too. So it is where an
    /// account is needed, by everybody or from where the actor comes.
    ///
    /// - Parameters:
    ///   - actor: Who asks.
    ///   - then: Goes on once the session is nobody's.
    package func logOut(by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        let session = actor.session
        guard session.user.account != nil else { return then(.failure(Self.noAccount)) }
        if let apart = session.quarantine(of: actor.attachment) { return then(.failure(apart.refusal())) }
        if self.tenant.accounts.required || actor.attachment.needsAccount {
            let text: Phrase = "This network is for those who are logged in: QUIT leaves it"
            return then(.failure(Refusal(.accountNeeded, text: text)))
        }
        if let refusal = session.isSharedRefusal { return then(.failure(refusal)) }
        self.store.load([session.inbox]) { result in
            switch result {
            case .failure(let error): then(.failure(self.refusal(error)))
            case .success(let snapshots): self.leaveAccount(snapshots[0], by: actor, then)
            }
        }
    }

    /// In one change with what it is in its channels by the account: all of that ends, or nothing does.
    private func leaveAccount(
        _ snapshot: Snapshot,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let (session, number) = (actor.session, actor.attachment.number)
        // A client with a token comes back to a guest's session by that; others cannot, so nobody waits for them.
        let isResumable = snapshot.fields[ResumeToken.field(of: number)] != nil
        let tokens = ResumeToken.fields(in: snapshot, except: number)
        self.act(
            by: actor,
            { () throws(Refusal) in
                try actor.checkIsFree()
                if let refusal = session.isSharedRefusal { throw refusal }
                let ranks = RanksGivenUp(by: session)
                guard var transaction = self.transaction(self.changesToGuest(actor), of: session, ranks.left) else {
                    return .again
                }
                // First: who reads what becomes of the user knows whose they were.
                transaction.changes = ranks.changes + transaction.changes
                transaction.conditions += ranks.conditions
                var fields = [FieldChange(SessionRecord.accountSinceUpdate(nil))] + tokens.map { .remove($0) }
                var payload: UserEvent?
                if let before = session.holds {
                    var holds = before.next
                    holds.account = nil
                    (holds.grace, holds.awayAfter) = (isResumable ? self.resumeGrace : 0, nil)
                    transaction.conditions.append(before.condition(on: session.inbox))
                    if let account = before.account {
                        transaction.changes.append(LogChange(LogKey(self.id, .account, account), lifetime: .drop))
                    }
                    fields.append(.set(FieldName(SessionHolds.field), holds.bytes))
                    payload = .held(holds)
                }
                transaction.changes.append(
                    LogChange(session.inbox, payload: payload?.encoded ?? .init(), fields: fields)
                )
                return Decided(transaction: transaction, value: ())
            },
            then: { (result: Result<Void, Refusal>) in
                if case .success = result {
                    (session.login, session.grantedRole, session.grantedBy) = (nil, .user, nil)
                    session.requester.accountSince = nil
                    session.isResumable = isResumable
                }
                then(result)
                if case .success = result {
                    self.nicks.watch(session)
                    self.bans.watch(session)
                }
            }
        )
    }

    private func changesToGuest(_ actor: Actor) -> [UserChange] {
        let user = actor.session.user
        var changes = [UserChange.account(nil)]
        if user.modes.contains(.operator) {
            changes.append(.modes(user.modes.subtracting([.operator, .registered])))
        }
        let metadata = user.metadata.changes(to: Metadata())
        if !metadata.isEmpty { changes.append(.metadata(metadata)) }
        let host = self.cloakedHost(of: actor.attachment.facts.address)
        // Last: to some clients that is a QUIT, and behind it somebody who is all that the others say.
        if host != user.host { changes.append(.host(username: user.username, host: host)) }
        return changes
    }
}

extension Session {
    fileprivate var isSharedRefusal: Refusal? {
        guard self.isShared else { return nil }
        return Refusal(
            .loggedIn,
            text: "Other clients take part in your session: end them (CLIENTS LOGOUT), or QUIT to leave it to them"
        )
    }
}
