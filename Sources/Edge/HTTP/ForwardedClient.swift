package import Tenant

/// Who a request comes from, when HTTP proxies pass it on.
package enum ForwardedClient {
    /// The client's address: the last one in `X-Forwarded-For` that is not a trusted proxy's own.
    ///
    /// - Parameters:
    ///   - peer: The address that the connection comes from.
    ///   - fields: The `X-Forwarded-For` fields, in order; each proxy adds its peer's address at the end.
    ///   - trusted: The networks whose proxies are believed.
    /// - Returns: The peer itself if it is no trusted proxy.
    package static func address(peer: IPAddress?, fields: [String], trusted: TrustedNetworks) -> IPAddress? {
        guard var client = peer, trusted.contains(client) else { return peer }
        for item in fields.flatMap({ $0.split(separator: ",") }).reversed() {
            guard let address = IPAddress(Self.bare(item)) else { break }
            client = address
            if !trusted.contains(address) { break }
        }
        return client
    }

    /// An item without blanks, brackets and port.
    private static func bare(_ item: Substring) -> Substring {
        var item = item.drop { $0 == " " || $0 == "\t" }
        while item.last == " " || item.last == "\t" { item.removeLast() }
        if item.first == "[" { return item.dropFirst().prefix { $0 != "]" } }
        return item.count(where: { $0 == ":" }) == 1 ? item.prefix { $0 != ":" } : item
    }
}
