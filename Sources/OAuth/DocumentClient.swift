// One connection a request, to the very address that was looked at, as pushes go (WebPush/Sending/PushClient): a name cannot mean one
// thing when it is checked and another when it is connected to. The certificate is still asked for by name.

import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Tenant
import WebPush

/// Fetches small documents over HTTP/1.1 and TLS.
struct DocumentClient: Sendable {
    private let group: any EventLoopGroup
    private let context: NIOSSLContext
    private let policy: AddressPolicy
    private let resolver: PushResolver
    private static let lookUpTime = Duration.seconds(5)
    private static let connectTime = TimeAmount.seconds(3)
    private static let exchangeTime = TimeAmount.seconds(5)
    /// How many of a name's addresses are tried.
    private static let attempts = 2
    /// The longest document, in bytes.
    static let longest = 256 << 10

    init(
        group: any EventLoopGroup,
        policy: AddressPolicy,
        authorities: [NIOSSLCertificate],
        resolver: PushResolver
    ) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if !authorities.isEmpty { configuration.additionalTrustRoots = [.certificates(authorities)] }
        self.context = try NIOSSLContext(configuration: configuration)
        self.group = group
        self.policy = policy
        self.resolver = resolver
    }

    /// Fetches a document; a redirect is not followed, since it leads elsewhere.
    ///
    /// - Returns: nil if there is none, or it cannot be had.
    func get(_ place: PushEndpoint) async -> [UInt8]? {
        let found = await self.resolver.addresses(of: place.host, within: Self.lookUpTime, ContinuousClock())
        let allowed = found.filter { text in IPAddress(text).map { self.policy.allows($0) } ?? false }
        for text in allowed.prefix(Self.attempts) {
            guard let address = try? SocketAddress(ipAddress: text, port: place.port),
                let answer = await self.exchange(with: address, for: place)
            else { continue }
            return answer
        }
        return nil
    }

    /// - Returns: nil if nobody can be connected to; else what came of it.
    private func exchange(with address: SocketAddress, for place: PushEndpoint) async -> [UInt8]?? {
        let loop = self.group.next()
        let answered = loop.makePromise(of: [UInt8]?.self)
        let context = self.context
        let connecting = ClientBootstrap(group: loop)
            .connectTimeout(Self.connectTime)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let operations = channel.pipeline.syncOperations
                    try operations.addHandler(NIOSSLClientHandler(context: context, serverHostname: place.host))
                    try operations.addHTTPClientHandlers()
                    try operations.addHandler(DocumentExchange(place, answered))
                }
            }
            .connect(to: address)
        guard let channel = try? await connecting.get() else {
            answered.succeed(nil)
            return nil
        }
        let deadline = loop.scheduleTask(in: Self.exchangeTime) { answered.succeed(nil) }
        let answer = try? await answered.futureResult.get()
        deadline.cancel()
        channel.close(promise: nil)
        return .some(answer)
    }
}

/// Sends a request, and gathers the answer as far as it may be long.
private final class DocumentExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let place: PushEndpoint
    private let answered: EventLoopPromise<[UInt8]?>
    private var body: [UInt8]?

    init(_ place: PushEndpoint, _ answered: EventLoopPromise<[UInt8]?>) {
        self.place = place
        self.answered = answered
    }

    func channelActive(context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "Host": self.place.host + (self.place.port == 443 ? "" : ":\(self.place.port)"),
            "Accept": "application/json",
            "Connection": "close",
        ]
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: self.place.target, headers: headers)
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            // What a server says on the way (103 and its like) is no answer yet.
            guard head.status.code >= 200 else { return }
            if head.status == .ok { self.body = [] } else { self.end(nil, context) }
        case .body(let part):
            guard let count = self.body?.count else { return }
            guard count + part.readableBytes <= DocumentClient.longest else { return self.end(nil, context) }
            self.body?.append(contentsOf: part.readableBytesView)
        case .end: if let body { self.end(body, context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { self.end(nil, context) }

    func channelInactive(context: ChannelHandlerContext) {
        self.answered.succeed(nil)
        context.fireChannelInactive()
    }

    private func end(_ answer: [UInt8]?, _ context: ChannelHandlerContext) {
        self.answered.succeed(answer)
        context.close(promise: nil)
    }
}
