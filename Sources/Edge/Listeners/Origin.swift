import NIOCore
import Tenant

/// Who a connection comes from, as far as it is known before the client's own first byte.
struct Origin: Sendable {
    /// The client's address as text, without a port; empty for a Unix domain socket.
    var address: String
    /// The hostname that a trusted proxy named.
    var hostname: String?
    /// Whether a trusted proxy says that the client used TLS.
    var isSecure = false

    /// Finds out who a connection comes from, from a PROXY header if its peer is trusted, and goes on.
    ///
    /// - Parameters:
    ///   - channel: A connection that was just accepted.
    ///   - trusted: Networks whose connections must begin with a PROXY header; others' bytes are taken as they are.
    ///   - next: Adds the handlers that follow; if it throws, the connection is closed.
    /// - Throws: What the pipeline or `next` says.
    static func find(
        of channel: any Channel,
        trusted: TrustedNetworks,
        next: @escaping (any Channel, Origin) throws -> Void
    ) throws {
        let peer = IPAddress(channel.remoteAddress)
        guard let peer, trusted.contains(peer) else {
            return try next(channel, Origin(address: peer?.description ?? ""))
        }
        let handler = ProxyProtocolHandler { channel, header in
            let origin = Origin(
                address: (header.source ?? peer).description,
                hostname: header.authority,
                isSecure: header.isSecure
            )
            try next(channel, origin)
        }
        try channel.pipeline.syncOperations.addHandler(handler)
    }
}
