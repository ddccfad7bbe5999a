package import IRC

/// A tenant with its plan applied: everything that an edge must know of it, and nothing that it must look up.
package struct HostedTenant: Hashable, Sendable, Identifiable {
    /// Under which everything of it is stored, counted and logged.
    package let id: TenantID
    /// The names under which clients reach it, lower case, at least one.
    package private(set) var hostnames: [String]
    /// Every quota in effect.
    package private(set) var quotas: Quotas
    /// Accounts that administer it and exist from the start, as far as they have a password.
    ///
    /// Empty where somebody else makes their accounts, as the operator does; ``adminNames`` are known then too.
    package private(set) var admins: [AdminAccount]
    /// The names of all accounts that administer it.
    package let adminNames: [String]
    /// What the plan includes.
    package let features: Set<Feature>
    /// The plan's object name, for bills and reports.
    package let planName: String
    /// The namespace of the tenant's object.
    package let namespace: String
    /// What it is like, the plan considered.
    package var settings: TenantSettings
    /// What its people are told where it is served no more since it lives elsewhere, or is on its way there.
    package private(set) var farewell: String?
    /// Which of its cell's Redis instances has what is live of it; nil for the first.
    package var redis: String?

    /// States a tenant directly, for tests and tools; a catalog makes them from resources.
    ///
    /// What has no parameter here is set in ``settings``.
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
        self.hostnames = hostnames
        self.quotas = quotas
        self.admins = admins
        self.adminNames = adminNames ?? admins.map(\.account)
        self.features = features
        self.planName = planName
        self.namespace = namespace
        self.settings = TenantSettings()
        self.settings.displayName = displayName
        self.settings.state = state
        self.settings.motd = motd
        self.settings.accounts = accounts
        self.settings.sessions = sessions
        self.settings.history = history
        self.settings.archive = archive
        self.settings.ircx = ircx
    }

    /// The name that the server gives itself: the first hostname, unless another is said.
    package var serverName: String { self.settings.serverName ?? self.hostnames.first ?? self.id.text }
    /// The name that people see.
    package var displayName: String { self.settings.displayName ?? self.id.text }
    /// Whether it may be used.
    package var state: TenantState { self.settings.state }
    /// The message of the day, in lines; empty if there is none.
    package var motd: [String] { self.settings.motd }
    /// Who gets an account and how one logs in.
    package var accounts: AccountSettings { self.settings.accounts }
    /// What happens when connections break or come twice.
    package var sessions: SessionSettings { self.settings.sessions }
    /// What is kept of conversations.
    package var history: HistorySettings { self.settings.history }
    /// What is archived; never enabled where the plan has no archive.
    package var archive: ArchiveSettings { self.settings.archive }
    /// Whether its people read on in the archive where the history ends.
    package var readsArchive: Bool { self.archive.enabled && self.features.contains(.archivedHistory) }
    /// How IRCX looks here.
    package var ircx: IRCXSettings { self.settings.ircx }

    /// The same tenant where it is served no more: nobody may connect, and everybody is told this instead of a suspension.
    package func departed(saying farewell: String) -> HostedTenant {
        var tenant = self.with(state: .suspended)
        tenant.farewell = farewell
        return tenant
    }

    /// The words for who may not connect, or not stay, while it is closed.
    package var closedText: Phrase {
        self.farewell.map(Phrase.init(stringLiteral:)) ?? "\(self.displayName) is suspended"
    }

    /// The same tenant under other hostnames, in another state, with other quotas, or with its administrators' names alone.
    func with(
        hostnames: [String]? = nil,
        state: TenantState? = nil,
        quotas: Quotas? = nil,
        passwords: Bool = true
    ) -> HostedTenant {
        var tenant = self
        if let quotas { tenant.quotas = quotas }
        if let hostnames { tenant.hostnames = hostnames }
        if let state { tenant.settings.state = state }
        if !passwords { tenant.admins = [] }
        return tenant
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
