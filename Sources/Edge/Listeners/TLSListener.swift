import Crypto
package import NIOCore
import NIOPosix
import NIOSSL
import Tenant

/// IRC over TLS (RFC 7194); the server name in the client's first message (RFC 6066 section 3) names the tenant.
///
/// Names that nobody has and names of deleted tenants get the same alert, and so do clients that send no name, unless a tenant was
/// named for these on purpose. Suspended tenants'
/// clients are let in as far as their shard, which tells them why they cannot stay.
package struct TLSListener: Sendable {
    package let directory: TenantDirectory
    package let certificates: CertificateStore
    package let trustedProxies: TrustedNetworks
    package let gateways: TrustedNetworks
    package let shards: ShardSet
    package let nameless: NamelessClients
    package let entrance: Entrance
    /// How long a client may take from the first byte to the end of the handshake.
    package var handshakeTimeout: TimeAmount = .seconds(10)

    /// States what to serve.
    ///
    /// - Parameters:
    ///   - directory: Tenants by hostname.
    ///   - certificates: Certificates by hostname.
    ///   - trustedProxies: Networks whose connections must begin with a PROXY header.
    ///   - gateways: Networks of gateways that each bring many clients.
    ///   - nameless: Whose those are that send no server name.
    ///   - shards: Where connections go.
    ///   - entrance: What the process's listeners share.
    package init(
        directory: TenantDirectory,
        certificates: CertificateStore,
        trustedProxies: TrustedNetworks = .none,
        gateways: TrustedNetworks = .none,
        nameless: NamelessClients = NamelessClients(),
        shards: ShardSet,
        entrance: Entrance = Entrance()
    ) {
        self.directory = directory
        self.certificates = certificates
        self.trustedProxies = trustedProxies
        self.gateways = gateways
        self.nameless = nameless
        self.shards = shards
        self.entrance = entrance
    }

    /// Binds and accepts until the returned channel is closed; clients stay then.
    ///
    /// - Throws: What the system says, such as that the address is in use.
    package func bind(to address: SocketAddress) async throws -> any Channel {
        try await ServerBootstrap.forClients(on: self.shards.group, through: self.entrance)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ArrivalDeadline(self.handshakeTimeout))
                    try Origin.find(
                        of: channel,
                        trusted: self.trustedProxies,
                        carriers: self.gateways,
                        entrance: self.entrance,
                        next: self.secure
                    )
                }
            }
            .bind(to: address).get()
    }

    private func secure(_ channel: any Channel, from origin: Origin) throws {
        let arrival = Arriving(listener: self, origin: origin)
        let gate = ServerNameGate(application: TLSContexts.ircProtocol, choose: arrival.choose) { _, channel in
            try channel.pipeline.syncOperations.addHandler(HandshakeGate(next: arrival.open))
        }
        try gate.install(on: channel)
    }

    /// The tenant of a name; a name that a proxy gives must not contradict it.
    fileprivate func tenant(named name: String?, from origin: Origin) -> HostedTenant? {
        guard let hostname = name ?? origin.hostname else {
            let tenant = self.nameless.namedTenant(in: self.directory.current)
            if tenant == nil { self.nameless.refuse() }
            return tenant
        }
        guard let tenant = self.directory.tenant(forHostname: hostname) else { return nil }
        guard let other = origin.hostname else { return tenant }
        return self.directory.tenant(forHostname: other)?.id == tenant.id ? tenant : nil
    }
}

/// One connection on its way to its shard, until the handshake is done.
///
/// Used on its event loop only.
private final class Arriving {
    let listener: TLSListener
    let origin: Origin
    var tenant: HostedTenant?

    init(listener: TLSListener, origin: Origin) {
        self.listener = listener
        self.origin = origin
    }

    func choose(_ name: String?) -> NIOSSLContext? {
        self.tenant = self.listener.tenant(named: name, from: self.origin)
        guard let tenant else { return nil }
        let hostname = name ?? self.origin.hostname ?? tenant.serverName
        return self.listener.certificates.contexts(for: hostname)?.irc
    }

    /// The SHA-256 of the client's certificate; nil if it has shown none.
    private static func fingerprint(of channel: any Channel) -> String? {
        guard let certificate = try? channel.pipeline.syncOperations.nioSSL_peerCertificate(),
            let bytes = try? certificate.toDERBytes()
        else { return nil }
        return SHA256.hash(data: bytes).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    func open(_ channel: any Channel) throws {
        // As it is now: a handshake may take seconds.
        let current = self.tenant.flatMap { self.listener.directory.current.tenants[$0.id] }
        guard let tenant = current, let shard = self.listener.shards.shard(on: channel.eventLoop) else {
            return channel.close(promise: nil)
        }
        ArrivalDeadline.met(on: channel)
        try channel.pipeline.syncOperations.addHandler(
            ConnectionHandler(
                shard: shard,
                tenant: tenant,
                address: self.origin.address,
                isSecure: true,
                fingerprint: Self.fingerprint(of: channel),
                isDirect: false,
                place: self.origin.place
            )
        )
    }
}
