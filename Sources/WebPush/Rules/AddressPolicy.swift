// Endpoints are URLs that anybody with an account may name, and this process sends to them from within somebody's network. So
// nothing is sent to an address that is not everybody's on the internet (IANA's registries of special-purpose addresses).

package import Tenant

/// Which addresses pushes may be sent to.
package struct AddressPolicy: Sendable {
    /// Networks that may be sent to although they are special: an operator's own push service, or a test's.
    private let trusted: [IPNetwork]

    /// - Parameter trusted: Networks that may be sent to whatever they are.
    package init(trusted: [IPNetwork] = []) { self.trusted = trusted }

    /// Whether something may be sent to an address.
    ///
    /// An IPv4 address in its mapped form is the IPv4 address that it is.
    package func allows(_ address: IPAddress) -> Bool {
        if self.trusted.contains(where: { $0.contains(address) }) { return true }
        if address.isVersion4 { return !Self.special4.contains { $0.contains(address) } }
        return Self.global6.contains { $0.contains(address) } && !Self.special6.contains { $0.contains(address) }
    }

    private static let special4 = networks([
        "0.0.0.0/8",  // this network
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  // private (RFC 1918)
        "100.64.0.0/10",  // carrier-grade NAT (RFC 6598)
        "127.0.0.0/8",  // loopback
        "169.254.0.0/16",  // link-local, and where clouds have their metadata
        "192.0.0.0/24",  // protocol assignments (RFC 6890)
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  // documentation (RFC 5737)
        "192.88.99.0/24",  // relays of 6to4 (RFC 7526)
        "198.18.0.0/15",  // benchmarks (RFC 2544)
        "224.0.0.0/4",  // multicast
        "240.0.0.0/4",  // reserved, and broadcast
    ])

    /// All else is unassigned or special: loopback, link-local, unique-local, multicast, NAT64 (RFC 6052), mapped addresses.
    private static let global6 = networks(["2000::/3"])
    private static let special6 = networks([
        "2001::/23",  // protocol assignments, Teredo and benchmarks among them (RFC 2928)
        "2001:db8::/32", "3fff::/20",  // documentation (RFC 3849, RFC 9637)
        "2002::/16",  // 6to4, with any IPv4 address in it (RFC 3056)
    ])

    private static func networks(_ texts: [String]) -> [IPNetwork] { texts.compactMap { IPNetwork($0) } }
}
