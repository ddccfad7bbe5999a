import NIOCore
import NIOHTTP1
import Tenant

/// Refuses requests whose `Host` names another tenant than the connection's TLS server name (RFC 9110 section 15.5.20).
///
/// The tenant comes from the connection; a field of a message does not lead to another one.
final class MisdirectedRequests: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let tenant: TenantID
    private let directory: TenantDirectory
    private var hasRefused = false
    /// Requests that are not answered yet.
    private var pending = 0

    /// - Parameters:
    ///   - tenant: The one that the server name leads to.
    ///   - directory: Tenants by hostname.
    init(tenant: TenantID, directory: TenantDirectory) {
        self.tenant = tenant
        self.directory = directory
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.hasRefused else { return }
        if case .head(let head) = self.unwrapInboundIn(data),
            let other = WebSocketAdmission.tenant(ofHost: head.headers["host"].first, directory: self.directory),
            other.id != self.tenant
        {
            self.hasRefused = true
            // In the middle of another answer there is no place for this one.
            guard self.pending == 0 else { return context.close(promise: nil) }
            let fields = HTTPHeaders([("Connection", "close"), ("Content-Length", "0"), ("Date", HTTPDate.now)])
            let answer = HTTPResponseHead(version: .http1_1, status: .misdirectedRequest, headers: fields)
            context.write(self.wrapOutboundOut(.head(answer)), promise: nil)
            context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
            return context.close(promise: nil)
        }
        if case .head = self.unwrapInboundIn(data) { self.pending += 1 }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = self.unwrapOutboundIn(data) { self.pending -= 1 }
        context.write(data, promise: promise)
    }
}
