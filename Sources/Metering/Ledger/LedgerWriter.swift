import Backoff
package import Logging
package import StateStore

/// Hands closed windows to the ledger: a service of every process that counts.
///
/// A process that is killed loses its open windows and what the ledger could not take yet, nothing else. What is handed
/// over twice, because an answer was lost, counts once.
package actor LedgerWriter {
    private let ledger: LedgerRepository
    private let interval: Duration
    private let batch: Int
    private let clock: any Clock<Duration>
    /// What the ledger's clock shows.
    let ledgerTime: LedgerTime
    let collector: MeterCollector
    let now: @Sendable () -> Int64
    let logger: Logger
    /// How this process's clock and the ledger's get on.
    package internal(set) var clocks = ClockFigures()
    private var pending: PendingUsage
    private var backoff = Backoff(first: .milliseconds(200), longest: .seconds(30))

    /// Asks what time it is, in milliseconds since 1970.
    package typealias LedgerTime = @Sendable () async throws(DurableStoreError) -> Int64

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
    ///   - ledgerTime: What the ledger's clock shows, by which usage is counted.
    ///   - now: What this process's clock shows, in milliseconds since 1970: compared with the ledger's and told where it is
    ///     wrong.
    ///   - logger: Hears of failures.
    package init(
        collector: MeterCollector,
        ledger: LedgerRepository,
        pending: PendingUsage = PendingUsage(),
        interval: Duration = .seconds(5),
        batch: Int = 5000,
        clock: any Clock<Duration> = ContinuousClock(),
        ledgerTime: @escaping LedgerTime,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.collector = collector
        self.ledger = ledger
        self.pending = pending
        self.interval = interval
        self.batch = batch
        self.clock = clock
        self.ledgerTime = ledgerTime
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
        let failure = await self.readClock()
        // What is over is over, whether the ledger answers or not.
        self.pending.append(self.collector.close())
        do throws(DurableStoreError) {
            try await self.store()
            // Without a time nothing is ever over.
            if let failure, self.collector.now == nil { throw failure }
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
        _ = await self.readClock()
        self.pending.append(self.collector.closeAll(at: self.now()))
        // However long it has failed: there is little time left.
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(1))
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
                try? await self.clock.sleep(for: backoff.failed())
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
