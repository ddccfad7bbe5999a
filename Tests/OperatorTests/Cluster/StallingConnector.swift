import Logging
import NIOCore
import NIOPosix
import Operator
import StateStore
import Synchronization
import TestSupport

/// Opens stores as the operator does, and has one of their databases stand still when a test wants it.
final class StallingConnector: StoreConnector {
    private let inner: ServerConnector
    /// What is in the URL of the database that stands still.
    private let name: String
    private let isStalled = Mutex(false)

    init(_ name: String, logger: Logger) {
        self.inner = ServerConnector(group: MultiThreadedEventLoopGroup.singleton, logger: logger)
        self.name = name
    }

    var loop: any EventLoop { self.inner.loop }

    func set(stalled: Bool) { self.isStalled.withLock { $0 = stalled } }

    func live(_ url: String) async throws -> any LiveStore { try await self.inner.live(url) }

    func durable(_ url: String) throws -> DurableStore {
        let store = try self.inner.durable(url)
        guard url.contains(self.name) else { return store }
        return DurableStore(StallingDatabase(inner: store.database) { self.isStalled.withLock { $0 } })
    }
}

/// A database whose calls wait while it stands still, until their time is over.
private struct StallingDatabase: SQLDatabase {
    let inner: any SQLDatabase
    let isStalled: @Sendable () -> Bool

    var dialect: SQLDialect { self.inner.dialect }

    func withTransaction<Answer: Sendable>(
        _ scope: SQLScope,
        _ access: SQLAccess,
        deadline: Duration,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer {
        let isOver = NIODeadline.now() + TimeAmount(deadline)
        while self.isStalled() {
            if NIODeadline.now() > isOver { throw .timedOut }
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            try? await loop.scheduleTask(in: .milliseconds(20)) {}.futureResult.get()
        }
        return try await self.inner.withTransaction(scope, access, deadline: deadline, body)
    }

    func close() async { await self.inner.close() }
}
