import Chat
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Tenant

/// Turns a connection's first request into IRC over WebSocket, or leaves it to HTTP.
struct WebSocketUpgrade: Sendable {
    /// What was found out about a request that opens a WebSocket connection.
    struct Agreement: Sendable {
        let tenant: HostedTenant
        let subprotocol: WebSocketSubprotocol?
        let response: HTTPResponseHead
    }

    let directory: TenantDirectory
    let shard: Shard
    let trustedProxies: TrustedNetworks
    let serving: HTTPServing
    let entrance: Entrance
    let nameless: NamelessClients
    var origin: Origin
    /// The tenant of the TLS server name, where there is one.
    var serverTenant: TenantID?

    /// Adds HTTP's codec and the handler that looks at the first request.
    func install(on channel: any Channel) throws {
        var codec = try HTTPServing.addCodec(to: channel)
        let operations = channel.pipeline.syncOperations
        if let tenant = self.serverTenant {
            let guarding = MisdirectedRequests(tenant: tenant, directory: self.directory)
            try operations.addHandler(guarding)
            codec.insert(guarding, at: 1)
        }
        try operations.addHandler(FirstRequestHandler(upgrade: self, codec: codec))
    }

    /// Decides on a request.
    func agree(to request: HTTPRequestHead) -> Agreement? {
        // Clients that name no path mean the one thing that there is to connect to.
        let path = request.uri.prefix(while: { $0 != "?" })
        guard path == WebSocketAdmission.path || path == "/", let handshake = WebSocketHandshake(request)
        else { return nil }
        let admission = WebSocketAdmission.decide(
            host: request.headers["host"].first,
            protocols: request.headers["sec-websocket-protocol"],
            directory: self.directory,
            nameless: self.serverTenant == nil ? self.nameless : nil
        )
        guard case .accept(let tenant, let subprotocol) = admission else { return nil }
        return Agreement(
            tenant: tenant,
            subprotocol: subprotocol,
            response: handshake.response(agreeing: subprotocol)
        )
    }

    /// Adds Hummingbird's handlers; requests, the first included, are its from now on.
    func stayWithHTTP(_ channel: any Channel) throws {
        ArrivalDeadline.met(on: channel)
        self.origin.place?.leave()
        try self.serving.serveDecoded(
            channel,
            secure: self.origin.isSecure,
            peer: self.origin.address,
            trusted: self.trustedProxies
        )
    }

    /// Gives the pipeline what a client of plain IRC has, with frames in between.
    func begin(on channel: any Channel, _ request: HTTPRequestHead, _ agreement: Agreement) throws {
        ArrivalDeadline.met(on: channel)
        let client = ForwardedClient.address(
            peer: IPAddress(self.origin.address),
            fields: request.headers["x-forwarded-for"],
            trusted: self.trustedProxies
        )
        let address = client?.description ?? self.origin.address
        var place = self.origin.place
        if address != self.origin.address {
            place?.leave()
            place = self.entrance.waiting.enter(channel, from: address)
        }
        guard let place else { return channel.close(promise: nil) }
        let operations = channel.pipeline.syncOperations
        try operations.addHandlers(
            ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: WebSocketLineHandler.maximumMessageBytes)),
            WebSocketLineHandler(subprotocol: agreement.subprotocol ?? .text)
        )
        try operations.addHandler(
            ConnectionHandler(
                shard: self.shard,
                tenant: agreement.tenant,
                address: address,
                isSecure: self.isSecure(request),
                kind: .webSocket,
                agent: Self.agent(request),
                isDirect: false,
                place: place
            )
        )
        // Half of a WebSocket connection is none.
        channel.setOption(.allowRemoteHalfClosure, value: false).whenFailure { _ in channel.close(promise: nil) }
    }

    /// What a client calls itself, as far as it can be shown: enough to know it again by.
    private static func agent(_ request: HTTPRequestHead) -> String? {
        guard let text = request.headers["user-agent"].first else { return nil }
        let shown = text.unicodeScalars.filter { (0x20...0x7E).contains($0.value) }.prefix(Self.longestAgent)
        return shown.isEmpty ? nil : String(String.UnicodeScalarView(shown))
    }

    private static let longestAgent = 120

    private func isSecure(_ request: HTTPRequestHead) -> Bool {
        if self.origin.isSecure { return true }
        guard let peer = IPAddress(self.origin.address), self.trustedProxies.contains(peer) else { return false }
        return request.headers["x-forwarded-proto"] == ["https"]
    }
}
