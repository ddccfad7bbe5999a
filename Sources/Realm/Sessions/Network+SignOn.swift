package import Chat
package import IRC
import StateStore
import Tenant

/// What somebody asks to be.
package struct SignOn {
    package let nick: Nickname
    package let username: String
    package let realname: String
    /// Without a port.
    package let address: String
    /// What counts as one client: the address, or the network that one client has all of.
    package let clients: String
    package let login: LoggedIn?

    package init(
        nick: Nickname,
        username: String,
        realname: String,
        address: String,
        clients: String,
        login: LoggedIn?
    ) {
        self.nick = nick
        self.username = username
        self.realname = realname
        self.address = address
        self.clients = clients
        self.login = login
    }
}

/// Sessions begin.
extension Network {
    /// Goes on when one more may connect, or with the reason why not.
    package func admit(_ then: @escaping (Refusal?) -> Void) { self.admission.open(then) }

    /// Begins a session: takes a place, then the nickname.
    ///
    /// Whoever gets it calls ``Session/tellEarly()`` once its client knows that the session is there, and
    /// ``Session/end(reason:)`` when it leaves.
    package func signOn(
        _ request: SignOn,
        through attachment: any Attachment,
        _ then: @escaping (Result<Session, Refusal>) -> Void
    ) {
        if self.tenant.accounts.required, request.login == nil {
            return then(.failure(Refusal(.accountNeeded)))
        }
        self.admission.takePlace(for: request.clients) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let slots): self.claim(request, slots, attachment, then)
            }
        }
    }

    private func claim(
        _ request: SignOn,
        _ slots: [CounterKey],
        _ attachment: any Attachment,
        _ then: @escaping (Result<Session, Refusal>) -> Void
    ) {
        let id = SessionID(rawValue: self.shard.environment.random())
        let login = request.login
        let user = User(
            nick: request.nick,
            username: request.username,
            host: login.map { self.cloak.cloak(account: $0.account, suffix: "roost") }
                ?? self.cloak.cloak(address: request.address),
            realname: request.realname,
            account: login?.account,
            modes: login == nil ? [] : .registered,
            signedOn: self.shard.now
        )
        let session = Session(Requester(session: id, user: user, realHost: request.address), in: self)
        session.slots = slots
        // Entered before the store answers, so that nothing sent to the session in between is lost.
        self.sessions.insert(session)
        self.shard.followed[session.inbox] = .session(session)
        self.store.follow(session.token) { result in
            if case .failure(let error) = result {
                self.shard.followed[session.inbox] = nil
                self.sessions.remove(session)
                session.giveBackSlots()
                return then(.failure(self.refusal(error)))
            }
            self.store.append(self.beginning(of: session)) { result in
                self.claimed(result, session, attachment, then)
            }
        }
    }

    private func beginning(of session: Session) -> Transaction {
        let (nickKey, field) = (self.nickKey(session.user.nick), FieldName(NickClaim.field))
        return Transaction(
            conditions: [Condition(nickKey, .absent(field))],
            changes: [
                LogChange(
                    nickKey,
                    payload: NickEvent.online(prefix: session.prefix).encoded,
                    fields: [.set(field, NickClaim.bytes(session.id))]
                ),
                LogChange(
                    session.inbox,
                    payload: UserEvent.signedOn.encoded,
                    fields: [FieldChange(session.record.userUpdate)],
                    holder: .set(self.shard.environment.store.pod)
                ),
            ]
        )
    }

    private func claimed(
        _ result: Result<Outcome, LiveStoreError>,
        _ session: Session,
        _ attachment: any Attachment,
        _ then: @escaping (Result<Session, Refusal>) -> Void
    ) {
        switch result {
        case .success(.appended):
            self.sessions.name(session, session.user.nick)
            session.began(with: attachment)
            self.followOwnLog()
            then(.success(session))
        case .success(.refused):
            self.forget(session)
            then(.failure(Refusal(.nickInUse, session.user.nick.raw)))
        case .failure(let error):
            self.forget(session)
            // It may have been applied all the same; nothing happens if it was not.
            if error.isUnknown {
                self.shard.ends.append(
                    SessionEnds.end(
                        of: session.record,
                        reason: "Connection closed",
                        tenant: self.id,
                        now: self.shard.now
                    )
                )
            }
            then(.failure(self.refusal(error)))
        }
    }

    /// A session that did not come to be.
    private func forget(_ session: Session) {
        self.sessions.remove(session)
        self.shard.followed[session.inbox] = nil
        self.store.unfollow(session.token)
        session.giveBackSlots()
    }
}
