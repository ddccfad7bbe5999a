/// A range of addresses that share their first bits, in CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3).
package struct IPNetwork: Hashable, Sendable {
    private let first: IPAddress
    private let mask: UInt128

    /// Reads a network; there is none in text of any other form.
    ///
    /// - Parameter text: Such as `10.0.0.0/8` or `2001:db8::/32`; a bare address is a network of one; `::/0` is everybody.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
        // As it is written: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
        let width = parts[0].utf8.contains(UInt8(ascii: ":")) ? 128 : 32
        var length = width
        if parts.count == 2 {
            guard (1...3).contains(parts[1].utf8.count),
                parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let given = Int(parts[1]), given <= width
            else { return nil }
            length = given
        }
        // An IPv4 network never matches IPv6 addresses: the bits before its own are part of the comparison.
        self.mask = ~UInt128(0) << UInt128(width - length)
        self.first = IPAddress(bits: address.bits & self.mask)
    }

    /// Whether an address is part of it.
    package func contains(_ address: IPAddress) -> Bool { address.bits & self.mask == self.first.bits }
}
