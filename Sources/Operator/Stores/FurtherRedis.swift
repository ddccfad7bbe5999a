// A Redis of a cell beside its first one. It has the same mark against others' use, in a projection's log that has nothing else in
// it. It is connected when it is there: one that is away keeps nobody waiting but who lives in it.

import Backoff
import KubeClient
import Logging
import StateStore
import Tenant

/// One of a cell's Redis instances beside its first.
actor FurtherRedis {
    nonisolated let name: String
    private let url: String
    private let owner: String
    private let connector: any StoreConnector
    private let leadership: Leadership
    private let logger: Logger
    private var opened: (live: any LiveStore, writer: ProjectionWriter)?
    private var problem = CellStores.Problem(reason: "RedisUnavailable", message: "it was not connected yet")
    /// How much of its feed history has not acknowledged; nil if that was not answered last.
    private(set) var waiting: Int?
    private var pulse = StorePulse()

    init(
        _ instance: RedisInstance,
        owner: String,
        connector: any StoreConnector,
        leadership: Leadership,
        logger: Logger
    ) {
        self.name = instance.name
        self.url = instance.url
        self.owner = owner
        self.connector = connector
        self.leadership = leadership
        self.logger = logger
    }

    /// Connects, and again when somebody else had it meanwhile, until the task is cancelled; then closes.
    func run(lookingEvery period: Duration) async {
        var backoff = Backoff(first: .milliseconds(250), longest: .seconds(10))
        while !Task.isCancelled {
            do {
                let (live, writer) = try await self.connect()
                backoff.succeeded()
                await withTaskGroup { group in
                    group.addTask { await self.keepLooking(at: live, every: period) }
                    group.addTask {
                        // Nothing is projected here that could be lost; that it is another's by now ends it.
                        do { for try await _ in writer.losses {} } catch { await self.met(error) }
                    }
                    await group.next()
                    group.cancelAll()
                }
                self.opened = nil
                self.waiting = nil
                _ = try? await live.renewLease(for: .milliseconds(1))
                await live.shutdown()
            } catch { self.met(error) }
            try? await TimeSource.continuous.sleep(backoff.failed())
        }
    }

    private func connect() async throws -> (live: any LiveStore, writer: ProjectionWriter) {
        let live = try await self.connector.live(self.url)
        do {
            let writer = ProjectionWriter(live: live, owner: self.owner, loop: self.connector.loop)
            _ = try await writer.takeOver(term: self.leadership.term)
            self.pulse.answered()
            self.opened = (live, writer)
            return (live, writer)
        } catch {
            await live.shutdown()
            throw error
        }
    }

    private func met(_ error: any Error) {
        self.leadership.met(error)
        if case .occupied(let other)? = error as? LiveStoreError {
            self.problem = CellStores.Problem(occupiedBy: other)
        } else {
            self.problem = CellStores.Problem(reason: "RedisUnavailable", message: "\(error)")
        }
    }

    private func keepLooking(at live: any LiveStore, every period: Duration) async {
        repeat {
            self.pulse.asked(at: TimeSource.continuous.now())
            do throws(LiveStoreError) {
                _ = try await live.renewLease(for: .seconds(20))
                self.pulse.answered()
            } catch { self.pulse.failed("\(error)") }
            self.waiting = try? await live.feedStanding(of: .history).waiting
        } while (try? await TimeSource.continuous.sleep(period)) != nil
    }

    /// Why nobody can live there now, if so.
    func trouble(patience: Duration) -> CellStores.Problem? {
        let what = "Redis \(self.name): "
        guard self.opened != nil else {
            return CellStores.Problem(reason: self.problem.reason, message: what + self.problem.message)
        }
        return self.pulse.trouble(at: TimeSource.continuous.now(), patience: patience).map { why in
            CellStores.Problem(reason: "RedisUnavailable", message: what + why)
        }
    }

    /// How many channels a tenant has there.
    func channelCount(of tenant: TenantID) async throws(LiveStoreError) -> Int {
        try await self.use().writer.channelCount(of: tenant)
    }

    /// Has the edges let nobody in by what they remember of some accounts.
    func forgetLogins(of accounts: [String], in tenant: TenantID) async throws(LiveStoreError) {
        try await self.use().writer.forgetLogins(of: accounts, in: tenant)
    }

    /// Makes everything of a tenant go that is live there.
    func erase(_ tenant: TenantID) async throws(LiveStoreError) { try await self.use().live.erase(tenant) }

    private func use() throws(LiveStoreError) -> (live: any LiveStore, writer: ProjectionWriter) {
        guard let opened else { throw .unavailable(reason: "Redis \(self.name): \(self.problem.message)") }
        return opened
    }
}
