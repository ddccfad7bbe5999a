package import Chat
import Checks
package import IRC
import Logging
import NIOCore
package import StateStore
package import Tenant

/// A tenant's network as one shard holds it: who is here, what is followed, and what was counted.
package final class Network {
    package let id: TenantID
    package private(set) var tenant: HostedTenant { didSet { self.derive() } }
    // What every message or answer asks of the tenant: to ask the tenant itself copies it.
    /// What answers come from.
    package private(set) var serverName = ""
    /// Which ranks those are shown who do not ask for more.
    package private(set) var ranks = VisibleRanks.plain
    /// In which language those are spoken to who ask for none.
    package private(set) var language = Language.english
    /// What goes to the durable history.
    private(set) var history = HistorySettings.standard
    /// Another number each time that the tenant changes, unique on the shard: for what others derive from the tenant.
    package private(set) var revision: UInt64
    /// Which client-only tags are passed on.
    package private(set) var clientTags = ClientTagPolicy([])
    /// What people without an account may do.
    private(set) var guests = GuestSettings.standard
    /// How often a connection may send commands, by these; most tenants limit none.
    package private(set) var commandRates: [String: CommandRate] = [:]
    /// The tenant's messages a second, where there is a limit.
    private(set) var messageLimit: Int?
    /// What messages go through before they are said; nil where there is nothing.
    private(set) var checks: CheckPipeline?
    /// What guests said lately, by the host that is shown of them: for who comes back.
    var checkedGuests = Recent<String, SenderMemory>(limit: 128)
    /// The tenant was deleted; what is left of it here goes with its last attachment.
    package private(set) var hasEnded = false
    /// Looked at for every message; shards live as long as their process.
    unowned(unsafe) let shard: RealmShard
    package private(set) lazy var sessions = SessionDirectory(self)
    package private(set) lazy var replicas = ReplicaDirectory(self)
    package private(set) lazy var monitor = MonitorTable(self)
    private(set) lazy var budget = MessageBudget(self)
    private(set) lazy var throttle = LoginThrottle(self)
    private(set) lazy var logins = LoginMemory(self)
    private(set) lazy var census = Census(self)
    private(set) lazy var idle = IdleQuestions(self)
    private(set) lazy var clientQuestions = ClientQuestions(self)
    private(set) lazy var scans = ScanQueue(self)
    private(set) lazy var admission = Admission(self)
    private(set) lazy var proofs = ProofMarks(self)
    private(set) lazy var registry = ChannelRegistry(self)
    private(set) lazy var awaited = AwaitedRanks(self)
    private(set) lazy var nicks = NickGuard(self)
    private(set) lazy var bans = BanGuard(self)
    private(set) lazy var reports = ReportDesk(self)
    private(set) lazy var hosts = HostGuard(self)
    /// What is known here of users' latest changes.
    var news = UserNews()
    package var usage: UsageMeter
    /// Who takes part or is about to: connections, registered or not.
    package var attachments = 0

    /// A connection that has not registered came, or is none any more.
    package func counts(unregistered step: Int) { self.census.counts(unregistered: step) }

    /// Of which accounts something was changed lately.
    var recentNews = RecentAccountNews()
    let ownLog: LogKey
    private var ownFollow: FollowToken?
    /// Keyed by the tenant, which takes a key derivation.
    package let cloak: HostCloak
    /// The hosts of addresses from which somebody came lately: a host takes three HMACs, and who comes often comes again.
    private var cloakedHosts: [String: String] = [:]
    private static let cloakedHostsKept = 1024

    init(_ tenant: HostedTenant, on shard: RealmShard) {
        self.id = tenant.id
        self.tenant = tenant
        self.revision = shard.nextRevision()
        self.shard = shard
        self.cloak = shard.environment.cloak(tenant.id)
        self.usage = UsageMeter(now: shard.uptime)
        self.ownLog = LogKey(tenant.id, .tenant, "")
        self.derive()
    }

    private func derive() {
        self.serverName = self.tenant.serverName
        self.language = self.tenant.settings.language
        self.history = self.tenant.history
        self.guests = self.tenant.settings.guests
        self.ranks = VisibleRanks(ownerSign: self.tenant.ircx.ownerPrefix?.first)
        self.clientTags = ClientTagPolicy(self.tenant.settings.clientTagDeny)
        let rates = self.tenant.settings.limits.rates
        self.commandRates = Dictionary(rates.map { ($0.command.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
        self.messageLimit = self.tenant.quotas.messagesPerSecond.hardLimit
        let checks = self.tenant.settings.moderation.checks
        if checks != self.checks?.checks ?? [] { self.checks = self.pipeline(of: checks) }
    }

    package var limits: SessionLimits { self.shard.limits }
    package var store: any LiveStoreClient { self.shard.store }

    /// The network itself, where nobody on it did something.
    var serverAuthor: Author { Author(session: nil, prefix: self.serverName, account: nil) }

    /// Whether what happens in channels goes into the feed.
    var keepsHistory: Bool { self.history.enabled }

    func channelKey(_ name: ChannelName) -> LogKey { LogKey(self.id, .channel, name.folded) }
    func nickKey(_ nick: Nickname) -> LogKey { NameClaim.log(of: nick, in: self.id) }
    func inboxKey(_ session: SessionID) -> LogKey { LogKey(self.id, .user, session.text) }

    /// The host name that is shown in place of an address.
    func cloakedHost(of address: String) -> String {
        if let host = self.cloakedHosts[address] { return host }
        let host = self.cloak.cloak(address: address)
        if self.cloakedHosts.count >= Self.cloakedHostsKept { self.cloakedHosts = [:] }
        self.cloakedHosts[address] = host
        return host
    }

    /// The tenant is another now; or is gone, if nil.
    package func update(_ tenant: HostedTenant?) {
        guard let tenant else {
            self.hasEnded = true
            return
        }
        self.hasEnded = false
        self.isClosed = false
        if tenant == self.tenant { return }
        let hadLogins = self.logins.isKept
        self.tenant = tenant
        if hadLogins, !self.logins.isKept { self.logins.forgetAll() }
        self.revision = self.shard.nextRevision()
    }

    /// Follows what is announced to everybody, once somebody is here.
    func followOwnLog() {
        guard self.ownFollow == nil else { return }
        let token = FollowToken(self.ownLog)
        self.ownFollow = token
        self.store.follow(token) { result in
            if case .failure = result, self.ownFollow == token { self.ownFollow = nil }
        }
        self.registry.begin()
        self.awaited.look()
        self.nicks.refresh()
        self.bans.refresh()
        self.reports.refresh()
        self.hosts.refresh()
    }

    /// Whether what is announced is heard here: what is known of the durable store is as good as that.
    var hearsAnnouncements: Bool { self.ownFollow != nil }

    /// Nobody is here any more and nobody comes.
    func close() {
        self.replicas.close()
        if let token = self.ownFollow { self.store.unfollow(token) }
        self.ownFollow = nil
        self.isClosed = true
    }

    /// Nothing is counted here until the tenant comes back.
    private(set) var isClosed = false

    /// Sessions that are others since the last look.
    private var changed: Set<SessionID> = []

    /// Whether a session may go on as it is now is looked at within a second.
    func lookAgain(at session: Session) { self.changed.insert(session.id) }

    /// Once a second.
    func tick() {
        let changed = self.changed
        self.changed = []
        for session in changed.compactMap({ self.sessions[$0] }) {
            self.nicks.watch(session)
            self.bans.watch(session)
            self.reports.watch(session)
            self.hosts.watch(session)
        }
        self.replicas.tick()
        self.census.tick()
        // Each in another second.
        let second = UInt64(self.shard.seconds) &+ self.revision
        if second.isMultiple(of: 600) {
            self.logins.sweepInTurn()
            self.proofs.sweepInTurn()
        }
        guard self.hearsAnnouncements else { return }
        if second.isMultiple(of: 30) { self.registry.begin() }
        self.nicks.tick(second)
        self.bans.tick(second)
        self.reports.tick()
        self.hosts.tick(second)
        self.registry.upkeep.tick(second)
        self.awaited.tick(second)
    }

    func tell(_ event: TenantEvent) {
        switch event {
        case .accountsChanged:
            self.nicks.refresh()
            self.hosts.refresh()
        case .bansChanged: self.bans.refresh()
        case .askedForClients(let account, let asker, let question):
            self.tellClients(of: account, to: asker, question)
        case .dismissed(let account, let nick): self.dismiss(account, by: nick)
        case .proofChanged(let account): self.proofChangedHere(account)
        case .reportsChanged: self.reports.refresh()
        case .reported(let id, let reporter, let subject, let place, let reason):
            self.reports.announce(.reported(id, by: reporter, about: subject, place: place, reason: reason))
        case .nickGivenUp: break
        case .audited(let entry): self.tellModerators(of: entry)
        case .global(let text, _): for session in self.sessions.all { session.tell(.global(text)) }
        case .wallops(let text, let author):
            for session in self.sessions.all
            where session.user.modes.contains(.wallops) || session.user.modes.contains(.operator) {
                session.tell(.wallops(text, by: author))
            }
        }
    }

    /// Why the store could not do something, as whoever asked is told.
    func refusal(_ error: LiveStoreError) -> Refusal {
        self.shard.statistics.storeFailures += 1
        return Refusal(.unavailable, text: error.phrase)
    }
}
