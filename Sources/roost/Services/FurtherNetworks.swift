import Edge
import Logging
import Metering
import StateStore
import Synchronization

/// What an edge does with its further live stores: it serves their tenants, under a lease in each.
final class FurtherNetworks: Sendable {
    private let server: EdgeServer
    private let figures: EdgeFigures
    private let work: CellWork?
    private let term: Duration
    private let logger: Logger
    private let reapers = Mutex<[SessionReaper]>([])

    /// - Parameters:
    ///   - server: Gets the stores as they come.
    ///   - figures: What the leases carry.
    ///   - work: Reads their feeds; nil if others do.
    ///   - term: How long a lease lasts.
    ///   - logger: Hears of failures.
    init(_ server: EdgeServer, carrying figures: EdgeFigures, _ work: CellWork?, term: Duration, logger: Logger) {
        self.server = server
        self.figures = figures
        self.work = work
        self.term = term
        self.logger = logger
    }

    /// Uses a store until the task is cancelled.
    ///
    /// - Parameters:
    ///   - live: The store.
    ///   - name: What tenants call it.
    ///   - index: Its place among the stores, the first further one's being 1.
    func use(_ live: any LiveStore, as name: String, at index: Int) async {
        let figures = self.figures
        let reaper = SessionReaper(
            live: live,
            as: name,
            shards: self.server.shards,
            term: self.term,
            figures: { await figures.encoded() },
            logger: self.logger
        )
        self.reapers.withLock { $0.append(reaper) }
        await self.server.open(live, as: name, at: index)
        await withDiscardingTaskGroup { group in
            group.addTask { try? await reaper.run() }
            if let work = self.work { group.addTask { await work.read(live, of: name) } }
        }
    }

    /// Renews the leases at once, so that what they carry is as it is now.
    func report() async {
        await withDiscardingTaskGroup { group in
            for reaper in self.reapers.withLock({ $0 }) { group.addTask { await reaper.report() } }
        }
    }
}
