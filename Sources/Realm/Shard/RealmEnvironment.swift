import Chat
package import Logging
package import Metering
package import Observability
package import StateStore
package import Tenant

/// What a shard's networks are given: the store, and what differs between a real process and a test.
package struct RealmEnvironment: Sendable {
    package var limits: SessionLimits
    package var store: any LiveStore
    package var authenticator: any Authenticator
    /// Starts what takes long off the shard's loop.
    package var offLoop: @Sendable (_ work: @escaping @Sendable () async -> Void) -> Void
    package var logger: Logger
    /// Milliseconds since 1970.
    package var wallClock: @Sendable () -> Int64
    /// Random bits for session ids and nonces.
    package var random: @Sendable () -> UInt64
    /// The cloak of a tenant, keyed by it.
    package var cloak: @Sendable (TenantID) -> HostCloak
    /// What a tenant's remembered log-ins are sealed with, keyed by it.
    package var loginSeal: @Sendable (TenantID) -> LoginSeal
    /// Whether a tenant keeps history, also where nobody of it is on the shard.
    package var keepsHistory: @Sendable (TenantID) -> Bool
    /// What is kept of conversations; nil if nobody may ask for it.
    package var past: Past?
    /// Who is banned from networks; nil if nobody ever is.
    package var bans: NetworkBanRepository?
    /// What was done by right; nil if nobody may ask for it.
    package var audit: AuditRepository?
    /// Links into channels; nil if there are none.
    package var links: InviteLinkRepository?
    /// What people report to those who look after networks; nil if nobody may.
    package var reports: ReportRepository?
    /// Those that are closed and whose reporters are to be told so, in memory.
    let closedReports = SharedRows<[Report]>()
    /// Messages that wait for a moderator; nil if none are held.
    package var held: HeldMessageRepository?
    /// What checks of messages have hit.
    package let checkCounts = CheckCounts()
    /// Bans in memory.
    let networkBans = SharedRows<[NetworkBan]>()
    /// What accounts are shown under, by their folded names.
    let accountHosts = SharedRows<[String: AccountHosts]>()
    /// Registered channels, as they are kept; nil if none are.
    package var channels: ChannelRepository?
    /// The devices that are pushed to; nil if none are.
    package var push: PushDevices?
    /// The key of a tenant's questions for work; nil if nobody is asked.
    package var proofKey: (@Sendable (TenantID) -> ProofKey)?
    /// The port at which browsers reach tenants by HTTPS from outside.
    package var webPort: Int
    /// Finds the IPv4 addresses of a name, none if there is no such name and nil if nobody can say; nil if no names are looked up.
    package var resolve: (@Sendable (String) async -> [UInt32]?)?
    /// Looks at tokens of issuers that tenants name; nil if none are taken.
    package var tokens: (any TokenAuthority)?
    /// Reads tenants and certificates again.
    package var reload: @Sendable () -> Void
    /// Told about usage when a tenant's counters were drained.
    package var usage: any UsageSink
    /// Where log-ins and fan-out are measured.
    package var latencies: Latencies?
    /// What the shards of this process count of each network.
    let figures = ProcessFigures()
    /// Which nicknames belong to accounts.
    let names = AccountNames()
    /// When this process began, milliseconds since 1970.
    package var started: Int64

    package init(
        limits: SessionLimits = SessionLimits(),
        store: any LiveStore,
        authenticator: any Authenticator,
        offLoop: @escaping @Sendable (_ work: @escaping @Sendable () async -> Void) -> Void = { work in
            Task { await work() }
        },
        logger: Logger,
        usage: any UsageSink,
        cloak: @escaping @Sendable (TenantID) -> HostCloak,
        loginSeal: @escaping @Sendable (TenantID) -> LoginSeal,
        keepsHistory: @escaping @Sendable (TenantID) -> Bool = { _ in true },
        past: Past? = nil,
        channels: ChannelRepository? = nil,
        bans: NetworkBanRepository? = nil,
        audit: AuditRepository? = nil,
        reports: ReportRepository? = nil,
        links: InviteLinkRepository? = nil,
        held: HeldMessageRepository? = nil,
        push: PushDevices? = nil,
        proofKey: (@Sendable (TenantID) -> ProofKey)? = nil,
        webPort: Int = 443,
        resolve: (@Sendable (String) async -> [UInt32]?)? = nil,
        tokens: (any TokenAuthority)? = nil,
        reload: @escaping @Sendable () -> Void = {},
        latencies: Latencies? = nil,
        wallClock: @escaping @Sendable () -> Int64 = WallClock.system,
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 1...UInt64.max) }
    ) {
        self.limits = limits
        self.store = store
        self.authenticator = authenticator
        self.offLoop = offLoop
        self.logger = logger
        self.usage = usage
        self.cloak = cloak
        self.loginSeal = loginSeal
        self.keepsHistory = keepsHistory
        self.past = past
        self.channels = channels
        self.bans = bans
        self.audit = audit
        self.reports = reports
        self.links = links
        self.held = held
        self.push = push
        self.proofKey = proofKey
        self.webPort = webPort
        self.resolve = resolve
        self.tokens = tokens
        self.reload = reload
        self.latencies = latencies
        self.wallClock = wallClock
        self.random = random
        self.started = wallClock()
    }
}

/// Bounds of one session, whatever its tenant's plan.
package struct SessionLimits: Sendable, Hashable {
    /// Channels that one session may be in (ISUPPORT CHANLIMIT).
    package var channels = 100
    /// Nicknames that one session may watch (ISUPPORT MONITOR).
    package var monitored = 100
    /// Log-ins that one network of clients may try in a minute, past which they are delayed.
    package var loginsPerMinute = 10
    /// Accounts that one network of clients may register in an hour.
    package var registrationsPerHour = 10
    /// Mails that one address is sent, or asked for by one account's name, in an hour.
    package var mailsPerHour = 5
    /// How many messages of a conversation are told to who comes back, at most.
    package var missedMessages = 200
    /// How long an account may take to be checked.
    package var loginDeadline: Duration = .seconds(30)

    package init() {}
}
