#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An IP address of either version; an IPv4 address that an IPv6 socket reports (RFC 4291 section 2.5.5.2) is the IPv4
/// address that it is.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// The 128 bits; IPv4 is kept as `::ffff:a.b.c.d`.
    package let bits: UInt128

    private static let mappedPrefix: UInt128 = 0xFFFF << 32

    /// An address of version 6, or one of version 4 in its mapped form.
    package init(bits: UInt128) { self.bits = bits }

    /// An address of version 4.
    package init(version4 bits: UInt32) { self.bits = Self.mappedPrefix | UInt128(bits) }

    /// Reads an address as text, such as `192.0.2.1` or `2001:db8::1`; no port, no zone, no brackets.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(version4: UInt32(bigEndian: four.s_addr))
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self.init(bits: withUnsafeBytes(of: six) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) })
        } else {
            return nil
        }
    }

    /// Whether it is an IPv4 address.
    package var isVersion4: Bool { self.bits >> 32 == 0xFFFF }

    /// Its 4 or 16 bytes, the widest network's first.
    package var bytes: [UInt8] {
        stride(from: self.isVersion4 ? 24 : 120, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self.bits >> $0) }
    }

    /// What limits by address count: the address itself, or the /64 of an IPv6 address, of which one client has all.
    package var clientNetwork: String {
        if self.isVersion4 { return self.description }
        return self.bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "/64"
    }

    /// The network of a client's address as its socket has it, with or without a zone; other texts stay as they are.
    package static func clientNetwork(of text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return text }
        return IPAddress(text.prefix { $0 != "%" })?.clientNetwork ?? text
    }

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
