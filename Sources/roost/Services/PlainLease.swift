import Logging
import StateStore

/// The lease of a process that holds nothing of a live store but what it has in hand of the feed.
///
/// Once it lapsed, others have that at once; without one they would have it a minute later, and nobody would forget the process.
struct PlainLease: Sendable {
    private let live: any LiveStore
    private let term: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// - Parameters:
    ///   - live: The store.
    ///   - term: How long a lease lasts; it is renewed three times in that time.
    ///   - clock: Times the renewals.
    ///   - logger: Hears of failures.
    init(
        _ live: any LiveStore,
        term: Duration,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.live = live
        self.term = term
        self.clock = clock
        self.logger = logger
    }

    /// Renews it until the task is cancelled, and then lets it lapse at once.
    func run() async {
        while !Task.isCancelled {
            do throws(LiveStoreError) {
                // Nothing to carry: whoever looks for edges does not find a worker among them.
                _ = try await self.live.renewLease(for: self.term)
            } catch {
                self.logger.warning("the worker's lease waits for the store", metadata: ["reason": "\(error)"])
            }
            try? await self.clock.sleep(for: self.term / 3)
        }
        let live = self.live
        // In a task of its own: this one is cancelled.
        await Task { _ = try? await live.renewLease(for: .milliseconds(1)) }.value
    }
}
