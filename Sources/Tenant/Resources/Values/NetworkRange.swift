#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Ranges of addresses in CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3): an address, a slash, how many bits count.
enum NetworkRange {
    /// The text unchanged if it is one, else `nil`.
    static func check(_ text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...3).contains(parts[1].utf8.count),
            parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let length = Int(parts[1])
        else { return nil }
        let (family, width) = parts[0].contains(":") ? (AF_INET6, 128) : (AF_INET, 32)
        var address = in6_addr()
        guard length <= width, inet_pton(family, String(parts[0]), &address) == 1 else { return nil }
        return text
    }
}
