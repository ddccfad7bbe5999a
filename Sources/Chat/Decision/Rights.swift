/// What somebody may do beyond what everybody may: given by roles, asked for by name where it matters.
package struct Rights: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Sees secret channels, who is in hidden ones, and who is invisible.
    package static let seeHidden = Rights(rawValue: 1 << 0)
    /// Comes into any channel.
    package static let enterAnyChannel = Rights(rawValue: 1 << 1)
    /// Does in any channel what its owners may.
    package static let runAnyChannel = Rights(rawValue: 1 << 2)
    /// Ends other people's sessions.
    package static let endSessions = Rights(rawValue: 1 << 3)
    /// Speaks to operators, and to all who want to hear such.
    package static let announce = Rights(rawValue: 1 << 4)
    /// Has tenants and certificates read again.
    package static let reload = Rights(rawValue: 1 << 5)
    /// Sees the addresses behind cloaks and clients' certificates, and bans addresses.
    package static let seeAddresses = Rights(rawValue: 1 << 6)
    /// Relays what people elsewhere say, under their names, into any channel where it may speak itself.
    package static let relay = Rights(rawValue: 1 << 7)
    /// Sets and removes what other users say of themselves by keys.
    package static let describeOthers = Rights(rawValue: 1 << 8)
    /// Bans people from the network.
    package static let banFromNetwork = Rights(rawValue: 1 << 9)
    /// Keeps people from talking to anybody but those who have this right, and is talked to by them.
    package static let quarantine = Rights(rawValue: 1 << 10)
    /// Takes others into channels and out of them, and gives them other nicknames.
    package static let moveOthers = Rights(rawValue: 1 << 11)
    /// Speaks to everybody on the network.
    package static let addressEverybody = Rights(rawValue: 1 << 12)
    /// Reads who used which rights against whom.
    package static let readAudit = Rights(rawValue: 1 << 13)
    /// Sees what people report, and does something about it.
    package static let handleReports = Rights(rawValue: 1 << 14)
    /// Decides which hosts accounts are shown under.
    package static let assignHosts = Rights(rawValue: 1 << 15)
    /// Looks at messages that checks hold, and at the checks.
    package static let reviewMessages = Rights(rawValue: 1 << 16)

    /// All that there are.
    package static let all: Rights = [
        .seeHidden, .enterAnyChannel, .runAnyChannel, .endSessions, .announce, .reload, .seeAddresses, .relay,
        .describeOthers, .banFromNetwork, .quarantine, .moveOthers, .addressEverybody, .readAudit,
        .handleReports, .assignHosts, .reviewMessages,
    ]

    /// Whether who has these may use them against who has others: never against who has more.
    package func reach(_ others: Rights) -> Bool { others.isSubset(of: self) }
}
