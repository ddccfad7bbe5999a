import Chat
import IRC
import NIOCore
import StateStore
import Tenant

/// A tenant on one shard: its sessions and replicas here, and what was counted for it.
final class TenantScope {
    private(set) var tenant: HostedTenant

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
    var isFollowingOwnLog = false

    init(tenant: HostedTenant, now: Int64) {
        self.tenant = tenant
        self.usage = UsageMeter(now: now)
        self.ownLog = LogKey(tenant.id, .tenant, "")
    }

    var id: TenantID { self.tenant.id }
    var serverName: String { self.tenant.serverName }

    func update(_ tenant: HostedTenant) { self.tenant = tenant }

    func channelKey(_ name: ChannelName) -> LogKey { LogKey(self.id, .channel, name.folded) }
    func nickKey(_ nick: Nickname) -> LogKey { LogKey(self.id, .nick, nick.folded) }
    func inboxKey(_ session: SessionID) -> LogKey { LogKey(self.id, .user, session.text) }
}
