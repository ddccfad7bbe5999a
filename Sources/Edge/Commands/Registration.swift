import Chat
import IRC
import Logging
import Realm
import Tenant

/// From a connection to a session: log in if a password came, begin the session, welcome.
enum Registration {
    static func follow(_ action: RegistrationMachine.Action, _ call: Call) {
        switch action {
        case .wait: break
        case .refuseRepeatedUser: call.reply(.errAlreadyRegistered)
        case .register(let candidate):
            if call.connection.login == nil, let password = candidate.password {
                self.logIn(candidate, password, call)
            } else {
                self.signOn(candidate, call)
            }
        }
    }

    /// PASS carries `account:password`, or the password of the account that the nickname names.
    ///
    /// Where that names none nobody has asked for a password: many clients send one to every server.
    private static func logIn(_ candidate: RegistrationMachine.Candidate, _ password: String, _ call: Call) {
        let parts = password.split(separator: ":", maxSplits: 1).map(String.init)
        let connection = call.connection
        let end: (Result<LoggedIn?, Refusal>) -> Void = call.awaitingAny { result in
            switch result {
            case .success(let login):
                connection.login = login
                if let login { connection.tellIfRemembered(login, command: "PASS") }
                self.signOn(candidate, call)
            case .failure(let refusal):
                connection.log(.info, "log-in failed")
                if refusal.reason == .wrongPassword { call.reply(.errPasswdMismatch) }
                connection.close(refusal.text ?? "Bad password", .answer)
            }
        }
        if parts.count == 2 {
            call.network.logIn(account: parts[0], password: parts[1], from: connection.origin) { result in
                end(result.map { $0 })
            }
        } else {
            call.network.logIn(ifThere: candidate.nick.raw, password: password, from: connection.origin, end)
        }
    }

    private static func signOn(_ candidate: RegistrationMachine.Candidate, _ call: Call) {
        let connection = call.connection
        guard connection.isOpen else { return }
        let request = SignOn(
            nick: candidate.nick,
            username: candidate.username,
            realname: candidate.realname,
            address: connection.address,
            clients: connection.origin,
            login: connection.login,
            isAnonymous: connection.isAnonymous,
            resumption: connection.resumption,
            isResumable: connection.capabilities.contains(.resume),
            asksForPast: !connection.capabilities.isDisjoint(with: [.chatHistory, .playback]),
            metadata: connection.earlyMetadata
        )
        call.network.signOn(
            request,
            through: connection,
            call.awaitingAny { result in
                switch result {
                case .success(let signedOn):
                    let session = signedOn.session
                    guard connection.isOpen else {
                        return session.leave(connection, reason: "Connection closed", parting: .lost)
                    }
                    connection.registered(session)
                    self.welcome(signedOn, call)
                case .failure(let refusal): self.refuse(refusal, call)
                }
            }
        )
    }

    private static func refuse(_ refusal: Refusal, _ call: Call) {
        let connection = call.connection
        switch refusal.reason {
        case .nickInUse, .misleadingNick, .serviceNick, .nickReserved:
            connection.registration.refuseNick()
            connection.refuse(refusal, command: "NICK", context: [])
        case .accountNeeded:
            connection.standardReply(
                .fail,
                command: "*",
                code: "ACCOUNT_REQUIRED",
                isForAll: true,
                refusal.text ?? "You must log in with SASL to connect"
            )
            connection.close(refusal.text ?? "This network is for people with an account", .answer)
        case .proofNeeded:
            connection.refuse(refusal, command: "*", context: [], isForAll: true)
            connection.close(refusal.told, .answer)
        case .bannedFromNetwork, .notTrusted:
            connection.reply(.errYoureBannedCreep, text: refusal.text)
            connection.close(refusal.told, .answer)
        default:
            connection.close(refusal.told, .answer)
        }
    }

    /// What AWAY said before registration holds; who says nothing and comes back is there, as far as nobody said otherwise.
    private static func begin(presenceOf connection: Connection, _ signedOn: SignedOn) {
        let session = signedOn.session
        guard let presence = connection.earlyPresence else {
            // Of a session that begins there is nothing to weigh.
            if case .back = signedOn { session.weighPresence() }
            return
        }
        connection.earlyPresence = nil
        let actor = Actor(session, through: connection)
        if presence != .here { connection.network.setPresence(presence, by: actor) { _ in } }
    }

    /// What METADATA said before registration a session that was there gets, too, and an account keeps it, as far as there is room.
    private static func begin(metadataOf connection: Connection, _ signedOn: SignedOn) {
        let changes = connection.earlyMetadata.changes
        connection.earlyMetadata = Metadata()
        let session = signedOn.session
        if case .new = signedOn, session.user.account == nil { return }
        self.set(changes[...], on: connection, Actor(session, through: connection))
    }

    /// One after the other: each rests on those before it.
    private static func set(_ changes: ArraySlice<MetadataChange>, on connection: Connection, _ actor: Actor) {
        guard let change = changes.first else { return }
        connection.network.setMetadata(change, by: actor) { result in
            if case .failure(let refusal) = result {
                let context = [actor.session.user.nick.raw, change.key]
                connection.refuse(refusal, command: MetadataCommand.name, context: context)
            }
            self.set(changes.dropFirst(), on: connection, actor)
        }
    }

    /// 001 to 005, LUSERS, MOTD (RFC 2812 5.1, modern.ircdocs.horse connection registration).
    private static func welcome(_ signedOn: SignedOn, _ call: Call) {
        let (session, connection) = (signedOn.session, call.connection)
        call.reply(.rplWelcome, text: "Welcome to the \(call.network.tenant.displayName) Network, \(session.prefix)")
        connection.write(connection.clients.welcome.server(for: connection), .answer)
        connection.tellSupport()
        if connection.capabilities.contains(.whoami) {
            let user = session.user
            call.send {
                $0.message(source: user.prefix, command: "SETNAME", parameters: [user.realname], forcesTrailing: true)
            }
        }
        connection.tellOwnMetadata(session)
        session.tellEarly()
        ServerCommands.sendUsers(call, isExact: false) {
            ServerCommands.sendMotd(call)
            // How it is connected a client knows.
            let modes = session.user.modes.subtracting(.secure)
            if !modes.isEmpty {
                call.send {
                    $0.message(source: connection.nick, command: "MODE", parameters: [connection.nick, modes.text])
                }
            }
            PersistenceCommand.tellAtFirst(connection, session)
            ResumeCommand.giveToken(to: call.connection)
            self.begin(presenceOf: connection, signedOn)
            self.begin(metadataOf: connection, signedOn)
            MemoServ.tellAtLogIn(connection, session)
            guard case .back(_, let back) = signedOn else { return }
            let end: (Result<Void, Refusal>) -> Void = call.awaiting()
            session.resume(call.connection, back.missed) { end(.success(())) }
        }
    }
}
