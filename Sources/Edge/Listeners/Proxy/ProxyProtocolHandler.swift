import NIOCore

/// Reads the PROXY header that begins a trusted proxy's connection, then steps aside; see ``ProxyHeader``.
final class ProxyProtocolHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var buffer = ByteBuffer()
    private var next: ((any Channel, ProxyHeader) throws -> Void)?

    /// - `next`: Adds the handlers that follow; they get all bytes after the header.
    init(next: @escaping (any Channel, ProxyHeader) throws -> Void) { self.next = next }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let next = self.next else { return context.fireChannelRead(data) }
        var bytes = self.unwrapInboundIn(data)
        self.buffer.writeBuffer(&bytes)
        switch ProxyHeader.parse(self.buffer) {
        case .incomplete: return
        case .invalid: context.close(promise: nil)
        case .header(let header, let length):
            self.buffer.moveReaderIndex(forwardBy: length)
            let rest = self.buffer
            self.buffer = ByteBuffer()
            self.next = nil
            do {
                try next(context.channel, header)
            } catch {
                return context.close(promise: nil)
            }
            if rest.readableBytes > 0 { context.fireChannelRead(self.wrapInboundOut(rest)) }
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
