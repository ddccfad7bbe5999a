// Lists of addresses in the DNS (RFC 5782).

extension IPAddress {
    /// The name of the address in a list, such as `2.0.0.127.list.example`: IPv6 by its 32 digits (RFC 5782 sections 2.1 and 2.4).
    ///
    /// - Parameter zone: The list's zone.
    /// - Returns: The name.
    package func name(inList zone: String) -> String {
        let labels =
            self.isVersion4
            ? self.bytes.reversed().map { String($0) }
            : self.bytes.reversed().flatMap { [String($0 & 0xF, radix: 16), String($0 >> 4, radix: 16)] }
        return labels.joined(separator: ".") + "." + zone
    }

    /// Whether it is nobody's on the internet, so that no list knows anything of it: loopback, private, link-local.
    package var isInternal: Bool { Self.internalNetworks.contains { $0.contains(self) } }

    private static let internalNetworks = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "::/127", "fc00::/7", "fe80::/10",
    ].compactMap { IPNetwork($0) }
}
