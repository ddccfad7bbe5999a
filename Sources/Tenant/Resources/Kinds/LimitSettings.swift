// How often a client may do something, beside the flood control that is there for all commands.

/// What a tenant limits beside its quotas.
package struct LimitSettings: Hashable, Sendable {
    /// How often commands may be sent, in their order.
    package var rates: [CommandRate] = []

    /// Takes what holds where nothing is said.
    package init() {}
}

/// How often a connection may send a command.
package struct CommandRate: Hashable, Sendable {
    /// Those that may be limited: what others see of somebody, and what takes looking through much.
    package enum Command: String, Hashable, Sendable, CaseIterable {
        case away = "AWAY"
        case chatHistory = "CHATHISTORY"
        case invite = "INVITE"
        case join = "JOIN"
        case knock = "KNOCK"
        case list = "LIST"
        case metadata = "METADATA"
        case mode = "MODE"
        case names = "NAMES"
        case nick = "NICK"
        case notice = "NOTICE"
        case part = "PART"
        case privmsg = "PRIVMSG"
        case register = "REGISTER"
        case setName = "SETNAME"
        case tagMsg = "TAGMSG"
        case topic = "TOPIC"
        case verify = "VERIFY"
        case who = "WHO"
        case whois = "WHOIS"
        case whowas = "WHOWAS"
    }

    /// Which.
    package var command = Command.join
    /// How often.
    package var count = 1
    /// In which time.
    package var per = Duration.seconds(60)

    /// Takes what holds where nothing is said.
    package init() {}

    /// States one.
    package init(_ command: Command, _ count: Int, per: Duration) {
        (self.command, self.count, self.per) = (command, count, per)
    }
}

extension LimitSettings: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "rates",
            \.rates,
            .objects(by: "command", \.command, most: CommandRate.Command.allCases.count),
            "How often a connection may send a command, each of its targets counted (JOIN #a,#b is two). Past that it is refused (263, or FAIL RATE_LIMITED) and nothing is done. By default there is the general flood control alone."
        )
    ]
}

extension CommandRate: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "command",
            \.command,
            .choice(unknown: .tagMsg),
            required: "write command: JOIN, the command that is limited",
            "The command."
        ),
        Setting(
            "count",
            \.count,
            .integer(Bounds.commands),
            required: "write count: 10, how often it may be sent",
            "How often it may be sent, also all at once."
        ),
        Setting(
            "per",
            \.per,
            .duration(Bounds.commandTime, .refused),
            "In which time, such as 10s; with 0s it is not limited."
        ),
    ]
}
