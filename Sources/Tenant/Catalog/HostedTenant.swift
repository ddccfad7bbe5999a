/// A tenant with its plan applied: everything that an edge must know of it, and nothing that it must look up.
package struct HostedTenant: Hashable, Sendable, Identifiable {
    /// Under which everything of it is stored, counted and logged.
    package let id: TenantID
    /// The name that people see.
    package let displayName: String
    /// The names under which clients reach it, lower case, at least one.
    package let hostnames: [String]
    /// The name that the server gives itself: the first hostname.
    package let serverName: String
    /// Whether it may be used.
    package let state: TenantState
    /// Every quota in effect.
    package let quotas: Quotas
    /// The message of the day, in lines; empty if there is none.
    package let motd: [String]
    /// Accounts that administer it and exist from the start, as far as they have a password.
    ///
    /// Empty where somebody else makes their accounts, as the operator does; ``adminNames`` are known then too.
    package let admins: [AdminAccount]
    /// The names of all accounts that administer it.
    package let adminNames: [String]
    /// Who gets an account and how one logs in.
    package let accounts: AccountSettings
    /// What happens when connections break or come twice.
    package let sessions: SessionSettings
    /// What is kept of conversations.
    package let history: HistorySettings
    /// What is archived; never enabled where the plan has no archive.
    package let archive: ArchiveSettings
    /// What the plan includes.
    package let features: Set<Feature>
    /// How IRCX looks here.
    package let ircx: IRCXSettings
    /// The plan's object name, for bills and reports.
    package let planName: String
    /// The namespace of the tenant's object.
    package let namespace: String

    /// States a tenant directly, for tests and tools; a catalog makes them from resources.
    package init(
        id: TenantID,
        displayName: String? = nil,
        hostnames: [String],
        state: TenantState = .active,
        quotas: Quotas = .unlimited,
        motd: [String] = [],
        admins: [AdminAccount] = [],
        adminNames: [String]? = nil,
        accounts: AccountSettings = .standard,
        sessions: SessionSettings = .standard,
        history: HistorySettings = .standard,
        archive: ArchiveSettings = .standard,
        features: Set<Feature> = Set(Feature.allCases),
        ircx: IRCXSettings = .standard,
        planName: String = "default",
        namespace: String = "default"
    ) {
        self.id = id
        self.displayName = displayName ?? id.text
        self.hostnames = hostnames
        self.serverName = hostnames.first ?? id.text
        self.state = state
        self.quotas = quotas
        self.motd = motd
        self.admins = admins
        self.adminNames = adminNames ?? admins.map(\.account)
        self.accounts = accounts
        self.sessions = sessions
        self.history = history
        self.archive = archive
        self.features = features
        self.ircx = ircx
        self.planName = planName
        self.namespace = namespace
    }

    /// The same tenant under other hostnames, in another state, or with its administrators' names alone.
    func with(hostnames: [String]? = nil, state: TenantState? = nil, passwords: Bool = true) -> HostedTenant {
        HostedTenant(
            id: self.id,
            displayName: self.displayName,
            hostnames: hostnames ?? self.hostnames,
            state: state ?? self.state,
            quotas: self.quotas,
            motd: self.motd,
            admins: passwords ? self.admins : [],
            adminNames: self.adminNames,
            accounts: self.accounts,
            sessions: self.sessions,
            history: self.history,
            archive: self.archive,
            features: self.features,
            ircx: self.ircx,
            planName: self.planName,
            namespace: self.namespace
        )
    }
}

/// An account that administers a tenant, with its password from a `Secret`.
package struct AdminAccount: Hashable, Sendable {
    /// The account's name.
    package let account: String
    /// Its password in clear; hash it and forget it.
    package let password: Redacted<String>

    /// Names an administrator.
    package init(account: String, password: Redacted<String>) {
        self.account = account
        self.password = password
    }
}

/// What is kept of conversations, the plan considered.
package struct HistorySettings: Hashable, Sendable {
    /// Whether messages are kept.
    package let enabled: Bool
    /// For how long.
    package let retention: Duration
    /// Whether direct messages are kept too.
    package let directMessages: Bool

    /// On, for 30 days, with direct messages.
    package static let standard = HistorySettings(
        enabled: true,
        retention: PlanSpec.defaultHistoryRetention,
        directMessages: true
    )

    /// States what is kept.
    package init(enabled: Bool, retention: Duration, directMessages: Bool) {
        self.enabled = enabled
        self.retention = retention
        self.directMessages = directMessages
    }
}
