// What came to nothing lately, by address: each process counts for itself, since this is a hint and no limit.

/// How often registrations and log-ins from an address failed in the last hour, of the addresses with the latest failures.
struct RecentFailures {
    struct Count {
        var registrations = 0
        var logins = 0
    }

    private struct Entry {
        var count = Count()
        /// When the first of them was, in the shard's seconds.
        let began: UInt32
    }

    private var entries: [String: Entry] = [:]
    private static let most = 4096
    private static let seconds: UInt32 = 3600

    /// What is known of an address, or of the network that one client has all of.
    func of(_ clients: String, at now: UInt32) -> Count {
        guard let entry = self.entries[clients], now &- entry.began < Self.seconds else { return Count() }
        return entry.count
    }

    mutating func note(_ kind: WritableKeyPath<Count, Int>, of clients: String, at now: UInt32) {
        if let entry = self.entries[clients], now &- entry.began >= Self.seconds { self.entries[clients] = nil }
        if self.entries[clients] == nil, self.entries.count >= Self.most { self.makeRoom(now) }
        self.entries[clients, default: Entry(began: now)].count[keyPath: kind] += 1
    }

    private mutating func makeRoom(_ now: UInt32) {
        self.entries = self.entries.filter { now &- $0.value.began < Self.seconds }
        guard self.entries.count >= Self.most else { return }
        for clients in self.entries.keys.prefix(Self.most / 10) { self.entries[clients] = nil }
    }
}
