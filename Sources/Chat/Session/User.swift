package import IRC
package import NIOCore

/// What others may know of a user; never holds the real host.
package struct User: Hashable, Sendable {
    package var nick: Nickname
    package var username: String
    /// The cloaked host.
    package var host: String
    package var realname: String
    /// The name of the account that the user is logged in to.
    package var account: String?
    /// The reason, if the user is away.
    package var away: String?
    package var modes: UserModes
    /// When the session began, milliseconds since 1970.
    package var signedOn: Int64

    package init(
        nick: Nickname,
        username: String,
        host: String,
        realname: String,
        account: String? = nil,
        away: String? = nil,
        modes: UserModes = [],
        signedOn: Int64
    ) {
        self.nick = nick
        self.username = username
        self.host = host
        self.realname = realname
        self.account = account
        self.away = away
        self.modes = modes
        self.signedOn = signedOn
    }

    /// `nick!user@host`, the source of what the user does.
    package var prefix: String { "\(self.nick.raw)!\(self.username)@\(self.host)" }

    package func encode(into buffer: inout ByteBuffer) {
        buffer.writeText(self.nick.raw)
        buffer.writeText(self.username)
        buffer.writeText(self.host)
        buffer.writeText(self.realname)
        buffer.writeOptionalText(self.account)
        buffer.writeOptionalText(self.away)
        buffer.writeInteger(self.modes.rawValue)
        buffer.writeInteger(self.signedOn)
    }

    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    package init?(from buffer: inout ByteBuffer) {
        guard let nick = buffer.readNickname(),
            let username = buffer.readText(),
            let host = buffer.readText(),
            let realname = buffer.readText(),
            let account = buffer.readOptionalText(),
            let away = buffer.readOptionalText(),
            let modes = buffer.readInteger(as: UInt8.self),
            let signedOn = buffer.readInteger(as: Int64.self)
        else { return nil }
        self.init(
            nick: nick,
            username: username,
            host: host,
            realname: realname,
            account: account,
            away: away,
            modes: UserModes(rawValue: modes),
            signedOn: signedOn
        )
    }
}

/// How a user changed; one step at a time, because clients are told each in its own way.
package enum UserChange: Hashable, Sendable {
    case nick(Nickname)
    /// Away with a reason, or back.
    case away(String?)
    /// Logged in, or out.
    case account(String?)
    case host(username: String, host: String)
    case realname(String)
    case modes(UserModes)
}

extension User {
    package mutating func apply(_ change: UserChange) {
        switch change {
        case .nick(let nick): self.nick = nick
        case .away(let reason): self.away = reason
        case .account(let account):
            self.account = account
            if account == nil { self.modes.remove(.registered) } else { self.modes.insert(.registered) }
        case .host(let username, let host): (self.username, self.host) = (username, host)
        case .realname(let realname): self.realname = realname
        case .modes(let modes): self.modes = modes
        }
    }
}
