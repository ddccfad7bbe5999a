import Chat
import IRC
import NIOCore
import StateStore
import Tenant

/// Has accounts shown under the hosts that were agreed to: who comes, who is here when that changes, and who logs in.
///
/// The durable store has them; a process has them in memory. While it cannot be asked those hold that are known.
final class HostGuard {
    unowned let network: Network
    /// Which hosts those here were compared with.
    private var revision: UInt64 = 0
    /// Sessions whose host is being changed.
    private var changing: Set<SessionID> = []
    /// Every so many seconds it is asked whether there are others.
    private static let interval: UInt64 = 60

    init(_ network: Network) { self.network = network }

    private var rows: SharedRows<[String: AccountHosts]> { self.network.shard.environment.accountHosts }
    private var repository: AccountHostRepository? { self.network.shard.environment.bans?.hosts }

    /// Has the hosts be looked at: somebody is here now, or they are others.
    func refresh(_ then: @escaping () -> Void = {}) {
        guard let repository else { return then() }
        let tenant = self.network.id
        self.network.refresh(self.rows, "hosts of accounts", then: then) { version async throws(DurableStoreError) in
            guard let found = try await repository.known(of: tenant, unless: version) else { return nil }
            return (version: found.version, value: found.hosts)
        }
    }

    /// Goes on once it is known what accounts are shown under, or when that cannot be asked.
    func whenKnown(_ body: @escaping () -> Void) {
        let isKnown = self.network.hearsAnnouncements && self.rows.revision(of: self.network.id) > 0
        if self.repository == nil || isKnown { return body() }
        self.refresh(body)
    }

    /// What an account is shown under.
    ///
    /// - `since`: when it was made, milliseconds since 1970; nil if that is not known.
    func host(of account: String, since: Int64?) -> String {
        self.hosts(of: account, since: since)?.shown ?? self.network.cloak.cloak(account: account)
    }

    /// What was agreed to for an account, whether it is shown or not: bans of it hold in any case.
    func agreed(for account: String?, since: Int64?) -> String? {
        account.flatMap { self.hosts(of: $0, since: since)?.host }
    }

    private func hosts(of account: String, since: Int64?) -> AccountHosts? {
        let hosts = self.rows.value(of: self.network.id)?[Names.accountMapping.fold(account)]
        return hosts?.since == since ? hosts : nil
    }

    /// Looks at the host that a session has now.
    func watch(_ session: Session) {
        guard session.isPresent, let account = session.user.account, let attachment = session.attachments.first else {
            return
        }
        let since = session.requester.accountSince
        session.requester.accountHost = self.agreed(for: account, since: since)
        let host = self.host(of: account, since: since)
        guard host != session.user.host, self.changing.insert(session.id).inserted else { return }
        let network = self.network
        network.act(
            by: Actor(session, through: attachment),
            { () throws(Refusal) in
                // Who logged out meanwhile, or in to another account, is not shown under what was this one's.
                guard session.user.account == account, session.requester.accountSince == since else {
                    return .nothing(())
                }
                let change = UserChange.host(username: session.user.username, host: host)
                guard let transaction = network.transaction([change], of: session) else { return .again }
                return Decided(transaction: transaction, value: ())
            },
            then: { (result: Result<Void, Refusal>) in
                self.changing.remove(session.id)
                switch result {
                // What was agreed to, or whose it is, may have changed meanwhile.
                case .success: self.watch(session)
                case .failure(let refusal) where refusal.reason == .gone: break
                // Once more in a while.
                case .failure: network.shard.later(.seconds(10)) { self.watch(session) }
                }
            }
        )
    }

    /// Compares those here with what is known, if that is another.
    func watchAll() {
        let revision = self.rows.revision(of: self.network.id)
        guard revision != self.revision else { return }
        self.revision = revision
        for session in Array(self.network.sessions.all) { self.watch(session) }
    }

    /// Once a second.
    ///
    /// - `second`: counted from another beginning in each network.
    func tick(_ second: UInt64) {
        if second.isMultiple(of: Self.interval) { self.refresh() }
        self.watchAll()
    }
}
