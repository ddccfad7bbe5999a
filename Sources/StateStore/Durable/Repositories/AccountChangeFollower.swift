import Backoff
package import Logging
import Numbers

/// Reads what was changed of accounts from outside of chat: a service of every edge, one for all of its shards and tenants.
///
/// A transaction that began before another may end after it, so the last half minute is read each time; what was done is known by its
/// serial. An edge that begins reads the last day: sessions may have outlived all edges that were there when an account was changed.
package struct AccountChangeFollower: Sendable {
    private let changes: AccountChangeRepository
    private let pause: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let apply: @Sendable (AccountChange) async -> Bool
    /// For how long back each look reads, in milliseconds: longer than any transaction that changes an account may take.
    private static let overlap: Int64 = 30_000
    /// How long changes are kept, in milliseconds.
    private static let retention: Int64 = 86_400_000
    /// After how many looks what is old is forgotten.
    private static let looksBetweenSweeps = 1800

    /// Puts the service together.
    ///
    /// - Parameters:
    ///   - changes: What is read.
    ///   - pause: About how long between two looks.
    ///   - clock: Times the waits.
    ///   - logger: Hears of failures.
    ///   - apply: Does what follows from a change, as often as it is told of it; returns false if that has to be tried again.
    package init(
        _ changes: AccountChangeRepository,
        every pause: Duration = .seconds(2),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        apply: @escaping @Sendable (AccountChange) async -> Bool
    ) {
        self.changes = changes
        self.pause = pause
        self.clock = clock
        self.logger = logger
        self.apply = apply
    }

    /// How far it has read.
    private struct Place {
        /// From when on is read; nil before the first look.
        var floor: Int64?
        /// What was done of what is read again, by serial.
        var done: [String: Int64] = [:]
    }

    /// Looks again and again, until the task is cancelled.
    package func run() async {
        var place = Place()
        var backoff = Backoff(first: self.pause, longest: .seconds(30))
        // Edges that began at once do not all sweep at once.
        var looks = Int.random(in: 0..<Self.looksBetweenSweeps)
        while !Task.isCancelled {
            let wait: Duration
            do throws(DurableStoreError) {
                try await self.look(&place)
                backoff.succeeded()
                looks += 1
                if looks.isMultiple(of: Self.looksBetweenSweeps) {
                    try await self.changes.forget(olderThan: Self.retention)
                }
                wait = self.pause * Double.random(in: 0.75...1.25)
            } catch {
                if backoff.failures == 0 {
                    self.logger.warning(
                        "changes of accounts cannot be read",
                        metadata: ["reason": "\(String(reflecting: error))"]
                    )
                }
                wait = backoff.failed()
            }
            guard (try? await self.clock.sleep(for: wait)) != nil else { return }
        }
    }

    /// - Throws: what the database said; what was done until then is not done again.
    private func look(_ place: inout Place) async throws(DurableStoreError) {
        var (from, after) = (place.floor ?? Int64.min, "")
        // The first that has to be tried again: it is read again until it is done, and keeps none behind it waiting.
        var failed = Int64.max
        var page: AccountChangeRepository.Page
        repeat {
            page = try await self.changes.changes(from: from, after: after)
            if place.floor == nil {
                // What is older was read by those who were there.
                place.floor = page.now.minus(Self.retention)
            }
            for change in page.changes where place.done[change.serial] == nil && change.time >= place.floor ?? 0 {
                if await self.apply(change) {
                    place.done[change.serial] = change.time
                } else {
                    failed = min(failed, change.time)
                }
            }
            if let end = page.end { (from, after) = (end.time, end.serial) }
        } while page.isFull
        // A clock that was set back counts as it is now.
        let floor = min(page.now - Self.overlap, failed)
        place.floor = floor
        place.done = place.done.filter { $0.value >= floor }
    }
}
