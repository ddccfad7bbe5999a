import Chat
import IRC
import Logging
import NIOCore
import StateStore
import Tenant

/// What a shard holds and does.
///
/// Belongs to the ``Shard`` actor and never leaves its loop.
///
/// The files `ShardCore+….swift` follow a message: connections bring lines, the dispatcher finds the command's row, the
/// row decides and appends to the store, entries come back and are fanned out, outboxes are flushed at the end of the
/// loop's turn.
final class ShardCore {
    let loop: any EventLoop
    let environment: EdgeEnvironment
    let logger: Logger
    let table: CommandTable
    /// Set by ``start(shard:)``, before any connection.
    private(set) var store: any LiveStoreClient
    private(set) weak var shard: Shard?
    var number = 0

    var scopes: [TenantID: TenantScope] = [:]
    /// Whose the busiest logs are: one look-up for each entry that comes.
    var followed: [LogKey: Followed] = [:]

    // Connections, by index; a free place keeps the generation that comes next.
    var connections: [Connection?] = []
    var generations: [UInt32] = []
    var freePlaces: [Int] = []
    var connectionCount = 0
    /// Connections that wait for the store to be ready.
    var stalled: [ConnectionID] = []

    // Writing
    var dirty: [Connection] = []
    var isFlushScheduled = false
    var spareOutboxes: [ByteBuffer] = []
    /// Lines are encoded here before they are copied into outboxes.
    var scratch = ByteBuffer()
    var timestamps = TimestampCache()

    /// Seconds since the shard began, advanced once a second; coarse on purpose, so that reading it costs nothing.
    var seconds: UInt32 = 0
    var isDraining = false
    /// What the loop's thread had done when the shard began.
    private(set) var loopBegan = LoopUtilization.Sample.now()
    var statistics = ShardStatistics()
    /// Slots of connections that are here, which the store gave to others and has not given back yet.
    var owedSlots: [CounterKey: Int] = [:]
    /// Ends of sessions that the store has not taken yet; bounded by the sessions there were.
    var pendingSignOffs: [Transaction] = []
    /// Names for batches, unique on the shard.
    var batchReferences: UInt64 = 0
    /// Failed log-ins by address in the current minute.
    var failedLogins: [String: Int] = [:]

    init(loop: any EventLoop, environment: EdgeEnvironment) {
        self.loop = loop
        self.environment = environment
        self.logger = environment.logger
        self.table = CommandTable.standard
        self.store = UnstartedStore()
    }

    func start(shard: Shard) {
        self.shard = shard
        self.loopBegan = .now()
        self.store = self.environment.store.makeClient(on: self.loop, receiver: self)
        self.loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [weak shard] _ in
            shard?.assumeIsolated { $0.core.tick() }
        }
    }

    var limits: ConnectionLimits { self.environment.limits }
    var now: Int64 { self.environment.wallClock() }

    func scope(of tenant: HostedTenant) -> TenantScope {
        if let scope = self.scopes[tenant.id] { return scope }
        let scope = TenantScope(tenant: tenant, cloak: self.environment.cloak(tenant.id), now: self.uptime)
        self.scopes[tenant.id] = scope
        return scope
    }

    /// What a followed log is about.
    enum Followed {
        case channel(ChannelReplica, TenantScope)
        case session(Session)
    }

    subscript(id: ConnectionID) -> Connection? {
        guard id.index < self.connections.count, let connection = self.connections[id.index],
            connection.id == id
        else { return nil }
        return connection
    }

    /// Runs something on the shard later, when an asynchronous check has ended.
    func later<Value: Sendable>(
        _ work: @escaping @Sendable () async -> Value,
        then: @escaping @Sendable (ShardCore, Value) -> Void
    ) {
        guard let shard = self.shard else { return }
        Task {
            let value = await work()
            await shard.run { then($0, value) }
        }
    }
}

extension Shard {
    func run(_ body: @Sendable (ShardCore) -> Void) { body(self.core) }
}

/// Stands in for the store until the shard is started; refuses everything.
private final class UnstartedStore: LiveStoreClient {
    let producer = ProducerID(rawValue: 0)
    let isReady = false

    func append(_ transaction: Transaction, _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void) {
        completion(.failure(.closed))
    }

    func follow(_ log: LogKey, _ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void) {
        completion(.failure(.closed))
    }

    func unfollow(_ log: LogKey) {}

    func load(_ logs: [LogKey], _ completion: @escaping (Result<[Snapshot], LiveStoreError>) -> Void) {
        completion(.failure(.closed))
    }

    func entries(
        of log: LogKey,
        after sequence: UInt64,
        limit: Int,
        _ completion: @escaping (Result<[Entry], LiveStoreError>) -> Void
    ) { completion(.failure(.closed)) }

    func names(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        cursor: String?,
        _ completion: @escaping (Result<(names: [String], next: String?), LiveStoreError>) -> Void
    ) { completion(.failure(.closed)) }

    func count(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) { completion(.failure(.closed)) }

    func reserve(
        _ wanted: Int,
        of counter: CounterKey,
        limit: Int,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) { completion(.failure(.closed)) }

    func release(_ count: Int, of counter: CounterKey) {}

    func take(
        _ wanted: Int,
        from bucket: CounterKey,
        rate: Double,
        burst: Double,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) { completion(.failure(.closed)) }
}
