import Glibc
package import NIOCore

/// An IP address of either version; an IPv4 address that an IPv6 socket reports (RFC 4291 section 2.5.5.2) is the IPv4
/// address that it is.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// The 128 bits; IPv4 is kept as `::ffff:a.b.c.d`.
    let bits: UInt128

    private static let mappedPrefix: UInt128 = 0xFFFF << 32

    init(bits: UInt128) { self.bits = bits }

    init(version4 bits: UInt32) { self.bits = Self.mappedPrefix | UInt128(bits) }

    /// Reads an address as text, such as `192.0.2.1` or `2001:db8::1`; no port, no zone, no brackets.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(version4: UInt32(bigEndian: four.s_addr))
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self.init(six)
        } else {
            return nil
        }
    }

    /// The address of a socket; `nil` for a Unix domain socket.
    package init?(_ address: SocketAddress?) {
        guard let text = address?.ipAddress else { return nil }
        self.init(text)
    }

    private init(_ address: in6_addr) {
        self.bits = withUnsafeBytes(of: address) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
    }

    /// Whether it is an IPv4 address.
    package var isVersion4: Bool { self.bits >> 32 == 0xFFFF }

    /// The address as text, shortest form.
    package var description: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            guard let start = text.baseAddress else { return "" }
            if self.isVersion4 {
                var four = in_addr(s_addr: UInt32(truncatingIfNeeded: self.bits).bigEndian)
                inet_ntop(AF_INET, &four, start, socklen_t(text.count))
            } else {
                var six = self.bits.bigEndian
                inet_ntop(AF_INET6, &six, start, socklen_t(text.count))
            }
            return String(cString: start)
        }
    }
}
