// One look at the database tells which tenants have anything to do; each is worked for by one worker at a time, under a lease. Nothing is
// kept in this process that is not in the database, but how long to wait for a tenant whose bucket is away.

import Backoff
package import Logging
import Observability
package import StateStore
import Synchronization
package import Tenant

/// Makes segments of what waits, closes days, deletes what is to go and erases who is gone: a service of workers.
package final class ArchiveService: Sendable {
    /// What it has to know of a tenant.
    package struct Job: Sendable {
        package let archive: TenantArchive
        package let policy: ArchivePolicy

        package init(_ archive: TenantArchive, _ policy: ArchivePolicy) {
            self.archive = archive
            self.policy = policy
        }
    }

    /// How many tenants are worked for at a time, and so how many segments are in memory.
    package static let width = 2
    /// How long a lease is good for, and so how long a tenant waits whose worker was killed; it is renewed while there is work.
    static let lease = Duration.seconds(20)
    static let renewal = Duration.seconds(6)

    package let figures = ArchiveFigures()
    private let repository: ArchiveRepository
    private let job: @Sendable (TenantID) -> Job?
    private let holder: String
    private let interval: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    /// How long between two looks for what is too old.
    private static let sweep = Duration.seconds(600)
    private let sweptAt = Mutex<ContinuousClock.Instant?>(nil)
    private let troubles = Mutex<[TenantID: Trouble]>([:])
    /// Tenants whose bucket was compared with this database.
    private let compared = Mutex<Set<TenantID>>([])

    /// A tenant whose turn failed.
    private struct Trouble {
        var backoff = Backoff(first: .seconds(2), longest: .seconds(300))
        /// When it is tried again, on the continuous clock.
        var again: ContinuousClock.Instant = .now
        /// What was said of it last.
        var said = ""
    }

    /// - Parameters:
    ///   - repository: What the database knows.
    ///   - job: Where a tenant's archive is; nil leaves what waits where it is.
    ///   - holder: Who this is, unique among all that ever were.
    ///   - interval: How long between two looks.
    ///   - clock: Times the waits.
    ///   - logger: Hears of failures, each once.
    package init(
        _ repository: ArchiveRepository,
        job: @escaping @Sendable (TenantID) -> Job?,
        holder: String,
        interval: Duration = .seconds(5),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.repository = repository
        self.job = job
        self.holder = holder
        self.interval = interval
        self.clock = clock
        self.logger = logger
    }

    /// Works until its task is cancelled.
    package func run() async {
        var backoff = Backoff(first: .milliseconds(500), longest: .seconds(30))
        while !Task.isCancelled {
            do throws(DurableStoreError) {
                try await self.look()
                backoff.succeeded()
                try? await self.clock.sleep(for: self.interval * Double.random(in: 0.8...1.2))
            } catch {
                if Task.isCancelled { return }
                // When it answers again it may be what it was some time ago.
                self.compared.withLock { $0.removeAll() }
                self.logger.warning("archives wait for the database", metadata: ["reason": "\(error)"])
                try? await self.clock.sleep(for: backoff.failed())
            }
        }
    }

    /// Works once for every tenant that has anything to do.
    package func look() async throws(DurableStoreError) {
        // What is too old is looked for once in a while.
        let isSweep = self.sweptAt.withLock { swept in
            if let last = swept, last + Self.sweep > .now { return false }
            swept = .now
            return true
        }
        let work = try await self.repository.work(withOldest: isSweep)
        self.figures.saw(work)
        let turns = work.tenants.sorted { $0.key < $1.key }.compactMap { tenant, share -> (TenantID, Job, Due)? in
            guard self.isDue(tenant), let job = self.job(tenant) else { return nil }
            let due = Due(share, job.policy, now: work.now, isSweep: isSweep)
            return due.isAnything ? (tenant, job, due) : nil
        }
        let erasures = try await self.repository.erasures().filter { self.isDue($0.tenant) }
        var waiting: [@Sendable () async -> Void] = []
        for (tenant, job, due) in turns {
            waiting.append {
                await self.turn(tenant) { () throws(ArchiveError) in
                    try await self.lease(tenant)
                } work: { lease throws(ArchiveError) in
                    try await self.work(job, due, lease)
                }
            }
        }
        for erasure in erasures {
            guard let archive = self.job(erasure.tenant)?.archive else { continue }
            waiting.append { await self.erase(erasure, archive, now: work.now) }
        }
        await self.run(waiting)
    }

    /// Has some turns at a time.
    private func run(_ turns: [@Sendable () async -> Void]) async {
        await withTaskGroup(of: Void.self) { group in
            var waiting = turns[...]
            for _ in 0..<Self.width {
                if let turn = waiting.popFirst() { group.addTask { await turn() } }
            }
            while await group.next() != nil {
                if Task.isCancelled { break }
                if let turn = waiting.popFirst() { group.addTask { await turn() } }
            }
        }
    }

    private func erase(_ erasure: ArchiveErasure, _ archive: TenantArchive, now: Int64) async {
        await self.turn(erasure.tenant) { () throws(ArchiveError) in
            try await ArchiveError.noting { () throws(DurableStoreError) in
                try await self.repository.lease(erasure, as: self.holder, for: Self.lease.milliseconds)
            }
        } work: { lease throws(ArchiveError) in
            let certificate = try await archive.erase(erasure, by: lease, now: now)
            self.logger.notice(
                "erased a tenant's archive",
                metadata: [
                    "tenant": "\(erasure.tenant)", "versions": "\(certificate.versions)",
                    "keys": "\(certificate.keys.count)",
                ]
            )
        }
    }

    /// Has a turn for one tenant, if nobody else has it.
    private func turn(
        _ tenant: TenantID,
        lease take: @escaping @Sendable () async throws(ArchiveError) -> ArchiveLease?,
        work: @Sendable (ArchiveLease) async throws(ArchiveError) -> Void
    ) async {
        do throws(ArchiveError) {
            guard let lease = try await take() else { return }
            do throws(ArchiveError) {
                try await ArchiveLease.keep(on: self.clock) {
                    _ = try? await take()
                } during: { () throws(ArchiveError) in
                    try await work(lease)
                    self.recovered(tenant)
                    try await ArchiveError.noting { () throws(DurableStoreError) in
                        try await self.repository.note(nil, nil, by: lease)
                    }
                }
            } catch {
                await self.failed(tenant, error, lease)
            }
            // Best effort: it lapses by itself.
            try? await self.repository.release(lease)
        } catch {
            await self.failed(tenant, error, nil)
        }
    }

    /// What a tenant has to do now.
    private struct Due {
        /// Days of which segments are to be made, and how many: what comes meanwhile waits for its own time.
        let seal: [(day: ArchiveDay, segments: Int)]
        /// Days that are over, and of which nothing waits.
        let close: [ArchiveDay]
        /// Whether something was begun and is to be finished, or to be deleted; what a bucket locks is tried again once in a while.
        let isHalfDone: Bool
        /// The first day that is kept, if there is anything before it.
        let firstKept: ArchiveDay?
        let now: Int64

        init(_ share: ArchiveWork.Share, _ policy: ArchivePolicy, now: Int64, isSweep: Bool) {
            self.now = now
            self.seal = share.pending.filter { policy.isDue($0, now: now) }.map {
                (ArchiveDay(number: $0.day), 1 + $0.rawBytes / max(1, policy.sealBytes))
            }
            self.close = share.open.subtracting(share.pending.map(\.day)).sorted().map { ArchiveDay(number: $0) }
                .filter { policy.isOver($0, now: now) }
            self.isHalfDone = share.isHalfDone || (isSweep && share.hasLeftovers)
            let first = policy.firstKept(now)
            self.firstKept = share.oldest.flatMap { oldest in first.flatMap { oldest < $0.number ? $0 : nil } }
        }

        var isAnything: Bool {
            !self.seal.isEmpty || !self.close.isEmpty || self.isHalfDone || self.firstKept != nil
        }
    }

    private func work(_ job: Job, _ due: Due, _ lease: ArchiveLease) async throws(ArchiveError) {
        let archive = job.archive
        if !self.compared.withLock({ $0.contains(lease.tenant) }) {
            try await archive.reconcile(by: lease)
            self.compared.withLock { _ = $0.insert(lease.tenant) }
        }
        try await archive.resume(by: lease)
        for (day, segments) in due.seal {
            for _ in 0..<segments {
                guard try await archive.seal(day, by: lease, limit: job.policy.sealBytes, count: 1) > 0 else { break }
                self.figures.sealed()
                if Task.isCancelled { return }
            }
        }
        for day in due.close {
            while try await archive.close(day, by: lease, now: due.now, limit: job.policy.sealBytes) {
                self.figures.closed()
                if Task.isCancelled { return }
            }
        }
        try await archive.deleteReplaced(by: lease)
        if let first = due.firstKept {
            let count = try await archive.expire(before: first, because: "retention", by: lease, now: due.now) {
                // A hold may have come meanwhile.
                self.job(lease.tenant)?.policy.firstKept(due.now).map { first <= $0 } ?? false
            }
            self.figures.expired(count)
        }
    }

    private func lease(_ tenant: TenantID) async throws(ArchiveError) -> ArchiveLease? {
        try await ArchiveError.noting { () throws(DurableStoreError) in
            try await self.repository.lease(tenant, as: self.holder, for: Self.lease.milliseconds)
        }
    }

    // MARK: Trouble

    private func isDue(_ tenant: TenantID) -> Bool {
        self.troubles.withLock { ($0[tenant]?.again).map { $0 <= .now } ?? true }
    }

    private func recovered(_ tenant: TenantID) {
        if self.troubles.withLock({ $0.removeValue(forKey: tenant) }) != nil {
            self.logger.notice("the archive goes on", metadata: ["tenant": "\(tenant)"])
        }
    }

    private func failed(_ tenant: TenantID, _ error: ArchiveError, _ lease: ArchiveLease?) async {
        // Somebody else works for it by now.
        if error == .leaseLost || Task.isCancelled { return }
        self.figures.failed(error.reason)
        if case .database = error { self.compared.withLock { $0.removeAll() } }
        let isNews = self.troubles.withLock { troubles in
            var trouble = troubles[tenant] ?? Trouble()
            let isNews = trouble.said != error.reason
            trouble.said = error.reason
            trouble.again = .now + trouble.backoff.failed()
            troubles[tenant] = trouble
            return isNews
        }
        if isNews {
            self.logger.warning(
                "the archive waits",
                metadata: ["tenant": "\(tenant)", "reason": "\(error.reason)", "detail": "\(error)"]
            )
        }
        if let lease { try? await self.repository.note(error.reason, "\(error)", by: lease) }
    }
}
