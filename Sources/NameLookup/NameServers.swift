import Tenant

/// Which name servers are asked, where it is not left to the system.
package struct NameServers: Hashable, Sendable {
    /// As c-ares takes them.
    let list: String

    /// Reads addresses with or without ports, such as `10.0.0.10`, `127.0.0.1:5353` or `[2001:db8::1]:53`.
    ///
    /// It is nil if one is none of these, or there is none.
    ///
    /// - Parameter texts: One for each.
    package init?(_ texts: [String]) {
        let all = texts.compactMap(Self.server)
        guard !all.isEmpty, all.count == texts.count else { return nil }
        self.list = all.joined(separator: ",")
    }

    private static func server(_ text: String) -> String? {
        if let address = IPAddress(text) { return address.isVersion4 ? "\(address)" : "[\(address)]" }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
            return nil
        }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            guard let address = IPAddress(host.dropFirst().dropLast()), !address.isVersion4 else { return nil }
            return "[\(address)]:\(port)"
        }
        guard let address = IPAddress(host), address.isVersion4 else { return nil }
        return "\(address):\(port)"
    }
}
