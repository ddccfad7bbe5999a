import Chat
import Foundation
import IRC
import StateStore
import Tenant

/// AUTHENTICATE (IRCv3 sasl-3.1 and 3.2): PLAIN and SCRAM-SHA-256, before registration or after.
enum AuthenticateCommand {
    static func run(_ call: Call) {
        let connection = call.connection
        guard connection.capabilities.contains(.sasl) else {
            return call.reply(.errSaslFail)
        }
        if call[0] == "*" { return Self.abort(call, .errSaslAborted) }
        guard let exchange = connection.sasl else { return Self.begin(call) }
        guard call[0].utf8.count <= SASLExchange.chunk else { return Self.abort(call, .errSaslTooLong) }
        if call[0] != "+" { exchange.received += call[0] }
        guard exchange.received.utf8.count <= SASLExchange.limit else { return Self.abort(call, .errSaslTooLong) }
        if call[0].utf8.count == SASLExchange.chunk { return }
        let text = exchange.received
        exchange.received = ""
        guard let message = Data(base64Encoded: text) else { return Self.fail(call) }
        switch (exchange.mechanism, exchange.phase) {
        case (.plain, _): Self.plain(call, exchange, Array(message))
        case (.scram, .first): Self.scramFirst(call, exchange, Array(message))
        case (.scram, .challenged): Self.scramFinal(call, exchange, Array(message))
        case (.scram, .proven): Self.succeed(call, exchange.login)
        }
    }

    /// Ends an exchange that the client has left (IRCv3 sasl-3.1: registration goes on without an account).
    static func abandon(_ call: Call) {
        if call.connection.sasl != nil { Self.abort(call, .errSaslAborted) }
    }

    private static func begin(_ call: Call) {
        let connection = call.connection
        let offered = SASLExchange.offered(on: call.scope.tenant)
        guard let mechanism = SASLExchange.Mechanism(rawValue: call[0].uppercased()),
            offered.contains(mechanism.rawValue)
        else {
            call.reply(.rplSaslMechs, offered.joined(separator: ","))
            return call.reply(.errSaslFail)
        }
        guard connection.login == nil || connection.session != nil else { return call.reply(.errSaslAlready) }
        guard call.core.mayTryLogin(connection) else {
            call.reply(.errSaslFail)
            return call.core.close(connection, reason: "Too many failed log-ins, try again in a minute")
        }
        let random = call.core.environment.random
        let nonce = String(random(), radix: 36) + String(random(), radix: 36)
        connection.sasl = SASLExchange(mechanism: mechanism, nonce: nonce)
        if connection.session == nil { connection.registration.authenticationBegan() }
        Self.send(call, "+")
    }

    private static func plain(_ call: Call, _ exchange: SASLExchange, _ message: [UInt8]) {
        let request: SASLPlain
        do throws(AccountError) { request = try SASLPlain(message) } catch { return Self.fail(call) }
        if let identity = request.authorizationIdentity, identity != request.account { return Self.fail(call) }
        let (account, password) = (request.account, request.password)
        Self.check(call) { authenticator, tenant throws(AuthenticationError) in
            try await authenticator.verify(account: account, password: password.reveal(), in: tenant)
        } then: { call, login in
            login == nil ? Self.fail(call) : Self.succeed(call, login)
        }
    }

    private static func scramFirst(_ call: Call, _ exchange: SASLExchange, _ message: [UInt8]) {
        let account: String
        do throws(AccountError) {
            let request = try exchange.scram.receiveFirst(message)
            if let identity = request.authorizationIdentity, identity != request.account { return Self.fail(call) }
            account = request.account
        } catch { return Self.fail(call) }
        Self.check(call) { authenticator, tenant throws(AuthenticationError) in
            try await authenticator.scramCredentials(of: account, in: tenant)
        } then: { call, found in
            guard let exchange = call.connection.sasl else { return }
            exchange.login = found.login
            exchange.phase = .challenged
            do throws(AccountError) {
                Self.sendMessage(call, try exchange.scram.challenge(found.credentials))
            } catch { Self.fail(call) }
        }
    }

    private static func scramFinal(_ call: Call, _ exchange: SASLExchange, _ message: [UInt8]) {
        do throws(AccountError) {
            let answer = try exchange.scram.receiveFinal(message)
            guard exchange.login != nil else { return Self.fail(call) }
            exchange.phase = .proven
            Self.sendMessage(call, answer)
        } catch { Self.fail(call) }
    }

    /// Asks the authenticator off the loop; the client's next command waits.
    private static func check<Answer: Sendable>(
        _ call: Call,
        _ ask: @escaping @Sendable (any Authenticator, TenantID) async throws(AuthenticationError) -> Answer,
        then: @escaping @Sendable (Call, Answer) -> Void
    ) {
        let id = call.connection.id
        let (authenticator, tenant, message) = (call.core.environment.authenticator, call.scope.id, call.message)
        let row = call.row
        call.connection.stepsUnderWay += 1
        call.core.later {
            do throws(AuthenticationError) {
                return Result<Answer, AuthenticationError>.success(try await ask(authenticator, tenant))
            } catch { return .failure(error) }
        } then: { core, result in
            guard let connection = core[id] else { return }
            let call = Call(core: core, connection: connection, row: row, message: message)
            switch result {
            case .success(let answer): then(call, answer)
            case .failure(let error):
                call.fail("TEMPORARILY_UNAVAILABLE", text: error.description)
                Self.abort(call, .errSaslFail)
            }
            connection.stepsUnderWay -= 1
            core.advance(connection)
        }
    }

    private static func succeed(_ call: Call, _ login: LoggedIn?) {
        let connection = call.connection
        guard let login else { return Self.fail(call) }
        connection.sasl = nil
        connection.login = login
        let prefix = connection.session?.prefix ?? "\(connection.nick)!*@*"
        call.reply(.rplLoggedIn, prefix, login.account, text: "You are now logged in as \(login.account)")
        call.reply(.rplSaslSuccess)
        guard let session = connection.session else {
            return call.core.follow(connection.registration.authenticationEnded(), call)
        }
        let host = call.core.cloak(connection.address, login, in: call.scope)
        call.core.change(session, .account(login.account), for: call) {
            guard host != session.user.host else { return }
            call.core.change(session, .host(username: session.user.username, host: host), for: call)
        }
    }

    private static func fail(_ call: Call) {
        call.core.countFailedLogin(call.connection)
        Self.abort(call, .errSaslFail)
    }

    private static func abort(_ call: Call, _ numeric: Numeric) {
        let connection = call.connection
        let wasUnderWay = connection.sasl != nil
        connection.sasl = nil
        call.reply(numeric)
        if wasUnderWay, connection.session == nil {
            call.core.follow(connection.registration.authenticationEnded(), call)
        }
    }

    private static func sendMessage(_ call: Call, _ message: String) {
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
