// What docs/conformance.md says beside the tables of the program: what each token and command follows, and which suites prove
// what. A suite is the name of its file under Tests.

import IRC

/// What somebody follows: a page, and what to call it.
struct Followed {
    let title: String
    let link: String

    /// The document that describes IRC as it is used today.
    static let modern = Followed(title: "Modern IRC", link: "https://modern.ircdocs.horse/")
    /// The list of what servers do, for what nobody has specified.
    static let definitions = Followed(title: "ircdocs' list", link: "https://defs.ircdocs.horse/defs/isupport")
    static let isupportDraft = Followed(
        title: "draft-hardy-irc-isupport",
        link: "https://datatracker.ietf.org/doc/html/draft-hardy-irc-isupport-00"
    )
    static let rfc2812 = Followed(title: "RFC 2812", link: "https://datatracker.ietf.org/doc/html/rfc2812")
    static let services = Followed(title: "Services", link: "operations/services.md")
    static let ours = Followed(title: "Roost", link: "clients.md")

    static func ircv3(_ page: String) -> Followed {
        Followed(title: "IRCv3 \(page)", link: "https://ircv3.net/specs/extensions/\(page)")
    }

    /// A token that has a heading of its own there.
    static func modern(_ token: String) -> Followed {
        Followed(
            title: "Modern IRC",
            link: "https://modern.ircdocs.horse/#\(token.lowercased())-parameter"
        )
    }

    /// As Markdown.
    var text: String { "[\(self.title)](\(self.link))" }
}

/// The suites that prove each capability.
///
/// A capability without a line here fails the suite that makes the page.
let capabilityProofs: [Capabilities: [String]] = [
    .capNotify: ["CapTests"],
    .messageTags: ["ClientTagTests", "MessageTests"],
    .serverTime: ["MessageTests", "NotificationTests"],
    .accountTag: ["NotificationTests", "SaslTests"],
    .accountNotify: ["NotificationTests", "PresenceTests"],
    .extendedJoin: ["CapTests", "NotificationTests"],
    .awayNotify: ["NotificationTests", "PresenceTests"],
    .multiPrefix: ["ListTests", "WhoTests"],
    .userhostInNames: ["JoinTests", "ListTests"],
    .echoMessage: ["MessageTests", "LabelTests"],
    .batch: ["LabelTests", "MultilineTests"],
    .labeledResponse: ["LabelTests", "BarrierTests"],
    .setname: ["NotificationTests", "PeopleTests"],
    .chghost: ["HostChangeTests", "NotificationTests"],
    .inviteNotify: ["ChannelTests", "NotificationTests"],
    .standardReplies: ["BadLineTests", "SaslTests"],
    .sasl: ["SaslTests", "ScramTests"],
    .extendedMonitor: ["PresenceTests"],
    .resume: ["ResumeTests", "RestartTests"],
    .preAway: ["PresenceTests"],
    .persistence: ["PersistenceTests", "SessionTests"],
    .chatHistory: ["ChatHistoryTests"],
    .eventPlayback: ["ChatHistoryTests"],
    .readMarker: ["MarkReadTests"],
    .search: ["ChatHistoryTests"],
    .messageRedaction: ["RedactTests", "RedactDirectTests"],
    .playback: ["PlaybackTests"],
    .multiline: ["MultilineTests"],
    .noImplicitNames: ["SupportTests"],
    .noImplicitNamesOfSoju: ["SupportTests"],
    .extendedISupport: ["SupportTests"],
    .operTag: ["MarkTests"],
    .whoami: ["SupportTests"],
    .relaymsg: ["RelayTests"],
    .channelRename: ["RenameTests"],
    .metadata2: ["MetadataTests", "KeptMetadataTests"],
    .metadata3: ["MetadataTests", "KeptMetadataTests"],
    .webPush: ["WebPushTests"],
    .webPushOfSoju: ["WebPushTests"],
    .languages: ["LanguageTests"],
    .accountRegistration: ["AccountRegistrationTests"],
]

/// The same of what is told as capabilities are.
let announcedProofs: [String: [String]] = [
    Capabilities.strictTransport: ["StrictTransportTests"]
]

/// What each token of ISUPPORT follows, and the suites that prove what it promises.
let tokenProofs: [String: (follows: Followed, suites: [String])] = [
    "ACCOUNTEXTBAN": (.ircv3("account-extban"), ["ChannelModeTests"]),
    "AWAYLEN": (.modern("AWAYLEN"), ["WholeTextTests"]),
    "BOT": (.ircv3("bot-mode"), ["MarkTests"]),
    "CASEMAPPING": (.modern("CASEMAPPING"), ["LookalikeTests", "CaseMappingTests"]),
    "CHANLIMIT": (.modern("CHANLIMIT"), ["JoinTests"]),
    "CHANMODES": (.modern("CHANMODES"), ["ChannelModeTests"]),
    "CHANNELLEN": (.modern("CHANNELLEN"), ["NameTests"]),
    "CHANTYPES": (.modern("CHANTYPES"), ["NameTests", "RegistrationTests"]),
    "CHATHISTORY": (.ircv3("chathistory"), ["ChatHistoryTests"]),
    "CLIENTTAGDENY": (.ircv3("message-tags"), ["ClientTagTests"]),
    "ELIST": (.modern("ELIST"), ["ListTests"]),
    "EXCEPTS": (.modern("EXCEPTS"), ["ChannelModeTests"]),
    "EXTBAN": (.modern("EXTBAN"), ["ChannelModeTests"]),
    "HOSTLEN": (.modern("HOSTLEN"), ["WholeTextTests"]),
    "INVEX": (.modern("INVEX"), ["JoinTests"]),
    "KEYLEN": (.isupportDraft, ["ChannelModeTests"]),
    "KICKLEN": (.modern("KICKLEN"), ["WholeTextTests"]),
    "KNOCK": (.definitions, ["KnockTests"]),
    "LINELEN": (.definitions, ["WholeTextTests"]),
    "MAXLIST": (.modern("MAXLIST"), ["ListTests"]),
    "MODES": (.modern("MODES"), ["ChannelModeTests"]),
    "MONITOR": (.ircv3("monitor"), ["MonitorTests"]),
    "MSGREFTYPES": (.ircv3("chathistory"), ["ChatHistoryTests"]),
    "NAMELEN": (.definitions, ["WholeTextTests"]),
    "NETWORK": (.modern("NETWORK"), ["QuotaTests"]),
    "NICKLEN": (.modern("NICKLEN"), ["RegistrationTests"]),
    "PREFIX": (.modern("PREFIX"), ["OwnerPrefixTests"]),
    "SAFELIST": (.modern("SAFELIST"), ["ListTests"]),
    "SAFERATE": (.ours, ["SupportTests"]),
    "SILENCE": (.modern("SILENCE"), ["SilenceTests"]),
    "STATUSMSG": (.modern("STATUSMSG"), ["MessageTests", "OwnerPrefixTests"]),
    "TARGMAX": (.modern("TARGMAX"), ["MessageTests", "JoinTests"]),
    "TOPICLEN": (.modern("TOPICLEN"), ["WholeTextTests"]),
    "USERLEN": (.modern("USERLEN"), ["WholeTextTests"]),
    "VAPID": (
        Followed(title: "IRCv3 webpush, proposed", link: "https://github.com/ircv3/ircv3-specifications/pull/471"),
        ["WebPushTests"]
    ),
    "UTF8ONLY": (.ircv3("utf8-only"), ["BadLineTests"]),
    "WHOX": (.ircv3("whox"), ["WhoTests"]),
    "draft/ACCOUNTREQUIRED": (.ircv3("account-registration"), ["AccountRegistrationTests"]),
    "draft/ICON": (.ircv3("network-icon"), ["SupportTests"]),
]

/// The commands by what they follow.
let commandProofs: [(follows: Followed, commands: String)] = [
    (
        .modern,
        "ADMIN AUTHENTICATE AWAY CAP ERROR HELP INFO INVITE JOIN KICK KILL LINKS LIST LUSERS MODE MOTD NAMES NICK NOTICE OPER "
            + "PART PASS PING PONG PRIVMSG QUIT REHASH STATS TIME TOPIC USER USERHOST VERSION WALLOPS WHO WHOIS WHOWAS"
    ),
    (.rfc2812, "ISON"),
    (.ircv3("batch"), "BATCH"),
    (.ircv3("message-tags"), "TAGMSG"),
    (.ircv3("monitor"), "MONITOR"),
    (.ircv3("setname"), "SETNAME"),
    (.ircv3("chathistory"), "CHATHISTORY"),
    (.ircv3("read-marker"), "MARKREAD"),
    (.ircv3("message-redaction"), "REDACT"),
    (.ircv3("extended-isupport"), "ISUPPORT"),
    (.ircv3("webirc"), "WEBIRC"),
    (.ircv3("channel-rename"), "RENAME"),
    (.ircv3("metadata"), "METADATA"),
    (.ircv3("account-registration"), "REGISTER VERIFY"),
    (
        .ours,
        "AUDIT CERT CHECKS GLOBAL HELD INVITELINK MUTE MUTES PROOF QUARANTINE RAID REPORT REPORTS SAJOIN SAMODE "
            + "SANICK SAPART UBAN UNMUTE UNQUARANTINE"
    ),
    (.services, "CHANSERV CS NICKSERV NS MEMOSERV MS HOSTSERV HS"),
    (
        Followed(title: "IRCv3 webpush, proposed", link: "https://github.com/ircv3/ircv3-specifications/pull/471"),
        "WEBPUSH"
    ),
    (
        Followed(
            title: "language negotiation",
            link: "https://gist.github.com/DanielOaks/8126122f74b26012a3de37db80e4e0c6"
        ),
        "LANGUAGE"
    ),
    (
        Followed(title: "ergo's manual", link: "https://github.com/ergochat/ergo/blob/master/docs/MANUAL.md"),
        "PERSISTENCE"
    ),
    (
        Followed(
            title: "soju's search",
            link: "https://codeberg.org/emersion/soju/src/branch/master/doc/ext/search.md"
        ),
        "SEARCH"
    ),
    (
        Followed(title: "IRCv3 relaymsg, proposed", link: "https://github.com/ircv3/ircv3-specifications/pull/417"),
        "RELAYMSG"
    ),
    (Followed(title: "what servers agree on", link: "https://defs.ircdocs.horse/"), "HELPOP KNOCK MAP SILENCE USERIP"),
]
