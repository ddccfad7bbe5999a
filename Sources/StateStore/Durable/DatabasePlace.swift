// Where a database's URL leads, for those who do not connect: who compares places, and who opens the way to them.

/// Where a PostgreSQL is, as libpq reads its URL.
package struct DatabasePlace: Hashable, Sendable {
    /// The hosts in their order, each with its port, in lower case; a socket has its folder.
    package let hosts: [String]
    /// The database's name.
    package let name: String
    /// The port of each host.
    package let ports: [Int]

    /// Reads a URL.
    ///
    /// There is none in what is no URL of PostgreSQL, or one that nobody could connect with.
    ///
    /// - Parameter url: See ``DurableStore``.
    package init?(_ url: String) {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://"), let target = try? PostgresTarget(url)
        else { return nil }
        self.hosts = target.hosts.map { host in
            let name = host.address.isEmpty ? host.host : host.address
            return "\(name.lowercased()):\(host.port)"
        }
        self.name = target.database
        self.ports = target.hosts.compactMap { Int($0.port) }
    }
}
