// A channel that belongs to somebody: it stays when the last one leaves, and knows its people by their accounts.

import IRC

/// To whom a registered channel belongs.
package struct ChannelRegistration: Hashable, Sendable {
    /// How many accounts a channel may know, besides its founder.
    package static let maximumLevels = 250

    package internal(set) var founder: AccountReference
    /// When it was registered, milliseconds since 1970.
    package internal(set) var since: Int64
    /// To whom it goes when the founder's account is no more.
    package internal(set) var successor: AccountReference?
    /// What other accounts are in it, by their folded names.
    package internal(set) var levels: [String: ChannelLevel] = [:]
    /// Whom it keeps out, in the order in which that was set.
    package internal(set) var autoKicks: [AutoKick] = []
    /// Modes that are always on or off.
    package internal(set) var modeLock: ModeLock?
    /// Whether only accounts that are host or owner by it change the topic.
    package internal(set) var isTopicLocked = false
    /// What the founder says of it; nil for nothing.
    package internal(set) var description: String?
    /// Whether only its people are told of it.
    package internal(set) var isPrivate = false
    /// When somebody with a level was last known to be there, milliseconds since 1970, noted once a day; nil if never.
    package internal(set) var lastUse: Int64?
    /// The longest description, in bytes.
    package static let longestDescription = 200

    package init(founder: AccountReference, since: Int64) {
        self.founder = founder
        self.since = since
    }

    /// What an account is in the channel; nothing for who has none.
    package func rank(of account: AccountReference?) -> MemberModes {
        guard let account else { return [] }
        if account == self.founder { return .owner }
        guard let level = self.levels[account.folded], level.account == account else { return [] }
        return level.rank
    }

    /// What an account of such a name is: of members it is not known when theirs was made.
    func rank(named account: String?) -> MemberModes {
        guard let folded = account.map(Names.accountMapping.fold) else { return [] }
        return folded == self.founder.folded ? .owner : self.levels[folded]?.rank ?? []
    }

    /// Whether an account of such a name has a level.
    func knows(_ user: User) -> Bool { !self.rank(named: user.account).isEmpty }

    /// What gives it to its successor; that it is nobody's, if there is none.
    var handingOver: [RegistrationChange] {
        guard let successor else { return [.dropped] }
        let level: [RegistrationChange] =
            self.levels[successor.folded] == nil ? [] : [.level(folded: successor.folded, nil)]
        return [.founder(successor, since: self.since), .successor(nil)] + level
    }

    /// The levels in the order of the accounts' names.
    package var sorted: [ChannelLevel] { self.levels.sorted { $0.key < $1.key }.map(\.value) }
}

/// What changes of a channel's registration.
package enum RegistrationChange: Hashable, Sendable {
    /// It belongs to an account from then on: to another one, or for the first time.
    case founder(AccountReference, since: Int64)
    /// It belongs to nobody any more, and nobody has a level.
    case dropped
    case successor(AccountReference?)
    /// An account is something else; nothing any more, if nil.
    case level(folded: String, ChannelLevel?)
    /// Whom a mask means is kept out; no more, if nil.
    case autoKick(mask: String, AutoKick?)
    case modeLock(ModeLock?)
    case topicLock(Bool)
    case description(String?)
    case isPrivate(Bool)
    /// Somebody with a level was there, milliseconds since 1970.
    case used(Int64)

    /// Whether the channel is registered with it, or no more; nil if it says nothing of that.
    package var registers: Bool? {
        switch self {
        case .founder: true
        case .dropped: false
        case .successor, .level, .autoKick, .modeLock, .topicLock, .description, .isPrivate, .used: nil
        }
    }
}
