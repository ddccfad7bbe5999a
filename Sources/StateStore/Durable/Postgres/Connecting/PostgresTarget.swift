// libpq goes through several hosts by itself, but not for those who do not let it block: connect_timeout is passed over then,
// so a first host that never answers hides the others, and names are looked up within PQconnectStart and PQconnectPoll. So
// we take the URL apart and give libpq one address at a time; everything else in the URL stays libpq's.

import CLibPQ

/// What a connection URI asks for.
struct PostgresTarget: Sendable {
    /// In the order in which they are to be tried; never empty.
    let hosts: [PostgresEndpoint]
    /// The values of `target_session_attrs` to go through the hosts with.
    let sessionKinds: [String]
    /// How long connecting to one address may take.
    let hostTimeout: Duration
    /// The database's name; by default it is the user's.
    let database: String
    /// Everything else.
    let options: [String: String]

    private static let usualTimeout = Duration.seconds(5)
    private static let sessionKinds = ["any", "read-write", "read-only", "primary", "standby"]

    /// Takes a URL apart.
    ///
    /// What it does not say comes from libpq's environment variables.
    ///
    /// - Throws: ``DurableStoreError/configuration(_:)``, which never repeats the URL: it may hold a password.
    init(_ url: String) throws(DurableStoreError) {
        var message: UnsafeMutablePointer<CChar>?
        let parsed = PQconninfoParse(url, &message)
        defer {
            PQconninfoFree(parsed)
            PQfreemem(message)
        }
        // libpq's own message may repeat the URL.
        guard var options = Self.values(parsed) else { throw .configuration("the database URL is malformed") }
        guard options["service"] == nil else {
            throw .configuration("the database URL names a service: name its hosts instead")
        }
        let defaults = PQconndefaults()
        defer { PQconninfoFree(defaults) }
        let usual = Self.values(defaults) ?? [:]
        func take(_ name: String) -> String { options.removeValue(forKey: name) ?? usual[name] ?? "" }
        self.hosts = try Self.hosts(take("host"), addresses: take("hostaddr"), ports: take("port"))
        self.sessionKinds = try Self.sessionKinds(take("target_session_attrs"))
        self.hostTimeout = try Self.hostTimeout(take("connect_timeout"))
        func said(_ name: String) -> String? { options[name] ?? usual[name] }
        self.database = said("dbname") ?? said("user") ?? ""
        self.options = options
    }

    private static func values(_ options: UnsafeMutablePointer<PQconninfoOption>?) -> [String: String]? {
        guard var option = options else { return nil }
        var values: [String: String] = [:]
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return values
    }

    private static func hosts(
        _ hosts: String,
        addresses: String,
        ports: String
    ) throws(DurableStoreError) -> [PostgresEndpoint] {
        let (names, addresses, ports) = (Self.list(hosts), Self.list(addresses), Self.list(ports))
        let count = max(names.count, addresses.count, 1)
        guard names.isEmpty || names.count == count, addresses.isEmpty || addresses.count == count,
            ports.count <= 1 || ports.count == count
        else { throw .configuration("the database URL has other numbers of hosts, addresses and ports") }
        return try (0..<count).map { index throws(DurableStoreError) in
            let port = ports.isEmpty ? "" : ports[ports.count == 1 ? 0 : index]
            guard port.isEmpty || UInt16(port).map({ $0 > 0 }) == true else {
                throw .configuration("the database URL has a port that is none")
            }
            return PostgresEndpoint(
                host: names.isEmpty ? "" : names[index],
                address: addresses.isEmpty ? "" : addresses[index],
                port: port.isEmpty ? "5432" : port
            )
        }
    }

    private static func list(_ text: String) -> [String] {
        text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// Whoever prefers a standby looks for one everywhere first.
    private static func sessionKinds(_ text: String) throws(DurableStoreError) -> [String] {
        if text == "prefer-standby" { return ["standby", "any"] }
        guard text.isEmpty || Self.sessionKinds.contains(text) else {
            throw .configuration("the database URL has a target_session_attrs that is none")
        }
        return [text.isEmpty ? "any" : text]
    }

    /// libpq's rules: whole seconds, at least two; none or zero leave it to us.
    private static func hostTimeout(_ text: String) throws(DurableStoreError) -> Duration {
        if text.isEmpty { return Self.usualTimeout }
        guard let seconds = Int32(text) else {
            throw .configuration("the database URL has a connect_timeout that is no number")
        }
        return seconds <= 0 ? Self.usualTimeout : .seconds(max(seconds, 2))
    }
}
