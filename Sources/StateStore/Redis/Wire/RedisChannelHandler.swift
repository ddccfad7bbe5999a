import NIOCore

/// The end of a connection's pipeline: bytes to replies, and the connection's end to its link.
///
/// Does nothing any more once the link has let go of it, so a link never hears of a connection that it gave up.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    weak var link: RedisLink?
    private let reader: RedisReader

    init(link: RedisLink) throws {
        self.link = link
        self.reader = try RedisReader()
    }

    func channelActive(context: ChannelHandlerContext) {
        self.link?.connected(self, context.channel)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.link != nil else { return }
        do {
            try self.reader.read(self.unwrapInboundIn(data)) { reply in
                self.link?.received(reply, from: self)
                return self.link != nil
            }
        } catch {
            self.link?.lost(self, "the server sent what is no RESP")
            context.close(promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.link?.receivedAll()
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.link?.lost(self, "the server closed the connection")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.link?.lost(self, ConnectionWords.of(error))
        context.close(promise: nil)
    }
}
