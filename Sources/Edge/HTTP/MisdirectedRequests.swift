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
        guard case .head(let head) = self.unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let named = WebSocketAdmission.tenant(ofHost: head.headers["host"].first, directory: self.directory)
        guard named.map({ $0.id == self.tenant }) ?? true else {
            self.hasRefused = true
            // In the middle of another answer there is no place for this one.
            return self.pending == 0 ? self.refuse(.misdirectedRequest, context) : context.close(promise: nil)
        }
        self.pending += 1
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = self.unwrapOutboundIn(data) { self.pending -= 1 }
        context.write(data, promise: promise)
    }
}
