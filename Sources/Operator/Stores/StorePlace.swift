// Which store a URL leads to, whoever asks and however it is asked: two cells must not have the same one. Names that lead to one
// address by other ways are not seen through.

/// A place where a cell's data lies.
///
/// It is compared and never shown: a URL that is written wrongly may have a password anywhere.
package struct StorePlace: Hashable, Sendable {
    /// What is to be found there.
    package enum Kind: Hashable, Sendable {
        case redis
        case database
    }

    package let kind: Kind
    private let place: String

    /// Where a Redis is.
    ///
    /// Its numbered databases are one place: they share what is published.
    package init(redis url: String) {
        self.kind = .redis
        let (authority, _, _, _) = Self.parts(url)
        self.place = Self.hosts(authority, port: 6379) ?? url
    }

    /// Where a database of PostgreSQL or SQLite is.
    package init(database url: String) {
        self.kind = .database
        let (authority, user, path, query) = Self.parts(url)
        guard url.lowercased().hasPrefix("postgres"), url.contains("://") else {
            self.place = url
            return
        }
        // libpq takes these from the parameters too, and calls the database by the user if nobody names one.
        let fields = query.split(separator: "&").filter { field in
            ["host=", "hostaddr=", "port=", "dbname="].contains { field.hasPrefix($0) }
        }
        let name = path.isEmpty && !fields.contains { $0.hasPrefix("dbname=") } ? "user \(user)" : String(path)
        let hosts = Self.hosts(authority, port: 5432) ?? ""
        self.place = ([hosts, name] + fields.sorted().map(String.init)).joined(separator: "\n")
    }

    /// The hosts with their ports, the user, the path and the query of a URL; a password may hold any of the marks.
    private static func parts(
        _ url: String
    ) -> (authority: Substring, user: Substring, path: Substring, query: Substring) {
        guard let mark = url.firstRange(of: "://") else { return ("", "", "", "") }
        var rest = url[mark.upperBound...]
        var user: Substring = ""
        if let at = rest.lastIndex(of: "@") {
            user = rest[..<at].prefix { $0 != ":" }
            rest = rest[rest.index(after: at)...]
        }
        let authority = rest.prefix { !"/?#".contains($0) }
        let path = rest.dropFirst(authority.count).prefix { !"?#".contains($0) }.drop { $0 == "/" }
        let query = rest.drop { $0 != "?" }.dropFirst().prefix { $0 != "#" }
        return (authority, user, path, query)
    }

    private static func hosts(_ authority: Substring, port: Int) -> String? {
        guard !authority.isEmpty else { return nil }
        return authority.lowercased().split(separator: ",").map { host in
            let name = host.hasPrefix("[") ? host.drop { $0 != "]" } : host
            return name.contains(":") ? String(host) : "\(host):\(port)"
        }.joined(separator: ",")
    }
}
