package import NIOCore
import NIOPosix
import Tenant

/// IRC without TLS: for development, and behind something that ends TLS.
///
/// The tenant is the one whose hostname a trusted proxy names (PROXY version 2). Else there is no hostname, and the tenant
/// is named by the configuration, or is the first by name.
package struct PlainListener: Sendable {
    package let directory: TenantDirectory
    package let tenantName: String?
    package let trustedProxies: TrustedNetworks
    package let shards: ShardSet
    package let entrance: Entrance

    /// States what to serve.
    ///
    /// - Parameters:
    ///   - directory: The tenants.
    ///   - tenantName: The tenant of connections that come without a hostname; `nil` for the first by name.
    ///   - trustedProxies: Networks whose connections must begin with a PROXY header.
    ///   - shards: Where connections go.
    ///   - entrance: What the process's listeners share.
    package init(
        directory: TenantDirectory,
        tenantName: String?,
        trustedProxies: TrustedNetworks = .none,
        shards: ShardSet,
        entrance: Entrance = Entrance()
    ) {
        self.directory = directory
        self.tenantName = tenantName
        self.trustedProxies = trustedProxies
        self.shards = shards
        self.entrance = entrance
    }

    private func tenant(of origin: Origin) -> HostedTenant? {
        if let hostname = origin.hostname { return self.directory.tenant(forHostname: hostname) }
        let catalog = self.directory.current
        if let name = self.tenantName { return TenantID(name).flatMap { catalog.tenants[$0] } }
        return catalog.sorted.first
    }

    /// Binds and accepts until the returned channel is closed; clients stay then.
    ///
    /// - Throws: What the system says, such as that the address is in use.
    package func bind(to address: SocketAddress) async throws -> any Channel {
        try await ServerBootstrap.forClients(on: self.shards.group, through: self.entrance)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let isNamedByProxy = self.trustedProxies.contains(channel.remoteAddress)
                    if isNamedByProxy {
                        try channel.pipeline.syncOperations.addHandler(ArrivalDeadline(.seconds(10)))
                    }
                    try Origin.find(
                        of: channel,
                        trusted: self.trustedProxies,
                        entrance: self.entrance,
                        refuse: Self.refuse
                    ) { channel, origin in
                        // To look for a handler that is not there would cost as much as all the others.
                        if isNamedByProxy { ArrivalDeadline.met(on: channel) }
                        try self.open(channel, from: origin)
                    }
                }
            }
            .bind(to: address).get()
    }

    private static func refuse(_ channel: any Channel, _ origin: Origin) {
        let text = "ERROR :Closing Link: * (Too many connections from your address are signing on, try again)\r\n"
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    private func open(_ channel: any Channel, from origin: Origin) throws {
        guard let tenant = self.tenant(of: origin), let shard = self.shards.shard(on: channel.eventLoop) else {
            return channel.close(promise: nil)
        }
        try channel.pipeline.syncOperations.addHandler(
            ConnectionHandler(
                shard: shard,
                tenant: tenant,
                address: origin.address,
                isSecure: origin.isSecure,
                isDirect: true,
                place: origin.place
            )
        )
    }
}
