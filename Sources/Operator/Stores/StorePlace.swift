// Which store a URL leads to, whoever asks and however it is asked: two cells must not have the same one. Names that lead to one
// address by other ways are not seen through.

/// A place where a cell's data lies, without credentials: it may be shown.
package struct StorePlace: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Reads the place out of a URL of Redis, PostgreSQL or SQLite.
    package init(url: String) {
        guard let mark = url.firstRange(of: "://") else {
            self.description = url
            return
        }
        let isRedis = url.lowercased().hasPrefix("redis")
        var rest = url[mark.upperBound...].prefix { $0 != "?" && $0 != "#" }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let hosts = parts[0].lowercased().split(separator: ",").map { host in
            let name = host.hasPrefix("[") ? host.drop { $0 != "]" } : host
            return name.contains(":") ? String(host) : "\(host):\(isRedis ? 6379 : 5432)"
        }
        let database = parts.count > 1 && !parts[1].isEmpty ? String(parts[1]) : isRedis ? "0" : ""
        self.description = "\(isRedis ? "redis" : "postgresql")://\(hosts.joined(separator: ","))/\(database)"
    }
}
