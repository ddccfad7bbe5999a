package import FoundationEssentials
package import Tenant

/// What an edge says of itself with its lease: figures for the operator.
///
/// Edges look at those of others only to know how many are drained together.
///
/// Written as JSON. Keys that this version does not know are passed over, absent ones are empty.
package struct PodFigures: Hashable, Sendable {
    /// The name of the Kubernetes pod, or of the host.
    package var pod: String
    /// Connections open now.
    package var connections: Int
    /// Registered sessions now.
    package var sessions: Int
    /// How many connections the pod is meant for.
    package var capacity: Int
    /// Event loops with clients.
    package var shards: Int
    /// The busy share of each shard's event loop since the figures before, 0 to 1.
    package var utilization: [Double]
    /// Whether it is saying goodbye to its clients.
    package var draining: Bool
    /// The version of the program.
    package var version: String
    /// When the process began, milliseconds since 1970.
    package var started: Int64
    /// Messages accepted in a second, since the figures before.
    package var messagesPerSecond: Double
    /// The connections of each tenant that has any here.
    package var tenants: [TenantID: Int]
    /// Messages that each tenant sent in a second, since the figures before; those that sent none are left out.
    package var rates: [TenantID: Double] = [:]

    /// States figures.
    package init(
        pod: String,
        connections: Int = 0,
        sessions: Int = 0,
        capacity: Int = 0,
        shards: Int = 0,
        utilization: [Double] = [],
        draining: Bool = false,
        version: String = "",
        started: Int64 = 0,
        messagesPerSecond: Double = 0,
        tenants: [TenantID: Int] = [:]
    ) {
        self.pod = pod
        self.connections = connections
        self.sessions = sessions
        self.capacity = capacity
        self.shards = shards
        self.utilization = utilization
        self.draining = draining
        self.version = version
        self.started = started
        self.messagesPerSecond = messagesPerSecond
        self.tenants = tenants
    }

    /// Reads figures that a lease carried.
    ///
    /// - Throws: `DecodingError` if they are no JSON object.
    package init(json: some DataProtocol) throws {
        self = try JSONDecoder().decode(PodFigures.self, from: Data(json))
    }

    /// The figures as JSON, for a lease to carry.
    ///
    /// - Throws: `EncodingError`, to which no finite figures lead.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}

extension PodFigures: Codable {
    private enum Key: String, CodingKey {
        case pod, connections, sessions, capacity, shards, utilization, draining, version, started, messagesPerSecond
        case tenants, rates
    }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        func value<Value: Decodable>(_ key: Key, _ byDefault: Value) -> Value {
            (try? object.decodeIfPresent(Value.self, forKey: key)) ?? byDefault
        }
        // Sums of many are made of these: what no pod can have is cut off.
        func count(_ number: Int) -> Int { min(max(number, 0), 1_000_000_000) }
        func rate(_ number: Double) -> Double { number.isFinite ? min(max(number, 0), 1e9) : 0 }
        let tenants = value(.tenants, [String: Int]()).compactMap { name, number in
            TenantID(name).map { ($0, count(number)) }
        }
        self.init(
            pod: value(.pod, ""),
            connections: count(value(.connections, 0)),
            sessions: count(value(.sessions, 0)),
            capacity: count(value(.capacity, 0)),
            shards: count(value(.shards, 0)),
            utilization: value(.utilization, [Double]()).map(rate),
            draining: value(.draining, false),
            version: value(.version, ""),
            started: value(.started, 0),
            messagesPerSecond: rate(value(.messagesPerSecond, 0)),
            tenants: Dictionary(tenants) { first, _ in first }
        )
        for (name, number) in value(.rates, [String: Double]()) {
            if let tenant = TenantID(name) { self.rates[tenant] = rate(number) }
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(self.pod, forKey: .pod)
        try object.encode(self.connections, forKey: .connections)
        try object.encode(self.sessions, forKey: .sessions)
        try object.encode(self.capacity, forKey: .capacity)
        try object.encode(self.shards, forKey: .shards)
        try object.encode(self.utilization, forKey: .utilization)
        try object.encode(self.draining, forKey: .draining)
        try object.encode(self.version, forKey: .version)
        try object.encode(self.started, forKey: .started)
        try object.encode(self.messagesPerSecond, forKey: .messagesPerSecond)
        let tenants = self.tenants.map { ($0.key.text, $0.value) }
        try object.encode(Dictionary(uniqueKeysWithValues: tenants), forKey: .tenants)
        let rates = self.rates.map { ($0.key.text, $0.value) }
        try object.encode(Dictionary(uniqueKeysWithValues: rates), forKey: .rates)
    }
}
