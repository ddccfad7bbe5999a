package import NIOCore
import NIOPosix
import Tenant

/// IRC without TLS: for development, and behind something that ends TLS.
///
/// The tenant is the one whose hostname a trusted proxy names (PROXY version 2). Else there is no hostname, and the tenant
/// is the one that was named for such connections, or they are refused.
package struct PlainListener: Sendable {
    package let directory: TenantDirectory
    package let nameless: NamelessClients
    package let trustedProxies: TrustedNetworks
    package let gateways: TrustedNetworks
    package let shards: ShardSet
    package let entrance: Entrance

    /// States what to serve.
    ///
    /// - Parameters:
    ///   - directory: The tenants.
    ///   - nameless: Whose connections those are that come without a hostname.
    ///   - trustedProxies: Networks whose connections must begin with a PROXY header.
    ///   - gateways: Networks of gateways that each bring many clients.
    ///   - shards: Where connections go.
    ///   - entrance: What the process's listeners share.
    package init(
        directory: TenantDirectory,
        nameless: NamelessClients,
        trustedProxies: TrustedNetworks = .none,
        gateways: TrustedNetworks = .none,
        shards: ShardSet,
        entrance: Entrance = Entrance()
    ) {
        self.directory = directory
        self.nameless = nameless
        self.trustedProxies = trustedProxies
        self.gateways = gateways
        self.shards = shards
        self.entrance = entrance
    }

    private func tenant(of origin: Origin) -> HostedTenant? {
        if let hostname = origin.hostname { return self.directory.tenant(forHostname: hostname) }
        let tenant = self.nameless.plainTenant(in: self.directory.current)
        if tenant == nil { self.nameless.refuse() }
        return tenant
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
                        carriers: self.gateways,
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
        Self.say("Too many connections from your address are signing on, try again", on: channel)
    }

    private static func say(_ reason: String, on channel: any Channel) {
        channel.writeAndFlush(ByteBuffer(string: "ERROR :Closing Link: * (\(reason))\r\n"), promise: nil)
    }

    /// Says why a connection is closed, as soon as it is one.
    private final class Refusal: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let reason: String

        init(_ reason: String) { self.reason = reason }

        func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { self.refuse(context) } }

        func channelActive(context: ChannelHandlerContext) { self.refuse(context) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

        private func refuse(_ context: ChannelHandlerContext) {
            PlainListener.say(self.reason, on: context.channel)
            context.closeAfterAnswer()
        }
    }

    private func open(_ channel: any Channel, from origin: Origin) throws {
        guard let tenant = self.tenant(of: origin), let shard = self.shards.shard(on: channel.eventLoop) else {
            let refusal = Refusal("No network is served here without TLS and its host name")
            return try channel.pipeline.syncOperations.addHandler(refusal)
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
