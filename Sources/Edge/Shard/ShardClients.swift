import Chat
import IRC
package import NIOCore
import Numbers
package import Realm
package import Tenant

/// The clients of one shard: its connections, what is written to them, and the networks that they are on.
///
/// Loop-bound, as everything that it holds.
package final class ShardClients {
    let loop: any EventLoop
    let environment: EdgeEnvironment
    /// Its networks over the first live store, and the time.
    package let realm: RealmShard
    /// Those over further ones, by what tenants call these.
    var further: [String: RealmShard] = [:]
    let table = CommandTable.standard
    let connections = ConnectionTable()
    let encoder = LineEncoder()
    private(set) lazy var outboxes = Outboxes(self)
    private(set) lazy var dispatcher = LineDispatcher(self)
    private(set) lazy var clock = ConnectionClock(self)
    private(set) lazy var support = SupportLines(self.environment)
    private(set) lazy var welcome = WelcomeLines(self.environment, self.support)
    var statistics = ShardStatistics()
    /// What the loop's thread had done when the shard began.
    private(set) var loopBegan = LoopUtilization.Sample.now()
    /// Tenants that were suspended in the catalog before.
    private var suspended: Set<TenantID> = []
    /// Connections that wait for the store to be ready.
    private var stalled: [ConnectionID] = []
    /// Names for batches, unique on the shard.
    private var batchReferences: UInt64 = 0

    package init(loop: any EventLoop, number: Int, environment: EdgeEnvironment) {
        self.loop = loop
        self.environment = environment
        self.realm = RealmShard(loop: loop, number: number, environment: environment.realm)
    }

    package func start() {
        self.loopBegan = .now()
        self.begin(self.realm)
        let clients = NIOLoopBound(self, eventLoop: self.loop)
        self.loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            for realm in clients.value.realms { realm.tick() }
            clients.value.clock.tick()
        }
    }

    /// Connects a realm to its store.
    func begin(_ realm: RealmShard) {
        realm.isDraining = self.realm.isDraining
        realm.storeBecameReadyAction = { [unowned self] in self.storeBecameReady() }
        realm.start()
    }

    var limits: ConnectionLimits { self.environment.limits }

    /// A name for a batch, used once on this shard.
    func nextBatchReference() -> String {
        self.batchReferences &+= 1
        return String(self.batchReferences, radix: 36)
    }

    /// Has a connection go on when the store takes calls again.
    func wait(_ connection: Connection) { self.stalled.append(connection.id) }

    private func storeBecameReady() {
        let waiting = self.stalled
        self.stalled = []
        for id in waiting {
            guard let connection = self.connections[id] else { continue }
            connection.reading.release(.store)
            self.dispatcher.process(connection)
        }
    }

    var currentStatistics: ShardStatistics {
        var result = self.statistics
        for realm in self.realms {
            let counted = realm.currentStatistics
            result.storeFailures += counted.storeFailures
            result.rememberedLogins += counted.rememberedLogins
            result.admissions.merge(counted.admissions, uniquingKeysWith: +)
            result.channels += counted.channels
            result.sessions.merge(counted.sessions, uniquingKeysWith: +)
            result.connections.merge(counted.attachments, uniquingKeysWith: +)
        }
        return result
    }

    // MARK: Tenants

    /// - `catalog`: all tenants there are now; those that are gone or suspended lose their connections.
    package func apply(_ catalog: TenantCatalog) {
        for realm in self.realms {
            for network in realm.networks.values { self.apply(catalog.tenants[network.id], to: network, of: realm) }
        }
        self.noteReopened(in: catalog)
    }

    /// Notes which tenants can be used again.
    ///
    /// One that is served elsewhere is not suspended.
    private func noteReopened(in catalog: TenantCatalog) {
        let suspended = catalog.tenants.values.filter { $0.state == .suspended && $0.farewell == nil }.map(\.id)
        for id in self.suspended.subtracting(suspended) {
            guard let tenant = catalog.tenants[id], tenant.farewell == nil else { continue }
            self.realm(of: tenant)?.reopened(id)
        }
        self.suspended = Set(suspended)
    }

    /// - Parameters:
    ///   - tenant: What the network's tenant is now; nil if it is gone.
    ///   - network: A network.
    ///   - realm: Where it is.
    private func apply(_ tenant: HostedTenant?, to network: Network, of realm: RealmShard) {
        guard let tenant else {
            network.update(nil)
            return self.closeAll(of: network, reason: "This network has ended")
        }
        // One that nobody can connect to need not be where it would be.
        guard tenant.farewell != nil || self.realm(of: tenant) === realm else {
            network.update(nil)
            let reason: Phrase = "This network has moved to another store, connect again"
            return self.closeAll(of: network, reason: reason, mayReturn: true)
        }
        let before = network.tenant
        network.update(tenant)
        if tenant == before { return }
        if tenant.state == .suspended {
            return self.closeAll(of: network, reason: tenant.closedText)
        }
        self.tellAccounts(of: network, before)
        self.tellTransport(of: network, before)
        self.tellLanguages(of: network, before)
        for connection in self.connections.all where connection.network === network { connection.set(network.ranks) }
        let changes = self.support.changes(to: tenant, from: before)
        guard !changes.isEmpty else { return }
        for connection in self.connections.all where connection.network === network {
            guard let session = connection.session else { continue }
            let lines = ISupport.lines(of: changes, for: session.user.nick.raw, source: network.serverName)
            connection.tell(support: ByteBuffer(lines), .news)
        }
    }

    /// Other ways to log in or to register, or none any more (IRCv3 capability negotiation, cap-notify).
    private func tellAccounts(of network: Network, _ before: HostedTenant) {
        for (capability, offer) in CapCommand.accountOffers {
            guard let name = capability.sortedNames.first else { continue }
            for connection in self.connections.all where connection.network === network {
                let now = offer(network.tenant, connection)
                if now == offer(before, connection) { continue }
                if connection.capabilities.contains(.capNotify) {
                    connection.write(.news) {
                        $0.message(
                            source: network.serverName,
                            command: "CAP",
                            parameters: [connection.nick] + (now.map { ["NEW", $0] } ?? ["DEL", name]),
                            forcesTrailing: true
                        )
                    }
                }
                if now == nil { connection.set(connection.capabilities.subtracting(capability)) }
            }
        }
    }

    /// Other words on TLS; that there are none any more cannot be told (IRCv3 sts).
    private func tellTransport(of network: Network, _ before: HostedTenant) {
        guard network.tenant.settings.sts != before.settings.sts else { return }
        for connection in self.connections.all
        where connection.network === network && connection.capabilities.contains(.capNotify) {
            guard let word = connection.transportWord(on: network.tenant),
                word != connection.transportWord(on: before)
            else { continue }
            connection.write(.news) {
                $0.message(
                    source: network.serverName,
                    command: "CAP",
                    parameters: [connection.nick, "NEW", word],
                    forcesTrailing: true
                )
            }
        }
    }

    private func closeAll(of network: Network, reason: Phrase, mayReturn: Bool = false) {
        for connection in self.connections.all where connection.network === network {
            connection.close(reason, parting: .ended, mayReturn: mayReturn)
        }
    }

    // MARK: Draining

    func drain(share: Double) -> Int {
        for realm in self.realms { realm.isDraining = true }
        let open = self.connections.all.filter(\.isOpen)
        let count = Int(saturating: (Double(open.count) * share).rounded(.up))
        for connection in open.prefix(count) {
            connection.close("Server is shutting down, connect again", mayReturn: true)
        }
        return self.connections.count
    }
}
