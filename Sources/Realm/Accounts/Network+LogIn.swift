import Observability
package import Chat
import NIOCore
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
        actor.session.grantedRights = rights
        self.change(.modes(actor.session.user.modes.union(.operator)), by: actor, then)
    }

    /// The actor's session belongs to an account from now on.
    package func adopt(_ login: LoggedIn, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        self.change(.account(login.account), by: actor) { result in
            guard case .success = result else { return then(result) }
            let user = actor.session.user
            let host = self.cloak.cloak(account: login.account, suffix: "roost")
            guard host != user.host else { return then(.success(())) }
            self.change(.host(username: user.username, host: host), by: actor, then)
        }
    }
}
