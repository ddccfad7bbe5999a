// One connection a request: it goes to the very address that was looked at, so that nobody can have a name mean one thing when it
// is checked and another when it is connected to. The certificate is still asked for by name.

package import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL
import Tenant

/// Sends over HTTP/1.1 and TLS.
package struct PushClient: PushTransport {
    private let group: any EventLoopGroup
    private let context: NIOSSLContext
    private let policy: AddressPolicy
    private let resolver: PushResolver
    private let clock: any Clock<Duration>
    /// How long looking a name up, and the rest, may take.
    private static let lookUpTime = Duration.seconds(5)
    private static let exchangeTime = TimeAmount.seconds(10)
    private static let connectTime = TimeAmount.seconds(4)
    /// How many of a name's addresses are tried.
    private static let attempts = 3

    /// - Parameters:
    ///   - group: Whose loops the connections are on.
    ///   - policy: Where they may go to.
    ///   - authorities: Certificates that services may be proved by, beside the system's.
    ///   - resolver: Looks names up.
    ///   - clock: Times that.
    /// - Throws: What NIOSSL makes of the certificates.
    package init(
        group: any EventLoopGroup,
        policy: AddressPolicy,
        authorities: [NIOSSLCertificate] = [],
        resolver: PushResolver = PushResolver(),
        clock: any Clock<Duration> = ContinuousClock()
    ) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if !authorities.isEmpty { configuration.additionalTrustRoots = [.certificates(authorities)] }
        self.context = try NIOSSLContext(configuration: configuration)
        self.group = group
        self.policy = policy
        self.resolver = resolver
        self.clock = clock
    }

    package func post(_ request: PushRequest) async -> PushAnswer {
        let (host, port) = (request.endpoint.host, request.endpoint.port)
        let found = await self.resolver.addresses(of: host, within: Self.lookUpTime, self.clock)
        let allowed = found.filter { text in IPAddress(text).map { self.policy.allows($0) } ?? false }
        guard !allowed.isEmpty else { return found.isEmpty ? .unreachable : .forbidden }
        for text in allowed.prefix(Self.attempts) {
            guard let address = try? SocketAddress(ipAddress: text, port: port) else { continue }
            if let answer = await self.exchange(request, with: address) { return answer }
        }
        return .unreachable
    }

    /// - Returns: nil if nobody can be connected to.
    private func exchange(_ request: PushRequest, with address: SocketAddress) async -> PushAnswer? {
        let loop = self.group.next()
        let answered = loop.makePromise(of: PushAnswer.self)
        let (context, host) = (self.context, request.endpoint.host)
        let connecting = ClientBootstrap(group: loop)
            .connectTimeout(Self.connectTime)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let operations = channel.pipeline.syncOperations
                    try operations.addHandler(NIOSSLClientHandler(context: context, serverHostname: host))
                    try operations.addHTTPClientHandlers()
                    try operations.addHandler(PushExchange(request, answered))
                }
            }
            .connect(to: address)
        guard let channel = try? await connecting.get() else {
            answered.succeed(.unreachable)
            return nil
        }
        let deadline = loop.scheduleTask(in: Self.exchangeTime) { answered.succeed(.unreachable) }
        let answer = (try? await answered.futureResult.get()) ?? .unreachable
        deadline.cancel()
        channel.close(promise: nil)
        return answer
    }
}

extension PushRequest {
    fileprivate var head: HTTPRequestHead {
        let endpoint = self.endpoint
        var headers: HTTPHeaders = [
            "Host": endpoint.host + (endpoint.port == 443 ? "" : ":\(endpoint.port)"),
            "Authorization": self.authorization,
            "TTL": String(self.timeToLive),
            "Urgency": self.urgency.rawValue,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Content-Length": String(self.body.count),
            "Connection": "close",
        ]
        if let topic = self.topic { headers.add(name: "Topic", value: topic) }
        return HTTPRequestHead(version: .http1_1, method: .POST, uri: endpoint.target, headers: headers)
    }
}

/// Sends a request, and waits for the head of the answer: nothing behind it is read, however much there is.
private final class PushExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: PushRequest
    private let answered: EventLoopPromise<PushAnswer>

    init(_ request: PushRequest, _ answered: EventLoopPromise<PushAnswer>) {
        self.request = request
        self.answered = answered
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(self.wrapOutboundOut(.head(self.request.head)), promise: nil)
        let body = ByteBuffer(bytes: self.request.body)
        context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What a service says on the way (103 and its like) is no answer yet.
        guard case .head(let head) = self.unwrapInboundIn(data), head.status.code >= 200 else { return }
        let later = head.headers.first(name: "Retry-After")
        self.answered.succeed(PushAnswer(status: Int(head.status.code), retryAfter: later))
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.answered.succeed(.unreachable)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.answered.succeed(.unreachable)
        context.fireChannelInactive()
    }
}
