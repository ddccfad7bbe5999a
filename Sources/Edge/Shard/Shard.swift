import Chat
package import NIOCore
package import Realm
import StateStore
package import Tenant

/// One event loop of an edge with everything that lives on it. Shards share no memory; they meet in the store.
///
/// An actor on its loop's own executor: channel handlers and store drivers, which run on that loop, enter with
/// `assumeIsolated`, so nothing hops.
package actor Shard {
    package nonisolated let loop: any EventLoop
    private nonisolated let executor: any SerialExecutor
    let clients: ShardClients

    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

    package init(loop: any EventLoop, number: Int, environment: EdgeEnvironment) {
        self.loop = loop
        self.executor = loop.executor
        self.clients = ShardClients(loop: loop, number: number, environment: environment)
    }

    /// Connects to the store and begins to keep time.
    package func start() { self.clients.start() }

    package func apply(_ catalog: TenantCatalog) { self.clients.apply(catalog) }

    /// Ends a share of the connections, for a shutdown that spreads over time.
    ///
    /// - Returns: how many are left.
    package func drain(share: Double) -> Int { self.clients.drain(share: share) }

    package func reportUsage() { for realm in self.clients.realms { realm.reportUsage() } }

    /// Begins to use a further live store, under the name that tenants know it by, the first further one's place being 1.
    func open(_ store: any LiveStore, as redis: String, at place: Int) {
        self.clients.open(store, as: redis, at: place)
    }

    /// Whether a live store takes calls, and not too many wait: where one of several is away, the tenants of the others are served.
    package var isStoreReady: Bool { self.clients.realms.contains { $0.store.isReady } }

    /// A question for work that a tenant asked somebody, and that may be answered now.
    func proofChallenge(_ text: String, of tenant: HostedTenant) -> ProofChallenge? {
        self.clients.network(of: tenant).proofChallenge(text)
    }

    /// Takes the answer to such a question.
    ///
    /// - Returns: Why not, if it could not be taken.
    func answerProof(_ text: String, with number: String, of tenant: HostedTenant) async -> Refusal.Reason? {
        await withCheckedContinuation { continuation in
            self.clients.network(of: tenant).answer(text, with: number) { result in
                switch result {
                case .success: continuation.resume(returning: nil)
                case .failure(let refusal): continuation.resume(returning: refusal.reason)
                }
            }
        }
    }

    /// Whose administrators are declared here has the first store.
    func forgetLogins(_ folded: [String], of tenant: TenantID) {
        self.clients.realm.forgetLogins(folded, of: tenant)
    }

    /// Something was changed of an account from outside.
    ///
    /// - `isFirst`: whether what concerns no client here is this shard's to do.
    func accountChanged(_ news: AccountNews, of tenant: HostedTenant, isFirst: Bool) {
        guard let realm = self.clients.realm(of: tenant) else { return }
        if isFirst { realm.network(of: tenant).accountChanged(news) }
        realm.networks[tenant.id]?.accountChangedHere(news)
    }

    /// Connections open on this shard.
    package var connectionCount: Int { self.clients.connections.count }

    /// Whether the store knows of everybody who left.
    package var hasSettled: Bool { self.clients.realms.allSatisfy(\.hasSettled) }

    /// What the checks of messages of each network have hit in this process: the same of all shards.
    package var checkCounts: [TenantID: CheckCounts.Counts] { self.clients.environment.realm.checkCounts.all }

    /// What was counted since the shard began, and what there is now.
    package var statistics: ShardStatistics { self.clients.currentStatistics }
}
