/// A check that a network has its messages go through, as it is written in the tenant's settings.
///
/// One type for all kinds: what a kind does not ask for is left alone.
package struct Check: Hashable, Sendable {
    /// What is looked at.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// How many messages somebody says in a time.
        case rate = "Rate"
        /// How often somebody says the same, or nearly the same, in a time.
        case repetition = "Repeat"
        /// The share of capitals among a text's letters.
        case capitals = "Capitals"
        /// How many codes of colours and other formatting a text has.
        case formatting = "Formatting"
        /// Where links lead.
        case links = "Links"
        /// Which words a text has.
        case words = "Words"
        /// Regular expressions.
        case patterns = "Patterns"
    }

    /// What becomes of a message that is hit, from the mildest.
    package enum Action: String, Hashable, Sendable, CaseIterable, Comparable {
        /// It goes through, and its sender is told.
        case warn = "Warn"
        /// It does not, and its sender is told.
        case refuse = "Refuse"
        /// Its sender alone sees it.
        case hide = "Hide"
        /// It is kept until a moderator has looked at it.
        case hold = "Hold"
        /// Its sender does not speak in the channel for a time.
        case mute = "Mute"
        /// Its sender is taken out of the channel.
        case kick = "Kick"
        /// The same, and does not come in for a time.
        case ban = "Ban"

        /// Whether it is done in a channel, and nowhere else.
        package var needsChannel: Bool { self >= .mute }

        package static func < (left: Action, right: Action) -> Bool { left.severity < right.severity }

        private var severity: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// The rank in a channel from which on a check does not hold.
    package enum Rank: String, Hashable, Sendable, CaseIterable {
        /// For nobody.
        case none = "None"
        case voice = "Voice"
        case host = "Host"
        case owner = "Owner"
    }

    /// For whom it does not hold.
    package struct Exemption: Hashable, Sendable {
        /// Who has a role of the network: guides, moderators and administrators.
        package var roles = true
        /// Who has at least this rank in the channel.
        package var rank = Rank.host
        /// Who is logged in to an account.
        package var accounts = false

        package init() {}
    }

    /// By which it is known, to moderators and in figures.
    package var name = ""
    package var kind = Kind.rate
    package var action = Action.hold
    /// For how long who is muted or banned is that.
    package var duration: Duration = .seconds(600)
    /// Whether it only counts.
    package var dryRun = false
    /// In which channels it holds, by masks; in all if there are none.
    package var channels: [String] = []
    /// Whether it holds in channels.
    package var inChannels = true
    /// Whether it holds for what is said to people.
    package var directMessages = false
    package var exempt = Exemption()
    /// How many messages, repetitions or codes are let pass.
    package var limit = 5
    /// In which time messages are counted.
    package var within: Duration = .seconds(10)
    /// The least share of capitals that is too much, in percent.
    package var share = 70
    /// How many letters a text has at least whose capitals, or whose repetition, are looked at.
    package var minimumLength = 10
    /// Where links may lead.
    package var allow: [String] = []
    /// Where links may not lead; anywhere else if there are none.
    package var deny: [String] = []
    /// Words and phrases; `*` at either end stands for any letters.
    package var words: [String] = []
    /// Regular expressions.
    package var patterns: [String] = []

    package init() {}
}
