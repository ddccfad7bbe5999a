import Chat
import IRC
import Realm
import Tenant

/// The ISUPPORT tokens of a tenant: what is really done, nothing else.
enum Support {
    static func tokens(
        for tenant: HostedTenant,
        limits: SessionLimits,
        past: Past?,
        pushKey: String? = nil,
        table: CommandTable = .standard
    ) -> ISupport {
        let hasPast = past != nil && tenant.history.enabled
        var support = ISupport()
        let ranks = VisibleRanks(ownerSign: tenant.ircx.ownerPrefix?.first)
        support.set("ACCOUNTEXTBAN", ExtendedBan.accountSupportValue)
        support.set("AWAYLEN", Lengths.away)
        support.set("BOT", "B")
        support.set("CASEMAPPING", Names.caseMapping.rawValue)
        support.set("CHANLIMIT", "#&:\(limits.channels)")
        support.set("CHANMODES", ChannelModeTable.supportValue)
        support.set("CHANNELLEN", Lengths.channel)
        support.set("CHANTYPES", "#&")
        if hasPast { support.set("CHATHISTORY", HistoryCommands.limit) }
        if let denied = ClientTagPolicy(tenant.settings.clientTagDeny).value { support.set("CLIENTTAGDENY", denied) }
        support.set("ELIST", "CMNTU")
        support.set("EXCEPTS", String(ListMode.exception.rawValue))
        support.set("EXTBAN", ExtendedBan.supportValue)
        support.set("HOSTLEN", Lengths.host)
        support.set("INVEX", String(ListMode.inviteException.rawValue))
        support.set("KEYLEN", ChannelState.maximumKeyLength)
        support.set("KICKLEN", Lengths.reason)
        support.set("KNOCK")
        support.set("LINELEN", LineLimits.fromServer.body)
        support.set("MAXLIST", "\(ListMode.letters):\(ChannelState.maximumListEntries)")
        support.set("MODES", ChannelState.maximumModes)
        support.set("MONITOR", limits.monitored)
        if hasPast { support.set("MSGREFTYPES", "msgid,timestamp") }
        support.set("NAMELEN", Lengths.realname)
        support.set("NETWORK", tenant.displayName)
        support.set("NICKLEN", Lengths.nick)
        support.set("PREFIX", ranks.supportValue)
        support.set("SAFELIST")
        // Who sends faster than may be is read more slowly, and never closed for it.
        support.set("SAFERATE")
        support.set("SILENCE", SilenceList.limit)
        support.set("STATUSMSG", ranks.messageSigns)
        support.set("TARGMAX", table.targetLimits)
        support.set("TOPICLEN", Lengths.topic)
        support.set("USERLEN", Lengths.username)
        support.set("UTF8ONLY")
        if hasPast, let pushKey { support.set("VAPID", pushKey) }
        support.set("WHOX")
        if tenant.accounts.required { support.set("draft/ACCOUNTREQUIRED") }
        if let icon = tenant.settings.icon { support.set("draft/ICON", icon) }
        return support
    }
}

extension ListMode {
    /// The letters of all lists.
    static var letters: String { ChannelModeTable.letters { if case .list = $0.kind { true } else { false } } }
}

extension CommandTable {
    /// How many targets each command takes, for those that take several (ISUPPORT TARGMAX).
    fileprivate var targetLimits: String {
        let limits = self.names.compactMap { name in self[name]?.list.map { "\(name):\($0.limit)" } }
        return
            (limits + [
                "LIST:\(ListFilter.mostNames)", "NAMES:\(ListingCommands.mostNames)", "WHOIS:1",
            ]).joined(separator: ",")
    }
}

/// The ISUPPORT tokens of tenants in lines, for as long as each tenant stays as it is.
final class SupportLines {
    private let limits: SessionLimits
    private let past: Past?
    private let push: PushDevices?
    private var lines: [TenantID: (revision: UInt64, lines: [[String]])] = [:]

    init(_ environment: EdgeEnvironment) {
        self.limits = environment.realm.limits
        self.past = environment.realm.past
        self.push = environment.realm.push
    }

    /// What the 005 lines of a network have, in front of the same text for everybody.
    func lines(of network: Network) -> [[String]] {
        if let known = self.lines[network.id], known.revision == network.revision { return known.lines }
        let tenant = network.tenant
        let lines = self.tokens(for: tenant).groups(source: tenant.serverName)
        self.lines[network.id] = (network.revision, lines)
        return lines
    }

    /// The tokens that tell those who are here what is different.
    func changes(to tenant: HostedTenant, from before: HostedTenant) -> [String] {
        self.tokens(for: tenant).changes(since: self.tokens(for: before))
    }

    private func tokens(for tenant: HostedTenant) -> ISupport {
        let key = self.push?.keys.key(of: tenant.id)?.publicText
        return Support.tokens(for: tenant, limits: self.limits, past: self.past, pushKey: key)
    }
}
