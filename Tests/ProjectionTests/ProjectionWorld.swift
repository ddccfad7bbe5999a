import Crypto
import Edge
import Foundation
import Logging
import Metering
import NIOCore
import NIOPosix
import Observability
import StateStore
import Synchronization
import Tenant
import TestClients
import TestSupport
import Testing

/// An operator's writer and an edge that follows it, with a TLS listener, over a store of one test's own.
struct ProjectionWorld: Sendable {
    /// What lies between the two.
    enum Backend: String, CaseIterable, CustomTestStringConvertible {
        case inProcess
        case redis

        var testDescription: String { self.rawValue }
    }

    /// The Redis, if there is one.
    let redis: RedisServer?
    let live: any LiveStore
    let writer: ProjectionWriter
    let seal: CertificateSeal
    let server: EdgeServer
    let certificates: CertificateStore
    let listener: any Channel
    /// What the edge served, change by change.
    let applied = Applied()
    let readiness = Readiness(["tenants"])

    static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Runs a test, and ends everything after it.
    static func run(_ backend: Backend, _ body: (ProjectionWorld) async throws -> Void) async throws {
        let redis = backend == .redis ? try await RedisServer.started() : nil
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var stores: [any LiveStore] = []
        if let redis {
            for _ in 1...2 {
                stores.append(try await RedisLiveStore.connect(url: redis.url, group: group, logger: Self.logger))
            }
        } else {
            let store = InProcessLiveStore()
            stores = [store, store]
        }
        let durable = try DurableStore.open("sqlite::memory:", logger: Self.logger)
        _ = try await durable.migrator.up(now: 0)
        let world = try await ProjectionWorld(redis, edge: stores[0], operator: stores[1], durable, group)
        let following = Task { try await world.follow() }
        let result: Result<Void, any Error>
        do { result = .success(try await body(world)) } catch { result = .failure(error) }
        following.cancel()
        _ = await following.result
        try? await world.listener.close()
        for store in stores { await store.shutdown() }
        await durable.close()
        try await group.shutdownGracefully()
        redis?.end()
        try result.get()
    }

    private init(
        _ redis: RedisServer?,
        edge: any LiveStore,
        operator store: any LiveStore,
        _ durable: DurableStore,
        _ group: MultiThreadedEventLoopGroup
    ) async throws {
        self.redis = redis
        self.live = edge
        self.writer = ProjectionWriter(
            live: store,
            owner: "test",
            loop: MultiThreadedEventLoopGroup.singleton.next(),
            lookingEvery: .milliseconds(20)
        )
        _ = try await self.writer.takeOver(term: nil)
        self.seal = CertificateSeal(key: SymmetricKey(size: .bits256))
        self.server = await EdgeServer.start(
            on: group,
            catalog: .empty,
            live: edge,
            durable: durable,
            limits: ConnectionLimits(),
            secret: SymmetricKey(size: .bits256),
            usage: NoUsage(),
            declaresAdmins: false,
            logger: Self.logger,
            rehash: {}
        )
        self.certificates = try CertificateStore(logger: Self.logger)
        self.listener = try await TLSListener(
            directory: self.server.directory,
            certificates: self.certificates,
            shards: self.server.shards
        ).bind(to: SocketAddress(ipAddress: "127.0.0.1", port: 0))
    }

    private func follow() async throws {
        try await ProjectionFollower(
            live: self.live,
            loop: MultiThreadedEventLoopGroup.singleton.next(),
            seal: self.seal,
            certificates: self.certificates,
            logger: Self.logger
        ).run(
            apply: { update in
                await self.server.apply(update)
                self.applied.took(update)
            },
            loaded: { self.readiness.met("tenants") }
        )
    }

    // MARK: What the operator does

    static func tenant(
        _ name: String,
        state: TenantState = .active,
        quotas: Quotas = .unlimited,
        motd: [String] = []
    ) throws -> ProjectedTenant {
        let id = try #require(TenantID(name))
        let hosted = HostedTenant(id: id, hostnames: ["\(name).localhost"], state: state, quotas: quotas, motd: motd)
        return ProjectedTenant(hosted, uid: "uid", generation: 1)
    }

    /// Puts a certificate for a tenant, or for any hostnames under any name.
    func certify(_ name: String, hostnames: [String]? = nil, by authority: TestAuthority) async throws {
        let hostnames = hostnames ?? ["\(name).localhost"]
        let pem = try authority.pem(for: hostnames[0].replacing("*", with: "any"))
        let certificate = ProjectedCertificate(hostnames: hostnames, certificatePEM: pem, keyPEM: pem)
        try await self.writer.put(certificate: try self.seal.seal(certificate, name: name), name: name)
    }

    // MARK: What people see

    /// Whether a client that trusts an authority is greeted under a name.
    func greets(_ name: String, trusting authority: TestAuthority) async -> Bool {
        let answer = try? await Client.talk(
            to: self.listener,
            tls: Client.TLS(roots: authority.certificatePEM, serverName: "\(name).localhost")
        ) { conversation in
            try await conversation.send("CAP LS 302\r\n")
            return try await conversation.hear(until: "CAP * LS")
        }
        return answer?.contains(":\(name).localhost CAP * LS") == true
    }

    /// Waits until the edge serves exactly these tenants.
    func serves(_ names: Set<String>) async throws {
        try await self.applied.wait(for: "\(names.sorted())") { Set($0.tenants.keys.map(\.text)) == names }
    }
}

/// The catalogs that an edge was given.
final class Applied: Sendable {
    private struct State {
        var updates: [CatalogUpdate] = []
        var waiting: [(condition: @Sendable (TenantCatalog) -> Bool, promise: EventLoopPromise<Void>)] = []
    }

    private let state = Mutex(State())

    var updates: [CatalogUpdate] { self.state.withLock { $0.updates } }

    func took(_ update: CatalogUpdate) {
        let done = self.state.withLock { state in
            state.updates.append(update)
            let done = state.waiting.filter { $0.condition(update.catalog) }
            state.waiting.removeAll { $0.condition(update.catalog) }
            return done
        }
        for waiter in done { waiter.promise.succeed() }
    }

    func wait(for what: String, until condition: @escaping @Sendable (TenantCatalog) -> Bool) async throws {
        let promise = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        let isThere = self.state.withLock { state in
            if let last = state.updates.last, condition(last.catalog) { return true }
            state.waiting.append((condition, promise))
            return false
        }
        if isThere { promise.succeed() }
        let future = promise.futureResult
        try await within(.seconds(60), what) { try await future.get() }
    }
}

/// An authority that certifies whatever a test asks for, in PEM.
final class TestAuthority: Sendable {
    private let folder: String
    private let authority: DevelopmentAuthority

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.path + "/roost-authority-\(UUID().uuidString)"
        self.authority = try DevelopmentAuthority(folder: self.folder)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    var certificatePEM: String { self.authority.certificatePEM }

    /// A certificate for a name, and its key.
    func pem(for name: String) throws -> String {
        _ = try self.authority.contexts(for: name)
        return try String(contentsOfFile: "\(self.folder)/dev-certificates/\(name).pem", encoding: .utf8)
    }
}

private struct NoUsage: UsageSink {
    func report(_ delta: UsageDelta, of tenant: TenantID, shard: Int) {}
}
