/// One quota in effect: the plan's, with the tenant's overrides on top.
package struct Quota: Hashable, Sendable {
    /// The most that is allowed, in the quota's unit; `nil` is unlimited.
    package let limit: Int?
    /// What happens at the limit, by default ``QuotaMode/hard``.
    package let mode: QuotaMode
    /// At which percentages of the limit to warn, ascending, by default 80 and 100.
    package let warnAt: [Int]

    /// No limit.
    package static let unlimited = Quota(limit: nil)

    /// States a quota.
    package init(limit: Int?, mode: QuotaMode = .hard, warnAt: [Int] = [80, 100]) {
        self.limit = limit
        self.mode = mode
        self.warnAt = warnAt
    }

    /// The most that is let through: `nil` where nothing is refused, be it unlimited or soft.
    package var hardLimit: Int? { self.mode == .hard ? self.limit : nil }
}

/// Every quota of a tenant in effect.
package struct Quotas: Hashable, Sendable {
    /// Connections at once, over all pods.
    package var connections: Quota = .unlimited
    /// Sessions at once, over all pods: those with clients and those that wait for them.
    package var sessions: Quota = .unlimited
    /// Connections at once from one address.
    package var connectionsPerAddress: Quota = .unlimited
    /// New connections in a second.
    package var newConnectionsPerSecond: Quota = .unlimited
    /// Registered accounts.
    package var accounts: Quota = .unlimited
    /// Channels at once, registered ones included.
    package var channels: Quota = .unlimited
    /// Members of one channel.
    package var channelMembers: Quota = .unlimited
    /// Messages in a second over the tenant, with a burst of twice as many.
    package var messagesPerSecond: Quota = .unlimited
    /// Stored history in bytes.
    package var historyBytes: Quota = .unlimited
    /// Archives in bytes.
    package var archiveBytes: Quota = .unlimited
    /// REST requests in a second.
    package var apiRequestsPerSecond: Quota = .unlimited

    /// Nothing limited.
    package static let unlimited = Quotas()

    /// Starts without limits.
    package init() {}

    /// Lays a tenant's quotas over its plan's, field by field: an override that is a number alone keeps the plan's mode and
    /// warnings.
    package init(plan: [QuotaName: QuotaSpec], tenant: [QuotaName: QuotaSpec]) {
        for name in QuotaName.allCases {
            let (base, override) = (plan[name], tenant[name])
            self[name] = Quota(
                limit: override?.limit ?? base?.limit,
                mode: override?.mode ?? base?.mode ?? .hard,
                warnAt: override?.warnAt ?? base?.warnAt ?? [80, 100]
            )
        }
    }

    /// One quota by its name in YAML.
    package subscript(_ name: QuotaName) -> Quota {
        get { self[keyPath: name.row.path] }
        set { self[keyPath: name.row.path] = newValue }
    }
}
