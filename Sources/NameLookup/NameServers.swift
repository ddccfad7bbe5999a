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
        let all = texts.compactMap { NameServerAddress($0)?.text }
        guard !all.isEmpty, all.count == texts.count else { return nil }
        self.list = all.joined(separator: ",")
    }
}
