/// Where a push service takes what is for one device (RFC 8030 section 5).
///
/// It is a URL that somebody outside chose, and that this process is to send to. So it is of one form only; where its host may be
/// is decided for each connection.
package struct PushEndpoint: Hashable, Sendable {
    /// More than any push service needs, and less than a line has.
    package static let maximumBytes = 400

    /// The whole URL.
    package let text: String
    /// In lower case; always a name, never an address.
    package let host: String
    package let port: Int
    /// What is asked of the host: the path with what follows it, at least `/`.
    package let target: String

    /// Reads an endpoint; there is none in text of any other form.
    ///
    /// - Parameter text: `https://HOST[:PORT]/…` of printable ASCII, without a user and without a fragment. The port is 443 or
    ///   none of those that the system keeps for itself (RFC 6335 section 6).
    package init?(_ text: some StringProtocol) {
        let scheme = "https://"
        guard text.utf8.count <= Self.maximumBytes, text.hasPrefix(scheme),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !Self.excluded.contains($0) })
        else { return nil }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first.flatMap({ DNSName.host($0) }) else { return nil }
        switch parts.count {
        case 1: self.port = 443
        case 2:
            guard parts[1].utf8.count <= 5, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let port = UInt16(parts[1]), port == 443 || port >= 1024
            else { return nil }
            self.port = Int(port)
        default: return nil
        }
        self.text = String(text)
        self.host = host
        let target = rest.dropFirst(authority.count)
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    /// What RFC 3986 does not have in a URL as it is, a fragment, and a user.
    private static let excluded = Set("\"<>\\^`{|}#@".utf8)

    /// The origin, for whom a VAPID token is (RFC 8292 section 2).
    package var origin: String { "https://\(self.host)" + (self.port == 443 ? "" : ":\(self.port)") }
}
