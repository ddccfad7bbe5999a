// Whether the bucket is there and how it is set up: looked at now and then by one worker at a time, and noted where an operator finds it.

import Backoff
package import Logging
package import ObjectStore
package import StateStore
import Synchronization
import Tenant

/// Looks at a cell's bucket, and notes what it finds under ``TenantID/cell``: a service of workers.
package final class BucketCheck: Sendable {
    /// How long a worker is the one that looks.
    private static let lease: Int64 = 150_000

    private let objects: any ObjectStore
    private let repository: ArchiveRepository
    private let holder: String
    private let interval: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    /// What was said of it last.
    private let said = Mutex("")

    /// - Parameters:
    ///   - objects: The bucket.
    ///   - repository: What the database knows.
    ///   - holder: Who this is, unique among all that ever were.
    ///   - interval: How long between two looks.
    ///   - clock: Times the waits.
    ///   - logger: Hears of failures, each once.
    package init(
        _ objects: any ObjectStore,
        _ repository: ArchiveRepository,
        holder: String,
        interval: Duration = .seconds(60),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.objects = objects
        self.repository = repository
        self.holder = holder
        self.interval = interval
        self.clock = clock
        self.logger = logger
    }

    /// Looks now and then until its task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            await self.look()
            try? await self.clock.sleep(for: self.interval * Double.random(in: 0.8...1.2))
        }
    }

    /// Looks once, unless another worker does.
    package func look() async {
        do throws(DurableStoreError) {
            guard let lease = try await self.repository.lease(.cell, as: self.holder, for: Self.lease)
            else { return }
            do throws(ObjectStoreError) {
                let facts = try await self.objects.facts()
                try? await self.note(nil, by: lease)
                try? await self.repository.noteVerification(facts.sentence, of: .cell)
                self.say("", "")
            } catch {
                if Task.isCancelled { return }
                let failure = ArchiveError.store(error)
                self.say(failure.reason, "\(failure)")
                try? await self.note(failure, by: lease)
            }
        } catch {
            // The database's absence is told by all who need it; it is looked again in a minute.
            if Task.isCancelled { return }
            self.say("DatabaseUnavailable", "\(error)")
        }
    }

    private func note(_ failure: ArchiveError?, by lease: ArchiveLease)
        async throws(DurableStoreError)
    {
        try await self.repository.note(failure?.reason, failure.map { "\($0)" }, by: lease)
    }

    private func say(_ reason: String, _ detail: String) {
        let before = self.said.withLock { said in
            defer { said = reason }
            return said
        }
        if before == reason { return }
        if reason.isEmpty {
            self.logger.notice("the bucket of archives answers again")
        } else {
            self.logger.warning(
                "the bucket of archives cannot be used",
                metadata: ["reason": "\(reason)", "detail": "\(detail)"]
            )
        }
    }
}

extension BucketFacts {
    /// What conditions say of it.
    var sentence: String {
        var parts = [self.isVersioned ? "versions are kept" : "no versions are kept"]
        if self.hasObjectLock {
            let days =
                self.defaultLockDays.map { ", for \($0) \($0 == 1 ? "day" : "days") by default" } ?? ""
            parts.append("objects can be locked\(days)")
        } else {
            parts.append("objects cannot be locked")
        }
        let encryption =
            switch self.encryption {
            case .store: "the store encrypts them"
            case .keyService: "the store encrypts them with a key of its key service"
            case .customer: "the store encrypts them with our key"
            case nil: "the store encrypts nothing by itself, or does not say so"
            }
        parts.append(encryption)
        if let region { parts.append("region \(region)") }
        return "the bucket answers: " + parts.joined(separator: "; ")
    }
}
