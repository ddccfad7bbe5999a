import Archive
import CoreMetrics
import Crypto
import Edge
import Foundation
import Logging
import Mail
import Metering
import NIOCore
import NIOPosix
import NameLookup
import OAuth
import Observability
import ServiceLifecycle
import StateStore
import Synchronization
import Tenant
import UnixSignals
import WebPush

/// Runs an edge from its parts until it is told to stop: what `roost dev` and `roost edge` have in common.
struct EdgeRunner: Sendable {
    /// Where to listen; nil is off.
    struct Addresses: Sendable {
        var irc: SocketAddress?
        var ircs: SocketAddress?
        var http: SocketAddress?
        var https: SocketAddress?
        var metrics: SocketAddress?
    }

    /// What a process counts, and what people wait for is measured by; made once, since libraries count there too.
    struct Metrics: Sendable {
        let registry = MetricsRegistry()
        let latencies: Latencies

        init() {
            self.latencies = Latencies(self.registry)
            MetricsSystem.bootstrap(MetricsBackend(self.registry))
        }
    }

    /// `/metrics`, `/livez` and `/readyz`: up from before it can serve until the end, so that waiting and draining can be seen.
    struct Operations: Sendable {
        let readiness: Readiness
        let channel: (any Channel)?

        /// What an edge waits for before it serves.
        static let conditions = ["listening", "schema", "store", "tenants"]

        /// - `address`: where it listens; nil is nowhere.
        /// - `conditions`: what is waited for.
        init(
            at address: SocketAddress?,
            _ registry: MetricsRegistry,
            waitingFor conditions: [String] = Self.conditions,
            logger: Logger
        ) async throws {
            self.readiness = Readiness(conditions)
            guard let address else {
                self.channel = nil
                return
            }
            let listener = OperationsListener(
                metrics: registry,
                readiness: self.readiness,
                logger: logger,
                // Of what the clients leave, half.
                entrance: Entrance(
                    descriptors: DescriptorLimit.raise(logger: logger),
                    reserve: Entrance.reserve / 2,
                    logger: logger
                )
            )
            self.channel = try await EdgeRunner.binding("metrics", address) { try await listener.bind(to: address) }
        }
    }

    /// With whom it shares what is live.
    enum Life: Sendable {
        /// With other pods, each for as long as it renews its lease.
        case lease(Duration)
        /// With nobody; an earlier process had it before, and was there last at this time, in milliseconds since 1970.
        case alone(after: Int64?)
    }

    /// Where tenants come from.
    enum TenantSource: Sendable {
        /// A folder of files that is watched.
        case folder(FolderWatcher)
        /// The cell's live store, where an operator projects them with their certificates.
        case projection(CertificateSeal)
    }

    /// What all tenants share, and what is live of those that name no other store.
    var live: any LiveStore
    /// The stores that tenants may name.
    var further: FurtherStores?
    var durable: DurableStore
    var tenants: TenantSource
    var group: MultiThreadedEventLoopGroup
    var addresses: Addresses
    /// The port at which clients reach IRC over TLS from outside; nil if there is none.
    var tlsPort: Int?
    /// Who may speak for clients elsewhere.
    var gateways: WebGateways = .none
    /// What is pushed to devices, and how; nil if nothing is.
    var push: PushSettings?
    /// The port at which browsers reach tenants by HTTPS from outside.
    var webPort = 443
    /// Which name servers are asked for lists of addresses; nil for the system's.
    var nameServers: NameServers?
    /// How issuers of tokens are reached that tenants name.
    var issuers: IssuerSettings
    /// By which server mail is sent; nil if none is.
    var mail: MailSettings?
    /// Where archives are; nil if nothing is archived here, or read.
    var archive: OpenArchives?
    /// Whether clients read on there.
    var readsArchive = false
    /// Who does the cell's work.
    var worker = CellWork.Doer.edge
    var certificates: CertificateStore
    var trustedProxies: TrustedNetworks
    /// Whether trusted proxies begin HTTP connections with a PROXY header, as they do those of IRC.
    var expectsProxyProtocolForHTTP: Bool
    var nameless: NamelessClients.Rule
    var limits: ConnectionLimits
    var secret: SymmetricKey
    /// How fast connections are closed at the end.
    var drain: DrainPace
    /// How long this pod's lease lasts, or what was before it.
    var life: Life
    /// What this process is called in its figures, and how many connections it is meant for.
    var pod: (name: String, capacity: Int)
    /// What `/metrics` shows.
    var metrics: Metrics
    /// What operators see of it, if they do already.
    var operations: Operations?
    var logger: Logger
    /// Times the end.
    var clock: any Clock<Duration> = ContinuousClock()
    /// Told once everything listens, with the addresses that were bound.
    var announce: @Sendable (TenantCatalog, Addresses) -> Void

    func run() async throws {
        let started = WallClock.system()
        let descriptors = DescriptorLimit.raise(logger: self.logger)
        let entrance = Entrance(descriptors: descriptors, logger: self.logger)

        let source = MeterSource(pod: self.pod.name, process: self.live.pod, epoch: started)
        let collector = MeterCollector(UsageWindows(source: source))
        let metrics = EdgeMetrics(next: collector)
        let ledger = LedgerWriter(
            collector: collector,
            ledger: self.durable.ledger,
            ledgerTime: self.durable.ledger.now,
            now: WallClock.system,
            logger: self.logger
        )
        let further = self.further
        let keys = self.push.map { _ in VapidKeys(from: self.secret) }
        let tokens = try TokenChecker(
            // None of a shard's loops: nobody who chats waits for a handshake.
            group: MultiThreadedEventLoopGroup.singleton,
            policy: AddressPolicy(trusted: self.issuers.networks),
            authorities: self.issuers.authorities
        )
        let mail = self.mail.map { MailServices($0, secret: self.secret) }
        let names = self.nameResolver()
        let older = self.readsArchive ? self.archive?.history(self.durable.archives, logger: self.logger) : nil
        let (tenants, certificates) = (self.tenants, self.certificates)
        var (catalog, declaresAdmins) = (TenantCatalog.empty, false)
        if case .folder(let watcher) = tenants {
            declaresAdmins = true
            for error in watcher.initial.errors { self.logger.log(level: error.severity.level, "\(error)") }
            catalog = watcher.initial.catalog
        }
        let reload: @Sendable () -> Void = {
            if case .folder(let watcher) = tenants { watcher.reload() }
            certificates.reload()
        }
        let server = await EdgeServer.start(
            on: self.group,
            catalog: catalog,
            live: self.live,
            durable: self.durable,
            limits: self.limits,
            tlsPort: self.tlsPort,
            gateways: self.gateways,
            secret: self.secret,
            usage: metrics,
            push: keys,
            tokens: tokens,
            // Nobody hears it if workers send the mail: they look for it by themselves.
            mail: mail?.bell.ring,
            webPort: self.webPort,
            resolve: Self.lookup(names),
            older: older,
            declaresAdmins: declaresAdmins,
            latencies: self.metrics.latencies,
            logger: self.logger,
            rehash: Self.seldom(reload)
        )
        let figures = EdgeFigures(
            pod: self.pod.name,
            capacity: self.pod.capacity,
            started: started,
            shards: server.shards,
            metrics: metrics
        )
        let work = try self.work(of: server, keys, mail) { collector.now ?? 0 }
        let networks = further.map {
            FurtherNetworks(server, carrying: figures, work, term: $0.term, logger: self.logger)
        }
        let (reaper, reaping) = await self.reaper(of: server, figures)
        let (listeners, first) = try await self.listen(for: server, entrance)
        var bound = first
        let registry = self.metrics.registry
        registry.register {
            await metrics.families(of: server.shards) + entrance.families
        }
        registry.register { await ledger.clocks.families }
        if let work { registry.register { work.families } }
        if let names { registry.register { names.families } }
        if let older { registry.register { older.readings.families } }
        let operations: Operations
        if let early = self.operations {
            operations = early
        } else {
            operations = try await Operations(at: self.addresses.metrics, registry, logger: self.logger)
        }
        let readiness = operations.readiness
        bound.metrics = operations.channel?.localAddress
        let drain = self.drain
        var services: [any Service] = []
        if let work {
            // Ends last, so that what clients said last is kept.
            services.append(Work(patience: CellWork.patience) { [live = self.live] in await work.read(live) })
            services += work.services
        }
        services += [
            Work(patience: Self.storesTime * 2) { try await ledger.run() },
            Work { [logger = self.logger] in await server.followAccounts(logger: logger) },
            Work { await server.watchStore(readiness) },
            Work { try await certificates.run() },
            Work { [gateways = self.gateways] in try await gateways.run() },
            Work { try await self.follow(tenants, server, readiness) },
            Work {
                for await _ in await UnixSignalsSequence(trapping: .sighup) {
                    reload()
                }
            },
        ]
        services.append(Work { try await reaping() })
        if let further, let networks {
            services.append(
                Work(patience: Self.storesTime * 2) {
                    await further.run { name, index, live in await networks.use(live, as: name, at: index) }
                }
            )
        }
        // Last in, first out: clients go before what keeps their words.
        services.append(
            Drain {
                readiness.failed("listening", "draining")
                figures.startDraining()
                // Nobody waits for it: clients are drained whether the store is there or not.
                let told = Task { await reaper?.report() }
                Task { await networks?.report() }
                for listener in listeners { try? await listener.close() }
                await server.drain(at: drain) {
                    await told.value
                    return await self.leaving()
                }
                self.endWithoutStores()
                await server.settle()
                await server.reportUsage()
            }
        )
        // Whoever starts it without waiting has it made.
        readiness.met("schema")
        readiness.met("listening")
        self.announce(catalog, bound)
        let group = ServiceGroup(
            configuration: .init(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: self.logger
            )
        )
        do {
            try await group.run()
        } catch {
            await self.end()
            throw error
        }
        await self.end()
    }

    /// What is done here of the cell's work; nil if workers do it.
    private func work(
        of server: EdgeServer,
        _ keys: VapidKeys?,
        _ mail: MailServices?,
        now: @escaping @Sendable () -> Int64
    ) throws -> CellWork? {
        guard self.worker == .edge else { return nil }
        let push = try keys.flatMap { keys in
            try self.push.map { try PushServices($0, keys: keys, durable: self.durable, logger: self.logger) }
        }
        return CellWork(
            durable: self.durable,
            directory: server.directory,
            push: push,
            mail: mail,
            archive: self.archive,
            holder: "\(self.pod.name) \(self.live.pod) \(WallClock.system())",
            now: now,
            logger: self.logger
        )
    }

    /// Who keeps the lease and sees to sessions of processes that are gone.
    ///
    /// - Returns: Who reports the pod's figures, if it has a lease, and what is to be done for as long as the server runs.
    private func reaper(
        of server: EdgeServer,
        _ figures: EdgeFigures
    ) async -> (reporter: SessionReaper?, work: @Sendable () async throws -> Void) {
        switch self.life {
        case .lease(let term):
            let reaper = SessionReaper(
                live: self.live,
                shards: server.shards,
                term: term,
                figures: { await figures.encoded() },
                logger: self.logger
            )
            return (reaper, { try await reaper.run() })
        case .alone(let before):
            let reaper = SessionReaper(live: self.live, shards: server.shards, logger: self.logger)
            // Before anybody is let in, who would find nicknames in use of people who are gone.
            if await reaper.reapFormer(lastSeen: before) { return (nil, {}) }
            let clock = self.clock
            return (
                nil,
                {
                    repeat {
                        try await clock.sleep(for: Self.storesTime)
                    } while await !reaper.reapFormer(lastSeen: before)
                }
            )
        }
    }

    /// Keeps the server's tenants as their source has them.
    private func follow(_ source: TenantSource, _ server: EdgeServer, _ readiness: Readiness) async throws {
        switch source {
        case .folder(let watcher):
            readiness.met("tenants")
            for await update in watcher.updates { await server.apply(update) }
        case .projection(let seal):
            let follower = ProjectionFollower(
                live: self.live,
                loop: MultiThreadedEventLoopGroup.singleton.next(),
                seal: seal,
                certificates: self.certificates,
                logger: self.logger
            )
            try await follower.run(apply: { await server.apply($0) }, loaded: { readiness.met("tenants") })
        }
    }

    /// Does something off the event loops, at most every ten seconds: a tenant's operator may ask for it.
    private static func seldom(_ body: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let last = Mutex<ContinuousClock.Instant?>(nil)
        return {
            let isDue = last.withLock { last in
                if let last, last + .seconds(10) > .now { return false }
                last = .now
                return true
            }
            if isDue { Task.detached { body() } }
        }
    }

    /// How many edges take leave of their clients, this one included, by what they say of themselves.
    private func leaving() async -> Int {
        guard let figures = try? await self.live.liveFigures() else { return 1 }
        return max(1, figures.values.count { (try? PodFigures(json: $0))?.draining ?? false })
    }

    /// How long after the drain the stores may take what there is for them.
    private static let storesTime = Duration.seconds(5)

    /// Sees to it that the process ends in good time, whatever its stores are doing.
    private func endWithoutStores() {
        let (live, further, durable, logger, clock) = (self.live, self.further, self.durable, self.logger, self.clock)
        Task {
            try? await clock.sleep(for: Self.storesTime)
            logger.warning("the stores do not answer: this process ends without them")
            await further?.shutdown()
            await live.shutdown()
            await durable.close()
        }
    }

    private func end() async {
        await self.further?.shutdown()
        await self.live.shutdown()
        await self.durable.close()
        try? await self.group.shutdownGracefully()
    }

    private func listen(for server: EdgeServer, _ entrance: Entrance) async throws -> ([any Channel], Addresses) {
        var channels: [any Channel] = []
        var bound = Addresses()
        let nameless = NamelessClients(self.nameless, logger: self.logger)
        if let address = self.addresses.irc {
            let listener = PlainListener(
                directory: server.directory,
                nameless: nameless,
                trustedProxies: self.trustedProxies,
                gateways: self.gateways.networks,
                shards: server.shards,
                entrance: entrance
            )
            let channel = try await Self.binding("irc", address) { try await listener.bind(to: address) }
            bound.irc = channel.localAddress
            channels.append(channel)
        }
        if let address = self.addresses.ircs {
            let listener = TLSListener(
                directory: server.directory,
                certificates: self.certificates,
                trustedProxies: self.trustedProxies,
                gateways: self.gateways.networks,
                nameless: nameless,
                shards: server.shards,
                entrance: entrance
            )
            let channel = try await Self.binding("ircs", address) { try await listener.bind(to: address) }
            bound.ircs = channel.localAddress
            channels.append(channel)
        }
        for (name, address, certificates) in [
            ("http", self.addresses.http, nil), ("https", self.addresses.https, self.certificates),
        ] {
            guard let address else { continue }
            let listener = HTTPListener(
                directory: server.directory,
                shards: server.shards,
                trustedProxies: self.trustedProxies,
                certificates: certificates,
                expectsProxyProtocol: self.expectsProxyProtocolForHTTP,
                nameless: nameless,
                requestTimes: self.metrics.latencies.request,
                entrance: entrance,
                logger: self.logger
            )
            let channel = try await Self.binding(name, address) { try await listener.bind(to: address) }
            if certificates == nil { bound.http = channel.localAddress } else { bound.https = channel.localAddress }
            channels.append(channel)
        }
        return (channels, bound)
    }

    /// - Throws: what says which listener could not be bound, and why.
    fileprivate static func binding<Value>(
        _ name: String,
        _ address: SocketAddress,
        _ bind: () async throws -> Value
    ) async throws -> Value {
        do { return try await bind() } catch {
            throw CannotListen(name, address, error)
        }
    }
}

/// A listener that could not be bound, and why.
struct CannotListen: Error, CustomStringConvertible {
    let description: String

    init(_ name: String, _ address: SocketAddress, _ error: any Error) {
        let reason =
            switch (error as? IOError)?.errnoCode {
            case EADDRINUSE: "another process has that address: end it, or name another address"
            case EACCES: "the system does not allow it: ports below 1024 need a right"
            case EADDRNOTAVAIL: "it is not an address of this machine"
            default: "\(error)"
            }
        self.description = "\(name): cannot listen on \(address.ipAddress ?? "?"):\(address.port ?? 0): \(reason)"
    }
}
