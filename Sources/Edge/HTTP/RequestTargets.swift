import NIOCore
import NIOHTTP1

/// Requests in absolute form become those in origin form: the host in the target holds, whatever `Host` says (RFC 9112 sections
/// 3.2.2 and 3.3).
final class RequestTargets: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var hasRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.hasRefused else { return }
        guard case .head(var head) = self.unwrapInboundIn(data), !head.uri.hasPrefix("/"), head.uri != "*" else {
            return context.fireChannelRead(data)
        }
        guard let (authority, target) = Self.split(head.uri) else {
            self.hasRefused = true
            return self.refuse(.badRequest, context)
        }
        head.uri = target
        if head.headers["host"].count == 1 { head.headers.replaceOrAdd(name: "host", value: authority) }
        context.fireChannelRead(self.wrapInboundOut(.head(head)))
    }

    /// The host and what follows it; `nil` if the target is in no absolute form of a scheme that is served.
    static func split(_ target: String) -> (authority: String, target: String)? {
        guard let colon = target.firstIndex(of: ":"), target[colon...].hasPrefix("://"),
            ["http", "https", "ws", "wss"].contains(target[..<colon].lowercased())
        else { return nil }
        let rest = target[target.index(colon, offsetBy: 3)...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        // Whom the request is from is not said there.
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        let path = rest[end...]
        return (String(authority), path.hasPrefix("/") ? String(path) : "/" + path)
    }
}
