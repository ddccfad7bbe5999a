import Logging
import NIOCore
import NIOPosix
import StateStore
import Synchronization
import Tenant
import TestSupport

/// A Redis of one test's own, and a faulty network before it.
struct RedisWorld: Sendable {
    let server: RedisServer
    let proxy: FaultProxy
    let tenant: TenantID
    private let stores = Stores()

    private final class Stores: Sendable {
        let open = Mutex<[RedisLiveStore]>([])
    }

    /// What went wrong before the test began.
    struct NoTenant: Error {}

    /// Runs a test, and ends everything after it.
    static func run(options: [String] = [], _ body: (RedisWorld) async throws -> Void) async throws {
        guard let tenant = TenantID("acme") else { throw NoTenant() }
        let server = try await RedisServer.started(options: options)
        let world = RedisWorld(server: server, proxy: try await FaultProxy(to: server.port), tenant: tenant)
        do {
            try await body(world)
        } catch {
            await world.end()
            throw error
        }
        await world.end()
    }

    private init(server: RedisServer, proxy: FaultProxy, tenant: TenantID) {
        self.server = server
        self.proxy = proxy
        self.tenant = tenant
    }

    /// Quick to notice and to come back.
    static var impatient: RedisConfiguration {
        var configuration = RedisConfiguration()
        configuration.silence = .milliseconds(1000)
        configuration.connectDeadline = .seconds(10)
        configuration.backoff = .milliseconds(5)...(.milliseconds(100))
        return configuration
    }

    /// A pod that reaches the server without the faulty network.
    func store(_ configuration: RedisConfiguration = impatient) async throws -> RedisLiveStore {
        try await self.connect(self.server.url, configuration)
    }

    /// A pod behind the faulty network.
    func faultyStore(_ configuration: RedisConfiguration = impatient) async throws -> RedisLiveStore {
        try await self.connect("redis://127.0.0.1:\(self.proxy.port)", configuration)
    }

    func connect(_ url: String, _ configuration: RedisConfiguration = impatient) async throws -> RedisLiveStore {
        let store = try await RedisLiveStore.connect(
            url: url,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Self.quietLogger,
            configuration: configuration
        )
        self.stores.open.withLock { $0.append(store) }
        return store
    }

    /// Lost connections are what these tests are about.
    static var quietLogger: Logger {
        var logger = Logger(label: "redis")
        logger.logLevel = .critical
        return logger
    }

    /// Another shard, once it is ready.
    func shard(_ store: RedisLiveStore) async throws -> TestShard {
        let shard = try await TestShard(store)
        try await shard.receiver.wait(for: "the store") { !$0.isEmpty }
        return shard
    }

    /// Takes the faulty network away and waits until a shard behind it noticed.
    func cutOff(_ shard: TestShard) async throws {
        self.proxy.set(.refuse)
        self.proxy.cut()
        try await self.notices(shard)
    }

    /// Waits until a shard knows that the store is away.
    func notices(_ shard: TestShard) async throws {
        try await within(.seconds(15), "noticing that the store is away") {
            while try await shard.on({ $0.isReady }) { try Task.checkCancellation() }
        }
    }

    func channel(_ name: String) -> LogKey { LogKey(self.tenant, .channel, name) }

    private func end() async {
        for store in self.stores.open.withLock({ $0 }) { await store.shutdown() }
        await self.proxy.end()
        self.server.end()
    }
}

/// The logs that were told as reloaded, in order.
func reloads(_ events: [TestReceiver.Event]) -> [Snapshot] {
    events.compactMap { event in
        if case .reloaded(let snapshot) = event { snapshot } else { nil }
    }
}
