package import Logging
package import NIOCore
package import StateStore

/// Opens the stores that a cell's Secrets name.
///
/// A parameter, so that tests may run on stores in the process.
package protocol StoreConnector: Sendable {
    /// The loop on which the cell's clients live.
    var loop: any EventLoop { get }

    /// Connects to the live store.
    ///
    /// - Throws: what says why not, without the URL.
    func live(_ url: String) async throws -> any LiveStore

    /// Opens the durable store; its schema is as it was found.
    ///
    /// - Throws: what says why not, without the URL.
    func durable(_ url: String) throws -> DurableStore
}

/// Redis and PostgreSQL.
package struct ServerConnector: StoreConnector {
    private let group: any EventLoopGroup
    private let logger: Logger

    package init(group: any EventLoopGroup, logger: Logger) {
        self.group = group
        self.logger = logger
    }

    package var loop: any EventLoop { self.group.next() }

    package func live(_ url: String) async throws -> any LiveStore {
        try await RedisLiveStore.connect(url: url, group: self.group, logger: self.logger)
    }

    package func durable(_ url: String) throws -> DurableStore {
        try DurableStore.open(url, connections: 2, logger: self.logger)
    }
}
