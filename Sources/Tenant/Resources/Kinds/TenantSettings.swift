// What a tenant may be like. Each setting is a property and its row; where there is more to say of a group it has a type.

package import IRC

/// The settings of a tenant that its edges get as they are written.
package struct TenantSettings: Hashable, Sendable {
    /// The name that people see; `nil` means the object's.
    package var displayName: String?
    /// How the server calls itself: one of the hostnames, in other capitals; `nil` for the first of them as it is.
    package var serverName: String?
    /// The URL of a picture that stands for it; `nil` if there is none.
    package var icon: String?
    /// Whether it may be used.
    package var state: TenantState = .active
    /// The message of the day, in lines; empty if there is none.
    package var motd: [String] = []
    /// In which language its server speaks to clients that ask for none.
    package var language = Language.english
    /// Client-only tags that are not passed on, without `+`; `*` for all, a `-` before those that are nevertheless.
    package var clientTagDeny: [String] = []
    /// What clients are told of coming by TLS alone.
    package var sts = StrictTransportSettings()
    /// Who is let in.
    package var admission = AdmissionSettings()
    /// What is limited beside quotas.
    package var limits = LimitSettings()
    /// Who gets an account and how one logs in.
    package var accounts = AccountSettings()
    /// What people without an account may do.
    package var guests = GuestSettings()
    /// What happens when connections break or come twice.
    package var sessions = SessionSettings()
    /// What channels begin with.
    package var channels = ChannelSettings()
    /// What is kept of conversations.
    package var history = HistorySettings()
    /// What is archived.
    package var archive = ArchiveSettings()
    /// How IRCX looks here.
    package var ircx = IRCXSettings()
    /// What messages go through before they are said.
    package var moderation = ModerationSettings()

    /// Takes what holds where nothing is said.
    package init() {}
}

/// Whether a tenant may be used.
package enum TenantState: String, Hashable, Sendable, CaseIterable {
    /// Everything works.
    case active = "Active"
    /// Nobody may connect, and existing sessions end.
    case suspended = "Suspended"
    /// No new sessions; existing ones stay.
    case cordoned = "Cordoned"
}

extension TenantSettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("displayName", \.displayName, .line, "The name that people see; by default the object's."),
        Setting(
            "serverName",
            \.serverName,
            .text(
                "host name in any capitals",
                "host name: write one of the hostnames, in the capitals that clients are to see",
                pattern: "^\(DNSName.labelPattern)([.]\(DNSName.labelPattern))*$",
                maxLength: 253,
                { name in DNSName.host(name).map { _ in name } }
            ).obeying([.init("!self.matches('(^|[.])[0-9]+$')", "an address is no host name")]),
            "How the server calls itself: one of the hostnames, in the capitals that clients are to see. By default the first as it is."
        ),
        Setting(
            "icon",
            \.icon,
            Self.url,
            "The URL of a picture that stands for the network, for clients that show one."
        ),
        Setting(
            "state",
            \.state,
            .choice(unknown: .suspended),
            "Active: everything works. Suspended: nobody may connect and sessions end. Cordoned: no new sessions, existing ones stay."
        ),
        Setting("motd", \.motd, .lines, "The message of the day, in lines."),
        Setting(
            "language",
            \.language,
            .choice(unknown: .english),
            "In which language the server speaks to people whose clients ask for none: English, German, Spanish or French."
        ),
        Setting(
            "clientTagDeny",
            \.clientTagDeny,
            Self.clientTags,
            "Client-only tags that are not passed on, by their names without +, such as typing; * for all, and a - before the names of those that are passed on nevertheless."
        ),
        Setting(
            "sts",
            \.sts,
            .object,
            "What clients are told of coming by TLS alone (IRCv3 sts): one that has heard it comes in no other way, whatever its user asks for."
        ),
        Setting(
            "admission",
            \.admission,
            .object,
            "Who is let in, beside quotas and bans: what lists of addresses say, and what that and a few facts come to."
        ),
        Setting("limits", \.limits, .object, "What is limited beside quotas."),
        Setting("accounts", \.accounts, .object, "Who gets an account and how one logs in."),
        Setting("guests", \.guests, .object, "What people without an account may do less than others."),
        Setting("sessions", \.sessions, .object, "What happens when connections break or come twice."),
        Setting("channels", \.channels, .object, "What channels begin with."),
        Setting("history", \.history, .object, "What is kept of conversations."),
        Setting("archive", \.archive, .object, "What is archived to object storage."),
        Setting("ircx", \.ircx, .object, "How IRCX looks to this tenant's clients."),
        Setting("moderation", \.moderation, .object, "What messages go through before they are said."),
    ]

    /// What fits in a line of RPL_ISUPPORT.
    private static let url = SettingType<String>.text(
        "URL",
        "URL: write one that begins with https://, without spaces",
        pattern: "^https?://[!-~]{1,240}$"
    ) { text in
        let rest = ["https://", "http://"].first { text.hasPrefix($0) }.map { text.utf8.dropFirst($0.utf8.count) }
        guard let rest, 1...240 ~= rest.count, rest.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
        return text
    }

    private static let clientTags: SettingType<[String]> = {
        var type = SettingType<[String]>.list(of: Self.clientTag, .set, most: 20)
        type.decode = { object, key, _ in object.value(key) }
        return type
    }()

    private static let clientTag = SettingType<String>.text(
        "tag",
        "client-only tag: write its name without +, such as typing, or *",
        pattern: "^([*]|-?[A-Za-z0-9][A-Za-z0-9./-]{0,60})$",
        maxLength: 62
    ) { text in
        if text == "*" { return text }
        let name = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard let first = name.first, first.isASCII, first.isLetter || first.isNumber, name.utf8.count <= 61,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "./-".contains($0)) })
        else { return nil }
        return text
    }
}

/// Who gets an account and how one logs in.
package struct AccountSettings: Hashable, Sendable {
    /// Whether somebody may ask for an account on the network.
    package var mayRegister: Bool { self.registration != .closed }

    /// How an account comes to be.
    package enum Registration: String, Hashable, Sendable, CaseIterable {
        /// At once.
        case open = "Open"
        /// After a code sent by mail.
        case email = "Email"
        /// After an administrator agrees.
        case approval = "Approval"
        /// Administrators make them.
        case closed = "Closed"
    }

    /// What becomes of who goes by a nickname that belongs to another account.
    package enum NickOwnership: String, Hashable, Sendable, CaseIterable {
        /// Nobody gets it.
        case strict = "Strict"
        /// They get another after a while.
        case timeout = "Timeout"
        /// Nothing.
        case off = "Off"
    }

    /// How an account comes to be.
    package var registration: Registration = .open
    /// What becomes of who goes by a nickname that belongs to another account.
    package var nickOwnership: NickOwnership = .timeout
    /// After how long who goes by such a nickname gets another.
    package var nickTimeout: Duration = .seconds(30)
    /// After how long without anybody who has a level there a registered channel ends being registered; zero for never.
    package var channelExpiry: Duration = .zero
    /// Whether who is not on the network yet may register.
    package var registrationBeforeConnect = true
    /// How many characters a password has at least.
    package var minimumPasswordLength = 8
    /// At which domains, and below them, a mail address has to be, in small letters; empty for any.
    package var emailDomains: [String] = []
    /// At which domains, and below them, it may not be, in small letters.
    package var refusedEmailDomains: [String] = []
    /// How many accounts one mail address may have.
    package var accountsPerEmail = 1
    /// Whether an account may be called otherwise than the nickname of who registers it.
    package var customAccountNames = false
    /// Whether nobody registers a connection without an account.
    package var required = false
    /// Whether guests pass by SASL ANONYMOUS where others have to log in.
    package var anonymous = false
    /// By whose tokens people log in, too; nil if by none.
    package var oauth: OAuthSettings?
    /// What is said about ``saslMechanisms``; `nil` for all that there are.
    package var askedMechanisms: [SASLMechanism]?
    /// The offered mechanisms in the order of the offer.
    package var saslMechanisms: [SASLMechanism] {
        get { self.askedMechanisms ?? SASLMechanism.allCases }
        set { self.askedMechanisms = newValue }
    }
    /// For how long a log-in is remembered, for when accounts cannot be read; zero for not at all.
    package var rememberFor: Duration = .zero

    /// What holds where nothing is said.
    package static let standard = AccountSettings()

    /// Takes what holds where nothing is said.
    package init() {}
}

/// Ways to log in, by their names in the IANA registry of SASL mechanisms.
package enum SASLMechanism: String, Hashable, Sendable, CaseIterable {
    /// Name and password in clear, under TLS (RFC 4616).
    case plain = "PLAIN"
    /// A challenge that never shows the password (RFC 7677).
    case scramSHA256 = "SCRAM-SHA-256"
    /// The same with a longer hash (draft-melnikov-scram-sha-512).
    case scramSHA512 = "SCRAM-SHA-512"
    /// The TLS client certificate (RFC 4422 appendix A).
    case external = "EXTERNAL"
}

extension AccountSettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "registration",
            \.registration,
            .choice(unknown: .closed),
            "Open: at once. Email: after a code sent by mail, which takes a mail server of the cell (spec.edge.mail). Approval: after an administrator agrees. Closed: administrators make them."
        ),
        Setting(
            "registrationBeforeConnect",
            \.registrationBeforeConnect,
            .flag,
            "Whether people may register before they are on the network; where accounts are required nobody gets one by registering otherwise."
        ),
        Setting(
            "minimumPasswordLength",
            \.minimumPasswordLength,
            .integer(Bounds.passwordLength),
            "How many characters the password of an account that people register has at least."
        ),
        Setting(
            "emailDomains",
            \.emailDomains,
            Self.domains(most: 200),
            "At which domains the mail address of an account that people register has to be, such as example.com, which stands for those below it too; by default at any."
        ),
        Setting(
            "refusedEmailDomains",
            \.refusedEmailDomains,
            Self.domains(most: 2_000),
            "At which domains it may not be, nor below them: those of mail that is thrown away."
        ),
        Setting(
            "accountsPerEmail",
            \.accountsPerEmail,
            .integer(Bounds.accountsPerEmail),
            "How many accounts one mail address may have."
        ),
        Setting(
            "customAccountNames",
            \.customAccountNames,
            .flag,
            "Whether people may call an account otherwise than the nickname that they go by when they register it."
        ),
        Setting(
            "nickOwnership",
            \.nickOwnership,
            .choice(unknown: .strict),
            "What becomes of who goes by a nickname that belongs to another account. Strict: nobody gets it. Timeout: they get another after nickTimeout. Off: nothing."
        ),
        Setting(
            "nickTimeout",
            \.nickTimeout,
            .duration(Bounds.nickTimeout, .passedOver),
            "After how long who goes by a nickname of another account gets another; with Strict for those who had it before it belonged to one."
        ),
        Setting(
            "channelExpiry",
            \.channelExpiry,
            .duration(Bounds.channelExpiry, .passedOver),
            "After how long without anybody who has a rank there by account a registered channel belongs to nobody any more, such as 60d; by default never. That is looked at in whole days."
        ),
        Setting("required", \.required, .flag, "Whether nobody registers a connection without an account."),
        Setting(
            "sasl",
            \.askedMechanisms,
            .choices(once: "name each mechanism once"),
            "The offered mechanisms in the order of the offer; by default all. EXTERNAL is offered to clients with a certificate."
        ),
        Setting(
            "anonymous",
            \.anonymous,
            .flag,
            "Whether SASL ANONYMOUS is offered: a guest who asks for it passes where accounts are required, without one."
        ),
        Setting(
            "oauth",
            \.oauth,
            .issuer,
            "By whose tokens people log in, too (SASL OAUTHBEARER): an issuer of signed tokens, such as one that speaks OpenID Connect. By default by none."
        ),
        Setting(
            "rememberFor",
            \.rememberFor,
            // Without it nobody is let in.
            .duration(Bounds.rememberFor, .passedOver),
            "For how long after a log-in its account may log in again while PostgreSQL is away, such as 7d; by default not at all. A password that was changed, or an account that was removed, may still be let in then."
        ),
    ]

    private static func domains(most: Int) -> SettingType<[String]> {
        var type = SettingType<[String]>.list(of: .hostname, .set, most: most)
        // Without them more people would get an account than was meant.
        type.decode = { object, key, _ in try object.texts(key) }
        return type
    }

    static let rules = [
        Schema.Rule(
            "!has(self.required) || !self.required || !has(self.sasl) || self.sasl.size() > 0 || has(self.oauth)",
            "accounts are required, so offer a mechanism in sasl"
        )
    ]

    static func check(_ value: Self, _ fields: ObjectFields) {
        guard value.required, value.saslMechanisms.isEmpty, value.oauth == nil else { return }
        let text = "is empty while accounts are required: offer one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, EXTERNAL"
        fields["sasl"].report(.badValue, text)
    }
}

/// What happens when connections break or come twice.
package struct SessionSettings: Hashable, Sendable {
    /// For how long a broken session stays in its channels.
    package var resumeGrace: Duration = .seconds(120)
    /// Whether an account may attach several connections to one session.
    package var multipleClients = true
    /// What is said about ``alwaysOn``; `nil` leaves it to the plan.
    package var askedAlwaysOn: Duration?

    /// For how long the session of an account that asked for it stays without a client.
    package var alwaysOn: Duration { self.askedAlwaysOn ?? PlanSpec.defaultAlwaysOn }

    /// What holds where nothing is said.
    package static let standard = {
        var settings = SessionSettings()
        settings.askedAlwaysOn = PlanSpec.defaultAlwaysOn
        return settings
    }()

    /// Takes what holds where nothing is said.
    package init() {}
}

extension SessionSettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "resumeGrace",
            \.resumeGrace,
            // Harmless: a session stays a little longer or shorter.
            .duration(Bounds.resumeGrace, .passedOver),
            "For how long the session of an account stays in its channels when its last connection broke, such as 2m."
        ),
        Setting(
            "multipleClients",
            \.multipleClients,
            .flag,
            "Whether an account may attach several connections to one session; if not, the latest takes its place."
        ),
        Setting(
            "alwaysOn",
            \.askedAlwaysOn,
            // Harmless, as above.
            .duration(Bounds.alwaysOn, .passedOver),
            "For how long the session of an account that asked for it (PERSISTENCE) stays without a client, such as 30d; 0s for not at all. By default as long as the plan allows."
        ),
    ]
}

/// What is kept of conversations.
package struct HistorySettings: Hashable, Sendable {
    /// What is said about ``enabled``; `nil` leaves it to the plan.
    package var asked: Bool?
    /// What is said about ``retention``; `nil` leaves it to the plan.
    package var askedRetention: Duration?
    /// Whether direct messages are kept too.
    package var directMessages = true

    /// Whether messages are kept.
    package var enabled: Bool { self.asked ?? true }
    /// For how long.
    package var retention: Duration { self.askedRetention ?? PlanSpec.defaultHistoryRetention }

    /// On, for 30 days, with direct messages.
    package static let standard = HistorySettings(
        enabled: true,
        retention: PlanSpec.defaultHistoryRetention,
        directMessages: true
    )

    /// Leaves everything to the plan.
    package init() {}

    /// States what is kept.
    package init(enabled: Bool, retention: Duration, directMessages: Bool) {
        (self.asked, self.askedRetention, self.directMessages) = (enabled, retention, directMessages)
    }
}

extension HistorySettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("enabled", \.asked, .flag, "Whether messages are kept; by default if the plan has the feature."),
        Setting(
            "retention",
            \.askedRetention,
            .duration(Bounds.retention, .refused),
            "For how long, such as 30d; by default as long as the plan allows."
        ),
        Setting("directMessages", \.directMessages, .flag, "Whether direct messages are kept too."),
    ]
}

/// How IRCX looks to this tenant's clients.
package struct IRCXSettings: Hashable, Sendable {
    /// Whose numerics are used where sources differ.
    package enum Dialect: String, Hashable, Sendable, CaseIterable {
        /// Those of pyIRCX.
        case pyircx
        /// Those of the IRCX draft.
        case draft
    }

    /// The dialect for clients that show none of their own.
    package var dialect: Dialect = .pyircx
    /// The prefix of channel owners, one ASCII character; nil if only clients in IRCX mode see that they are more than hosts.
    package var ownerPrefix: String?

    /// What holds where nothing is said.
    package static let standard = IRCXSettings()

    /// Takes what holds where nothing is said.
    package init() {}
}

extension IRCXSettings: SettingsObject {
    private static let prefixes = [".", "~", "!", "&", "*", "^", "="]

    static let settings: [Setting<Self>] = [
        Setting(
            "dialect",
            \.dialect,
            .choice(unknown: .pyircx),
            "Whose numerics are used where sources differ.",
            notImplemented: .yet("the numerics are those of pyircx", but: .pyircx)
        ),
        Setting(
            "ownerPrefix",
            \.ownerPrefix,
            .oneOf(Self.prefixes, "owner prefix: write one of . ~ ! & * ^ ="),
            "The prefix by which all clients see the owners of channels. By default they see them as hosts, with `@`."
        ),
    ]
}
