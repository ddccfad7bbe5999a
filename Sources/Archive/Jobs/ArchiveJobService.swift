// Long work that somebody asked for: one job at a time in a process, each under a lease in the database. Whoever is killed leaves a lease
// that lapses, and another worker does the job from its beginning: every kind may be done twice.

import Backoff
package import Logging
import Numbers
import Observability
package import StateStore
import Synchronization
package import Tenant

/// Does what is asked of archives: a service of workers.
package final class ArchiveJobService: Sendable {
    /// What it has to know of a tenant.
    package struct Place: Sendable {
        package let archive: TenantArchive
        /// How long the tenant's history is kept; nil if that is not known here.
        package let historyRetention: Duration?
        /// Whether the tenant is served: then its archive is verified now and then.
        package let isServed: Bool
        /// Why nothing is taken out of the archive, if that is so: a legal hold.
        package let hold: String?

        package init(
            _ archive: TenantArchive,
            historyRetention: Duration?,
            isServed: Bool,
            hold: String? = nil
        ) {
            self.archive = archive
            self.historyRetention = historyRetention
            self.isServed = isServed
            self.hold = hold
        }
    }

    /// How a run ended.
    package enum Ending: Hashable, Sendable {
        case done(String)
        case failed(String)
        /// It is tried again later.
        case waits(String)
        case cancelled
        /// Another has the job by now, or it is no more.
        case lost
    }

    /// How often a job is begun at most.
    package static let tries = 10
    private static let renewal = Duration.seconds(6)
    /// How long between two looks for what nobody asks for.
    private static let chores = Duration.seconds(600)

    let durable: DurableStore
    let place: @Sendable (TenantID) -> Place?
    private let holder: String
    private let lease: Duration
    private let interval: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let told: @Sendable (Int64, Int64, String) -> Void
    private let choresAt = Mutex<ContinuousClock.Instant?>(nil)

    /// - Parameters:
    ///   - durable: What the database knows.
    ///   - place: Where a tenant's archive is; nil leaves its jobs to others.
    ///   - holder: Who this is, unique among all that ever were.
    ///   - lease: How long a lease is good for, and so how long a job waits whose worker was killed.
    ///   - interval: How long between two looks.
    ///   - clock: Times the waits.
    ///   - logger: Hears of what jobs come to.
    ///   - told: Hears of each step of a job: how much is done, of how much, and what it is at.
    package init(
        _ durable: DurableStore,
        place: @escaping @Sendable (TenantID) -> Place?,
        holder: String,
        lease: Duration = .seconds(20),
        interval: Duration = .seconds(4),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        told: @escaping @Sendable (Int64, Int64, String) -> Void = { _, _, _ in }
    ) {
        self.durable = durable
        self.place = place
        self.holder = holder
        self.lease = lease
        self.interval = interval
        self.clock = clock
        self.logger = logger
        self.told = told
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
                self.logger.warning("jobs of archives wait for the database", metadata: ["reason": "\(error)"])
                try? await self.clock.sleep(for: backoff.failed())
            }
        }
    }

    /// Does what is due, one job after the other.
    package func look() async throws(DurableStoreError) {
        let hasChores = self.choresAt.withLock { last in
            if let then = last, then + Self.chores > .now { return false }
            last = .now
            return true
        }
        if hasChores {
            try await self.durable.archiveJobs.forget()
            try await self.askForVerifications()
        }
        for job in try await self.durable.archiveJobs.due(ArchiveJobOrder.kinds) {
            if Task.isCancelled { return }
            _ = try await self.run(job.id, of: job.tenant)
        }
    }

    /// Does one job, if nobody else has it.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - tenant: Whose.
    ///   - isEarly: Whether it is done before it is due.
    /// - Returns: How it ended; nil if somebody else has it, it is over, or the tenant's archive is not for this process.
    /// - Throws: ``DurableStoreError``
    @discardableResult
    package func run(
        _ id: String,
        of tenant: TenantID,
        isEarly: Bool = false
    ) async throws(DurableStoreError) -> Ending? {
        guard let place = self.place(tenant) else { return nil }
        let jobs = self.durable.archiveJobs
        let taken = try await jobs.lease(
            id,
            of: tenant,
            as: self.holder,
            for: self.lease.milliseconds,
            isEarly: isEarly
        )
        guard let (lease, job) = taken else { return nil }
        let progress = ArchiveJobProgress { self.told($0.done, $0.total, $0.message) }
        progress.say("begun by \(self.holder)")
        let ending: Ending
        if job.isCancelAsked {
            ending = .cancelled
        } else if job.tries > Self.tries {
            ending = .failed("it was begun \(Self.tries) times and never ended: look at the workers' logs")
        } else {
            ending = await self.perform(job, lease, place, progress)
        }
        // To the end, also where this process is told to end.
        let noting = Task { () -> Ending in await self.note(ending, lease, progress) }
        let noted = await noting.value
        self.logger.info(
            "a job of an archive ended",
            metadata: ["tenant": "\(tenant)", "job": "\(id)", "kind": "\(job.kind)", "ending": "\(noted)"]
        )
        return noted
    }

    // MARK: One run

    private enum Step: Sendable {
        case worked(Ending)
        case renewed(ArchiveJobRepository.Standing)
    }

    /// Works and renews the lease meanwhile, until either ends.
    private func perform(
        _ job: ArchiveJob,
        _ lease: ArchiveJobLease,
        _ place: Place,
        _ progress: ArchiveJobProgress
    ) async -> Ending {
        await withTaskGroup(of: Step.self) { group in
            group.addTask { .worked(await self.work(job, lease, place, progress)) }
            group.addTask { .renewed(await self.renew(lease, progress)) }
            var ending = Ending.cancelled
            while let step = await group.next() {
                switch step {
                case .worked(let worked):
                    group.cancelAll()
                    return worked
                case .renewed(.held): continue
                case .renewed(.lost): ending = .lost
                case .renewed(.cancelled): ending = .cancelled
                }
                group.cancelAll()
                await group.waitForAll()
                return ending
            }
            return ending
        }
    }

    /// Renews the lease until it is lost, or the job is cancelled.
    private func renew(_ lease: ArchiveJobLease, _ progress: ArchiveJobProgress) async -> ArchiveJobRepository.Standing
    {
        while !Task.isCancelled {
            try? await self.clock.sleep(for: Self.renewal)
            if Task.isCancelled { break }
            // While the database is away nobody else can take the job either.
            let standing = try? await self.tell(lease, progress)
            if let standing, standing != .held { return standing }
        }
        return .held
    }

    /// Tells the database how far the job is.
    private func tell(
        _ lease: ArchiveJobLease,
        _ progress: ArchiveJobProgress
    ) async throws(DurableStoreError) -> ArchiveJobRepository.Standing {
        let place = progress.place
        let standing = try await self.durable.archiveJobs.progress(
            lease,
            done: place.done,
            total: place.total,
            message: place.message,
            for: self.lease.milliseconds
        )
        let lines = progress.takeLines()
        if !lines.isEmpty { try await self.durable.archiveJobs.log(lines, by: lease) }
        return standing
    }

    private func work(
        _ job: ArchiveJob,
        _ lease: ArchiveJobLease,
        _ place: Place,
        _ progress: ArchiveJobProgress
    ) async -> Ending {
        do throws(ArchiveError) {
            switch try ArchiveJobOrder(job) {
            case .verify(let order):
                let work = VerifyJob(place.archive, order, self.durable.archives, progress)
                return .done(try await work.run())
            case .restore(let order):
                let oldest = place.historyRetention.map { max(0, lease.takenAt.minus($0.milliseconds)) }
                let work = RestoreJob(place.archive, order, self.durable, oldestKept: oldest, progress)
                return .done(try await work.run())
            case .erase(let order):
                // Who is not served may be held, and nobody says so here.
                guard place.isServed else {
                    throw .configuration("the tenant is not served: nobody says whether it is held")
                }
                if let hold = place.hold { throw .configuration("nothing is taken out of what is held: \(hold)") }
                let holder = "\(self.holder) \(lease.id) \(lease.term)"
                let work = EraseJob(place.archive, order, self.durable, holder: holder, clock: self.clock, progress)
                return .done(try await work.run())
            }
        } catch {
            // Who ends gives the job back.
            if Task.isCancelled || error == .cancelled { return .cancelled }
            guard error.passes, job.tries < Self.tries else { return .failed("\(error)") }
            return .waits("\(error)")
        }
    }

    /// Notes how a run ended.
    private func note(
        _ ending: Ending,
        _ lease: ArchiveJobLease,
        _ progress: ArchiveJobProgress
    ) async -> Ending {
        let jobs = self.durable.archiveJobs
        do throws(DurableStoreError) {
            if ending == .lost { return .lost }
            guard try await self.tell(lease, progress) != .lost else { return .lost }
            let isNoted: Bool
            switch ending {
            case .done(let message): isNoted = try await jobs.finish(lease, .done, message)
            case .failed(let message):
                try await jobs.log([message], by: lease)
                isNoted = try await jobs.finish(lease, .failed, message)
            case .waits(let message):
                let delay = self.delay(try await jobs.find(lease.id, of: lease.tenant)?.tries ?? 1)
                try await jobs.log(["\(message): tried again in \(delay.components.seconds) s"], by: lease)
                isNoted = try await jobs.release(lease, for: delay, message, isTry: true)
            // Cancelled by somebody it is over; where only this process ends others do it.
            case .cancelled, .lost: isNoted = try await jobs.release(lease, isTry: false)
            }
            return isNoted ? ending : .lost
        } catch {
            // The lease lapses, and somebody does it again.
            return .waits("\(error)")
        }
    }

    private func delay(_ tries: Int) -> Duration {
        var backoff = Backoff(first: .seconds(5), longest: .seconds(600))
        for _ in 1..<max(1, min(tries, Self.tries)) { _ = backoff.failed() }
        return backoff.failed()
    }
}
