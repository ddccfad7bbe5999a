package import NIOCore
package import NIOWebSocket

/// Between WebSocket and lines: to the handler behind it the connection looks like a plain one.
///
/// A message is a line. IRCv3 forbids line ends in messages; where a client sends them nevertheless, they end lines as on
/// any other connection, since whoever may send one line may send two. Outgoing lines become a message each.
///
/// A client that is silent is pinged, and closed if it stays silent. Closing begins with a close frame (RFC 6455 section 7):
/// the connection ends once the client has answered it, or after a moment.
package final class WebSocketLineHandler: ChannelDuplexHandler {
    package typealias InboundIn = WebSocketFrame
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// The longest message that is taken: a line's tags and body, and some more so that a line which is a little too long
    /// gets IRC's own answer (417) instead of losing the connection.
    package static let maximumMessageBytes = 5120

    /// Sent down a channel as an outbound user event: the next close says that the server goes away (1001).
    package enum Event: Sendable { case goingAway }

    private enum Phase {
        case open
        /// Our close frame is sent; the client's is awaited.
        case closing
        case closed
    }

    private let opcode: WebSocketOpcode
    private let pingInterval: TimeAmount
    private let closeTimeout: TimeAmount
    private var messages = WebSocketMessages(maximumBytes: WebSocketLineHandler.maximumMessageBytes)
    private var phase = Phase.open
    private var closeCode = WebSocketErrorCode.normalClosure
    private var wasHeard = true
    private var isPinged = false
    private var timer: Scheduled<Void>?
    private var closePromise: EventLoopPromise<Void>?

    /// - Parameters:
    ///   - subprotocol: How lines go out; both kinds are taken.
    ///   - pingInterval: Silence after which a ping is sent, and silence after that which ends the connection.
    ///   - closeTimeout: How long the client's close frame is awaited.
    package init(
        subprotocol: WebSocketSubprotocol,
        pingInterval: TimeAmount = .seconds(30),
        closeTimeout: TimeAmount = .seconds(2)
    ) {
        self.opcode = subprotocol == .text ? .text : .binary
        self.pingInterval = pingInterval
        self.closeTimeout = closeTimeout
    }

    package func handlerAdded(context: ChannelHandlerContext) { self.watch(context) }

    package func handlerRemoved(context: ChannelHandlerContext) { self.end() }

    package func channelInactive(context: ChannelHandlerContext) {
        self.end()
        context.fireChannelInactive()
    }

    // MARK: In

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.phase != .closed else { return }
        self.wasHeard = true
        let frame = self.unwrapInboundIn(data)
        if self.phase == .closing {
            if frame.opcode == .connectionClose { self.disconnect(context) }
            return
        }
        switch self.messages.received(frame) {
        case .none: return
        case .message(let message): self.deliver(message, context)
        case .pong(let payload):
            // Whoever sends pings and takes no answers gets none (section 5.5.3 allows it).
            guard context.channel.isWritable else { return }
            context.writeAndFlush(self.wrapOutboundOut(WebSocketFrames.control(.pong, payload: payload)), promise: nil)
        case .closed(let code):
            self.sendClose(code ?? .normalClosure, context)
            self.disconnect(context)
        case .refuse(let code): self.beginClose(code, context)
        }
    }

    private func deliver(_ message: ByteBuffer, _ context: ChannelHandlerContext) {
        var line = message
        let end = line.readableBytesView.lastIndex { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        guard let end else { return }
        line.moveWriterIndex(to: end + 1)
        line.writeStaticString("\r\n")
        context.fireChannelRead(self.wrapInboundOut(line))
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? NIOWebSocketError else { return context.fireErrorCaught(error) }
        if case .invalidFrameLength = error {
            self.beginClose(.messageTooLarge, context)
        } else {
            self.beginClose(.protocolError, context)
        }
    }

    // MARK: Out

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard self.phase == .open else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        var lines = self.unwrapOutboundIn(data)
        // A browser fails the connection on a text message that is not UTF-8 (section 8.1).
        if self.opcode == .text, !lines.isValidUTF8 {
            lines = ByteBuffer(string: String(decoding: lines.readableBytesView, as: UTF8.self))
        }
        context.write(self.wrapOutboundOut(WebSocketFrames.encode(lines: lines, opcode: self.opcode)), promise: promise)
    }

    package func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        guard case Event.goingAway = event else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        self.closeCode = .goingAway
        promise?.succeed()
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, self.phase == .open, context.channel.isActive else {
            // Asked twice: now.
            if mode == .all { self.phase = .closed }
            return context.close(mode: mode, promise: promise)
        }
        self.closePromise = promise
        self.beginClose(self.closeCode, context)
    }

    private func beginClose(_ code: WebSocketErrorCode, _ context: ChannelHandlerContext) {
        guard self.phase == .open else { return }
        self.sendClose(code, context)
        self.phase = .closing
        self.timer?.cancel()
        let loopBound = context.loopBound
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(in: self.closeTimeout) {
            self.disconnect(loopBound.value)
        }
    }

    private func sendClose(_ code: WebSocketErrorCode, _ context: ChannelHandlerContext) {
        context.writeAndFlush(self.wrapOutboundOut(WebSocketFrames.close(code)), promise: nil)
    }

    private func disconnect(_ context: ChannelHandlerContext) {
        guard self.phase != .closed else { return }
        self.phase = .closed
        context.close(promise: self.closePromise)
        self.closePromise = nil
    }

    private func end() {
        self.phase = .closed
        self.timer?.cancel()
        self.timer = nil
        self.closePromise?.succeed()
        self.closePromise = nil
    }

    // MARK: Silence

    private func watch(_ context: ChannelHandlerContext) {
        let loopBound = context.loopBound
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(in: self.pingInterval) {
            self.tick(loopBound.value)
        }
    }

    private func tick(_ context: ChannelHandlerContext) {
        guard self.phase == .open else { return }
        // While reading is paused, no answer can be heard: that silence is ours.
        let isReading = (try? context.channel.syncOptions?.getOption(.autoRead)) ?? true
        if self.wasHeard || !isReading {
            self.isPinged = false
        } else if self.isPinged {
            // Nobody is there to answer a close frame.
            return self.disconnect(context)
        } else {
            self.isPinged = true
            context.writeAndFlush(self.wrapOutboundOut(WebSocketFrames.control(.ping)), promise: nil)
        }
        self.wasHeard = false
        self.watch(context)
    }
}
