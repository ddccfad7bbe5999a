import Chat
import IRC
import Tenant

/// The ISUPPORT tokens of a tenant: what is really done, nothing else.
enum Support {
    static func tokens(for tenant: HostedTenant, limits: ConnectionLimits) -> ISupport {
        var support = ISupport()
        let ranks = MemberModes.ranks
        let prefixes = String(ranks.map(\.prefix))
        support.set("AWAYLEN", 200)
        support.set("BOT", "B")
        support.set("CASEMAPPING", Names.caseMapping.rawValue)
        support.set("CHANLIMIT", "#&:\(limits.channelsPerSession)")
        support.set("CHANMODES", "beI,k,l,imnprst")
        support.set("CHANNELLEN", 50)
        support.set("CHANTYPES", "#&")
        support.set("ELIST", "CMNTU")
        support.set("EXCEPTS", "e")
        support.set("INVEX", "I")
        support.set("KEYLEN", ChannelState.maximumKeyLength)
        support.set("KICKLEN", 390)
        support.set("MAXLIST", "beI:\(ChannelState.maximumListEntries)")
        support.set("MODES", ChannelState.maximumModes)
        support.set("MONITOR", limits.monitorLimit)
        support.set("NAMELEN", 128)
        support.set("NETWORK", tenant.displayName)
        support.set("NICKLEN", 30)
        support.set("PREFIX", "(\(String(ranks.map(\.letter))))\(prefixes)")
        support.set("SAFELIST")
        support.set("STATUSMSG", prefixes)
        support.set("TARGMAX", "JOIN:20,KICK:8,NAMES:10,NOTICE:4,PART:20,PRIVMSG:4,TAGMSG:4,WHOIS:1")
        support.set("TOPICLEN", 390)
        support.set("USERLEN", 30)
        support.set("UTF8ONLY")
        support.set("WHOX")
        return support
    }
}
