import Crypto
import Logging
import NIOCore
import NIOPosix
import Operator
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

/// Administrators' accounts of several cells, made one after the other.
struct AdminProvisionerTests {
    /// Opens stores in the process; once it is away, the database refuses every call and counts it.
    private final class Connector: StoreConnector {
        let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
        private let logger: Logger
        private let isAway = Mutex(false)
        private let refusals = Mutex(0)

        init(logger: Logger) { self.logger = logger }

        var refused: Int { self.refusals.withLock { $0 } }

        func goAway() { self.isAway.withLock { $0 = true } }

        func live(_ url: String) async throws -> any LiveStore { InProcessLiveStore() }

        func durable(_ url: String) throws -> DurableStore {
            let store = try DurableStore.open("sqlite::memory:", logger: self.logger)
            return DurableStore(
                GuardedDatabase(store.database) { () throws(DurableStoreError) in
                    guard self.isAway.withLock({ $0 }) else { return }
                    self.refusals.withLock { $0 += 1 }
                    throw .unavailable(reason: "a test took it away")
                }
            )
        }

        func open() async throws -> CellStores {
            let seal = CertificateSeal(key: SymmetricKey(size: .bits256))
            return try await CellStores.open(
                redis: [RedisInstance(name: "redis/url", url: "")],
                postgres: "",
                owner: "test",
                seal: seal,
                with: self,
                logger: self.logger
            )
        }
    }

    private static func tenant(_ name: String) throws -> HostedTenant {
        HostedTenant(
            id: try #require(TenantID(name)),
            hostnames: ["\(name).example.com"],
            quotas: .unlimited,
            admins: [AdminAccount(account: "root", password: Redacted("a long password"))],
            planName: "team",
            namespace: "chat"
        )
    }

    @Test func `a database that does not answer is asked once a round, not once for each of its tenants`() async throws
    {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (away, well) = (Connector(logger: logger), Connector(logger: logger))
        let (first, second) = (try await away.open(), try await well.open())
        away.goAway()
        let provisioner = AdminProvisioner(hasher: PasswordHasher(), logger: logger)
        for number in 0..<50 { provisioner.provision(try Self.tenant("away\(number)"), uid: "u", in: first) }
        let acme = try Self.tenant("acme")
        provisioner.provision(acme, uid: "u", in: second)
        let working = Task { await provisioner.run() }
        try await until("the account of the cell that is well, and a call to the other") {
            try await second.durable.accounts.find("root", of: acme.id) != nil && away.refused > 0
        }
        // One a round, of which there are several while passwords are hashed on a busy machine.
        #expect(away.refused < 25)
        working.cancel()
        await working.value
        for stores in [first, second] {
            await stores.live.shutdown()
            await stores.durable.close()
        }
    }
}
