import NIOCore
import NIOTLS

/// Lets a connection on once its TLS handshake is done, so that the shard knows none that is not.
final class HandshakeGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private var next: ((any Channel) throws -> Void)?

    /// - `next`: Adds the handlers that follow.
    init(next: @escaping (any Channel) throws -> Void) { self.next = next }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted = event, let next = self.next else {
            return context.fireUserInboundEventTriggered(event)
        }
        self.next = nil
        do {
            try next(context.channel)
        } catch {
            return context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
