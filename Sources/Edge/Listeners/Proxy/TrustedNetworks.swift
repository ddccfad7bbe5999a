package import NIOCore

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

/// A range of addresses that share their first bits.
struct IPNetwork: Hashable, Sendable {
    private let first: IPAddress
    private let mask: UInt128

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
        let width = address.isVersion4 ? 32 : 128
        var length = width
        if parts.count == 2 {
            guard let given = Int(parts[1]), (0...width).contains(given), parts[1].first != "+" else { return nil }
            length = given
        }
        // An IPv4 network never matches IPv6 addresses: the bits before its own are part of the comparison.
        self.mask = ~UInt128(0) << UInt128(width - length)
        self.first = IPAddress(bits: address.bits & self.mask)
    }

    func contains(_ address: IPAddress) -> Bool { address.bits & self.mask == self.first.bits }
}
