import Chat
import IRC
import StateStore
import Tenant

/// What a connection does before it is a session, and some of it after: CAP, PASS, NICK, USER, PING, PONG, QUIT, ERROR
/// (RFC 2812 3.1, IRCv3 capability negotiation).
enum RegistrationCommands {
    static let rows: [CommandRow] = [
        CommandRow("CAP", parameters: 1, phases: .always) { Self.cap($0) },
        CommandRow("PASS", parameters: 1, phases: .registering) { $0.connection.registration.receivedPassword($0[0]) },
        CommandRow("NICK", phases: .always) { Self.nick($0) },
        CommandRow("USER", parameters: 4, phases: .registering) { Self.user($0) },
        CommandRow("AUTHENTICATE", parameters: 1, phases: .always, cost: 2) { AuthenticateCommand.run($0) },
        CommandRow("PING", phases: .always) { Self.ping($0) },
        CommandRow("PONG", phases: .always) { _ in },
        CommandRow("QUIT", phases: .always) { Self.quit($0) },
        CommandRow("ERROR", phases: .always) { _ in },
    ]

    private static func ping(_ call: Call) {
        guard call.count > 0, !call[0].isEmpty else { return call.reply(.errNoOrigin) }
        call.send { writer in
            writer.message(
                source: call.server,
                command: "PONG",
                parameters: [call.server, call[0]],
                forcesTrailing: true
            )
        }
    }

    private static func quit(_ call: Call) {
        let reason = call.optional(0).map { "Quit: \($0.truncated(toBytes: 300))" } ?? "Quit"
        call.core.close(call.connection, reason: reason)
    }

    private static func user(_ call: Call) {
        let username = Username(sanitizing: call[0], under: Names.caseMapping)
        let realname = call[3].truncated(toBytes: 128)
        guard !realname.isEmpty else { return call.reply(.errNeedMoreParams, "USER") }
        call.core.follow(
            call.connection.registration.receivedUser(username: username.unverified.raw, realname: realname),
            call
        )
    }

    private static func nick(_ call: Call) {
        guard call.count > 0, !call[0].isEmpty else { return call.reply(.errNoNicknameGiven) }
        guard let nick = Nickname(call[0], under: Names.caseMapping) else {
            return call.reply(.errErroneousNickname, ShardCore.word(call[0]))
        }
        guard let session = call.connection.session else {
            return call.core.follow(call.connection.registration.receivedNick(nick), call)
        }
        if nick.raw == session.user.nick.raw { return }
        let isSame = nick == session.user.nick
        let key = call.scope.nickKey(nick)
        var user = session.user
        user.apply(.nick(nick))
        var extra = Transaction(changes: [])
        let field = FieldName(NickClaim.field)
        let claim = NickClaim.bytes(session.id)
        let own = NickClaim.condition(session.user.nick, of: session.id, in: call.scope.id)
        extra.conditions = isSame ? [own] : [Condition(key, .absent(field)), own]
        extra.changes.append(
            LogChange(key, payload: NickEvent.online(prefix: user.prefix).encoded, fields: [.set(field, claim)])
        )
        if !isSame {
            // What somebody else took meanwhile is not given up for them: the old name has to be its own.
            extra.changes.append(
                LogChange(
                    own.log,
                    payload: NickEvent.offline(nick: session.user.nick.raw).encoded,
                    lifetime: .drop
                )
            )
        }
        Self.whenFree(nick, isSame, call) { call in call.core.change(session, .nick(nick), for: call, extra: extra) }
    }

    /// Answers 433 if somebody else has the nickname.
    private static func whenFree(_ nick: Nickname, _ isSame: Bool, _ call: Call, _ body: @escaping (Call) -> Void) {
        if isSame { return body(call) }
        call.core.find(nick.raw, for: call) { found, call in
            if found == nil { body(call) } else { call.reply(.errNicknameInUse, nick.raw) }
        }
    }

    // MARK: CAP

    private static func cap(_ call: Call) {
        let connection = call.connection
        switch call[0].uppercased() {
        case "LS":
            if connection.session == nil { connection.registration.negotiationBegan() }
            let version = Int(call[1]) ?? 301
            if version >= 302 {
                connection.understandsCapVersion302 = true
                call.core.setCapabilities(connection.capabilities.union(.capNotify), of: connection)
            }
            Self.list(call, "LS", call.core.offered(to: connection), withValues: version >= 302)
        case "LIST":
            Self.list(call, "LIST", connection.capabilities, withValues: false)
        case "REQ":
            if connection.session == nil { connection.registration.negotiationBegan() }
            Self.request(call)
        case "END":
            guard connection.session == nil else { return }
            AuthenticateCommand.abandon(call)
            call.core.follow(connection.registration.negotiationEnded(), call)
        default:
            call.reply(.errInvalidCapCmd, ShardCore.word(call[0]))
        }
    }

    /// All or nothing, as the specification has it.
    private static func request(_ call: Call) {
        let connection = call.connection
        let offered = call.core.offered(to: connection)
        var wanted = connection.capabilities
        var isValid = call.count > 1
        for word in call[1].split(separator: " ") {
            let isRemoving = word.hasPrefix("-")
            guard let capability = Capabilities(named: isRemoving ? word.dropFirst() : word) else {
                isValid = false
                break
            }
            if isRemoving {
                // Implied by version 302, so it cannot be given up.
                if capability == .capNotify, connection.understandsCapVersion302 { isValid = false }
                wanted.remove(capability)
            } else {
                if !offered.contains(capability) { isValid = false }
                wanted.insert(capability)
            }
        }
        call.send { writer in
            writer.message(
                source: call.server,
                command: "CAP",
                parameters: [connection.nick, isValid ? "ACK" : "NAK", call[1]],
                forcesTrailing: true
            )
        }
        guard isValid else { return }
        if !wanted.contains(.sasl) { AuthenticateCommand.abandon(call) }
        call.core.setCapabilities(wanted, of: connection)
    }

    private static func list(_ call: Call, _ subcommand: String, _ capabilities: Capabilities, withValues: Bool) {
        let mechanisms = SASLExchange.offered(on: call.scope.tenant)
        var words = capabilities.sortedNames
        if withValues {
            words = words.map { $0 == "sasl" ? "sasl=" + mechanisms.joined(separator: ",") : $0 }
        }
        // A line takes some 400 bytes of names; all but the last are marked with `*` (version 302).
        var lines: [[String]] = [[]]
        var length = 0
        for word in words {
            if length + word.utf8.count + 1 > 400 {
                lines.append([])
                length = 0
            }
            lines[lines.count - 1].append(word)
            length += word.utf8.count + 1
        }
        for (index, line) in lines.enumerated() {
            let isLast = index == lines.count - 1
            call.send { writer in
                writer.message(
                    source: call.server,
                    command: "CAP",
                    parameters: [call.connection.nick, subcommand] + (isLast ? [] : ["*"])
                        + [line.joined(separator: " ")],
                    forcesTrailing: true
                )
            }
        }
    }
}

extension ShardCore {
    /// The capabilities that a client may ask for.
    func offered(to connection: Connection) -> Capabilities {
        let isUseful = !SASLExchange.offered(on: connection.scope.tenant).isEmpty
        return Capabilities.all.subtracting(isUseful ? .extendedMonitor : [.extendedMonitor, .sasl])
    }

    /// A client is told differently from now on, in its channels too.
    func setCapabilities(_ capabilities: Capabilities, of connection: Connection) {
        guard capabilities != connection.capabilities else { return }
        guard let session = connection.session else {
            connection.capabilities = capabilities
            return
        }
        for replica in session.memberships { replica.remove(session) }
        connection.capabilities = capabilities
        for replica in session.memberships { replica.add(session) }
    }
}
