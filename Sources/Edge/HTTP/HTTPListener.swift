import HTTPTypes
import Hummingbird
package import Logging
package import NIOCore
import NIOPosix
import NIOSSL
package import Observability
import Tenant

/// HTTP, and IRC over WebSocket at `/irc` (https://ircv3.net/specs/extensions/websocket); `Host` names the tenant.
///
/// With certificates it speaks TLS and nothing else. Any origin may connect: IRC's own log-in protects accounts, not cookies.
package struct HTTPListener: Sendable {
    package let directory: TenantDirectory
    package let shards: ShardSet
    package let trustedProxies: TrustedNetworks
    package let certificates: CertificateStore?
    /// Whether connections from trusted proxies begin with a PROXY header; else such proxies send `X-Forwarded-For`.
    package let expectsProxyProtocol: Bool
    package let nameless: NamelessClients
    package let entrance: Entrance
    /// How long a client may take from the first byte to the end of its first request's header.
    package var arrivalTimeout: TimeAmount = .seconds(10)
    private let serving: HTTPServing

    /// States what to serve.
    ///
    /// - Parameters:
    ///   - directory: Tenants by hostname.
    ///   - shards: Where WebSocket connections go.
    ///   - trustedProxies: Networks whose word on who a client is holds.
    ///   - certificates: For HTTPS; `nil` for plain HTTP.
    ///   - expectsProxyProtocol: Whether connections from trusted proxies begin with a PROXY header.
    ///   - nameless: Whose those are that send no TLS server name.
    ///   - requestTimes: Where requests are measured, see ``Latencies/request``.
    ///   - entrance: What the process's listeners share.
    ///   - logger: Told of requests that fail.
    package init(
        directory: TenantDirectory,
        shards: ShardSet,
        trustedProxies: TrustedNetworks = .none,
        certificates: CertificateStore? = nil,
        expectsProxyProtocol: Bool = false,
        nameless: NamelessClients = NamelessClients(),
        requestTimes: HistogramFamily? = nil,
        entrance: Entrance = Entrance(),
        logger: Logger
    ) {
        self.directory = directory
        self.shards = shards
        self.trustedProxies = trustedProxies
        self.certificates = certificates
        self.expectsProxyProtocol = expectsProxyProtocol
        self.nameless = nameless
        self.serving = HTTPServing(
            Self.routes(directory, shards, requestTimes, entrance.proofRequests),
            logger: logger
        )
        self.entrance = entrance
    }

    /// Binds and accepts until the returned channel is closed; clients stay then.
    ///
    /// - Throws: What the system says, such as that the address is in use.
    package func bind(to address: SocketAddress) async throws -> any Channel {
        let proxies = self.expectsProxyProtocol ? self.trustedProxies : .none
        return try await ServerBootstrap.forClients(on: self.shards.group, through: self.entrance)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ArrivalDeadline(self.arrivalTimeout))
                    try Origin.find(
                        of: channel,
                        trusted: proxies,
                        carriers: self.expectsProxyProtocol ? .none : self.trustedProxies,
                        entrance: self.entrance,
                        next: self.open
                    )
                }
            }
            .bind(to: address).get()
    }

    private func open(_ channel: any Channel, from origin: Origin) throws {
        guard let shard = self.shards.shard(on: channel.eventLoop) else { return channel.close(promise: nil) }
        var upgrade = WebSocketUpgrade(
            directory: self.directory,
            shard: shard,
            // The PROXY header said it already; a field would be the client's own word.
            trustedProxies: self.expectsProxyProtocol ? .none : self.trustedProxies,
            serving: self.serving,
            entrance: self.entrance,
            nameless: self.nameless,
            origin: origin
        )
        guard let certificates = self.certificates else { return try upgrade.install(on: channel) }
        upgrade.origin.isSecure = true
        let gate = ServerNameGate(application: TLSContexts.httpProtocol) { name in
            guard let tenant = self.tenant(named: name) else { return nil }
            return certificates.contexts(for: name ?? tenant.serverName)?.http
        } next: { [upgrade] name, channel in
            var upgrade = upgrade
            upgrade.serverTenant = self.tenant(named: name)?.id
            try channel.pipeline.syncOperations.addHandler(
                HandshakeGate { [upgrade] channel in try upgrade.install(on: channel) }
            )
        }
        try gate.install(on: channel)
    }

    /// The tenant of a TLS server name, or of who sends none.
    private func tenant(named name: String?) -> HostedTenant? {
        if let name { return self.directory.tenant(forHostname: name) }
        let tenant = self.nameless.namedTenant(in: self.directory.current)
        if tenant == nil { self.nameless.refuse() }
        return tenant
    }

    private static func routes(
        _ directory: TenantDirectory,
        _ shards: ShardSet,
        _ times: HistogramFamily?,
        _ proofRequests: RequestPace
    ) -> Router<ClientRequestContext> {
        let router = Router(context: ClientRequestContext.self, options: .autoGenerateHeadEndpoints)
        // Outermost: it sees the answer that errors became.
        if let times { router.addMiddleware { RequestTimes(times) } }
        router.addMiddleware { PlainErrors() }
        // A request that was not upgraded comes here, and is told why.
        router.get(RouterPath(WebSocketAdmission.path)) { request, _ in
            let admission = WebSocketAdmission.decide(
                host: request.head.authority,
                protocols: [],
                directory: directory
            )
            switch admission {
            case .refuse(let status): return Response.plain(status)
            case .accept:
                var headers: HTTPFields = [.upgrade: "websocket", .connection: "upgrade"]
                headers[.secWebSocketVersion] = "13"
                return Response.plain(.upgradeRequired, headers: headers)
            }
        }
        ProofRoutes.add(to: router, directory, shards, proofRequests)
        return router
    }
}
