import Tenant

// What things are called in Redis. Everything of a tenant starts with `r:<tenant>:`; what belongs to the cell starts with
// `r:.`, which is no tenant's name. The cell's own logs start with `r:.:`, and nothing else of it has a colon there.

extension LogKey.Kind {
    var byte: UInt8 {
        switch self {
        case .channel: UInt8(ascii: "c")
        case .user: UInt8(ascii: "u")
        case .nick: UInt8(ascii: "n")
        case .tenant: UInt8(ascii: "t")
        case .projection: UInt8(ascii: "p")
        case .account: UInt8(ascii: "a")
        case .hold: UInt8(ascii: "h")
        case .logins: UInt8(ascii: "l")
        }
    }
}

extension LogKey {
    /// The pub/sub channel, and the beginning of the log's keys.
    var redisKey: String { "r:\(self.description)" }

    /// Reads a ``redisKey``.
    init?(redisKey key: String) {
        let parts = key.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "r",
            let tenant = parts[1] == TenantID.cell.text ? .cell : TenantID(parts[1]),
            let kind = Kind(rawValue: String(parts[2]))
        else { return nil }
        self.init(tenant, kind, String(parts[3]))
    }

    /// The set of the names of a tenant's logs of one kind.
    static func redisIndex(_ tenant: TenantID, _ kind: Kind) -> String { "r:\(tenant.text):\(kind.rawValue)i" }
}

extension CounterKey {
    /// A hash of the slots that pods hold, and under `s` their sum.
    var redisSlots: String { "r:\(self.tenant.text):k:\(self.name)" + (self.item.map { "/" + $0 } ?? "") }

    /// What is left of a bucket of tokens, and since when; of items' buckets, when each is full.
    var redisBucket: String { "r:\(self.tenant.text):\(self.item == nil ? "b" : "B"):\(self.name)" }
}

enum RedisKey {
    /// The stream with the feed; each consumer is a group of it, under its name.
    static let feed = "r:.feed"
    /// Of each consumer that was moved on, over how many records.
    static let missed = "r:.feed.missed"
    /// Of each pod that carries something with its lease, what it carries.
    static let figures = "r:.figures"
    /// What the sets begin with of the logs that a pod holds, and of the counters it holds slots of.
    static let held = "r:.held:"
    static let slots = "r:.slots:"

    /// What every key of a tenant begins with.
    ///
    /// No byte of a tenant's name means anything in a pattern.
    static func prefix(of tenant: TenantID) -> String { "r:\(tenant.text):" }
}
