// Which store a URL leads to, whoever asks and however it is asked: two cells must not have the same one. Names that lead to one
// address by other ways are not seen through.
//
// Each URL is read by who connects with it, ours for Redis and libpq for PostgreSQL, since they differ: a slash in a password is
// part of it for the one and ends the host for the other. A reader of the operator's own would be right for one of them at most,
// and would claim a place, or open a port, that nobody connects to. What they cannot read leads nowhere, and is its own place.

import StateStore

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
    /// The ports that lead there, for the rule that lets edges out: at least one, ascending, each once.
    package let ports: [Int]
    private let place: [String]

    /// Where a Redis is.
    ///
    /// Its numbered databases are one place: they share what is published.
    package init(redis url: String) {
        self.kind = .redis
        switch (try? RedisEndpoint(url))?.address {
        case .tcp(let host, let port):
            self.place = [host.lowercased(), "\(port)"]
            self.ports = [port]
        case .unix(let path):
            self.place = [path]
            self.ports = [6379]
        case nil:
            self.place = ["", url]
            self.ports = [6379]
        }
    }

    /// Where a database of PostgreSQL or SQLite is.
    package init(database url: String) {
        self.kind = .database
        let found = DatabasePlace(url)
        self.place = found.map { [$0.name] + $0.hosts } ?? ["", url]
        self.ports = Set(found?.ports ?? [5432]).sorted()
    }
}
