// The live stores of an edge beside its first. Each has its own lease, its own feed and its own reaper, so that one that is away
// takes nothing from the tenants of the others, at the start, in between and at the end.

import Backoff
import Edge
import Logging
import Metering
import Observability
import StateStore
import Synchronization

/// Connects and uses the further live stores of an edge.
final class FurtherStores: Sendable {
    /// One of them.
    struct Place: Sendable {
        /// What tenants call it.
        let name: String
        let connect: @Sendable () async throws -> any LiveStore
    }

    private struct Opened {
        let live: any LiveStore
        let reaper: SessionReaper
        let figures: HistoryFigures
    }

    private struct State {
        var opened: [Opened] = []
        var isClosed = false
    }

    private let places: [Place]
    private let durable: DurableStore
    private let term: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - places: The stores in their order.
    ///   - durable: Where their history goes.
    ///   - term: How long a lease lasts.
    ///   - clock: Times the pauses between attempts to connect.
    ///   - logger: Hears of those that are away.
    init(
        _ places: [Place],
        durable: DurableStore,
        term: Duration,
        clock: any Clock<Duration>,
        logger: Logger
    ) {
        self.places = places
        self.durable = durable
        self.term = term
        self.clock = clock
        self.logger = logger
    }

    /// What became of the history's records in them.
    var figures: [HistoryFigures] { self.state.withLock { $0.opened.map(\.figures) } }

    /// Works until the task is cancelled.
    ///
    /// - Parameters:
    ///   - server: Gets the stores as they come.
    ///   - figures: What the leases carry.
    ///   - push: Pushes what is in their feeds; nil if nothing is pushed.
    func run(for server: EdgeServer, carrying figures: EdgeFigures, pushing push: PushServices?) async {
        await withDiscardingTaskGroup { group in
            for (index, place) in self.places.enumerated() {
                group.addTask { await self.use(place, at: index + 1, server, figures, push) }
            }
        }
    }

    private func use(
        _ place: Place,
        at index: Int,
        _ server: EdgeServer,
        _ figures: EdgeFigures,
        _ push: PushServices?
    ) async {
        guard let live = await self.connect(place) else { return }
        let history = HistoryWriter(live: live, store: self.durable, logger: self.logger)
        let reaper = SessionReaper(
            live: live,
            as: place.name,
            shards: server.shards,
            term: self.term,
            figures: { await figures.encoded() },
            logger: self.logger
        )
        let isClosed = self.state.withLock { state in
            if !state.isClosed { state.opened.append(Opened(live: live, reaper: reaper, figures: history.figures)) }
            return state.isClosed
        }
        if isClosed { return await live.shutdown() }
        await server.open(live, as: place.name, at: index)
        await withDiscardingTaskGroup { group in
            group.addTask { try? await history.run() }
            group.addTask { try? await reaper.run() }
            if let push { group.addTask { try? await push.run(over: live, for: server.directory) } }
        }
    }

    /// - Returns: nil if the process ends meanwhile.
    private func connect(_ place: Place) async -> (any LiveStore)? {
        var backoff = Backoff(first: .milliseconds(250), longest: .seconds(4))
        var said: String?
        while !Task.isCancelled {
            do {
                return try await place.connect()
            } catch {
                let reason = "\(error)"
                if said != reason {
                    self.logger.warning(
                        "tenants wait for their live store",
                        metadata: ["redis": "\(place.name)", "reason": "\(reason)"]
                    )
                }
                said = reason
                try? await self.clock.sleep(for: backoff.failed())
            }
        }
        return nil
    }

    /// Renews the leases at once, so that what they carry is as it is now.
    func report() async {
        await withDiscardingTaskGroup { group in
            for one in self.state.withLock({ $0.opened }) { group.addTask { await one.reaper.report() } }
        }
    }

    /// Ends the connections.
    func shutdown() async {
        let opened = self.state.withLock { state in
            state.isClosed = true
            return state.opened
        }
        for one in opened { await one.live.shutdown() }
    }
}
