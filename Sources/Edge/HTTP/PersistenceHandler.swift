import DequeModule
import NIOCore
import NIOHTTP1

/// Ends a connection after the answer to its last request, and says so in that answer (RFC 9112 section 9.3).
///
/// The last request is one that says `Connection: close`, or one of HTTP/1.0 that does not ask to stay. What comes behind it is
/// passed over. An answer that says that it is the last one is so too: what is told of a request that cannot be read.
final class PersistenceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private struct Request {
        let persists: Bool
        let isOld: Bool
    }

    private enum Reading {
        case requests
        /// The last request, of which the end has not come.
        case last
        case nothing
    }

    private var reading = Reading.requests
    /// Requests without an answer.
    private var requests: Deque<Request> = []
    private var isLastAnswer = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .nothing = self.reading { return }
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.requests.append(Request(persists: head.isKeepAlive, isOld: head.version == .http1_0))
            if !head.isKeepAlive { self.reading = .last }
        case .body: break
        case .end: if case .last = self.reading { self.reading = .nothing }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.unwrapOutboundIn(data) {
        case .head(let head) where !head.status.isInformational:
            let head = self.completed(head, for: self.requests.first ?? Request(persists: false, isOld: false))
            context.write(self.wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            _ = self.requests.popFirst()
            guard self.isLastAnswer else { return context.write(data, promise: promise) }
            self.reading = .nothing
            context.writeAndFlush(data, promise: promise)
            context.closeAfterAnswer()
        default: context.write(data, promise: promise)
        }
    }

    /// An answer's head with what it has to say of the connection.
    private func completed(_ head: HTTPResponseHead, for request: Request) -> HTTPResponseHead {
        var head = head
        let saysClose = !head.isKeepAlive
        self.isLastAnswer = saysClose || !request.persists
        if request.isOld, !head.headers.contains(name: "content-length") {
            // It knows no chunks: the end of the connection is the end of the body.
            head.headers.remove(name: "transfer-encoding")
            head.version = .http1_0
            self.isLastAnswer = true
        }
        if self.isLastAnswer, !saysClose {
            head.headers.add(name: "Connection", value: "close")
        } else if request.isOld, !self.isLastAnswer {
            head.headers.add(name: "Connection", value: "keep-alive")
        }
        return head
    }
}

extension HTTPResponseStatus {
    fileprivate var isInformational: Bool { (100..<200).contains(self.code) && self != .switchingProtocols }
}

extension ChannelHandlerContext {
    /// Says no more and waits a moment for the client to hang up: if it still sent when the connection went, it might never
    /// get to read the answer (RFC 9112 section 9.6).
    func closeAfterAnswer(within time: TimeAmount = .seconds(2)) {
        let channel = self.channel
        let timer = self.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
        self.close(mode: .output, promise: nil)
    }
}
