import NIOCore
import NIOHTTP1
import Observability

/// Looks at a connection's first request: it stays with HTTP, or becomes IRC over WebSocket at once.
///
/// Later requests cannot: whoever wants a WebSocket connection opens one for it.
final class FirstRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case waiting
        /// Agreed; the end of the request is awaited.
        case agreed(HTTPRequestHead, WebSocketUpgrade.Agreement)
        /// Refused: whatever still comes is passed over.
        case refused
        case done
    }

    private let upgrade: WebSocketUpgrade
    /// What must go before frames come.
    private let codec: [any RemovableChannelHandler]
    private var state = State.waiting

    init(upgrade: WebSocketUpgrade, codec: [any RemovableChannelHandler]) {
        self.upgrade = upgrade
        self.codec = codec
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = self.unwrapInboundIn(data)
        switch (self.state, part) {
        case (.waiting, .head(let head)): self.received(head, context)
        case (.agreed(let head, let agreement), .end): self.begin(head, agreement, context)
        case (.done, _): context.fireChannelRead(data)
        case (.refused, _): return
        default:
            self.state = .done
            context.close(promise: nil)
        }
    }

    private func received(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        if head.headers["host"].count > 1 { return self.refuseFirst(context) }
        if let agreement = self.upgrade.agree(to: head) {
            self.state = .agreed(head, agreement)
            return
        }
        self.state = .done
        var head = head
        if head.headers.contains(name: "upgrade") {
            // NIO's decoder stops after a request that may end HTTP, so the connection ends with its answer.
            head.headers.remove(name: "upgrade")
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        do {
            try self.upgrade.stayWithHTTP(context.channel)
        } catch {
            return context.close(promise: nil)
        }
        context.fireChannelRead(self.wrapInboundOut(.head(head)))
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func begin(
        _ head: HTTPRequestHead,
        _ agreement: WebSocketUpgrade.Agreement,
        _ context: ChannelHandlerContext
    ) {
        self.state = .done
        context.writeAndFlush(self.wrapOutboundOut(.head(agreement.response)), promise: nil)
        do {
            try self.upgrade.begin(on: context.channel, head, agreement)
        } catch {
            return context.close(promise: nil)
        }
        // The decoder, which goes last, hands on what came after the request.
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        for handler in self.codec { context.pipeline.syncOperations.removeHandler(handler, promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch self.state {
        case .waiting where error is HTTPParserError: self.refuseFirst(context)
        case .refused where error is HTTPParserError: return
        default: context.close(promise: nil)
        }
    }

    private func refuseFirst(_ context: ChannelHandlerContext) {
        self.state = .refused
        self.refuse(.badRequest, context)
    }
}

extension ChannelInboundHandler where OutboundOut == HTTPServerResponsePart {
    /// Answers with a status alone, and closes.
    func refuse(_ status: HTTPResponseStatus, _ context: ChannelHandlerContext) {
        let headers = HTTPHeaders([("Connection", "close"), ("Content-Length", "0"), ("Date", UTCInstant.now.httpText)])
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        context.closeAfterAnswer()
    }
}
