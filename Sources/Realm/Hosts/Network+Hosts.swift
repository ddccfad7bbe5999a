package import Chat
import IRC
package import StateStore
import Tenant

/// Hosts that accounts ask for, and those agree to who have the right.
extension Network {
    /// How many may ask at a time.
    private static let mostAsking = 500
    /// How many are shown of those who ask.
    package static let shownAsking = 50

    /// Asks for a host in place of the one that is made of the account's name.
    package func askForHost(_ text: String, by actor: Actor, _ then: @escaping (Result<String, Refusal>) -> Void) {
        let host: String
        do throws(Refusal) {
            try actor.checkIsFree()
            host = try self.allowedHost(text)
        } catch { return then(.failure(error)) }
        self.changeOwnHost(.ask(host), by: actor) { then($0.map { _ in host }) }
    }

    /// Has the host that was agreed to shown, or the one that is made of the account's name.
    package func showHost(_ isShown: Bool, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        self.changeOwnHost(.show(isShown), by: actor) { result in
            guard case .success = result else { return then(result.map { _ in }) }
            self.hostsChanged { then(.success(())) }
        }
    }

    private func changeOwnHost(
        _ change: HostChange,
        by actor: Actor,
        _ then: @escaping (Result<AccountHosts, Refusal>) -> Void
    ) {
        guard let account = actor.account else {
            return then(.failure(Refusal(.accountNeeded, text: "Log in first: hosts belong to accounts")))
        }
        self.changeHost(of: account, change, noting: nil, then)
    }

    /// Those who ask for a host, those first who ask longest.
    package func askedHosts(by actor: Actor, _ then: @escaping (Result<[AccountHosts], Refusal>) -> Void) {
        guard actor.may(.assignHosts) else { return then(.failure(Refusal(.rightNeeded))) }
        guard let hosts = self.shard.environment.bans?.hosts else { return then(.failure(Self.keepsNoHosts)) }
        let tenant = self.id
        self.ask("hosts") { () async throws(DurableStoreError) in
            try await hosts.asked(of: tenant, limit: Self.shownAsking)
        } then: { (result: Result<[AccountHosts], Refusal>) in
            then(result)
        }
    }

    /// Decides on what an account asked for, or gives it a host, or takes it.
    ///
    /// - Parameters:
    ///   - name: The account.
    ///   - change: What becomes of its host; one that is set or agreed to is checked.
    ///   - reason: Why, for the audit log and, where it is refused what it asked for, for who asked.
    ///   - actor: Who decides.
    ///   - then: Gets what holds for it now.
    package func decideHost(
        of name: String,
        _ change: HostChange,
        reason: String = "",
        by actor: Actor,
        _ then: @escaping (Result<AccountHosts, Refusal>) -> Void
    ) {
        var change = change
        do throws(Refusal) {
            guard actor.may(.assignHosts) else { throw Refusal(.rightNeeded) }
            try reason.checkLength(Lengths.reason)
            switch change {
            case .set(let text): change = .set(try self.allowedHost(text))
            case .activate(let text): change = .activate(try self.allowedHost(text))
            case .ask, .show, .reject, .remove: break
            }
        } catch { return then(.failure(error)) }
        self.account(named: name, reachedBy: actor) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let account):
                let record = self.record(.host, account.name, reason, by: actor)
                self.changeHost(of: account, change, noting: record) { result in
                    guard case .success = result, change != .reject else { return then(result) }
                    self.hostsChanged { then(result) }
                }
            }
        }
    }

    /// Finds an account, unless it has rights that the actor lacks.
    private func account(
        named name: String,
        reachedBy actor: Actor,
        _ then: @escaping (Result<AccountReference, Refusal>) -> Void
    ) {
        let (authenticator, tenant, rights) = (self.shard.environment.authenticator, self.id, actor.rights)
        self.shard.check { () async throws(AuthenticationError) in
            try await authenticator.find(name, in: tenant)
        } then: { (result: Result<Account?, AuthenticationError>) in
            switch result {
            case .failure(let error): then(.failure(Refusal(.unavailable, text: error.phrase)))
            case .success(nil): then(.failure(Self.noSuchAccount(name)))
            case .success(let found?) where !rights.reach(found.role.rights):
                then(.failure(Refusal(.rightNeeded, text: "\(found.name) has rights that you lack")))
            case .success(let found?): then(.success(AccountReference(name: found.name, since: found.createdAt)))
            }
        }
    }

    private func allowedHost(_ text: String) throws(Refusal) -> String {
        let own = [self.tenant.serverName] + self.tenant.hostnames
        if let host = HostRule.check(text, hostnames: own) { return host }
        let text: Phrase =
            "A host is two names at least of letters, digits and dashes, with dots between; no address, and none of this network"
        throw Refusal(.invalidHost, text: text)
    }

    private static let keepsNoHosts = Refusal(.invalidHost, text: "This server keeps no hosts")

    private func changeHost(
        of account: AccountReference,
        _ change: HostChange,
        noting record: AuditRecord?,
        _ then: @escaping (Result<AccountHosts, Refusal>) -> Void
    ) {
        guard let hosts = self.shard.environment.bans?.hosts else { return then(.failure(Self.keepsNoHosts)) }
        let (tenant, now) = (self.id, self.shard.now)
        self.ask("hosts") { () async throws(DurableStoreError) in
            try await hosts.change(
                (account.name, account.folded),
                since: account.since,
                change,
                of: tenant,
                limit: Self.mostAsking,
                now: now,
                noting: record
            )
        } then: { (result: Result<HostOutcome, Refusal>) in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(.changed(let hosts)): then(.success(hosts))
            case .success(.nothing):
                let text: Phrase =
                    switch change {
                    case .activate: "That host was not asked for"
                    case .reject: "Nothing was asked for"
                    case .ask, .show, .set, .remove: "There is no such host"
                    }
                then(.failure(Refusal(.invalidHost, text: text)))
            case .success(.taken):
                then(.failure(Refusal(.invalidHost, text: "Another account has that host, or asks for it")))
            case .success(.isFull):
                then(.failure(Refusal(.rateLimited, text: "Too many ask for hosts just now, try again later")))
            }
        }
    }

    /// Here at once, elsewhere in a moment.
    private func hostsChanged(_ then: @escaping () -> Void) {
        self.hosts.refresh {
            self.hosts.watchAll()
            let change = LogChange(self.ownLog, payload: TenantEvent.accountsChanged.encoded)
            self.store.append(Transaction(changes: [change])) { _ in then() }
        }
    }
}
