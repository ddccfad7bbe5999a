import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Tenant

/// Turns a connection's first request into IRC over WebSocket (RFC 6455 section 4.2), or leaves it to HTTP.
struct WebSocketUpgrade: Sendable {
    let directory: TenantDirectory
    let shard: Shard
    let trustedProxies: TrustedNetworks
    let serving: HTTPServing
    var origin: Origin

    /// Adds the HTTP handlers and the one that upgrades.
    func install(on channel: any Channel) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = HTTPServing.maximumHeaderBytes
        limits.maxHeaderListSize = HTTPServing.maximumHeaderBytes
        limits.maxHeaderFieldCount = 100
        var configuration = NIOUpgradableHTTPServerPipelineConfiguration<Void>(
            upgradeConfiguration: .init(upgraders: [WebSocketUpgrader(upgrade: self)]) { channel in
                channel.eventLoop.makeCompletedFuture {
                    ArrivalDeadline.met(on: channel)
                    try self.serving.serveDecoded(channel, secure: self.origin.isSecure)
                }
            }
        )
        configuration.enablePipelining = false
        configuration.decoderConfiguration = limits
        _ = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(configuration: configuration)
    }

    fileprivate func decide(_ request: HTTPRequestHead) -> WebSocketAdmission {
        guard request.method == .GET, request.uri.prefix(while: { $0 != "?" }) == WebSocketAdmission.path else {
            return .refuse(.notFound)
        }
        let hosts = request.headers["host"]
        return WebSocketAdmission.decide(
            host: hosts.count == 1 ? hosts.first : nil,
            protocols: request.headers["sec-websocket-protocol"],
            directory: self.directory
        )
    }

    /// Makes the pipeline what a client of plain IRC has, with frames in between.
    fileprivate func begin(_ channel: any Channel, _ request: HTTPRequestHead) throws {
        guard case .accept(let tenant, let subprotocol) = self.decide(request) else {
            return channel.close(promise: nil)
        }
        ArrivalDeadline.met(on: channel)
        let client = ForwardedClient.address(
            peer: IPAddress(self.origin.address),
            fields: request.headers["x-forwarded-for"],
            trusted: self.trustedProxies
        )
        let operations = channel.pipeline.syncOperations
        try operations.addHandlers(
            ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: WebSocketLineHandler.maximumMessageBytes)),
            WebSocketLineHandler(subprotocol: subprotocol ?? .text)
        )
        try operations.addHandler(
            ConnectionHandler(
                shard: self.shard,
                tenant: tenant,
                address: client?.description ?? self.origin.address,
                isSecure: self.isSecure(request),
                isDirect: false
            )
        )
        channel.setOption(.allowRemoteHalfClosure, value: false).whenFailure { _ in channel.close(promise: nil) }
    }

    private func isSecure(_ request: HTTPRequestHead) -> Bool {
        if self.origin.isSecure { return true }
        guard let peer = IPAddress(self.origin.address), self.trustedProxies.contains(peer) else { return false }
        return request.headers["x-forwarded-proto"] == ["https"]
    }
}

/// NIO's upgrader for the request and response; the handlers are ours, since lines are encoded straight into frames.
private final class WebSocketUpgrader: NIOTypedHTTPServerProtocolUpgrader {
    private let upgrade: WebSocketUpgrade
    private let handshake: NIOTypedWebSocketServerUpgrader<Void>

    let supportedProtocol = "websocket"
    let requiredUpgradeHeaders: [String] = []

    init(upgrade: WebSocketUpgrade) {
        self.upgrade = upgrade
        self.handshake = NIOTypedWebSocketServerUpgrader(
            shouldUpgrade: { channel, request in
                guard case .accept(_, let subprotocol) = upgrade.decide(request) else {
                    return channel.eventLoop.makeSucceededFuture(nil)
                }
                var headers = HTTPHeaders()
                if let subprotocol { headers.add(name: "Sec-WebSocket-Protocol", value: subprotocol.rawValue) }
                return channel.eventLoop.makeSucceededFuture(headers)
            },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
        )
    }

    func buildUpgradeResponse(
        channel: any Channel,
        upgradeRequest: HTTPRequestHead,
        initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        self.handshake.buildUpgradeResponse(
            channel: channel,
            upgradeRequest: upgradeRequest,
            initialResponseHeaders: initialResponseHeaders
        )
    }

    func upgrade(channel: any Channel, upgradeRequest: HTTPRequestHead) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture { try self.upgrade.begin(channel, upgradeRequest) }
    }
}
