package import Chat
import IRC
import NIOCore
import Observability
import StateStore
package import Tenant

/// What a SCRAM exchange is checked against, and whose it is.
package struct ScramLogin: Sendable {
    package let credentials: ScramCredentials
    package let attempt: LogInAttempt
}

/// Logging in: counted by tenant and network of clients first, then checked off the loop.
///
/// While the durable store is away, what is remembered takes its place, if the tenant allows that.
extension Network {
    /// Checks an account's password.
    ///
    /// - Parameters:
    ///   - account: The account's name.
    ///   - password: As it was sent.
    ///   - clients: What counts as one client: an address, or the network that one client has all of.
    ///   - givesRights: Whether it is for the rights of the account's roles, of which nothing is remembered.
    ///   - then: Gets who it is.
    package func logIn(
        account: String,
        password: String,
        from clients: String,
        givesRights: Bool = false,
        _ then: @escaping (Result<LoggedIn, Refusal>) -> Void
    ) {
        let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
        self.check(account, from: clients, mayBeRemembered: !givesRights) { account throws(AuthenticationError) in
            try await authenticator.verify(password, of: account, in: tenant)
        } then: { (result: Result<(attempt: LogInAttempt, answer: PasswordProof), Refusal>) in
            self.conclude(result, from: clients, then)
        }
    }

    /// Checks a password that is an account's of this name, if there is one.
    ///
    /// - Parameters:
    ///   - name: What the account would be called.
    ///   - password: As it was sent.
    ///   - clients: What counts as one client: an address, or the network that one client has all of.
    ///   - then: Gets who it is; nil if there is no such account.
    package func logIn(
        ifThere name: String,
        password: String,
        from clients: String,
        _ then: @escaping (Result<LoggedIn?, Refusal>) -> Void
    ) {
        let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
        self.check(name, from: clients, mayBeRemembered: true) { account throws(AuthenticationError) in
            try await authenticator.verify(password, of: account, in: tenant)
        } then: { (result: Result<(attempt: LogInAttempt, answer: PasswordProof), Refusal>) in
            if case .success(let checked) = result, checked.attempt.account == nil, !checked.attempt.isRemembered {
                self.throttle.succeeded(clients)
                return then(.success(nil))
            }
            self.conclude(result, from: clients) { then($0.map { $0 }) }
        }
    }

    /// Ends a log-in by a password.
    ///
    /// Who knows one and guesses codes has few tries, whichever addresses they come from.
    private func conclude(
        _ result: Result<(attempt: LogInAttempt, answer: PasswordProof), Refusal>,
        from clients: String,
        _ then: @escaping (Result<LoggedIn, Refusal>) -> Void
    ) {
        let (attempt, proof): (LogInAttempt, PasswordProof)
        switch result {
        case .failure(let refusal): return then(.failure(refusal))
        case .success(let checked): (attempt, proof) = checked
        }
        let code: CodeUse?
        switch proof {
        case .right, .codeMissing, .wrong:
            return then(self.conclude(attempt, isProven: proof != .wrong, from: clients))
        case .codeWrong: code = nil
        case .codeRight(let use): code = use
        }
        guard let account = attempt.account else { return then(.failure(Refusal(.wrongPassword))) }
        let request = BucketRequest.registration(Self.codesPerHour)
        let bucket = CounterKey(self.id, "codes", of: account.folded)
        self.store.take(request.wanted, from: bucket, rate: request.rate, burst: request.burst) { taken in
            switch taken {
            case .failure(let error): return then(.failure(self.refusal(error)))
            case .success(..<1):
                let text: Phrase = "Too many wrong codes, try again in some minutes"
                return then(.failure(Refusal(.tooManyLogins, text: text)))
            case .success: break
            }
            guard let code else { return then(.failure(Refusal(.wrongPassword))) }
            let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
            self.shard.check { () async throws(AuthenticationError) in
                try await authenticator.use(code, of: account, in: tenant)
            } then: { (result: Result<Bool, AuthenticationError>) in
                switch result {
                case .failure(let error): then(.failure(Refusal(.unavailable, text: error.phrase)))
                case .success(false): then(.failure(Refusal(.wrongPassword)))
                case .success(true):
                    self.store.giveBack(request.wanted, to: bucket, rate: request.rate, burst: request.burst)
                    then(self.conclude(attempt, isProven: true, hasCode: true, from: clients))
                }
            }
        }
    }

    /// How many wrong codes an account takes in an hour.
    private static let codesPerHour = 10

    /// Logs in by a client's certificate, which its connection proved to have (SASL EXTERNAL).
    ///
    /// - Parameters:
    ///   - certificate: Which.
    ///   - identity: The account that the client says it is; nil for that of the certificate.
    ///   - clients: What counts as one client: an address, or the network that one client has all of.
    ///   - then: Gets who it is.
    package func logIn(
        _ certificate: CertificateFingerprint,
        as identity: String?,
        from clients: String,
        _ then: @escaping (Result<LoggedIn, Refusal>) -> Void
    ) {
        let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
        self.check(
            "",
            from: clients,
            mayBeRemembered: false,
            by: { () async throws(AuthenticationError) in
                try await authenticator.find(certificate, in: tenant)
            }
        ) { account throws(AuthenticationError) in
            identity.map { Names.accountMapping.fold($0) == account?.folded } ?? true
        } then: { (result: Result<(attempt: LogInAttempt, answer: Bool), Refusal>) in
            // A certificate is something that one has, as what makes codes is.
            then(result.flatMap { self.conclude($0.attempt, isProven: $0.answer, hasCode: true, from: clients) })
        }
    }

    /// Gets what a SCRAM exchange is checked against.
    package func scramCredentials(
        _ hash: ScramHash,
        of account: String,
        from clients: String,
        _ then: @escaping (Result<ScramLogin, Refusal>) -> Void
    ) {
        let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
        self.check(account, from: clients, mayBeRemembered: true) { found throws(AuthenticationError) in
            authenticator.scramCredentials(hash, of: found, named: account, in: tenant)
        } then: { (result: Result<(attempt: LogInAttempt, answer: ScramCredentials), Refusal>) in
            then(result.map { ScramLogin(credentials: $0.answer, attempt: $0.attempt) })
        }
    }

    /// Ends a log-in: one that turned out well does not count, and is remembered.
    ///
    /// Which accounts are remembered shows in no answer: of one that is and of one that is not, the refusals are the same.
    package func conclude(
        _ attempt: LogInAttempt,
        isProven: Bool,
        hasCode: Bool = false,
        from clients: String
    ) -> Result<LoggedIn, Refusal> {
        // What was known of the account when an exchange began is not what it is long after.
        let isFresh = self.shard.loop.now - attempt.began < .seconds(60)
        guard isProven, isFresh, let account = attempt.account else {
            if attempt.isRemembered { return .failure(Refusal(.unavailable, text: Self.notRemembered)) }
            self.admission.failed(\.logins, from: clients)
            if !attempt.name.isEmpty { self.logins.compare(attempt.name, with: attempt.account) }
            return .failure(Refusal(.wrongPassword))
        }
        self.throttle.succeeded(clients)
        switch account.state {
        case .active: break
        case .waiting:
            let text: Phrase = "This network's administrators have not agreed to your account yet"
            return .failure(Refusal(.accountWaits, text: text))
        case .unverified:
            let text: Phrase = "Write the code that was sent to your address first (VERIFY)"
            return .failure(Refusal(.accountWaits, text: text))
        }
        if account.needsCode, !attempt.isRemembered { self.shard.forgetLogins([account.folded], of: self.id) }
        if account.needsCode, !hasCode {
            let text: Phrase = "Your account asks for a code: write it behind the password, or show a certificate"
            return .failure(Refusal(.codeNeeded, text: text))
        }
        if attempt.isRemembered {
            self.shard.statistics.rememberedLogins += 1
        } else {
            if !account.needsCode { self.logins.remember(account) }
            let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
            self.shard.environment.offLoop { await authenticator.noteLogIn(to: account, in: tenant) }
        }
        var login = LoggedIn(account, isRemembered: attempt.isRemembered)
        login.provenAt = attempt.beganAt
        return .success(login)
    }

    private static let notRemembered: Phrase =
        "accounts cannot be checked now, and this is none of the log-ins that are remembered; try again"

    /// - `name`: of the account; empty if it is not known.
    /// - `find`: finds the account, by its name if nothing else is said.
    private func check<Answer: Sendable>(
        _ name: String,
        from clients: String,
        mayBeRemembered: Bool,
        by find: (@Sendable () async throws(AuthenticationError) -> Account?)? = nil,
        _ work: @escaping @Sendable (Account?) async throws(AuthenticationError) -> Answer,
        then: @escaping (Result<(attempt: LogInAttempt, answer: Answer), Refusal>) -> Void
    ) {
        let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
        let (loop, login) = (self.shard.loop, self.shard.environment.latencies?.login)
        let (began, beganAt) = (loop.now, self.shard.now)
        let end: (Result<(attempt: LogInAttempt, answer: Answer), AuthenticationError>) -> Void = { result in
            let outcome =
                switch result {
                case .success(let checked): checked.attempt.isRemembered ? "remembered" : "checked"
                case .failure: "unavailable"
                }
            login?.observe(.nanoseconds((loop.now - began).nanoseconds), outcome)
            then(result.mapError { Refusal(.unavailable, text: $0.phrase) })
        }
        self.throttle.turn(for: clients) { refusal in
            if let refusal { return then(.failure(refusal)) }
            // What becomes of the account from now on is heard here.
            self.followOwnLog()
            self.shard.check { () async throws(AuthenticationError) in
                let account = if let find { try await find() } else { try await authenticator.find(name, in: tenant) }
                let attempt = LogInAttempt(
                    name: name,
                    account: account,
                    isRemembered: false,
                    began: began,
                    beganAt: beganAt
                )
                return (attempt: attempt, answer: try await work(account))
            } then: { result in
                guard case .failure(.away) = result, mayBeRemembered, self.logins.isKept else { return end(result) }
                self.logins.find(name) { account in
                    self.shard.check { () async throws(AuthenticationError) in
                        let attempt = LogInAttempt(
                            name: name,
                            account: account,
                            isRemembered: true,
                            began: began,
                            beganAt: beganAt
                        )
                        return (attempt: attempt, answer: try await work(account))
                    } then: {
                        end($0)
                    }
                }
            }
        }
    }

    /// The account that the actor proved gives its session the rights of its roles.
    package func elevate(_ login: LoggedIn, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        guard !login.role.rights.isEmpty else { return then(.failure(Refusal(.rightNeeded))) }
        if let refusal = self.overtaken(login) { return then(.failure(refusal)) }
        actor.session.grantedAt = login.provenAt ?? self.shard.now
        self.rank(login.role, of: login.account, by: actor) { result in
            then(result)
            if case .success = result { self.compareRights(login, of: actor.session) }
        }
    }

    /// The actor is an operator of a role that was proved here.
    ///
    /// - `login`: the account that has it.
    func rank(
        _ role: Role,
        of login: String,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let session = actor.session
        let before = (session.grantedRole, session.grantedBy)
        (session.grantedRole, session.grantedBy) = (role, Names.accountMapping.fold(login))
        self.act(
            by: actor,
            { () throws(Refusal) in
                let modes = session.user.modes.union(.operator)
                guard var transaction = self.transaction([.modes(modes)], of: session) else { return .again }
                // First: what the mode is worth is known when it comes.
                transaction.changes.insert(
                    LogChange(
                        session.inbox,
                        payload: UserEvent.ranked(role).encoded,
                        fields: [FieldChange(SessionRecord.roleUpdate(role))]
                    ),
                    at: 0
                )
                transaction.changes.append(self.note(.becomeOperator, login, role.rawValue, by: actor))
                return Decided(transaction: transaction, value: ())
            },
            then: { (result: Result<Void, Refusal>) in
                if case .failure = result { (session.grantedRole, session.grantedBy) = before }
                then(result)
            }
        )
    }

    /// The actor's session belongs to an account from now on, and has the account's host.
    ///
    /// It becomes the account's session, for which others wait, if the account has none.
    package func adopt(_ login: LoggedIn, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        let (session, account) = (actor.session, self.accountKey(login.account))
        let own = session.user.account.map(Names.accountMapping.fold)
        if own != Names.accountMapping.fold(login.account), let apart = session.quarantine(of: actor.attachment) {
            return then(.failure(apart.refusal()))
        }
        self.store.load([account]) { result in
            guard case .success(let snapshots) = result else {
                if case .failure(let error) = result { then(.failure(self.refusal(error))) }
                return
            }
            let isOther = session.holds.map { $0.account != account.name } ?? false
            if isOther, snapshots[0].exists { return then(.failure(Self.hasSession(login.account))) }
            self.add(session.user.metadata, to: login) { result in
                switch result {
                case .failure(let refusal): then(.failure(refusal))
                case .success(let login): self.adopt(login, account, isFree: !snapshots[0].exists, actor, then)
                }
            }
        }
    }

    private static func hasSession(_ account: String) -> Refusal {
        Refusal(.loggedIn, text: "\(account) has a session: connect again to take part in it")
    }

    private func adopt(
        _ login: LoggedIn,
        _ account: LogKey,
        isFree: Bool,
        _ actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let session = actor.session
        // Of a session that ends with its connection only at first: if it could not be done so, somebody else has begun one
        // by now.
        var isFree = isFree && self.keepsSessions
        let before = (session.login, session.requester.accountSince)
        self.act(
            by: actor,
            { () throws(Refusal) in
                if let refusal = self.overtaken(login) { throw refusal }
                let changes = self.changes(to: login, of: session.user)
                guard var transaction = self.transaction(changes, of: session) else { return .again }
                session.login = login
                session.requester.accountSince = login.since
                transaction.changes.append(
                    LogChange(session.inbox, fields: [FieldChange(SessionRecord.accountSinceUpdate(login.since))])
                )
                var refusals: [Int: Refusal] = [:]
                if isFree {
                    // One that outlives its connections is the account's, or not logged in to it: what ends all that leads
                    // back into an account finds it by that.
                    if session.holds != nil {
                        refusals[transaction.conditions.count] = Self.hasSession(login.account)
                    } else {
                        isFree = false
                    }
                    _ = self.claim(account, for: session, in: &transaction)
                }
                return Decided(transaction: transaction, value: (), refusals: refusals)
            },
            then: { (result: Result<Void, Refusal>) in
                if case .failure = result { (session.login, session.requester.accountSince) = before }
                then(result)
                if case .success = result {
                    self.nicks.watch(session)
                    self.bans.watch(session)
                    self.hosts.watch(session)
                    self.compareWithNews(session, actor.attachment)
                }
            }
        )
    }

    /// Adds what a guest says of itself to what the account says that it logs in to.
    private func add(
        _ own: Metadata,
        to login: LoggedIn,
        _ then: @escaping (Result<LoggedIn, Refusal>) -> Void
    ) {
        guard let kept = login.metadata, kept.adding(own) != kept else { return then(.success(login)) }
        self.changeKept(of: login.account) { result in
            then(
                result.map { step in
                    var login = login
                    if let step { login.metadata = step.after }
                    return login
                }
            )
        } _: {
            .success($0.adding(own))
        }
    }

    private func changes(to login: LoggedIn, of user: User) -> [UserChange] {
        let host = self.hosts.host(of: login.account, since: login.since)
        let account = UserChange.account(login.account)
        let metadata = login.metadata.map { user.metadata.changes(to: $0) } ?? []
        return (host == user.host ? [account] : [account, .host(username: user.username, host: host)])
            + (metadata.isEmpty ? [] : [.metadata(metadata)])
    }
}

extension LoggedIn {
    init(_ account: Account, isRemembered: Bool) {
        self.init(
            account: account.name,
            since: account.createdAt,
            role: account.role,
            isAlwaysOn: account.isAlwaysOn,
            isRemembered: isRemembered,
            metadata: isRemembered ? nil : account.metadata
        )
    }
}
