import Logging
import NIOCore
import NIOPosix
import Operator
import StateStore
import Synchronization
import TestSupport

/// Opens stores as the operator does, and takes their databases away when a test wants it.
final class AwayConnector: StoreConnector {
    private let inner: ServerConnector
    private let isAway = Mutex(false)

    init(logger: Logger) {
        self.inner = ServerConnector(group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }

    var loop: any EventLoop { self.inner.loop }

    func set(away: Bool) { self.isAway.withLock { $0 = away } }

    func live(_ url: String) async throws -> any LiveStore { try await self.inner.live(url) }

    func durable(_ url: String) throws -> DurableStore {
        DurableStore(
            GuardedDatabase(try self.inner.durable(url).database) { () throws(DurableStoreError) in
                if self.isAway.withLock({ $0 }) { throw .unavailable(reason: "a test took it away") }
            }
        )
    }
}
