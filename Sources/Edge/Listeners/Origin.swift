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
    /// Where it waits to be known.
    var place: WaitingPlace?

    /// Finds out who a connection comes from, from a PROXY header if its peer is trusted, and goes on.
    ///
    /// - Parameters:
    ///   - channel: A connection that was just accepted.
    ///   - trusted: Networks whose connections must begin with a PROXY header; others' bytes are taken as they are.
    ///   - carriers: Networks of proxies that each carry many clients, and name them later; what they bring has no bound here.
    ///   - entrance: Where it waits, if not too many of its network do: then it is closed.
    ///   - refuse: Says something before that.
    ///   - next: Adds the handlers that follow; if it throws, the connection is closed.
    /// - Throws: What the pipeline or `next` says.
    static func find(
        of channel: any Channel,
        trusted: TrustedNetworks,
        carriers: TrustedNetworks = .none,
        entrance: Entrance,
        refuse: @escaping (any Channel, Origin) -> Void = { _, _ in },
        next: @escaping (any Channel, Origin) throws -> Void
    ) throws {
        func enter(_ channel: any Channel, _ origin: Origin) throws {
            var origin = origin
            let isCarrier = carriers.contains(channel.remoteAddress)
            origin.place = entrance.waiting.enter(channel, from: isCarrier ? "" : origin.address)
            if origin.place != nil { return try next(channel, origin) }
            refuse(channel, origin)
            channel.close(promise: nil)
        }
        let peer = IPAddress(channel.remoteAddress)
        guard let peer, trusted.contains(peer) else {
            return try enter(channel, Origin(address: peer?.description ?? ""))
        }
        let handler = ProxyProtocolHandler { channel, header in
            let origin = Origin(
                address: (header.source ?? peer).description,
                hostname: header.authority,
                isSecure: header.isSecure
            )
            try enter(channel, origin)
        }
        try channel.pipeline.syncOperations.addHandler(handler)
    }
}
