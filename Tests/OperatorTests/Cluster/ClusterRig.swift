import Backoff
import FoundationEssentials
import KubeAPIDouble
import KubeClient
import Logging
import NIOCore
import NIOPosix
import Operator
import StateStore
import Synchronization
import Tenant
import TestSupport

/// A cluster for one test: an API server, a Redis, databases, and as many operators as the test wants.
final class ClusterRig: Sendable {
    let server: KubeAPIDouble
    let redis: RedisServer
    let folder: String
    /// The test's own client: the people who use kubectl.
    let user: KubeClient
    let logger: Logger
    /// Operators that were started, of which a test that failed has not ended all.
    private let started = Mutex<[Running]>([])

    private init(server: KubeAPIDouble, redis: RedisServer, folder: String, user: KubeClient, logger: Logger) {
        self.server = server
        self.redis = redis
        self.folder = folder
        self.user = user
        self.logger = logger
    }

    /// Runs a body with a cluster that has our kinds, a plan `team` and the Secrets of a cell.
    static func with(
        groups: Set<OptionalAPIGroup> = [],
        now: @escaping @Sendable () -> Date = { Date() },
        _ body: (ClusterRig) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let crds = try Self.read(
            "k8s/crds/tenants.roost.chat.yaml",
            "k8s/crds/plans.roost.chat.yaml",
            "k8s/crds/cells.roost.chat.yaml",
            "k8s/crds/tenantgrants.roost.chat.yaml",
            "k8s/crds/tenantquotas.roost.chat.yaml"
        )
        let server = try await KubeAPIDouble.start(crds: crds, groups: groups, namespaces: ["roost", "chat"], now: now)
        server.runDeploymentController(.readyAtOnce)
        let redis = try RedisServer()
        let folder = FileManager.default.temporaryDirectory.appending(path: "roost-cluster-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let user = try KubeClient(.init(server: server.baseURL), userAgent: "test", logger: logger)
        let rig = ClusterRig(server: server, redis: redis, folder: folder, user: user, logger: logger)
        defer {
            redis.end()
            try? FileManager.default.removeItem(atPath: folder)
        }
        let result: Result<Void, any Error>
        do {
            try await rig.apply(Self.secret("roost-redis", ["url": redis.url]))
            try await rig.apply(Self.secret("roost-postgres", ["url": rig.database("default")]))
            try await rig.apply(.init(.plans, name: "team", ["spec": ["quotas": ["connections": 500]]]), .plans)
            result = .success(try await body(rig))
        } catch { result = .failure(error) }
        // Who connects while the server ends may take the whole process with it.
        for running in rig.started.withLock({ $0 }) { await running.stop() }
        await user.shutdown()
        await server.shutdown()
        try result.get()
    }

    static func read(_ paths: String...) throws -> [String] {
        var root = URL(filePath: #filePath)
        while root.path() != "/", !FileManager.default.fileExists(atPath: root.appending(path: "Package.swift").path())
        {
            root = root.deletingLastPathComponent()
        }
        return try paths.map { try String(contentsOf: root.appending(path: $0), encoding: .utf8) }
    }

    /// The URL of a database file.
    func database(_ name: String) -> String { "sqlite:\(self.folder)/\(name).sqlite" }

    // MARK: Objects

    static func secret(_ name: String, in namespace: String = "roost", _ values: [String: String]) -> KubeObject {
        KubeObject(.secrets, name: name, namespace: namespace, ["stringData": JSON(values)])
    }

    static func cell(_ name: String = "default", isDefault: Bool = true, _ spec: JSON = [:]) -> KubeObject {
        let base: JSON = [
            "default": .bool(isDefault),
            "edge": ["image": "example/roost:1"],
            "redis": ["urlSecretRef": ["name": "roost-redis", "key": "url"]],
            "postgres": ["urlSecretRef": ["name": "roost-postgres", "key": "url"]],
            "tls": ["secretRef": ["name": "wildcard"]],
        ]
        return KubeObject(.cells, name: name, ["spec": base.merging(spec)])
    }

    static func tenant(
        _ name: String,
        in namespace: String = "chat",
        hostnames: [String]? = nil,
        _ spec: JSON = [:]
    ) -> KubeObject {
        let base: JSON = [
            "hostnames": .array((hostnames ?? ["\(name).chat.example.com"]).map(JSON.string)),
            "planRef": ["name": "team"],
        ]
        return KubeObject(.tenants, name: name, namespace: namespace, ["spec": base.merging(spec)])
    }

    /// What `kubectl apply --server-side` does.
    @discardableResult
    func apply(_ object: KubeObject, _ resource: KubeResource = .secrets) async throws -> KubeObject {
        try await self.user.apply(resource, object, manager: "kubectl")
    }

    /// A running cell with a certificate for `*.chat.example.com`.
    func applyCell(_ spec: JSON = [:]) async throws {
        try await self.apply(Self.secret("wildcard", TestCertificates.make(for: ["*.chat.example.com"])))
        try await self.apply(Self.cell(spec), .cells)
    }

    static func cell(_ spec: JSON) -> KubeObject { self.cell("default", spec) }

    /// Waits until an object is as a test wants it.
    @discardableResult
    func wait(
        for resource: KubeResource,
        _ name: String,
        in namespace: String? = nil,
        _ what: String = "",
        within limit: TimeAmount = .seconds(30),
        until isAsWanted: @escaping @Sendable (KubeObject?) -> Bool
    ) async throws -> KubeObject? {
        let last = Mutex<KubeObject?>(nil)
        do {
            return try await within(limit, what.isEmpty ? "\(resource.plural)/\(name)" : what) { [user] in
                while true {
                    let selector = ListOptions(fieldSelector: "metadata.name=\(name)")
                    let list = try await user.list(resource, in: namespace, selector)
                    last.withLock { $0 = list.items.first }
                    if isAsWanted(list.items.first) { return list.items.first }
                    // The watch ends at the first change; then everything is looked at again.
                    try await user.watch(
                        resource,
                        in: namespace,
                        selector,
                        from: list.resourceVersion,
                        timeout: .seconds(60)
                    ) { event in
                        if case .bookmark = event { return true }
                        return false
                    }
                }
            }
        } catch let error as TooLate {
            throw TooLate(description: "\(error); it is \(last.withLock { $0?.json.text ?? "gone" })")
        }
    }

    @discardableResult
    func waitReady(_ tenant: String, reason: String = "Serving", in namespace: String = "chat") async throws
        -> KubeObject
    {
        let object = try await self.wait(for: .tenants, tenant, in: namespace, "\(tenant) being \(reason)") { object in
            guard let object, let ready = object.condition("Ready") else { return false }
            return ready["reason"].string == reason && ready["observedGeneration"].int == object.generation
        }
        guard let object else { throw TooLate(description: "\(tenant) is gone") }
        return object
    }

    /// Waits until something was told of a cell.
    func waitTold(_ reason: String, of cell: String = "default") async throws -> KubeObject {
        let found = Mutex<KubeObject?>(nil)
        try await until("the event \(reason)") { [user] in
            let event = try await user.list(.events, in: "default").items.first {
                $0.json["reason"].string == reason && $0.json["regarding"]["name"].string == cell
            }
            found.withLock { $0 = event }
            return event != nil
        }
        guard let event = found.withLock({ $0 }) else { throw TooLate(description: reason) }
        return event
    }

    // MARK: What edges see

    /// What is projected into a Redis.
    func projection(_ url: String? = nil) async throws -> ProjectionState {
        let group = MultiThreadedEventLoopGroup.singleton
        let live = try await RedisLiveStore.connect(url: url ?? self.redis.url, group: group, logger: self.logger)
        let writer = ProjectionWriter(live: live, owner: "test", loop: group.next())
        let state = try await writer.load()
        await live.shutdown()
        return state
    }

    // MARK: Operators

    /// A running operator.
    struct Running: Sendable {
        let service: OperatorService
        let client: KubeClient
        let task: Task<Void, any Error>

        /// Ends it as SIGTERM does.
        func stop() async {
            self.task.cancel()
            _ = await self.task.result
            await self.client.shutdown()
        }
    }

    /// Starts an operator.
    func startOperator(
        _ identity: String = "one",
        elects: Bool = false,
        server: String? = nil,
        electionTime: TimeSource = .continuous,
        connector: (any StoreConnector)? = nil,
        change: (inout OperatorSettings) -> Void = { _ in }
    ) throws -> Running {
        let metrics = OperatorMetrics()
        let client = try KubeClient(
            .init(server: server ?? self.server.baseURL),
            userAgent: "roost-operator",
            logger: self.logger
        ) { metrics.requested($0, $1, $2) }
        var settings = OperatorSettings(
            namespace: "roost",
            image: "example/roost:own",
            identity: identity,
            electsLeader: elects
        )
        settings.cellPeriod = .milliseconds(200)
        settings.waitPeriod = .milliseconds(200)
        settings.usagePeriod = .milliseconds(500)
        settings.secretsPeriod = .milliseconds(500)
        settings.provingPeriod = .zero
        settings.storePatience = .seconds(3)
        settings.sweepPeriod = .milliseconds(200)
        settings.recountPeriod = .milliseconds(100)
        settings.movePause = Backoff(first: .milliseconds(200), longest: .seconds(1))
        change(&settings)
        var timing = Informer.Timing()
        timing.backoff = Backoff(first: .milliseconds(20), longest: .milliseconds(200))
        var election = LeaderElection.Timing()
        // Other tests take the processor for seconds now and then: who leads is not to lose that by it.
        election.lease = .seconds(8)
        election.renewDeadline = .seconds(6)
        election.retry = .milliseconds(200)
        let service = OperatorService(
            client: client,
            settings: settings,
            connector: connector
                ?? ServerConnector(group: MultiThreadedEventLoopGroup.singleton, logger: self.logger),
            metrics: metrics,
            timing: timing,
            electionTiming: election,
            electionTime: electionTime,
            hasher: PasswordHasher(),
            logger: self.logger
        )
        let running = Running(service: service, client: client, task: Task { try await service.run() })
        self.started.withLock { $0.append(running) }
        return running
    }

    /// Runs a body with one operator.
    func withOperator(
        connector: (any StoreConnector)? = nil,
        change: (inout OperatorSettings) -> Void = { _ in },
        _ body: (Running) async throws -> Void
    ) async throws {
        let running = try self.startOperator(connector: connector, change: change)
        do {
            try await body(running)
        } catch {
            await running.stop()
            throw error
        }
        await running.stop()
    }
}
