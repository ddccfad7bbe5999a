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
    /// Whether it asked to be nobody, where the tenant lets people.
    package let isAnonymous: Bool
    /// The place in a session that it takes again.
    package let resumption: Resumption?
    /// Whether it knows how to come back without an account.
    package let isResumable: Bool
    /// Whether it asks for what it missed itself (draft/chathistory, znc.in/playback).
    package let asksForPast: Bool
    /// What a guest whose session begins says of itself.
    package let metadata: Metadata

    package init(
        nick: Nickname,
        username: String,
        realname: String,
        address: String,
        clients: String,
        login: LoggedIn?,
        isAnonymous: Bool = false,
        resumption: Resumption?,
        isResumable: Bool,
        asksForPast: Bool,
        metadata: Metadata = Metadata()
    ) {
        self.nick = nick
        self.username = username
        self.realname = realname
        self.address = address
        self.clients = clients
        self.login = login
        self.isAnonymous = isAnonymous
        self.resumption = resumption
        self.isResumable = isResumable
        self.asksForPast = asksForPast
        self.metadata = metadata
    }
}

/// How somebody came to take part in a session.
package enum SignedOn {
    /// In one that began with it.
    case new(Session)
    /// In one that was there.
    case back(Session, BackTo)

    package struct BackTo {
        /// What it was not told of, for all that is known.
        package let missed: Missed?
    }

    package var session: Session {
        switch self {
        case .new(let session), .back(let session, _): session
        }
    }
}

/// Sessions begin.
extension Network {
    /// Goes on when one more may connect, or with the reason why not.
    ///
    /// - Parameters:
    ///   - attachment: What connected.
    ///   - clients: What counts as one client: an address, or the network that one client has all of.
    ///   - then: Gets it.
    package func admit(
        _ attachment: any Attachment,
        from clients: String,
        _ then: @escaping (Refusal?) -> Void
    ) {
        self.admission.decide(.connecting, on: Newcomer(attachment: attachment, clients: clients), then)
    }

    /// Takes part in a session: a guest's begins, with the nickname; an account's begins if it has none.
    ///
    /// Whoever gets it calls ``Session/tellEarly()`` once its client knows that the session is there, and
    /// ``Session/leave(_:reason:parting:received:)`` when it goes.
    package func signOn(
        _ request: SignOn,
        through attachment: any Attachment,
        _ then: @escaping (Result<SignedOn, Refusal>) -> Void
    ) {
        let newcomer = Newcomer(
            attachment: attachment,
            clients: request.clients,
            shield: request.login?.role.rights ?? [],
            isLoggedIn: request.login != nil,
            comesBack: request.resumption != nil,
            isAnonymous: request.isAnonymous,
            requester: { self.requester(request, through: attachment) }
        )
        self.admission.decide(.signingOn, on: newcomer) { refusal in
            if let refusal { return then(.failure(refusal)) }
            if let login = request.login, let refusal = self.overtaken(login) { return then(.failure(refusal)) }
            if ServiceNames.contains(request.nick) { return then(.failure(Refusal(.serviceNick, request.nick.raw))) }
            if Likeness.isMisleading(request.nick) {
                return then(.failure(Refusal(.misleadingNick, request.nick.raw)))
            }
            self.nicks.whenKnown { self.hosts.whenKnown { self.enter(request, newcomer, then) } }
        }
    }

    private func enter(
        _ request: SignOn,
        _ newcomer: Newcomer,
        _ then: @escaping (Result<SignedOn, Refusal>) -> Void
    ) {
        if request.resumption == nil, let refusal = self.nicks.refusal(of: request.nick, to: request.login?.account) {
            return then(.failure(refusal))
        }
        let attachment = newcomer.attachment
        self.admission.decide(.entering, on: newcomer) { refusal in
            if let refusal {
                self.admission.giveBackProof(newcomer)
                return then(.failure(refusal))
            }
            self.begin(request, attachment, attempt: 0) { result in
                if case .failure(let refusal) = result {
                    attachment.slots.giveBack(on: self.shard)
                    self.admission.note(refusal, of: newcomer)
                } else {
                    attachment.isProven = false
                }
                then(result)
                if case .success(let signedOn) = result {
                    self.nicks.watch(signedOn.session)
                    // Who came back may be somebody else than it said.
                    self.bans.watch(signedOn.session)
                    self.hosts.watch(signedOn.session)
                    self.reports.watch(signedOn.session)
                    self.compareWithNews(signedOn.session, attachment)
                }
            }
        }
    }

    private func begin(
        _ request: SignOn,
        _ attachment: any Attachment,
        attempt: Int,
        _ then: @escaping (Result<SignedOn, Refusal>) -> Void
    ) {
        if let resumption = request.resumption {
            return self.takePart(in: resumption.session, resumption, request, attachment) { result in
                switch result {
                case .success(.taken(let back)): then(.success(back))
                case .failure(let refusal): then(.failure(refusal))
                case .success(.changed): self.again(request, attachment, attempt, then)
                case .success(.none):
                    // Used, or its session has ended since it was found to be good.
                    then(
                        .failure(
                            Refusal(.nothingToResume, text: "That session has ended, connect anew")
                        )
                    )
                }
            }
        }
        guard let login = request.login, self.keepsSessions || self.grace(of: request.login).grace > 0 else {
            return self.claim(request, nil, attachment) { result in
                then(result.flatMap { $0.map { .success(.new($0)) } ?? .failure(self.refusal(.busy)) })
            }
        }
        let account = self.accountKey(login.account)
        self.takePart(in: account, request, attachment) { result in
            switch result {
            case .success(.taken(let back)): then(.success(back))
            case .failure(let refusal): then(.failure(refusal))
            case .success(.changed): self.again(request, attachment, attempt, then)
            case .success(.none):
                self.claim(request, account, attachment) { result in
                    switch result {
                    case .success(let session?): then(.success(.new(session)))
                    case .success(nil): self.again(request, attachment, attempt, then)
                    case .failure(let refusal): then(.failure(refusal))
                    }
                }
            }
        }
    }

    /// The account's session began, ended or moved just now.
    private func again(
        _ request: SignOn,
        _ attachment: any Attachment,
        _ attempt: Int,
        _ then: @escaping (Result<SignedOn, Refusal>) -> Void
    ) {
        guard attempt < 20 else { return then(.failure(self.refusal(.busy))) }
        self.shard.later(self.shard.pause(after: attempt)) {
            self.begin(request, attachment, attempt: attempt + 1, then)
        }
    }

    /// Whether accounts have sessions that several clients take part in or that outlive their connections.
    var keepsSessions: Bool { self.resumeGrace > 0 || self.tenant.sessions.multipleClients }

    /// How long an account's session waits for somebody to come back, in milliseconds.
    var resumeGrace: Int64 { self.tenant.sessions.resumeGrace.milliseconds }

    /// How long the session of who logged in waits for somebody to come back, and when the user is away meanwhile.
    func grace(of login: LoggedIn?) -> (grace: Int64, awayAfter: Int64?) {
        let alwaysOn = self.tenant.sessions.alwaysOn.milliseconds
        guard login?.isAlwaysOn == true, alwaysOn > 0 else { return (self.resumeGrace, nil) }
        return (max(alwaysOn, self.resumeGrace), self.resumeGrace)
    }

    func accountKey(_ account: String) -> LogKey { LogKey(self.id, .account, Names.accountMapping.fold(account)) }

    /// Who somebody is that signs on, in a session that begins with it.
    private func requester(_ request: SignOn, through attachment: any Attachment) -> Requester {
        let login = request.login
        let user = User(
            nick: request.nick,
            username: request.username,
            host: login.map { self.hosts.host(of: $0.account, since: $0.since) }
                ?? self.cloakedHost(of: request.address),
            realname: request.realname,
            account: login?.account,
            modes: (login == nil ? [] : UserModes.registered).union(attachment.facts.isSecure ? .secure : []),
            signedOn: self.shard.now,
            // An account's own; what is set besides it is to keep first.
            metadata: login.map { $0.metadata ?? Metadata() } ?? request.metadata
        )
        let id = SessionID(rawValue: self.shard.environment.random())
        var requester = Requester(session: id, user: user, realHost: request.address)
        requester.accountSince = login?.since
        requester.accountHost = self.hosts.agreed(for: login?.account, since: login?.since)
        requester.fingerprint = attachment.facts.fingerprint
        return requester
    }

    /// Begins a session.
    ///
    /// - Returns: by `then`, nil if the account has one by now.
    private func claim(
        _ request: SignOn,
        _ account: LogKey?,
        _ attachment: any Attachment,
        _ then: @escaping (Result<Session?, Refusal>) -> Void
    ) {
        let session = Session(self.requester(request, through: attachment), in: self)
        session.isResumable = request.isResumable && self.resumeGrace > 0
        session.login = request.login
        session.facts = attachment.facts
        // Entered before the store answers, so that nothing sent to the session in between is lost.
        self.sessions.insert(session)
        self.shard.followed[session.inbox] = .session(session)
        self.store.follow(session.token) { result in
            if case .failure(let error) = result {
                self.shard.followed[session.inbox] = nil
                self.sessions.remove(session)
                return then(.failure(self.refusal(error)))
            }
            let (beginning, refusals) = self.beginning(of: session, account)
            self.store.append(beginning) { result in
                self.claimed(result, refusals, session, attachment, then)
            }
        }
    }

    /// - Returns: What begins it, and what a failed condition means, by its place; others than these say that its account has
    ///   one by now.
    private func beginning(of session: Session, _ account: LogKey?) -> (Transaction, refusals: [Int: Refusal]) {
        let (nickKey, field) = (self.nickKey(session.user.nick), FieldName(NameClaim.field))
        var transaction = Transaction(
            conditions: [Condition(nickKey, .absent(field))],
            changes: [
                LogChange(
                    nickKey,
                    payload: NickEvent.online(session.user).encoded,
                    fields: [.set(field, NameClaim.bytes(session.id))]
                ),
                LogChange(
                    session.inbox,
                    payload: UserEvent.signedOn.encoded,
                    fields: [FieldChange(session.record.userUpdate)]
                        + (session.facts.map { [.set(FieldName(UserFacts.field), $0.bytes)] } ?? [])
                        + (session.login?.since.map { [FieldChange(SessionRecord.accountSinceUpdate($0))] } ?? []),
                    holder: .set(self.shard.environment.store.pod)
                ),
            ]
        )
        var refusals = [0: self.inUse(session.user.nick)]
        // Each session has a log for as long as there is one, with clients or without: it goes with whatever ends the session.
        if let limit = self.tenant.quotas.sessions.hardLimit {
            let text: Phrase = "This network has too many sessions, try later"
            refusals[transaction.conditions.count] = Refusal(.networkHasTooManySessions, text: text)
            transaction.conditions.append(Condition(session.inbox, .logsBelow(limit)))
        }
        if account != nil || session.isResumable {
            session.holds = self.claim(account, for: session, in: &transaction)
        }
        return (transaction, refusals)
    }

    /// Makes a session one that outlives its connections: that of an account which has none, or a guest's.
    ///
    /// - Returns: who holds it then.
    func claim(_ account: LogKey?, for session: Session, in transaction: inout Transaction) -> SessionHolds {
        let before = session.holds
        let (grace, awayAfter) = self.grace(of: session.login)
        var holds = before?.next ?? SessionHolds(holders: [self.shard.holder], grace: grace, account: nil)
        (holds.grace, holds.awayAfter) = (grace, awayAfter)
        if let account {
            let field = FieldName(NameClaim.field)
            holds.account = account.name
            transaction.conditions.append(Condition(account, .absent(field)))
            transaction.changes.append(LogChange(account, fields: [.set(field, NameClaim.bytes(session.id))]))
        }
        if let before {
            transaction.conditions.append(before.condition(on: session.inbox))
            // It is that of another account no more.
            if let other = before.account {
                transaction.changes.append(LogChange(LogKey(self.id, .account, other), lifetime: .drop))
            }
        }
        transaction.changes.append(
            LogChange(
                session.inbox,
                payload: UserEvent.held(holds).encoded,
                fields: [.set(FieldName(SessionHolds.field), holds.bytes)],
                // Its holders' logs stand for it from now on.
                holder: .cleared
            )
        )
        transaction.changes += holds.changesOfHolds(of: session.inbox, from: before)
        return holds
    }

    private func claimed(
        _ result: Result<Outcome, LiveStoreError>,
        _ refusals: [Int: Refusal],
        _ session: Session,
        _ attachment: any Attachment,
        _ then: @escaping (Result<Session?, Refusal>) -> Void
    ) {
        switch result {
        case .success(.appended):
            self.sessions.name(session, session.user.nick)
            session.began(with: attachment)
            self.followOwnLog()
            then(.success(session))
        case .success(.refused(let place)):
            self.forget(session)
            then(refusals[place].map { .failure($0) } ?? .success(nil))
        case .failure(let error):
            self.forget(session)
            // It may have been applied all the same, and others may take part in it by now; nothing happens if it was not.
            if error.isUnknown {
                let departure = Session.Departure(
                    reason: "Connection closed",
                    parting: .ended,
                    received: self.shard.now,
                    places: nil
                )
                SessionLeave(session.record, departure, in: self).begin {}
            }
            then(.failure(self.refusal(error)))
        }
    }

    /// A session that did not come to be here.
    func forget(_ session: Session) {
        session.stage = .over
        self.sessions.remove(session)
        self.shard.followed[session.inbox] = nil
        self.store.unfollow(session.token)
    }
}
