import Glibc

/// What limits by address count: an IPv4 address, or the /64 of an IPv6 address, of which one client has all.
enum ClientNetwork {
    /// The network's text; other texts stay as they are.
    static func of(_ address: String) -> String {
        guard address.contains(":") else { return address }
        var six = in6_addr()
        let bare = address.prefix { $0 != "%" }
        guard inet_pton(AF_INET6, String(bare), &six) == 1 else { return address }
        return withUnsafeBytes(of: six) { bytes in
            // IPv4-mapped (RFC 4291 section 2.5.5.2).
            if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
                return bytes.dropFirst(12).map { String($0) }.joined(separator: ".")
            }
            return bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "/64"
        }
    }
}
