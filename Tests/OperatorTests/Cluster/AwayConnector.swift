import Logging
import NIOCore
import NIOPosix
import Operator
import StateStore
import Synchronization

/// Opens stores as the operator does, and takes their databases away when a test wants it.
final class AwayConnector: StoreConnector {
    private let inner: ServerConnector
    fileprivate let isAway = Mutex(false)

    init(logger: Logger) {
        self.inner = ServerConnector(group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }

    var loop: any EventLoop { self.inner.loop }

    func set(away: Bool) { self.isAway.withLock { $0 = away } }

    func live(_ url: String) async throws -> any LiveStore { try await self.inner.live(url) }

    func durable(_ url: String) throws -> DurableStore {
        DurableStore(AwayDatabase(inner: try self.inner.durable(url).database, connector: self))
    }
}

/// A database that does not answer while its connector says so.
private struct AwayDatabase: SQLDatabase {
    let inner: any SQLDatabase
    let connector: AwayConnector

    var dialect: SQLDialect { self.inner.dialect }

    func withTransaction<Answer: Sendable>(
        _ scope: SQLScope,
        _ access: SQLAccess,
        deadline: Duration,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer {
        if self.connector.isAway.withLock({ $0 }) { throw .unavailable(reason: "a test took it away") }
        return try await self.inner.withTransaction(scope, access, deadline: deadline, body)
    }

    func close() async { await self.inner.close() }
}
