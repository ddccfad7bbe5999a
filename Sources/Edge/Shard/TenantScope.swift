import Chat
import IRC
import NIOCore
import StateStore
import Tenant

/// A tenant on one shard: its sessions and replicas here, and what was counted for it.
final class TenantScope {
    private(set) var tenant: HostedTenant
    /// The tenant was deleted; what is left of it here goes with its last connection.
    var hasEnded = false
    /// The tenant's messages a second, where there is a limit.
    private(set) var messageLimit: Int?

    /// Sessions here, by id.
    var sessions: [SessionID: Session] = [:]
    /// Sessions here, by folded nickname.
    var nicks: [String: Session] = [:]
    /// Replicas of followed channels, by folded name.
    var channels: [String: ChannelReplica] = [:]
    /// Channels that are being followed but not loaded yet, with what waits for them.
    var loading: [String: [(Result<ChannelReplica, LiveStoreError>) -> Void]] = [:]
    /// Who watches a nickname, by its folded form.
    var monitors: [String: [Session]] = [:]
    /// Connections, registered or not.
    var connections = 0
    var usage: UsageMeter
    /// Changes of users that are told in several channels, with who here was told already.
    var announcements = Announcements()
    var messageTokens = MessageTokens()
    let ownLog: LogKey
    /// Keyed by the tenant, which takes a key derivation.
    let cloak: HostCloak
    /// Tokens of 005 in lines, for as long as the tenant stays as it is.
    private var supportLines: [[String]]?
    var isFollowingOwnLog = false

    init(tenant: HostedTenant, cloak: HostCloak, now: Int64) {
        self.cloak = cloak
        self.tenant = tenant
        self.messageLimit = tenant.quotas.messagesPerSecond.hardLimit
        self.usage = UsageMeter(now: now)
        self.ownLog = LogKey(tenant.id, .tenant, "")
    }

    var id: TenantID { self.tenant.id }
    var serverName: String { self.tenant.serverName }

    /// What this tenant's 005 lines have, in front of the same text for everybody.
    func supportLines(_ limits: ConnectionLimits) -> [[String]] {
        if let lines = self.supportLines { return lines }
        let lines = Support.tokens(for: self.tenant, limits: limits).groups(source: self.serverName)
        self.supportLines = lines
        return lines
    }

    func update(_ tenant: HostedTenant) {
        self.supportLines = nil
        self.tenant = tenant
        self.messageLimit = tenant.quotas.messagesPerSecond.hardLimit
    }

    /// A session here goes by another nickname from now on.
    func renamed(_ session: Session, to nick: Nickname) {
        if self.nicks[session.user.nick.folded] === session { self.nicks[session.user.nick.folded] = nil }
        self.nicks[nick.folded] = session
    }

    func channelKey(_ name: ChannelName) -> LogKey { LogKey(self.id, .channel, name.folded) }
    func nickKey(_ nick: Nickname) -> LogKey { LogKey(self.id, .nick, nick.folded) }
    func inboxKey(_ session: SessionID) -> LogKey { LogKey(self.id, .user, session.text) }
}
