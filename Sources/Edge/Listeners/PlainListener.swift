package import NIOCore
import NIOPosix
import Tenant

/// IRC without TLS: for development, and behind something that ends TLS. There is no hostname, so the tenant is named
/// by the configuration, or is the first by name.
package struct PlainListener: Sendable {
    package let directory: TenantDirectory
    package let tenantName: String?
    package let shards: ShardSet

    package init(directory: TenantDirectory, tenantName: String?, shards: ShardSet) {
        self.directory = directory
        self.tenantName = tenantName
        self.shards = shards
    }

    private var tenant: HostedTenant? {
        let catalog = self.directory.current
        if let name = self.tenantName { return TenantID(name).flatMap { catalog.tenants[$0] } }
        return catalog.sorted.first
    }

    /// Binds and accepts until the returned channel is closed.
    package func bind(to address: SocketAddress) async throws -> any Channel {
        try await ServerBootstrap(group: self.shards.group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let tenant = self.tenant, let shard = self.shards.shard(on: channel.eventLoop) else {
                        channel.close(promise: nil)
                        return
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(
                            shard: shard, tenant: tenant, address: channel.remoteAddress?.ipAddress ?? "",
                            isSecure: false, isDirect: true
                        )
                    )
                }
            }
            .bind(to: address).get()
    }
}
