import Crypto
import Edge
import Foundation
import Logging
import Metering
import NIOCore
import NIOPosix
import Observability
import ServiceLifecycle
import StateStore
import Tenant
import UnixSignals

/// Runs a worker from its parts until it is told to stop: the cell's work without any client.
struct WorkerRunner: Sendable {
    /// Where tenants come from.
    enum TenantSource: Sendable {
        /// A folder of files that is watched.
        case folder(FolderWatcher)
        /// The cell's live store, where an operator projects them.
        case projection
    }

    /// What a worker waits for before it is ready.
    static let conditions = ["schema", "store", "tenants"]

    var live: any LiveStore
    /// The stores that tenants may name.
    var further: FurtherStores?
    var durable: DurableStore
    var tenants: TenantSource
    var group: MultiThreadedEventLoopGroup
    var push: PushServices?
    var mail: MailServices?
    /// Where archives go; nil if nothing is archived.
    var archive: OpenArchives?
    /// How long its leases last.
    var term: Duration
    /// What this process is called.
    var pod: String
    var registry: MetricsRegistry
    var operations: EdgeRunner.Operations
    var logger: Logger
    /// Times the end.
    var clock: any Clock<Duration> = ContinuousClock()
    /// Told once it works.
    var announce: @Sendable () -> Void

    func run() async throws {
        let readiness = self.operations.readiness
        let directory = TenantDirectory()
        let ledger = self.ledger
        let work = CellWork(
            durable: self.durable,
            directory: directory,
            push: self.push,
            mail: self.mail,
            archive: self.archive,
            holder: "\(self.pod) \(self.live.pod) \(WallClock.system())",
            now: { [collector = ledger.collector] in collector.now ?? 0 },
            logger: self.logger
        )
        self.registry.register { work.families }
        self.registry.register { await ledger.writer.clocks.families }
        // The last ends first: what needs tenants goes before who tells of them.
        var services: [any Service] = [
            Work { try await ledger.writer.run() },
            Work { await self.follow(into: directory, readiness) },
            Work {
                for await _ in await UnixSignalsSequence(trapping: .sighup) {
                    if case .folder(let watcher) = self.tenants { watcher.reload() }
                }
            },
            Work(patience: CellWork.patience) { await self.read(self.live, of: "", work, readiness) },
        ]
        if let further {
            services.append(
                Work(patience: CellWork.patience) {
                    await further.run { name, _, live in await self.read(live, of: name, work, nil) }
                }
            )
        }
        services += work.services
        services.append(
            Drain {
                readiness.failed("tenants", "ending")
                self.endWithoutStores()
            }
        )
        self.announce()
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

    /// Nothing is counted here: it says what time it is, by which what is too old is forgotten.
    private var ledger: (collector: MeterCollector, writer: LedgerWriter) {
        let source = MeterSource(pod: self.pod, process: self.live.pod, epoch: WallClock.system())
        let collector = MeterCollector(UsageWindows(source: source))
        let writer = LedgerWriter(
            collector: collector,
            ledger: self.durable.ledger,
            ledgerTime: self.durable.ledger.now,
            now: WallClock.system,
            logger: self.logger
        )
        return (collector, writer)
    }

    /// Reads a feed under a lease, which holds until what is in hand is finished.
    private func read(_ live: any LiveStore, of redis: String, _ work: CellWork, _ readiness: Readiness?) async {
        let lease = PlainLease(live, term: self.term, logger: self.logger)
        let renewing = Task { await lease.run() }
        await work.read(live, of: redis, telling: readiness)
        renewing.cancel()
        await renewing.value
    }

    /// Keeps the tenants as their source has them.
    private func follow(into directory: TenantDirectory, _ readiness: Readiness) async {
        switch self.tenants {
        case .folder(let watcher):
            for error in watcher.initial.errors { self.logger.log(level: error.severity.level, "\(error)") }
            directory.replace(watcher.initial.catalog)
            readiness.met("tenants")
            for await update in watcher.updates {
                for error in update.newErrors { self.logger.log(level: error.severity.level, "\(error)") }
                directory.replace(update.catalog)
            }
        case .projection:
            let follower = ProjectionFollower(
                live: self.live,
                loop: MultiThreadedEventLoopGroup.singleton.next(),
                seal: nil,
                certificates: nil,
                logger: self.logger
            )
            // Of its event loop, which the process has to its end.
            try? await follower.run(
                apply: { directory.replace($0.catalog) },
                loaded: { readiness.met("tenants") }
            )
        }
    }

    /// Sees to it that the process ends in good time, whatever its stores are doing.
    private func endWithoutStores() {
        let (live, further, durable, logger, clock) = (self.live, self.further, self.durable, self.logger, self.clock)
        Task {
            try? await clock.sleep(for: CellWork.patience)
            logger.warning("the stores do not answer: this process ends without them")
            await further?.shutdown()
            await live.shutdown()
            await durable.close()
        }
    }

    private func end() async {
        try? await self.operations.channel?.close()
        await self.further?.shutdown()
        await self.live.shutdown()
        await self.durable.close()
        try? await self.group.shutdownGracefully()
    }
}
