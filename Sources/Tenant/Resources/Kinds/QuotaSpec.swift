/// What can be limited, under the names that YAML uses.
package enum QuotaName: String, Hashable, Sendable, CaseIterable {
    case connections, sessions, connectionsPerAddress, newConnectionsPerSecond, accounts, channels, channelMembers
    case messagesPerSecond, historyBytes, archiveBytes, apiRequestsPerSecond

    /// Whether the limit is a size, written as a Kubernetes quantity.
    package var isSize: Bool { self.row.isSize }

    /// The limits that may be set; a tenant that needs more goes without the quota.
    package var bounds: ClosedRange<Int> { self.row.bounds }
}

/// Everything that is to be known of one quota.
struct QuotaRow: Sendable {
    /// Where a tenant's quota in effect is.
    let path: any WritableKeyPath<Quotas, Quota> & Sendable
    /// The limits that may be set.
    let bounds: ClosedRange<Int>
    /// Whether the limit is a size, written as a Kubernetes quantity.
    var isSize = false
    /// What is limited.
    let says: String
    /// What happens instead, where nothing reads it.
    var meanwhile: String?
}

extension QuotaName {
    var row: QuotaRow {
        switch self {
        case .connections:
            QuotaRow(path: \.connections, bounds: 0...10_000_000, says: "Connections at once, over all pods")
        case .sessions:
            QuotaRow(
                path: \.sessions,
                bounds: 0...10_000_000,
                says: "Sessions at once, over all pods: those with clients and those that wait for them"
            )
        case .connectionsPerAddress:
            QuotaRow(
                path: \.connectionsPerAddress,
                bounds: 0...10_000_000,
                says: "Connections at once from one address"
            )
        case .newConnectionsPerSecond:
            QuotaRow(path: \.newConnectionsPerSecond, bounds: 0...1_000_000, says: "New connections in a second")
        case .accounts: QuotaRow(path: \.accounts, bounds: 0...100_000_000, says: "Registered accounts")
        case .channels:
            QuotaRow(path: \.channels, bounds: 0...10_000_000, says: "Channels at once, registered ones included")
        case .channelMembers: QuotaRow(path: \.channelMembers, bounds: 0...1_000_000, says: "Members of one channel")
        case .messagesPerSecond:
            QuotaRow(
                path: \.messagesPerSecond,
                bounds: 0...1_000_000,
                says: "Messages in a second over the tenant, with a burst of twice as many"
            )
        case .historyBytes:
            QuotaRow(path: \.historyBytes, bounds: 0...Bounds.size, isSize: true, says: "Stored history")
        case .archiveBytes:
            QuotaRow(
                path: \.archiveBytes,
                bounds: 0...Bounds.size,
                isSize: true,
                says: "Archives; past it archiving goes on, and the tenant's status says so"
            )
        case .apiRequestsPerSecond:
            QuotaRow(
                path: \.apiRequestsPerSecond,
                bounds: 0...1_000_000,
                says: "REST requests in a second",
                meanwhile: "there is no REST interface"
            )
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
    package var limit = 0
    /// What happens at the limit, if it is said.
    package var mode: QuotaMode?
    /// At which percentages of the limit to warn, ascending, if it is said.
    package var warnAt: [Int]?
}

extension QuotaSpec: SettingsRoot {
    /// The settings of a quota whose limit is of some type.
    static func rows(_ limit: SettingType<Int>, isSize: Bool) -> [Setting<Self>] {
        [
            Setting(
                "limit",
                \.limit,
                limit,
                required: "write the most that is allowed",
                "The most that is allowed" + (isSize ? ", in bytes or as a quantity such as 10Gi." : ".")
            ),
            Setting(
                "mode",
                \.mode,
                .choice,
                "Hard refuses what would exceed the limit, Soft lets it through and reports it."
            ),
            Setting(
                "warnAt",
                \.warnAt,
                SettingType.list(of: .integer(1...100), .set, most: 100).kept(as: { $0.sorted() }, { $0 }),
                "At which percentages of the limit to warn."
            ),
        ]
    }
}

extension [QuotaName: QuotaSpec]: SettingsRoot {}

extension [QuotaName: QuotaSpec]: SettingsObject {
    static var settings: [Setting<Self>] { quotaSettings }

    static var isOpen: Bool { true }
}

private let quotaSettings: [Setting<[QuotaName: QuotaSpec]>] = QuotaName.allCases.map { name in
    let row = name.row
    let form = row.isSize ? "a number of bytes, a quantity such as 10Gi, or" : "a number, or"
    return Setting(
        name.rawValue,
        \.[name],
        .quota(name),
        "\(row.says): \(form) {limit, mode, warnAt}.",
        notImplemented: row.meanwhile.map { .yet($0) }
    )
}
