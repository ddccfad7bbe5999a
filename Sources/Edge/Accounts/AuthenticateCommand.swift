import Chat
import Foundation
import IRC
import Logging
import Realm
import StateStore
import Tenant

/// AUTHENTICATE (IRCv3 sasl-3.1 and 3.2), before registration or after.
enum AuthenticateCommand {
    static func run(_ call: Call) {
        let connection = call.connection
        if call[0] == "*" { return Self.abort(call, .errSaslAborted) }
        guard let exchange = connection.sasl else { return Self.begin(call) }
        guard call[0].utf8.count <= SASLExchange.chunk else { return Self.abort(call, .errSaslTooLong) }
        if call[0] != "+" { exchange.received += call[0] }
        // Only a piece of its own is too long (905); what the pieces come to proves nothing.
        guard exchange.received.utf8.count <= SASLExchange.limit else { return Self.abort(call, .errSaslFail) }
        if call[0].utf8.count == SASLExchange.chunk { return }
        let text = exchange.received
        exchange.received = ""
        guard let message = Data(base64Encoded: text) else { return Self.fail(call) }
        switch (exchange.mechanism, exchange.phase) {
        case (.plain, _): Self.plain(call, exchange, Array(message))
        case (.resume, _): Self.resume(call, message)
        case (.anonymous, _): Self.anonymous(call, Array(message))
        case (.bearer, .refused(let refusal)): Self.fail(call, refusal)
        case (.bearer, _): Self.bearer(call, Array(message))
        case (.external, _): Self.external(call, message)
        case (.scram, .first): Self.scramFirst(call, exchange, Array(message))
        case (.scram, .challenged): Self.scramFinal(call, exchange, Array(message))
        case (.scram, .proven): Self.succeed(call, exchange.login)
        case (.scram, .refused): Self.fail(call)
        }
    }

    /// Ends an exchange that the client has left (IRCv3 sasl-3.1: registration goes on without an account).
    static func abandon(_ call: Call) {
        if call.connection.sasl != nil { Self.abort(call, .errSaslAborted) }
    }

    private static func begin(_ call: Call) {
        let connection = call.connection
        // Whoever knows what to say may: some clients send it in one go, before they have asked for `sasl`.
        let offered = SASLExchange.offered(on: call.network.tenant, to: connection)
        let name = call[0].uppercased()
        let mechanism = SASLExchange.Mechanism(name)
        guard let mechanism, offered.contains(name) || Self.mayResume(connection, by: mechanism) else {
            call.reply(.rplSaslMechs, offered.joined(separator: ","))
            return call.reply(.errSaslFail)
        }
        guard connection.login == nil && connection.resumption == nil || connection.session != nil else {
            return call.reply(.errSaslAlready)
        }
        let random = connection.clients.environment.realm.random
        let nonce = String(random(), radix: 36) + String(random(), radix: 36)
        connection.sasl = SASLExchange(mechanism: mechanism, nonce: nonce)
        if connection.session == nil { connection.registration.authenticationBegan() }
        Self.send(call, "+")
    }

    /// Only who is nobody yet takes a place again.
    private static func mayResume(_ connection: Connection, by mechanism: SASLExchange.Mechanism) -> Bool {
        mechanism == .resume && connection.capabilities.contains(.resume) && connection.session == nil
    }

    /// The token, and behind a space the `msgid` of the last message that the client was told of, if it knows that.
    private static func resume(_ call: Call, _ message: Data) {
        let connection = call.connection
        let words = String(decoding: message, as: UTF8.self).split(separator: " ", maxSplits: 1).map(String.init)
        let seen = words.count > 1 ? Stamp(messageID: words[1]) : nil
        call.network.checkToken(
            words.first ?? "",
            seen: seen,
            from: connection.origin,
            call.awaitingAny { result in
                switch result {
                case .success(let resumption):
                    guard connection.sasl != nil, connection.session == nil else { return }
                    connection.sasl = nil
                    connection.resumption = resumption
                    call.reply(.rplSaslSuccess)
                    Registration.follow(connection.registration.authenticationEnded(), call)
                case .failure(let refusal): Self.fail(call, refusal)
                }
            }
        )
    }

    private static func plain(_ call: Call, _ exchange: SASLExchange, _ message: [UInt8]) {
        let request: SASLPlain
        do throws(AccountError) { request = try SASLPlain(message) } catch { return Self.fail(call) }
        if let identity = request.authorizationIdentity, identity != request.account { return Self.fail(call) }
        let (account, password) = (request.account, request.password)
        call.network.logIn(
            account: account,
            password: password.reveal(),
            from: call.connection.origin,
            call.awaitingAny { result in
                switch result {
                case .success(let login): Self.succeed(call, login)
                case .failure(let refusal): Self.fail(call, refusal)
                }
            }
        )
    }

    /// Who the connection has proved to be; the message is the account that it says it is, if it says that.
    private static func external(_ call: Call, _ message: Data) {
        guard let certificate = call.connection.facts.fingerprint.flatMap({ CertificateFingerprint($0) }),
            let identity = String(validating: message, as: UTF8.self)
        else { return Self.fail(call) }
        call.network.logIn(
            certificate,
            as: identity.isEmpty ? nil : identity,
            from: call.connection.origin,
            call.awaitingAny { result in
                switch result {
                case .success(let login): Self.succeed(call, login)
                case .failure(let refusal): Self.fail(call, refusal)
                }
            }
        )
    }

    private static func scramFirst(_ call: Call, _ exchange: SASLExchange, _ message: [UInt8]) {
        guard let hash = exchange.mechanism.hash else { return }
        let account: String
        do throws(AccountError) {
            let request = try exchange.scram.receiveFirst(message)
            if let identity = request.authorizationIdentity, identity != request.account { return Self.fail(call) }
            account = request.account
        } catch { return Self.fail(call) }
        call.network.scramCredentials(
            hash,
            of: account,
            from: call.connection.origin,
            call.awaitingAny { result in
                switch result {
                case .success(let found): Self.challenge(call, found)
                case .failure(let refusal): Self.fail(call, refusal)
                }
            }
        )
    }

    private static func challenge(_ call: Call, _ found: ScramLogin) {
        guard let exchange = call.connection.sasl else { return }
        exchange.attempt = found.attempt
        exchange.phase = .challenged
        do throws(AccountError) {
            Self.sendMessage(call, try exchange.scram.challenge(found.credentials))
        } catch { Self.fail(call) }
    }

    private static func scramFinal(_ call: Call, _ exchange: SASLExchange, _ message: [UInt8]) {
        guard let attempt = exchange.attempt else { return Self.fail(call) }
        let answer = try? exchange.scram.receiveFinal(message)
        let result = call.network.conclude(attempt, isProven: answer != nil, from: call.connection.origin)
        switch result {
        case .success(let login):
            exchange.login = login
            exchange.phase = .proven
            Self.sendMessage(call, answer ?? "")
        case .failure(let refusal): Self.fail(call, refusal)
        }
    }

    /// Tells of success once it holds: before registration at once, after it when the session has the account.
    static func succeed(_ call: Call, _ login: LoggedIn?) {
        let connection = call.connection
        guard let login else { return Self.fail(call) }
        guard connection.sasl != nil else { return }
        connection.sasl = nil
        let isBefore = connection.session == nil
        call.hold(login) { prefix in
            call.tellLoggedIn(login, prefix: prefix)
            call.reply(.rplSaslSuccess)
            connection.tellIfRemembered(login, command: call.row.name)
        } end: { refusal in
            if let refusal {
                call.refuse(refusal)
                call.reply(.errSaslFail)
            } else if isBefore {
                Registration.follow(connection.registration.authenticationEnded(), call)
            }
        }
    }

    static func fail(_ call: Call, _ refusal: Refusal = Refusal(.wrongPassword)) {
        call.connection.log(.info, "log-in failed")
        guard refusal.reason != .wrongPassword else { return Self.abort(call, .errSaslFail) }
        call.refuse(refusal)
        // Whose client shows nothing else must not think of its password.
        Self.abort(call, .errSaslFail, text: refusal.text)
    }

    private static func abort(_ call: Call, _ numeric: Numeric, text: Phrase? = nil) {
        let connection = call.connection
        let wasUnderWay = connection.sasl != nil
        connection.sasl = nil
        call.reply(numeric, text: text)
        if wasUnderWay, connection.session == nil {
            Registration.follow(connection.registration.authenticationEnded(), call)
        }
    }

    static func sendMessage(_ call: Call, _ message: String) {
        var rest = Substring(Data(message.utf8).base64EncodedString())
        while rest.utf8.count >= SASLExchange.chunk {
            Self.send(call, String(rest.prefix(SASLExchange.chunk)))
            rest = rest.dropFirst(SASLExchange.chunk)
        }
        Self.send(call, rest.isEmpty ? "+" : String(rest))
    }

    private static func send(_ call: Call, _ text: String) {
        call.send { $0.message(command: "AUTHENTICATE", parameters: [text]) }
    }
}
