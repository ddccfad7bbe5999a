import Crypto
import FoundationEssentials
import NIOHTTP1

/// The request that opens a WebSocket connection and its answer (RFC 6455 section 4.2).
struct WebSocketHandshake {
    private let key: String

    /// Checks a request; `nil` if it does not open a WebSocket connection, or not as the standard wants it.
    init?(_ request: HTTPRequestHead) {
        let headers = request.headers
        guard request.method == .GET, request.version == .http1_1,
            headers[canonicalForm: "upgrade"].contains(where: { $0.lowercased() == "websocket" }),
            headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "upgrade" }),
            headers["sec-websocket-version"] == ["13"]
        else { return nil }
        let keys = headers["sec-websocket-key"]
        // 16 bytes in base64.
        guard keys.count == 1, let key = keys.first, key.utf8.count == 24, key.hasSuffix("==") else { return nil }
        self.key = key
    }

    /// The answer that agrees.
    func response(agreeing subprotocol: WebSocketSubprotocol?) -> HTTPResponseHead {
        let digest = Insecure.SHA1.hash(data: Array((self.key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        var headers = HTTPHeaders([
            ("Upgrade", "websocket"), ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", Data(digest).base64EncodedString()),
        ])
        if let subprotocol { headers.add(name: "Sec-WebSocket-Protocol", value: subprotocol.rawValue) }
        return HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
    }
}
