// What a cell wants done whoever its clients are connected to: its feeds are read, and what is over is forgotten. It is the same
// wherever it runs: beside the clients of an edge, in `roost dev`, and in a worker, which has none.

import Archive
import Edge
import Logging
import Observability
import ServiceLifecycle
import StateStore
import Synchronization
import Tenant

/// The work of a cell.
///
/// Any number of processes may do it at a time, and each may end at any moment: what is read of a feed is done with only once it is
/// acknowledged, and everything may be done twice.
final class CellWork: Sendable {
    /// Who does it.
    enum Doer: String, Sendable {
        /// Every edge, beside its clients.
        case edge = "Edge"
        /// Processes of their own: `roost worker`.
        case worker = "Worker"
    }

    /// A feed that is read here.
    private struct Feed {
        let history: HistoryFigures
        let watch: FeedWatch
    }

    private let durable: DurableStore
    private let directory: TenantDirectory
    private let push: PushServices?
    private let mail: MailServices?
    private let archive: OpenArchives?
    private let archiving: ArchiveService?
    private let jobs: ArchiveJobService?
    private let bucket: BucketCheck?
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private let feeds = Mutex<[Feed]>([])

    /// Puts it together.
    ///
    /// - Parameters:
    ///   - durable: Where history goes, and what is swept.
    ///   - directory: The tenants that are served.
    ///   - push: Pushes to devices; nil if nothing is pushed.
    ///   - mail: Sends codes; nil if no mail is sent.
    ///   - archive: Where archives go; nil if nothing is archived.
    ///   - holder: Who this process is among all that ever did the work.
    ///   - now: What time it is by the ledger's clock, milliseconds since 1970; 0 as long as nobody knows.
    ///   - logger: Hears of failures.
    init(
        durable: DurableStore,
        directory: TenantDirectory,
        push: PushServices?,
        mail: MailServices?,
        archive: OpenArchives?,
        holder: String,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.durable = durable
        self.directory = directory
        self.push = push
        self.mail = mail
        self.archive = archive
        self.archiving = archive.map { archive in
            ArchiveService(
                durable.archives,
                job: { tenant in
                    // What waits of a tenant that is not served any more is archived to the end, and nothing of it is ever too old,
                    // since nobody says how long it is kept. Where it is being copied elsewhere it is left alone.
                    let served = directory.current.tenants[tenant]
                    if served?.farewell != nil { return nil }
                    let policy = served.map { ArchivePolicy($0.archive) } ?? .continuous
                    let storageClass = served?.archive.storageClass
                    return .init(archive.archive(of: tenant, durable.archives, storageClass: storageClass), policy)
                },
                holder: holder,
                logger: logger
            )
        }
        self.jobs = archive.map { archive in
            ArchiveJobService(
                durable,
                place: { tenant in
                    let served = directory.current.tenants[tenant]
                    if served?.farewell != nil { return nil }
                    let settings = served?.archive
                    return .init(
                        archive.archive(of: tenant, durable.archives, storageClass: settings?.storageClass),
                        historyRetention: served?.history.retention,
                        isServed: served != nil,
                        hold: settings?.hold?.reason
                    )
                },
                holder: holder,
                logger: logger
            )
        }
        self.bucket = archive.map { BucketCheck($0.objects, durable.archives, holder: holder, logger: logger) }
        self.now = now
        self.logger = logger
    }

    /// What is done once a process, however many live stores the cell has.
    ///
    /// What comes to a cell's work is added here, or to ``read(_:of:telling:)`` if it is done for each feed.
    var services: [any Service] {
        var services = [self.retention, self.sweeper]
        if let mail {
            let (codes, directory, logger) = (self.durable.codes, self.directory, self.logger)
            services.append(Work(patience: Self.patience) { await mail.run(codes, for: directory, logger: logger) })
        }
        if let archiving { services.append(Work(patience: Self.patience) { await archiving.run() }) }
        if let jobs { services.append(Work(patience: Self.patience) { await jobs.run() }) }
        if let bucket { services.append(Work { await bucket.run() }) }
        return services
    }

    /// How long the end of what has something in hand is waited for.
    static let patience = Duration.seconds(10)

    /// Reads the feed of one live store for all its consumers, until the task is cancelled; then what is in hand is finished.
    ///
    /// - Parameters:
    ///   - live: Whose feed.
    ///   - redis: What tenants call the store; empty for the first.
    ///   - readiness: Told in its condition `store` whether the store answers; nil if somebody else looks after that.
    func read(_ live: any LiveStore, of redis: String = "", telling readiness: Readiness? = nil) async {
        let directory = self.directory
        let intake = self.archive.map { _ in
            ArchiveTap { directory.current.tenants[$0]?.archive.enabled ?? false }
        }
        let history = HistoryWriter(live: live, store: self.durable, archive: intake, logger: self.logger)
        let consumers = self.push == nil ? FeedConsumer.all : FeedConsumer.withPush
        let watch = FeedWatch(live, of: redis, consumers, readiness)
        self.feeds.withLock { $0.append(Feed(history: history.figures, watch: watch)) }
        await withDiscardingTaskGroup { group in
            group.addTask { try? await history.run() }
            group.addTask { await watch.run() }
            if let push = self.push {
                // Without its event loop, which it throws of, there is nothing that it could do.
                group.addTask { try? await push.run(over: live, for: self.directory) }
            }
        }
    }

    /// What `/metrics` shows of it.
    var families: [MetricFamily] {
        let feeds = self.feeds.withLock { $0 }
        return HistoryFigures.families(of: feeds.map(\.history)) + FeedWatch.families(of: feeds.map(\.watch))
            + (self.push?.families ?? []) + (self.mail?.families ?? []) + (self.archiving?.figures.families ?? [])
    }

    private var retention: any Service {
        let (directory, now) = (self.directory, self.now)
        let retention = HistoryRetention(
            history: self.durable.history,
            audit: self.durable.audit,
            held: self.durable.held,
            reports: self.durable.reports,
            archives: self.archive == nil ? nil : self.durable.archives,
            // What lives elsewhere, or is being copied there, is left as it is.
            tenants: { directory.current.tenants.filter { $0.value.farewell == nil }.mapValues(\.history.retention) },
            // A clock that jumps must not forget everything; nothing is old as long as nobody knows what time it is.
            now: now,
            logger: self.logger
        )
        return Work { try await retention.run() }
    }

    private var sweeper: any Service {
        let directory = self.directory
        let sweeper = CodeSweeper(
            codes: self.durable.codes,
            tenants: { directory.current.tenants.filter { $0.value.farewell == nil }.keys.sorted() },
            logger: self.logger
        )
        return Work { await sweeper.run() }
    }
}
