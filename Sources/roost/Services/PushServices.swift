import Edge
import Logging
import NIOPosix
import Observability
import StateStore
import Synchronization
import Tenant
import WebPush

/// Makes those who push what the feeds of an edge's live stores have.
final class PushServices: Sendable {
    let keys: VapidKeys
    private let contact: String
    private let transport: PushClient
    private let durable: DurableStore
    private let logger: Logger
    private let all = Mutex<[PushFigures]>([])

    /// - Throws: What NIOSSL makes of the settings' certificates.
    init(_ settings: PushSettings, keys: VapidKeys, durable: DurableStore, logger: Logger) throws {
        self.keys = keys
        self.contact = settings.contact
        self.durable = durable
        self.logger = logger
        // None of a shard's loops: nobody who chats waits for a handshake.
        self.transport = try PushClient(
            group: MultiThreadedEventLoopGroup.singleton,
            policy: AddressPolicy(trusted: settings.networks),
            authorities: settings.authorities
        )
    }

    /// What became of pushes.
    var families: [MetricFamily] { PushFigures.families(of: self.all.withLock { $0 }) }

    /// Pushes what one feed has, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - live: Whose feed.
    ///   - directory: The tenants that are served.
    /// - Throws: What an event loop throws when it is shut down.
    func run(over live: any LiveStore, for directory: TenantDirectory) async throws {
        let figures = PushFigures()
        self.all.withLock { $0.append(figures) }
        let keys = self.keys
        let presence = try await LivePresence(live, on: MultiThreadedEventLoopGroup.singleton.next())
        let writer = PushWriter(
            live: live,
            store: self.durable,
            presence: presence,
            transport: self.transport,
            contact: self.contact,
            tenants: { id in
                // Who moves to another cell is pushed to from there.
                guard let tenant = directory.current.tenants[id], tenant.farewell == nil, tenant.state != .suspended,
                    let key = keys.key(of: id)
                else { return nil }
                return PushTenant(serverName: tenant.serverName, key: key)
            },
            figures: figures,
            logger: self.logger
        )
        try await writer.run()
    }
}
