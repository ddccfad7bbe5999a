// A channel that belongs to somebody: it stays when the last one leaves, and knows its people by their accounts.

import NIOCore

/// To whom a registered channel belongs.
package struct ChannelRegistration: Hashable, Sendable {
    /// How many accounts a channel may know, besides its founder.
    package static let maximumLevels = 250

    package internal(set) var founder: AccountReference
    /// When it was registered, milliseconds since 1970.
    package let since: Int64
    /// To whom it goes when the founder's account is no more.
    package internal(set) var successor: AccountReference?
    /// What other accounts are in it, by their folded names.
    package internal(set) var levels: [String: ChannelLevel] = [:]

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

    /// Whether the channel is registered with it, or no more; nil if it says nothing of that.
    package var registers: Bool? {
        switch self {
        case .founder: true
        case .dropped: false
        case .successor, .level: nil
        }
    }

    func encode(into buffer: inout ByteBuffer) {
        switch self {
        case .founder(let account, let since):
            buffer.writeInteger(1 as UInt8)
            account.encode(into: &buffer)
            buffer.writeInteger(since)
        case .dropped: buffer.writeInteger(2 as UInt8)
        case .successor(let account):
            buffer.writeInteger(3 as UInt8)
            buffer.writeFlag(account != nil)
            account?.encode(into: &buffer)
        case .level(let folded, let level):
            buffer.writeInteger(4 as UInt8)
            buffer.writeText(folded)
            buffer.writeFlag(level != nil)
            level?.encode(into: &buffer)
        }
    }

    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    init?(from buffer: inout ByteBuffer) {
        switch buffer.readInteger(as: UInt8.self) {
        case 1:
            guard let account = AccountReference(from: &buffer), let since = buffer.readInteger(as: Int64.self) else {
                return nil
            }
            self = .founder(account, since: since)
        case 2: self = .dropped
        case 3:
            switch buffer.readFlag() {
            case true:
                guard let account = AccountReference(from: &buffer) else { return nil }
                self = .successor(account)
            case false: self = .successor(nil)
            default: return nil
            }
        case 4:
            guard let folded = buffer.readText(), let isSet = buffer.readFlag() else { return nil }
            guard isSet else {
                self = .level(folded: folded, nil)
                return
            }
            guard let level = ChannelLevel(from: &buffer), level.account.folded == folded else { return nil }
            self = .level(folded: folded, level)
        default: return nil
        }
    }
}
