// Addresses as bans name them. Read here by text alone, since the rules know no sockets.

/// An IP address or a network of them: `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32` (RFC 4632 section 3.1, RFC 4291 sections 2.2
/// and 2.3).
///
/// An IPv4 address is the same as its form in IPv6 (`::ffff:192.0.2.7`).
package struct AddressRange: Hashable, Sendable {
    /// The network's bits; those of its hosts are 0.
    private let bits: UInt128
    private let mask: UInt128

    /// Reads an address or a network; `nil` if the text is neither.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bits = Self.bits(parts[0]) else { return nil }
        let width = parts[0].utf8.contains(UInt8(ascii: ":")) ? 128 : 32
        var length = width
        if parts.count == 2 {
            guard let given = Self.number(parts[1], atMost: width) else { return nil }
            length = given
        }
        self.mask = UInt128.max << UInt128(width - length)
        self.bits = bits & self.mask
    }

    /// Whether an address is in the network; what is no address, such as the path of a socket, is in none.
    package func contains(_ address: some StringProtocol) -> Bool {
        // Without a zone (RFC 4007 section 11).
        Self.bits(address.prefix { $0 != "%" }).map { $0 & self.mask == self.bits } ?? false
    }

    private static func bits(_ text: some StringProtocol) -> UInt128? {
        text.utf8.contains(UInt8(ascii: ":")) ? self.bits6(text) : self.bits4(text).map { 0xFFFF << 32 | UInt128($0) }
    }

    private static func bits4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard let number = self.number(part, atMost: 255) else { return nil }
            bits = bits << 8 | UInt32(clamping: number)
        }
        return bits
    }

    /// Eight groups; `::` once for those that are 0, the last two perhaps as an IPv4 address.
    private static func bits6(_ text: some StringProtocol) -> UInt128? {
        let halves = String(text).split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return nil }
        var groups: [[UInt16]] = []
        for (place, half) in halves.enumerated() {
            guard let read = self.groups(half, mayEndInVersion4: place == halves.count - 1) else { return nil }
            groups.append(read)
        }
        let count = groups.reduce(0) { $0 + $1.count }
        guard halves.count == 2 ? count < 8 : count == 8 else { return nil }
        let all = groups[0] + Array(repeating: 0, count: 8 - count) + (groups.count == 2 ? groups[1] : [])
        return all.reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func groups(_ text: Substring, mayEndInVersion4: Bool) -> [UInt16]? {
        if text.isEmpty { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (place, part) in parts.enumerated() {
            if mayEndInVersion4, place == parts.count - 1, let four = self.bits4(part) {
                groups += [UInt16(four >> 16), UInt16(truncatingIfNeeded: four)]
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    /// A number of digits alone, without a needless 0 in front.
    private static func number(_ text: some StringProtocol, atMost most: Int) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text.utf8.count == 1 || text.utf8.first != 0x30, let number = Int(text), number <= most
        else { return nil }
        return number
    }
}
