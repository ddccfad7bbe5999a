package import NIOCore
package import Tenant

/// The networks whose proxies are believed when they say who a client is.
package struct TrustedNetworks: Hashable, Sendable {
    private let networks: [IPNetwork]

    /// Nobody is believed.
    package static let none = TrustedNetworks(networks: [])

    private init(networks: [IPNetwork]) { self.networks = networks }

    /// Reads networks in CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3).
    ///
    /// - `texts`: Such as `10.0.0.0/8`, `2001:db8::/32`; a bare address is a network of one; `::/0` is
    ///   everybody.
    /// - Throws: ``ListenerError/badNetwork(_:)`` with the first text that is no network.
    package init(_ texts: [String]) throws(ListenerError) {
        var networks: [IPNetwork] = []
        for text in texts {
            guard let network = IPNetwork(text) else { throw .badNetwork(text) }
            networks.append(network)
        }
        self.init(networks: networks)
    }

    /// Whether nobody is believed.
    package var isEmpty: Bool { self.networks.isEmpty }

    /// Whether an address is in one of the networks.
    package func contains(_ address: IPAddress) -> Bool { self.networks.contains { $0.contains(address) } }

    /// Whether a peer's socket is in one of the networks; Unix domain sockets never are.
    package func contains(_ address: SocketAddress?) -> Bool {
        guard !self.networks.isEmpty, let address = IPAddress(address) else { return false }
        return self.contains(address)
    }
}
