// Where a Redis is and how to sign on to it, read from a URL.

/// A Redis server: `redis://[user:password@]host[:port][/database]`, `rediss://…` for TLS, or
/// `unix://[user:password@]/path[?db=database]`.
///
/// User, password and path may be percent-encoded. Neither `description` nor any error ever shows a secret.
package struct RedisEndpoint: Sendable, CustomStringConvertible {
    /// Where to connect to.
    package enum Address: Sendable, Hashable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    /// Why a URL was not taken.
    package enum ParseError: Error, Hashable, CustomStringConvertible {
        case scheme, host, port, database, encoding

        package var description: String {
            switch self {
            case .scheme: "a Redis URL starts with redis://, rediss:// or unix://"
            case .host: "a Redis URL needs a host, or a path after unix://"
            case .port: "the port of a Redis URL is a number from 1 to 65535"
            case .database: "the database of a Redis URL is a number from 0 to 65535"
            case .encoding: "a Redis URL has a % without two hexadecimal digits after it"
            }
        }
    }

    /// More databases than a server is ever configured with.
    private static let databases = 0...65_535

    package let address: Address
    /// Nil signs on as Redis's default user.
    package let user: String?
    package let password: String?
    package let database: Int
    package let usesTLS: Bool

    package init(
        address: Address,
        user: String? = nil,
        password: String? = nil,
        database: Int = 0,
        usesTLS: Bool = false
    ) {
        self.address = address
        self.user = user
        self.password = password
        self.database = database
        self.usesTLS = usesTLS
    }

    /// Reads a URL.
    ///
    /// - Throws: ``ParseError``, which names the part that is wrong and repeats nothing of it.
    package init(_ url: String) throws(ParseError) {
        guard let mark = url.firstRange(of: "://") else { throw .scheme }
        let scheme = url[..<mark.lowerBound]
        guard ["redis", "rediss", "unix"].contains(scheme) else { throw .scheme }
        var rest = url[mark.upperBound...]
        var user: String?
        var password: String?
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decoded(parts[0])
            user = name.isEmpty ? nil : name
            if parts.count == 2 { password = try Self.decoded(parts[1]) }
            rest = rest[rest.index(after: at)...]
        }
        if scheme == "unix" {
            let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let path = try Self.decoded(parts.first ?? "")
            guard path.hasPrefix("/") else { throw .host }
            var database = 0
            if parts.count == 2 {
                guard parts[1].hasPrefix("db="), let number = Int(parts[1].dropFirst(3)),
                    Self.databases.contains(number)
                else { throw .database }
                database = number
            }
            self.init(address: .unix(path: path), user: user, password: password, database: database)
            return
        }
        var database = 0
        if let slash = rest.firstIndex(of: "/") {
            let text = rest[rest.index(after: slash)...]
            if !text.isEmpty {
                guard let number = Int(text), Self.databases.contains(number) else { throw .database }
                database = number
            }
            rest = rest[..<slash]
        }
        let (host, port) = try Self.hostAndPort(rest)
        self.init(
            address: .tcp(host: host, port: port),
            user: user,
            password: password,
            database: database,
            usesTLS: scheme == "rediss"
        )
    }

    package var description: String {
        switch self.address {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path
        }
    }

    private static func hostAndPort(_ text: Substring) throws(ParseError) -> (String, Int) {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw .host }
            host = text[text.index(after: text.startIndex)..<end]
            let tail = text[text.index(after: end)...]
            if !tail.isEmpty {
                guard tail.hasPrefix(":") else { throw .port }
                port = tail.dropFirst()
            }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard !host.isEmpty else { throw .host }
        guard let port else { return (String(host), 6379) }
        guard let number = Int(port), (1...65535).contains(number) else { throw .port }
        return (String(host), number)
    }

    private static func decoded(_ text: Substring) throws(ParseError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Self.hexadecimal),
                let low = rest.popFirst().flatMap(Self.hexadecimal)
            else { throw .encoding }
            bytes.append(high << 4 | low)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
