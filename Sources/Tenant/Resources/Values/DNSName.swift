/// Names of hosts and objects as RFC 1123 section 2.1 and Kubernetes restrict them.
package enum DNSName {
    /// What a schema says of a label in any capitals.
    static let labelPattern = "[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?"

    /// Brings a host name into the form in which it is stored and compared.
    ///
    /// - Parameter text: Labels of letters, digits and `-`, separated by dots; 253 bytes at most.
    /// - Returns: The name in lower case, or `nil` if it is none. An IPv4 address is none: certificates and TLS server names
    ///   (RFC 6066 section 3) do not carry it as a name.
    package static func host(_ text: some StringProtocol) -> String? {
        let name = text.lowercased()
        guard Self.isSubdomain(name), let last = name.split(separator: ".").last,
            !last.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return name
    }

    /// The wildcard that a certificate may have for a host name: it stands for one label (RFC 6125 section 6.4.3), so there
    /// is one at most.
    ///
    /// - Parameter hostname: Such as `chat.example.com`.
    /// - Returns: Such as `*.example.com`; nil for a name of one label.
    package static func wildcard(for hostname: String) -> String? {
        hostname.firstIndex(of: ".").map { "*" + hostname[$0...] }
    }

    /// Whether a certificate is for a host name.
    ///
    /// - Parameters:
    ///   - hostname: In lower case.
    ///   - names: Those of the certificate, in any letter case.
    /// - Returns: Whether one of them is the host name, or its wildcard.
    package static func isCovered(_ hostname: String, by names: [String]) -> Bool {
        let wildcard = self.wildcard(for: hostname)
        return names.contains { name in
            let name = name.lowercased()
            return name == hostname || name == wildcard
        }
    }

    /// Whether this is a Kubernetes object name: an RFC 1123 subdomain in lower case.
    package static func isSubdomain(_ text: some StringProtocol) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { TenantID($0) != nil }
    }
}
