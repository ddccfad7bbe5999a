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

/// Stores of a cell by themselves: what it costs to bring many tenants into an empty live store.
struct RefillTests {
    @Test func `an empty live store is filled without going through everybody for each`() async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let connector = ProcessConnector(logger: logger)
        let stores = try await CellStores.open(
            redis: [RedisInstance(name: "redis/url", url: "")],
            postgres: "sqlite::memory:",
            owner: "test",
            seal: CertificateSeal(key: SymmetricKey(size: .bits256)),
            with: connector,
            logger: logger
        )
        _ = try await stores.settle(own: .notNamed)
        let everybody = try (0..<500).map { try #require(TenantID("t\($0)")) }
        let seen = Mutex(0)
        for id in everybody {
            try await stores.settle(id) { @Sendable () -> [TenantID] in
                seen.withLock { $0 += everybody.count }
                return everybody
            }
        }
        #expect(seen.withLock { $0 } <= everybody.count * 3)
        await stores.live.shutdown()
        await stores.durable.close()
    }
}

/// Opens stores that live in the process.
struct ProcessConnector: StoreConnector {
    let logger: Logger
    let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()

    func live(_ url: String) async throws -> any LiveStore { InProcessLiveStore() }

    func durable(_ url: String) throws -> DurableStore { try DurableStore.open(url, logger: self.logger) }
}
