import Observability
import StateStore
import Synchronization

/// Looks how far behind those are who read a feed, and whether its store answers.
final class FeedWatch: Sendable {
    private let live: any LiveStore
    private let redis: String
    private let consumers: [FeedConsumer]
    private let readiness: Readiness?
    private let clock: any Clock<Duration>
    private let standings = Mutex<[FeedConsumer: FeedStanding]>([:])

    /// How often it looks.
    private static let pause = Duration.seconds(2)

    /// - Parameters:
    ///   - live: Whose feed.
    ///   - redis: What tenants call the store; empty for the first.
    ///   - consumers: Who reads it.
    ///   - readiness: Told whether the store answers; nil if nobody is.
    ///   - clock: Times the looks.
    init(
        _ live: any LiveStore,
        of redis: String,
        _ consumers: [FeedConsumer],
        _ readiness: Readiness?,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.live = live
        self.redis = redis
        self.consumers = consumers
        self.readiness = readiness
        self.clock = clock
    }

    /// Looks again and again, until the task is cancelled.
    func run() async {
        var misses = 0
        while !Task.isCancelled {
            do throws(LiveStoreError) {
                try await self.look()
                misses = 0
                self.readiness?.met("store")
            } catch {
                misses += 1
                if misses >= 2 { self.readiness?.failed("store", "the live store is away, or does not keep up") }
            }
            // Processes that began at once do not look at once.
            try? await self.clock.sleep(for: Self.pause * Double.random(in: 0.75...1.25))
        }
    }

    private func look() async throws(LiveStoreError) {
        for consumer in self.consumers {
            let standing = try await self.live.feedStanding(of: consumer)
            self.standings.withLock { $0[consumer] = standing }
        }
    }

    /// What `/metrics` shows of feeds.
    ///
    /// - Parameter all: Those of each live store.
    /// - Returns: The families, for all together.
    static func families(of all: [FeedWatch]) -> [MetricFamily] {
        func samples(_ value: (FeedStanding) -> Int) -> [MetricFamily.Sample] {
            all.flatMap { watch in
                watch.standings.withLock { $0 }.sorted { $0.key.name < $1.key.name }.map { consumer, standing in
                    .init(
                        Double(value(standing)),
                        labels: [MetricLabel("redis", watch.redis), MetricLabel("consumer", consumer.name)]
                    )
                }
            }
        }
        return [
            MetricFamily(
                "roost_feed_waiting",
                help: "What of a live store's feed a consumer has not acknowledged, over all who read it.",
                kind: .gauge,
                samples: samples(\.waiting)
            ),
            MetricFamily(
                "roost_feed_missed_total",
                help: "Records of a live store's feed that a consumer was moved on over, ever.",
                kind: .counter,
                samples: samples(\.missed)
            ),
        ]
    }
}
