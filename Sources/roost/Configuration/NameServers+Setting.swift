// Name servers as an operator names them.

import NameLookup

extension NameServers {
    /// Reads what an operator says; nil if that is nothing, which leaves it to the system.
    ///
    /// - Parameters:
    ///   - texts: An address each.
    ///   - name: How the setting is called.
    /// - Returns: The servers.
    /// - Throws: ``EdgeConfiguration/Problem`` that names the setting.
    static func read(_ texts: [String], named name: String) throws -> NameServers? {
        let texts = texts.filter { !$0.isEmpty }
        guard !texts.isEmpty else { return nil }
        guard let servers = NameServers(texts) else {
            let advice = "write addresses such as 10.0.0.10, 127.0.0.1:5353 or [2001:db8::1]:53"
            throw EdgeConfiguration.Problem(description: "\(name): \(advice)")
        }
        return servers
    }
}
