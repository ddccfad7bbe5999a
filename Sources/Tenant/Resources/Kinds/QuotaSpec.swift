import Yams

/// What can be limited, under the names that YAML uses.
package enum QuotaName: String, Hashable, Sendable, CaseIterable {
    /// Connections at once, over all pods.
    case connections
    /// Connections at once from one address.
    case connectionsPerAddress
    /// New connections in a second.
    case newConnectionsPerSecond
    /// Registered accounts.
    case accounts
    /// Channels at once, registered ones included.
    case channels
    /// Members of one channel.
    case channelMembers
    /// Messages in a second over the tenant, with a burst of twice as many.
    case messagesPerSecond
    /// Stored history in bytes.
    case historyBytes
    /// Archives in bytes.
    case archiveBytes
    /// REST requests in a second.
    case apiRequestsPerSecond

    /// Whether the limit is a size, written as a Kubernetes quantity.
    package var isSize: Bool { self == .historyBytes || self == .archiveBytes }

    /// The limits that may be set; a tenant that needs more goes without the quota.
    package var bounds: ClosedRange<Int> {
        switch self {
        case .connections, .connectionsPerAddress, .channels: 0...10_000_000
        case .accounts: 0...100_000_000
        case .channelMembers, .newConnectionsPerSecond, .messagesPerSecond, .apiRequestsPerSecond: 0...1_000_000
        case .historyBytes, .archiveBytes: 0...Bounds.size
        }
    }
}

/// What happens at a quota's limit.
package enum QuotaMode: String, Hashable, Sendable, CaseIterable {
    /// What would exceed the limit is refused.
    case hard = "Hard"
    /// It is let through and reported.
    case soft = "Soft"
}

/// One quota as it is written: a number alone, or `{limit, mode, warnAt}`.
///
/// What it leaves open comes from the plan.
package struct QuotaSpec: Hashable, Sendable {
    /// The most that is allowed, in the quota's unit.
    package let limit: Int
    /// What happens at the limit, if it is said.
    package let mode: QuotaMode?
    /// At which percentages of the limit to warn, ascending, if it is said.
    package let warnAt: [Int]?
}

extension QuotaSpec {
    static func readAll(_ cursor: FieldCursor) -> [QuotaName: QuotaSpec] {
        cursor.object { fields in
            var quotas: [QuotaName: QuotaSpec] = [:]
            for name in QuotaName.allCases { quotas[name] = Self.read(fields[name.rawValue], name) }
            return quotas
        } ?? [:]
    }

    private static func read(_ cursor: FieldCursor, _ name: QuotaName) -> QuotaSpec? {
        guard case .mapping = cursor.node else {
            return Self.limit(cursor, name).map { QuotaSpec(limit: $0, mode: nil, warnAt: nil) }
        }
        return cursor.object { fields in
            let limit = Self.limit(fields["limit"].required("write the most that is allowed"), name)
            let mode = fields["mode"].choice(QuotaMode.self)
            let warnAt = fields["warnAt"].distinct(by: { $0 }) { $0.integer(1...100) }
            return limit.map { QuotaSpec(limit: $0, mode: mode, warnAt: warnAt?.sorted()) }
        }
    }

    private static func limit(_ cursor: FieldCursor, _ name: QuotaName) -> Int? {
        name.isSize ? cursor.bytes(name.bounds) : cursor.integer(name.bounds)
    }
}
