import Backoff
package import Logging
package import StateStore

/// Hands closed windows to the ledger: a service of every process that counts.
///
/// A process that is killed loses its open windows and what the ledger could not take yet, nothing else. What is handed
/// over twice, because an answer was lost, counts once.
package actor LedgerWriter {
    private let collector: MeterCollector
    private let ledger: LedgerRepository
    private let interval: Duration
    private let batch: Int
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private var pending: PendingUsage
    private var backoff = Backoff(first: .milliseconds(200), longest: .seconds(30))

    /// How often it tries at the end of the process.
    private static let lastAttempts = 5

    /// Puts the service together.
    ///
    /// - Parameters:
    ///   - collector: Where the shards report.
    ///   - ledger: Where the records go.
    ///   - pending: Holds what the ledger could not take yet.
    ///   - interval: How often to look for windows that are over.
    ///   - batch: How many records are handed over at a time.
    ///   - clock: Times the waits.
    ///   - now: The time in milliseconds since 1970.
    ///   - logger: Hears of failures.
    package init(
        collector: MeterCollector,
        ledger: LedgerRepository,
        pending: PendingUsage = PendingUsage(),
        interval: Duration = .seconds(5),
        batch: Int = 5000,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.collector = collector
        self.ledger = ledger
        self.pending = pending
        self.interval = interval
        self.batch = batch
        self.clock = clock
        self.now = now
        self.logger = logger
    }

    /// Works until its task is cancelled; then it closes all windows and hands over what it has, a few attempts long.
    ///
    /// Cancel it after the shards have made their last report.
    package func run() async throws {
        while !Task.isCancelled {
            let pause = await self.handOver()
            try? await self.clock.sleep(for: pause)
        }
        await Task { await self.finish() }.value
    }

    /// How many records are not in the ledger yet.
    package var waiting: Int { self.pending.count }

    /// Closes the windows that are over and hands over what waits.
    ///
    /// - Returns: How long to wait before the next time.
    package func handOver() async -> Duration {
        self.pending.append(self.collector.close(at: self.now()))
        do throws(DurableStoreError) {
            try await self.store()
            return self.interval
        } catch {
            let delay = self.backoff.failed()
            self.logger.warning(
                "usage waits for the ledger",
                metadata: [
                    "reason": "\(error.debugDescription)", "records": "\(self.pending.count)",
                    "attempt": "\(self.backoff.failures)",
                ]
            )
            return delay
        }
    }

    /// Closes all windows and hands over what waits, a few attempts long.
    package func finish() async {
        self.pending.append(self.collector.closeAll())
        for attempt in 1...Self.lastAttempts {
            do throws(DurableStoreError) {
                return try await self.store()
            } catch {
                guard error.isTransient, attempt < Self.lastAttempts else {
                    self.logger.error(
                        "usage is lost: the ledger did not take it before the end",
                        metadata: ["reason": "\(error.debugDescription)", "records": "\(self.pending.count)"]
                    )
                    return
                }
                try? await self.clock.sleep(for: self.backoff.failed())
            }
        }
    }

    private func store() async throws(DurableStoreError) {
        while true {
            let records = self.pending.next(self.batch)
            guard !records.isEmpty else { return }
            // In a task of its own: what was begun is not given up because this one is cancelled.
            let ledger = self.ledger
            let result = await Task { () -> Result<Int, DurableStoreError> in
                do throws(DurableStoreError) {
                    return .success(try await ledger.insert(records.map(\.ledgerRecord), deadline: .seconds(10)))
                } catch {
                    return .failure(error)
                }
            }.value
            _ = try result.get()
            self.pending.stored()
            self.backoff.succeeded()
        }
    }
}
