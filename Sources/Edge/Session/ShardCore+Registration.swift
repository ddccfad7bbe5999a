import Chat
import IRC
import Logging
import NIOCore
import StateStore
import Tenant

/// From a connection to a session: log in if a password came, claim the nickname, welcome.
extension ShardCore {
    func follow(_ action: RegistrationMachine.Action, _ call: Call) {
        switch action {
        case .wait: break
        case .refuseRepeatedUser: call.reply(.errAlreadyRegistered)
        case .register(let candidate): self.register(candidate, call)
        }
    }

    private func register(_ candidate: RegistrationMachine.Candidate, _ call: Call) {
        let connection = call.connection
        if connection.login == nil, let password = candidate.password {
            return self.logIn(candidate, password, call)
        }
        if call.scope.tenant.accounts.required, connection.login == nil {
            self.standardReply(
                connection,
                .fail,
                command: "*",
                code: "ACCOUNT_REQUIRED",
                "You must log in with SASL to connect"
            )
            return self.close(connection, reason: "This network is for people with an account")
        }
        self.claim(candidate, call)
    }

    /// PASS carries `account:password`, or the password of the account that the nickname names.
    private func logIn(_ candidate: RegistrationMachine.Candidate, _ password: String, _ call: Call) {
        let parts = password.split(separator: ":", maxSplits: 1)
        let account = parts.count == 2 ? String(parts[0]) : candidate.nick.raw
        let secret = parts.count == 2 ? String(parts[1]) : password
        let id = call.connection.id
        let (tenant, authenticator) = (call.scope.id, self.environment.authenticator)
        let (row, message) = (call.row, call.message)
        guard self.mayTryLogin(call.connection) else {
            return self.close(call.connection, reason: "Too many failed log-ins, try again in a minute")
        }
        call.connection.stepsUnderWay += 1
        self.later {
            do throws(AuthenticationError) {
                return Result<LoggedIn?, AuthenticationError>.success(
                    try await authenticator.verify(account: account, password: secret, in: tenant)
                )
            } catch { return .failure(error) }
        } then: { core, result in
            guard let connection = core[id] else { return }
            switch result {
            case .success(let login?):
                connection.login = login
                core.register(
                    candidate,
                    Call(core: core, connection: connection, row: row, message: message)
                )
            case .success(nil):
                core.countFailedLogin(connection)
                core.reply(connection, .errPasswdMismatch)
                core.close(connection, reason: "Bad password")
            case .failure(let error):
                core.close(connection, reason: error.description)
            }
            connection.stepsUnderWay -= 1
            core.advance(connection)
        }
    }

    private func claim(_ candidate: RegistrationMachine.Candidate, _ call: Call) {
        let connection = call.connection
        let scope = call.scope
        let id = SessionID(rawValue: self.environment.random())
        let login = connection.login
        let modes: UserModes = login == nil ? [] : .registered
        let user = User(
            nick: candidate.nick,
            username: candidate.username,
            host: self.cloak(connection.address, login, in: scope),
            realname: candidate.realname,
            account: login?.account,
            modes: modes,
            signedOn: self.now
        )
        let requester = Requester(session: id, user: user, realHost: connection.address)
        let session = Session(
            requester: requester,
            inbox: scope.inboxKey(id),
            connection: connection,
            now: self.seconds
        )
        let nickKey = scope.nickKey(candidate.nick)
        let field = FieldName(NickClaim.field)
        let transaction = Transaction(
            conditions: [Condition(nickKey, .absent(field))],
            changes: [
                LogChange(
                    nickKey,
                    payload: NickEvent.online(prefix: user.prefix).encoded,
                    fields: [.set(field, NickClaim.bytes(id))]
                ),
                LogChange(
                    session.inbox,
                    payload: UserEvent.signedOn.encoded,
                    fields: [FieldChange(session.record.userUpdate)],
                    holder: .set(self.environment.store.pod)
                ),
            ]
        )
        let step = call.beginStep()
        // Entered before the store answers, so that nothing sent to the session in between is lost.
        scope.sessions[id] = session
        self.followed[session.inbox] = .session(session)
        self.store.follow(session.inbox) { result in
            if case .failure(let error) = result {
                scope.sessions[id] = nil
                self.followed[session.inbox] = nil
                self.close(connection, reason: error.description)
                return step.end()
            }
            self.store.append(transaction) { result in
                self.claimed(result, session, call)
                step.end()
            }
        }
    }

    private func claimed(_ result: Result<Outcome, LiveStoreError>, _ session: Session, _ call: Call) {
        let (connection, scope) = (call.connection, call.scope)
        switch result {
        case .success(.appended):
            connection.registration.completed()
            scope.nicks[session.user.nick.folded] = session
            guard connection.isOpen else { return self.signOff(session, reason: "Connection closed") }
            connection.session = session
            connection.phase = .registered
            self.log(.debug, "registered", of: connection)
            self.followTenant(scope)
            self.welcome(session, call)
        case .success(.refused):
            self.forget(session, in: scope)
            connection.registration.refuseNick()
            self.reply(connection, .errNicknameInUse, [session.user.nick.raw])
        case .failure(let error):
            self.forget(session, in: scope)
            // It may have been applied all the same; nothing happens if it was not.
            if case .unavailable = error {
                self.appendLater(
                    Self.signOff(session.record, reason: "Connection closed", tenant: scope.id, now: self.now)
                )
            }
            self.close(connection, reason: error.description)
        }
    }

    /// A session that did not come to be.
    private func forget(_ session: Session, in scope: TenantScope) {
        scope.sessions[session.id] = nil
        self.followed[session.inbox] = nil
        self.store.unfollow(session.inbox)
    }

    private func followTenant(_ scope: TenantScope) {
        guard !scope.isFollowingOwnLog else { return }
        scope.isFollowingOwnLog = true
        self.store.follow(scope.ownLog) { result in
            if case .failure = result { scope.isFollowingOwnLog = false }
        }
    }

    /// 001 to 005, LUSERS, MOTD (RFC 2812 5.1, modern.ircdocs.horse connection registration).
    private func welcome(_ session: Session, _ call: Call) {
        let (tenant, nick) = (call.scope.tenant, session.user.nick.raw)
        let server = call.server
        call.reply(.rplWelcome, text: "Welcome to \(tenant.displayName), \(session.prefix)")
        call.reply(.rplYourHost, text: "Your host is \(server), running \(Product.nameAndVersion)")
        var timestamps = TimestampCache()
        call.reply(.rplCreated, text: "This server was started \(timestamps.text(at: self.environment.started))")
        call.reply(.rplMyInfo, server, Product.nameAndVersion, "Biorw", "beIiklmnopqrstv", "beIklqov")
        for tokens in call.scope.supportLines(self.limits) {
            call.send { $0.supportLine(tokens, for: nick, source: server) }
        }
        let early = session.early
        session.early = []
        for entry in early {
            if let message = ChatMessage(entry: entry.payload) { self.deliver(message, entry, to: session) }
        }
        ServerCommands.sendUsers(call) {
            ServerCommands.sendMotd(call)
            if !session.user.modes.isEmpty {
                call.send { $0.message(source: nick, command: "MODE", parameters: [nick, session.user.modes.text]) }
            }
        }
    }

    func cloak(_ address: String, _ login: LoggedIn?, in scope: TenantScope) -> String {
        if let login { return scope.cloak.cloak(account: login.account, suffix: "roost") }
        return scope.cloak.cloak(address: address)
    }

    // MARK: Attempts

    /// Whether an address may try another password now.
    func mayTryLogin(_ connection: Connection) -> Bool {
        self.failedLogins[connection.network, default: 0] < self.limits.failedLoginsPerMinute
            && (self.failedLogins.count < 100_000 || self.failedLogins[connection.network] != nil)
    }

    func countFailedLogin(_ connection: Connection) {
        self.log(.info, "log-in failed", of: connection)
        self.failedLogins[connection.network, default: 0] += 1
    }
}
