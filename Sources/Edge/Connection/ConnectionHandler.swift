import Chat
import Glibc
import NIOCore
import Tenant

/// The last handler of a client's pipeline: hands bytes to the shard and thinks of nothing.
///
/// What comes in is a stream of lines and so is what goes out, whatever lies between (TLS, WebSocket frames).
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let shard: Shard
    private let tenant: HostedTenant
    private let address: String
    private let isSecure: Bool
    private let fingerprint: String?
    private let kind: AttachedClient.Kind
    private let agent: String?
    /// Whether the shard may write to the socket itself: only where nothing transforms the bytes.
    private let isDirect: Bool
    private let place: WaitingPlace?
    private var id: ConnectionID?

    init(
        shard: Shard,
        tenant: HostedTenant,
        address: String,
        isSecure: Bool,
        fingerprint: String? = nil,
        kind: AttachedClient.Kind = .irc,
        agent: String? = nil,
        isDirect: Bool,
        place: WaitingPlace?
    ) {
        self.shard = shard
        self.tenant = tenant
        self.address = address
        self.isSecure = isSecure
        self.fingerprint = fingerprint
        self.kind = kind
        self.agent = agent
        self.isDirect = isDirect
        self.place = place
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { self.open(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.open(context)
        context.fireChannelActive()
    }

    private func open(_ context: ChannelHandlerContext) {
        guard self.id == nil else { return }
        var descriptor: CInt = -1
        if self.isDirect {
            descriptor =
                (try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: CInt.self) { $0 }) ?? -1
        }
        let arrival = Arrival(
            wire: ChannelWire(channel: context.channel, descriptor: descriptor),
            tenant: self.tenant,
            address: self.address,
            isSecure: self.isSecure,
            fingerprint: self.fingerprint,
            kind: self.kind,
            agent: self.agent,
            becameKnown: { [place] in place?.leave() }
        )
        self.id = self.shard.assumeIsolated { $0.clients.opened(arrival) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let id = self.id else { return }
        let bytes = self.unwrapInboundIn(data)
        self.shard.assumeIsolated { $0.clients.received(bytes, from: id) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.close()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.close() }

    private func close() {
        guard let id = self.id else { return }
        self.id = nil
        self.shard.assumeIsolated { $0.clients.closed(id) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let id = self.id {
            let reason = Self.reason(for: error)
            self.shard.assumeIsolated { $0.clients.failed(id, reason: reason) }
        }
        context.close(promise: nil)
    }

    /// What peers are told of a broken connection; never the error's own text, which may name what is not theirs.
    private static func reason(for error: any Error) -> String {
        guard let error = error as? IOError else { return "Read error" }
        return error.errnoCode == ECONNRESET ? "Connection reset by peer" : "Read error"
    }
}
