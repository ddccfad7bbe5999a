package import Crypto
package import Logging
package import Metering
package import NIOCore
import Numbers
package import Observability
package import Realm
package import StateStore
import Synchronization
package import Tenant

/// An edge: shards over stores, and the services that go with them.
///
/// Listeners are added by who starts it.
package struct EdgeServer: Sendable {
    package let directory: TenantDirectory
    package let shards: ShardSet
    package let accounts: AccountService
    package let live: any LiveStore
    private let opened: OpenedStores
    package let durable: DurableStore
    /// Whether who is an administrator is written here, or by somebody else.
    private let declaresAdmins: Bool
    private let logger: Logger

    /// Starts the shards.
    ///
    /// - `tlsPort`: where clients reach IRC over TLS from outside; nil if nowhere.
    /// - `gateways`: who may speak for clients elsewhere.
    /// - `secret`: the installation's secret, from which each tenant's cloak is derived, and the key of its remembered log-ins.
    /// - `push`: the keys with which pushes to devices are signed; nil if nothing is pushed.
    /// - `tokens`: looks at tokens of issuers that tenants name; nil if none are taken.
    /// - `mail`: told that there is mail to send; nil if nobody sends any.
    /// - `webPort`: where browsers reach tenants by HTTPS from outside.
    /// - `resolve`: finds the IPv4 addresses of names, for lists of addresses; nil if no names are looked up.
    /// - `older`: what was said before the history begins, for tenants that have that; nil if nobody reads on there.
    /// - `declaresAdmins`: whether the tenants come with all of their administrators' passwords, and nobody else makes their
    ///   accounts.
    /// - `latencies`: where log-ins and fan-out are measured.
    /// - `rehash`: reads tenants and certificates again.
    package static func start(
        on group: any EventLoopGroup,
        catalog: TenantCatalog,
        live: any LiveStore,
        durable: DurableStore,
        limits: ConnectionLimits,
        tlsPort: Int? = 6_697,
        gateways: WebGateways = .none,
        secret: SymmetricKey,
        usage: any UsageSink,
        push: VapidKeys? = nil,
        tokens: (any TokenAuthority)? = nil,
        mail: (@Sendable () -> Void)? = nil,
        webPort: Int = 443,
        resolve: (@Sendable (String) async -> [UInt32]?)? = nil,
        older: (any OlderHistory)? = nil,
        declaresAdmins: Bool,
        latencies: Latencies? = nil,
        logger: Logger,
        rehash: @escaping @Sendable () -> Void
    ) async -> EdgeServer {
        let accounts = AccountService(
            durable: durable,
            seal: { TOTPSeal(from: secret, tenant: $0) },
            codeKey: { CodeKey(from: secret, tenant: $0) },
            wakeMail: mail,
            logger: logger,
            // The same on every edge and after every start, or it would tell which accounts there are.
            decoyKey: HKDF<SHA256>.deriveKey(
                inputKeyMaterial: secret,
                info: Array("roost decoy".utf8),
                outputByteCount: 32
            )
        )
        let directory = TenantDirectory(catalog)
        let environment = EdgeEnvironment(
            limits: limits,
            realm: RealmEnvironment(
                store: live,
                authenticator: accounts,
                logger: logger,
                usage: usage,
                cloak: { HostCloak(tenantKey: HostCloak.tenantKey(from: secret, tenant: $0)) },
                loginSeal: { LoginSeal(from: secret, tenant: $0) },
                keepsHistory: { directory.current.tenants[$0]?.history.enabled ?? false },
                past: Past(
                    history: durable.history,
                    older: older,
                    readsOn: { directory.current.tenants[$0]?.readsArchive ?? false },
                    readMarkers: durable.readMarkers,
                    accounts: durable.accounts
                ),
                channels: durable.channels,
                bans: durable.bans,
                audit: durable.audit,
                reports: durable.reports,
                links: durable.links,
                held: durable.held,
                push: push.map { PushDevices(registrations: durable.pushes, keys: $0) },
                proofKey: { ProofKey(from: secret, tenant: $0) },
                webPort: webPort,
                resolve: resolve,
                tokens: tokens,
                reload: rehash,
                latencies: latencies
            ),
            tlsPort: tlsPort,
            gateways: gateways
        )
        let shards = await ShardSet.start(on: group, environment: environment)
        // They know who is suspended, before it is otherwise.
        await shards.apply(catalog)
        if declaresAdmins { accounts.provision(catalog.sorted, changed: shards.forgetLogins) }
        return EdgeServer(
            directory: directory,
            shards: shards,
            accounts: accounts,
            live: live,
            opened: OpenedStores(catalog),
            durable: durable,
            declaresAdmins: declaresAdmins,
            logger: logger
        )
    }

    /// Takes a new catalog: new tenants are served from now on, changed ones see the change, others lose their people.
    package func apply(_ update: CatalogUpdate) async {
        for error in update.newErrors { self.logger.log(level: error.severity.level, "\(error)") }
        let touched = update.added.union(update.changed)
        if self.declaresAdmins {
            let tenants = update.catalog.sorted.filter { touched.contains($0.id) }
            self.accounts.provision(tenants, changed: self.shards.forgetLogins)
            self.accounts.forget(update.removed)
        }
        self.opened.catalog(update.catalog)
        await self.show()
        // Where nobody else tells of them.
        let level = self.declaresAdmins ? Logger.Level.notice : .info
        for (ids, text) in [
            (update.added, "tenant added"), (update.changed, "tenant changed"), (update.removed, "tenant removed"),
        ] as [(Set<TenantID>, Logger.Message)] {
            for id in ids.sorted() { self.logger.log(level: level, text, metadata: ["tenant": "\(id)"]) }
        }
    }

    /// Begins to use a further live store.
    ///
    /// The tenants that live there are served from now on.
    ///
    /// - Parameters:
    ///   - store: The store, which stays the caller's to shut down.
    ///   - redis: What tenants call it (``HostedTenant/redis``).
    ///   - place: Its place among the stores, the first further one's being 1.
    package func open(_ store: any LiveStore, as redis: String, at place: Int) async {
        for shard in self.shards.all { await shard.open(store, as: redis, at: place) }
        self.opened.opened(redis)
        await self.show()
        self.logger.notice("a live store is there", metadata: ["redis": "\(redis)"])
    }

    /// Serves the catalog as it is, as far as stores are open.
    private func show() async {
        var shown: Int
        repeat {
            let (catalog, version) = self.opened.current
            shown = version
            self.directory.replace(catalog)
            await self.shards.apply(catalog)
            // Who was overtaken meanwhile may have told some shards what is old.
        } while self.opened.current.version != shown
    }

    /// Hands over what the shards counted up to now.
    package func reportUsage() async {
        for shard in self.shards.all { await shard.reportUsage() }
    }

    /// Keeps the condition `store` of the readiness, until its task is cancelled: it fails when a shard could not reach the
    /// live store, or was held back by it, for two looks in a row.
    package func watchStore(_ readiness: Readiness, clock: any Clock<Duration> = ContinuousClock()) async {
        var misses = 0
        while !Task.isCancelled {
            var isReady = true
            for shard in self.shards.all where await !shard.isStoreReady { isReady = false }
            misses = isReady ? 0 : misses + 1
            if isReady { readiness.met("store") }
            if misses >= 2 { readiness.failed("store", "the live store is away, or does not keep up") }
            try? await clock.sleep(for: isReady ? .seconds(1) : .milliseconds(250))
        }
    }

    /// Closes all connections, spread over some time.
    ///
    /// - Parameters:
    ///   - pace: How fast.
    ///   - together: Says how many edges go together, this one included; it is asked now and then, and never waited for.
    ///   - clock: Times it.
    package func drain(
        at pace: DrainPace,
        together: @escaping @Sendable () async -> Int = { 1 },
        clock: any Clock<Duration> = ContinuousClock()
    ) async {
        let edges = Mutex(1)
        let looking = Task {
            while !Task.isCancelled {
                let count = await together()
                edges.withLock { $0 = count }
                try? await clock.sleep(for: .seconds(2))
            }
        }
        defer { looking.cancel() }
        let step = min(.milliseconds(200), pace.period)
        var progress = DrainProgress()
        while !progress.isOver {
            let period = pace.period(together: edges.withLock { $0 })
            let share = progress.advance(by: step, of: period)
            var left = 0
            for shard in self.shards.all { left += await shard.drain(share: share) }
            if left == 0 { break }
            try? await clock.sleep(for: step)
        }
    }

    /// Waits for some seconds until the last lines are on their way, and what the store is to know of those who left is stored.
    ///
    /// - Parameter clock: Times it.
    package func settle(clock: any Clock<Duration> = ContinuousClock()) async {
        for _ in 0..<60 {
            var left = 0
            for shard in self.shards.all { left += await shard.connectionCount + (shard.hasSettled ? 0 : 1) }
            if left == 0 { return }
            try? await clock.sleep(for: .milliseconds(50))
        }
    }
}

extension ResourceError.Severity {
    /// How loud the log says it.
    package var level: Logger.Level {
        switch self {
        case .error: .error
        case .warning: .warning
        }
    }
}
