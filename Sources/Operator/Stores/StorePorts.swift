// The ports that a store's URL leads to, for the rule that lets edges out. A URL of libpq may name many hosts, each with a port,
// and a port again among its parameters (postgresql.org/docs/current/libpq-connect.html, "Connection URIs").

/// Reads ports out of URLs.
package enum StorePorts {
    /// All ports that a URL leads to.
    ///
    /// - Parameters:
    ///   - url: Of Redis or PostgreSQL; what is none leads to the standard port.
    ///   - standard: Where no port is given.
    /// - Returns: At least one, ascending, each once.
    package static func ports(of url: String, standard: Int) -> [Int] {
        guard let mark = url.firstRange(of: "://") else { return [standard] }
        var rest = url[mark.upperBound...]
        // A password may hold a slash where ours reads it, and not where libpq does.
        let users = url[..<mark.lowerBound].hasPrefix("postgres") ? rest.prefix { $0 != "/" } : rest
        if let at = users.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        let hosts = rest.prefix { !"/?#".contains($0) }
        let given =
            Self.parameter("port", of: rest).map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            ?? hosts.split(separator: ",", omittingEmptySubsequences: false).map(Self.port)
        let ports = given.map { Int($0) ?? standard }.filter { (1...65_535).contains($0) }
        return ports.isEmpty ? [standard] : Set(ports).sorted()
    }

    /// What stands behind the colon after a host, which may be an address of version 6 in brackets.
    private static func port(of host: Substring) -> Substring {
        let name = host.hasPrefix("[") ? host.drop { $0 != "]" } : host
        return name.lastIndex(of: ":").map { name[name.index(after: $0)...] } ?? ""
    }

    private static func parameter(_ name: String, of rest: Substring) -> Substring? {
        guard let query = rest.firstIndex(of: "?") else { return nil }
        let fields = rest[rest.index(after: query)...].prefix { $0 != "#" }.split(separator: "&")
        let values = fields.filter { $0.hasPrefix("\(name)=") }.map { $0.dropFirst(name.count + 1) }
        return values.last.flatMap {
            $0.isEmpty ? nil : Substring($0.replacing("%2C", with: ",").replacing("%2c", with: ","))
        }
    }
}
