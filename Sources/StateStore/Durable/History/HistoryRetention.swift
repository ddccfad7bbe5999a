package import Logging
import Numbers
package import Tenant

/// Forgets history that is older than its tenant keeps, what the audit log has had for long, and reports that were
/// closed long ago: a service of every edge.
///
/// Forgetting twice is forgetting once, so edges need not agree on whose turn it is; each waits a random part of the
/// interval, so that they seldom meet.
package struct HistoryRetention: Sendable {
    private let history: HistoryRepository
    private let audit: AuditRepository
    private let held: HeldMessageRepository?
    private let reports: ReportRepository?
    private let archives: ArchiveRepository?
    private let tenants: @Sendable () -> [TenantID: Duration]
    private let now: @Sendable () -> Int64
    private let interval: Duration
    private let batch: Int
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Puts the service together.
    ///
    /// - Parameters:
    ///   - history: What is swept.
    ///   - audit: Swept as well, of what is older than ``AuditRepository/retention``.
    ///   - held: Likewise, of messages that have waited too long for a moderator.
    ///   - reports: Likewise, of those that were closed before ``ReportRepository/retention``.
    ///   - archives: Says what is to be archived yet, which stays until it is; nil where nothing is archived.
    ///   - tenants: How long each tenant's history is kept, asked anew for each sweep.
    ///   - now: Milliseconds since 1970.
    ///   - interval: About how long between two sweeps.
    ///   - batch: How many records are forgotten in one transaction.
    ///   - clock: Times the waits.
    ///   - logger: Hears of failures.
    package init(
        history: HistoryRepository,
        audit: AuditRepository,
        held: HeldMessageRepository? = nil,
        reports: ReportRepository? = nil,
        archives: ArchiveRepository? = nil,
        tenants: @escaping @Sendable () -> [TenantID: Duration],
        now: @escaping @Sendable () -> Int64,
        interval: Duration = .seconds(600),
        batch: Int = 5000,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.history = history
        self.audit = audit
        self.held = held
        self.reports = reports
        self.archives = archives
        self.tenants = tenants
        self.now = now
        self.interval = interval
        self.batch = batch
        self.clock = clock
        self.logger = logger
    }

    /// Works until its task is cancelled.
    package func run() async throws {
        await self.makeMonths()
        while !Task.isCancelled {
            try? await self.clock.sleep(for: self.interval * Double.random(in: 0.5...1))
            if !Task.isCancelled { await self.sweep() }
        }
    }

    /// Forgets what is too old now.
    ///
    /// A tenant whose turn fails is tried again at the next sweep.
    ///
    /// - Returns: How many records were forgotten one by one.
    @discardableResult
    package func sweep() async -> Int {
        await self.makeMonths()
        var ends = self.tenants().mapValues { self.now().minus($0.components.seconds.times(1000)) }
        do {
            for (tenant, first) in try await self.archives?.firstPending() ?? [:] {
                if let end = ends[tenant] { ends[tenant] = min(end, first) }
            }
        } catch {
            self.logger.warning("old history waits for its store", metadata: ["reason": "\(error)"])
            return 0
        }
        do {
            let count = try await self.history.dropMonths(before: ends)
            if count > 0 { self.logger.info("months of old history removed", metadata: ["count": "\(count)"]) }
        } catch {
            self.logger.warning("months of old history wait for their store", metadata: ["reason": "\(error)"])
        }
        var forgotten = 0
        for (tenant, end) in ends.sorted(by: { $0.key < $1.key }) {
            do {
                while !Task.isCancelled {
                    let count = try await self.history.delete(before: end, of: tenant, limit: self.batch)
                    forgotten += count
                    if count < self.batch { break }
                }
                try await self.held?.deleteExpired(of: tenant, now: self.now())
                let closed = self.now().minus(ReportRepository.retention.components.seconds.times(1000))
                try await self.reports?.prune(of: tenant, before: closed)
                while !Task.isCancelled {
                    let end = self.now().minus(AuditRepository.retention.components.seconds.times(1000))
                    if try await self.audit.delete(before: end, of: tenant, limit: self.batch) < self.batch { break }
                }
            } catch {
                self.logger.warning(
                    "old history waits for its store",
                    metadata: ["tenant": "\(tenant)", "reason": "\(error)"]
                )
            }
        }
        return forgotten
    }

    private func makeMonths() async {
        do {
            try await self.history.makeMonths(now: self.now())
        } catch {
            self.logger.warning("no table for the next month's history yet", metadata: ["reason": "\(error)"])
        }
    }
}
