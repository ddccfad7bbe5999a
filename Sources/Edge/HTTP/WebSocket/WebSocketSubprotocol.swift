/// How IRC lines travel over WebSocket (https://ircv3.net/specs/extensions/websocket): as text or as bytes.
package enum WebSocketSubprotocol: String, Sendable, CaseIterable {
    /// A line is a text message, always UTF-8.
    case text = "text.ircv3.net"
    /// A line is a binary message.
    case binary = "binary.ircv3.net"

    /// The first that is known, in the client's order.
    ///
    /// - `values`: The `Sec-WebSocket-Protocol` fields of its request, each a list (RFC 6455 section 11.3.4).
    /// - Returns: `nil` if none is known.
    package static func choose(from values: [some StringProtocol]) -> WebSocketSubprotocol? {
        for value in values {
            for name in value.split(separator: ",") {
                let name = String(
                    name.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
                )
                if let known = WebSocketSubprotocol(rawValue: name) { return known }
            }
        }
        return nil
    }
}
