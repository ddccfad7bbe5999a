package import Chat
import NIOCore
import Observability
import Tenant

/// Logging in: counted by tenant and network of clients first, then checked off the loop.
extension Network {
    /// Checks an account's password.
    ///
    /// - `clients`: what counts as one client: an address, or the network that one client has all of.
    package func logIn(
        account: String,
        password: String,
        from clients: String,
        _ then: @escaping (Result<LoggedIn, Refusal>) -> Void
    ) {
        let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
        self.check(from: clients) { () async throws(AuthenticationError) in
            try await authenticator.verify(account: account, password: password, in: tenant)
        } then: { (result: Result<LoggedIn?, Refusal>) in
            if case .success(.some) = result { self.throttle.succeeded(clients) }
            then(result.flatMap { login in login.map(Result.success) ?? .failure(Refusal(.wrongPassword)) })
        }
    }

    /// Gets what a SCRAM exchange is checked against.
    package func scramCredentials(
        of account: String,
        from clients: String,
        _ then: @escaping (Result<ScramLogin, Refusal>) -> Void
    ) {
        let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
        self.check(from: clients) { () async throws(AuthenticationError) in
            try await authenticator.scramCredentials(of: account, in: tenant)
        } then: {
            then($0)
        }
    }

    /// A SCRAM exchange turned out well: it does not count.
    package func logInSucceeded(from clients: String) { self.throttle.succeeded(clients) }

    private func check<Answer: Sendable>(
        from clients: String,
        _ work: @escaping @Sendable () async throws(AuthenticationError) -> Answer,
        then: @escaping (Result<Answer, Refusal>) -> Void
    ) {
        let (loop, login) = (self.shard.loop, self.shard.environment.latencies?.login)
        let began = loop.now
        self.throttle.turn(for: clients) { refusal in
            if let refusal { return then(.failure(refusal)) }
            self.shard.check(work) { result in
                let isChecked = if case .success = result { true } else { false }
                login?.observe(.nanoseconds((loop.now - began).nanoseconds), isChecked ? "checked" : "unavailable")
                then(result.mapError { Refusal(.unavailable, text: $0.description) })
            }
        }
    }

    /// The account that the actor proved gives its session the rights of its roles.
    package func elevate(_ login: LoggedIn, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        let rights = login.role.rights
        guard !rights.isEmpty else { return then(.failure(Refusal(.rightNeeded))) }
        let before = actor.session.grantedRights
        actor.session.grantedRights = rights
        self.change(.modes(actor.session.user.modes.union(.operator)), by: actor) { result in
            if case .failure = result { actor.session.grantedRights = before }
            then(result)
        }
    }

    /// The actor's session belongs to an account from now on, and has the account's host.
    package func adopt(_ login: LoggedIn, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        let user = actor.session.user
        let host = self.cloak.cloak(account: login.account, suffix: "roost")
        let account = UserChange.account(login.account)
        if host == user.host { return self.change(account, by: actor, then) }
        self.change(account, .host(username: user.username, host: host), by: actor, then)
    }
}
