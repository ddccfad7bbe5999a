package import Chat
import NIOCore
import Observability
import StateStore
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
    ///
    /// It becomes the account's session, for which others wait, if the account has none.
    package func adopt(_ login: LoggedIn, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        let (session, account) = (actor.session, self.accountKey(login.account))
        self.store.load([account]) { result in
            guard case .success(let snapshots) = result else {
                if case .failure(let error) = result { then(.failure(self.refusal(error))) }
                return
            }
            let isOther = session.holds.map { $0.account != account.name } ?? false
            if isOther, snapshots[0].exists {
                let text = "\(login.account) has a session: connect again to take part in it"
                return then(.failure(Refusal(.loggedIn, text: text)))
            }
            // Only at first: if it could not be done so, somebody else has begun one by now.
            var isFree = !snapshots[0].exists && self.keepsSessions
            self.act(
                by: actor,
                { () throws(Refusal) in
                    let changes = self.changes(to: login, of: session.user)
                    guard var transaction = self.transaction(changes, of: session) else { return .again }
                    session.login = login
                    if isFree { _ = self.claim(account, for: session, in: &transaction) }
                    isFree = false
                    return Decided(transaction: transaction, value: ())
                },
                then: then
            )
        }
    }

    private func changes(to login: LoggedIn, of user: User) -> [UserChange] {
        let host = self.cloak.cloak(account: login.account, suffix: "roost")
        let account = UserChange.account(login.account)
        return host == user.host ? [account] : [account, .host(username: user.username, host: host)]
    }
}
