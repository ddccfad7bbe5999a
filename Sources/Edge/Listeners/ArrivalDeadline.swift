import NIOCore

/// Closes a connection that takes too long to say who it is, PROXY header, TLS handshake, HTTP request, or hangs up before.
final class ArrivalDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let limit: TimeAmount
    private var timer: Scheduled<Void>?

    init(_ limit: TimeAmount) { self.limit = limit }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        self.timer = context.eventLoop.scheduleTask(in: self.limit) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.timer = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Whoever hangs up before the end of its request is owed no answer.
        if case .inputClosed? = event as? ChannelEvent { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    /// The connection arrived in time.
    static func met(on channel: any Channel) {
        guard let handler = try? channel.pipeline.syncOperations.handler(type: Self.self) else { return }
        channel.pipeline.syncOperations.removeHandler(handler, promise: nil)
    }
}
