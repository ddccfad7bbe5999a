package import Chat
import IRC
import Logging
import NIOCore
import StateStore
package import Tenant

/// Logging in by a token of the issuer that the tenant names (SASL OAUTHBEARER, RFC 7628).
extension Network {
    /// Whether tokens are taken here.
    package var takesTokens: Bool { self.tenant.accounts.oauth != nil && self.shard.environment.tokens != nil }

    /// What a token proves, and the account of that name if there is one.
    private struct Checked: Sendable {
        let verdict: TokenVerdict
        var account: Account?
    }

    /// Checks a token, counted as any log-in is.
    ///
    /// - Parameters:
    ///   - token: As it was sent.
    ///   - identity: The account that the client says it is; nil if it does not say.
    ///   - clients: What counts as one client: an address, or the network that one client has all of.
    ///   - attachment: Through which it says so.
    ///   - then: Gets who it is.
    package func logIn(
        by token: Redacted<String>,
        as identity: String?,
        from clients: String,
        through attachment: any Attachment,
        _ then: @escaping (Result<LoggedIn, Refusal>) -> Void
    ) {
        let environment = self.shard.environment
        guard let settings = self.tenant.accounts.oauth, let tokens = environment.tokens else {
            return then(.failure(Refusal(.wrongPassword)))
        }
        let (authenticator, tenant) = (environment.authenticator, self.id)
        let (began, beganAt) = (self.shard.loop.now, self.shard.now)
        self.throttle.turn(for: clients) { refusal in
            if let refusal { return then(.failure(refusal)) }
            // What becomes of the account from now on is heard here.
            self.followOwnLog()
            self.shard.check { () async throws(AuthenticationError) in
                let verdict = await tokens.check(token, by: settings)
                guard case .good(let name) = verdict else { return Checked(verdict: verdict) }
                return Checked(verdict: verdict, account: try await authenticator.find(name, in: tenant))
            } then: { (result: Result<Checked, AuthenticationError>) in
                switch result {
                case .failure(let error): then(.failure(Refusal(.unavailable, text: error.phrase)))
                case .success(let checked):
                    let attempt = LogInAttempt(
                        name: "",
                        account: checked.account,
                        isRemembered: false,
                        began: began,
                        beganAt: beganAt
                    )
                    let newcomer: (Nickname) -> Newcomer = { self.newcomer($0, clients, attachment) }
                    self.conclude(checked.verdict, attempt, as: identity, settings, newcomer, from: clients, then)
                }
            }
        }
    }

    private func conclude(
        _ verdict: TokenVerdict,
        _ attempt: LogInAttempt,
        as identity: String?,
        _ settings: OAuthSettings,
        _ newcomer: @escaping (Nickname) -> Newcomer,
        from clients: String,
        _ then: @escaping (Result<LoggedIn, Refusal>) -> Void
    ) {
        let fold = Names.accountMapping.fold
        switch verdict {
        case .unavailable:
            let text: Phrase = "Who gave you the token cannot be asked for its keys now, try again"
            then(.failure(Refusal(.unavailable, text: text)))
        case .bad(let fault):
            self.shard.logger.info(
                "a token is not taken",
                metadata: ["tenant": "\(self.id)", "reason": "\(fault.rawValue)"]
            )
            self.admission.failed(\.logins, from: clients)
            then(.failure(Refusal(.wrongPassword)))
        case .good(let name) where identity.map({ fold($0) != fold(name) }) ?? false:
            self.admission.failed(\.logins, from: clients)
            then(.failure(Refusal(.wrongPassword)))
        case .good where attempt.account != nil:
            // That codes are asked for is the issuer's to see to.
            then(self.conclude(attempt, isProven: true, hasCode: true, from: clients))
        case .good(let name): self.begin(name, settings, newcomer, from: clients, then)
        }
    }

    /// Somebody logs in for the first time whose issuer says so.
    private func begin(
        _ name: String,
        _ settings: OAuthSettings,
        _ newcomer: @escaping (Nickname) -> Newcomer,
        from clients: String,
        _ then: @escaping (Result<LoggedIn, Refusal>) -> Void
    ) {
        guard settings.createsAccounts else {
            self.throttle.succeeded(clients)
            return then(.failure(Self.noSuchAccount(name)))
        }
        guard let name = AccountName.check(name), let nick = Nickname(name, under: Names.caseMapping),
            !ServiceNames.contains(nick), self.isDeclared(name) == nil
        else {
            let text: Phrase = "The name that your token has cannot be an account's: \(name.asWord)"
            return then(.failure(Refusal(.badAccountName, text: text)))
        }
        // A session may be left of who had the name before.
        self.claimed(by: name) { result in
            switch result {
            case .failure(let error): then(.failure(self.refusal(error)))
            case .success(.some):
                let text: Phrase = "Somebody is left on the network who had the account before, try again later"
                then(.failure(Refusal(.unavailable, text: text)))
            case .success(nil):
                self.admission.decide(.registeringByToken, on: newcomer(nick)) { refusal in
                    if let refusal { return then(.failure(refusal)) }
                    self.make(name, from: clients, then)
                }
            }
        }
    }

    private func make(
        _ name: String,
        from clients: String,
        _ then: @escaping (Result<LoggedIn, Refusal>) -> Void
    ) {
        let (environment, tenant) = (self.shard.environment, self.id)
        let authenticator = environment.authenticator
        // Nobody knows it: who is to have a password gets one by mail, or from outside.
        let password = (0..<4).map { _ in String(environment.random(), radix: 36) }.joined()
        let account = AllowedAccount(
            name: name,
            email: nil,
            password: Redacted(password),
            state: .active,
            code: nil
        )
        let limit = self.tenant.quotas.accounts.hardLimit
        self.shard.check { () async throws(AuthenticationError) in
            try await authenticator.register(account, in: tenant, limit: limit)
        } then: { (result: Result<AccountCreation, AuthenticationError>) in
            switch result {
            case .failure(let error):
                self.giveBackRegistration(clients)
                then(.failure(Refusal(.unavailable, text: error.phrase)))
            case .success(.created(let made)):
                self.throttle.succeeded(clients)
                self.shard.logger.info("an account was made by a token", metadata: ["tenant": "\(tenant)"])
                self.accountIsMade(made)
                then(.success(LoggedIn(made, isRemembered: false)))
            case .success(.isFull), .success(.mailIsFull):
                self.giveBackRegistration(clients)
                then(.failure(Self.hasTooManyAccounts))
            case .success(.exists), .success(.unverified):
                self.giveBackRegistration(clients)
                self.lookAgain(name, from: clients, then)
            }
        }
    }

    /// Somebody has the name: the same client may have made the account just now, by another connection.
    private func lookAgain(
        _ name: String,
        from clients: String,
        _ then: @escaping (Result<LoggedIn, Refusal>) -> Void
    ) {
        let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
        let (began, beganAt) = (self.shard.loop.now, self.shard.now)
        self.shard.check { () async throws(AuthenticationError) in
            try await authenticator.find(name, in: tenant)
        } then: { (result: Result<Account?, AuthenticationError>) in
            switch result {
            case .failure(let error): then(.failure(Refusal(.unavailable, text: error.phrase)))
            case .success(nil):
                // It is somebody's nickname.
                let text: Phrase = "The name that your token has cannot be an account's: \(name.asWord)"
                then(.failure(Refusal(.badAccountName, text: text)))
            case .success(let account?):
                let attempt = LogInAttempt(
                    name: "",
                    account: account,
                    isRemembered: false,
                    began: began,
                    beganAt: beganAt
                )
                then(self.conclude(attempt, isProven: true, hasCode: true, from: clients))
            }
        }
    }
}
