package import IRC
package import NIOCore

/// What others may know of a user; never holds the real host.
///
/// A user stands in each of its channels on each shard and is copied whenever one of them is looked at, so a copy is one
/// reference; a change makes another.
package struct User: Hashable, Sendable {
    private final class Parts: Sendable {
        let nick: Nickname
        let username: String
        let host: String
        let realname: String
        let account: String?
        let away: String?
        let modes: UserModes
        let signedOn: Int64
        let metadata: Metadata
        let prefix: String

        init(
            _ nick: Nickname,
            _ username: String,
            _ host: String,
            _ realname: String,
            _ account: String?,
            _ away: String?,
            _ modes: UserModes,
            _ signedOn: Int64,
            _ metadata: Metadata
        ) {
            self.nick = nick
            self.username = username
            self.host = host
            self.realname = realname
            self.account = account
            self.away = away
            self.modes = modes
            self.signedOn = signedOn
            self.metadata = metadata
            self.prefix = "\(nick.raw)!\(username)@\(host)"
        }
    }

    private var parts: Parts

    package init(
        nick: Nickname,
        username: String,
        host: String,
        realname: String,
        account: String? = nil,
        away: String? = nil,
        modes: UserModes = [],
        signedOn: Int64,
        metadata: Metadata = Metadata()
    ) {
        self.parts = Parts(nick, username, host, realname, account, away, modes, signedOn, metadata)
    }

    package var nick: Nickname { self.parts.nick }
    package var username: String { self.parts.username }
    /// The cloaked host.
    package var host: String { self.parts.host }
    package var realname: String { self.parts.realname }
    /// The name of the account that the user is logged in to.
    package var account: String? { self.parts.account }
    /// The reason, if the user is away.
    package var away: String? { self.parts.away }
    package var modes: UserModes { self.parts.modes }
    /// When the session began, milliseconds since 1970.
    package var signedOn: Int64 { self.parts.signedOn }
    /// What the user says of itself by keys.
    package var metadata: Metadata { self.parts.metadata }
    /// `nick!user@host`, the source of what the user does.
    package var prefix: String { self.parts.prefix }

    package static func == (left: User, right: User) -> Bool {
        if left.parts === right.parts { return true }
        return left.nick == right.nick && left.nick.raw == right.nick.raw && left.username == right.username
            && left.host == right.host && left.realname == right.realname && left.account == right.account
            && left.away == right.away && left.modes == right.modes && left.signedOn == right.signedOn
            && left.metadata == right.metadata
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.nick)
        hasher.combine(self.username)
        hasher.combine(self.host)
    }

    /// Writes all but the metadata, which comes last wherever a user is kept.
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
    case metadata([MetadataChange])

    /// The new nickname, if it is that which changed.
    package var nick: String? { if case .nick(let nick) = self { nick.raw } else { nil } }

    /// Whether a change's number comes after another's, also where numbers begin again (RFC 1982).
    package static func isNewer(_ number: UInt32, than other: UInt32) -> Bool {
        Int32(bitPattern: number &- other) > 0
    }
}

extension User {
    /// What makes another state of the same user of this one.
    ///
    /// The host comes last: to some clients that is a QUIT, and behind it somebody who is all that the others say.
    package func changes(to other: User) -> [UserChange] {
        var changes: [UserChange] = []
        if self.account != other.account { changes.append(.account(other.account)) }
        if self.nick.raw != other.nick.raw { changes.append(.nick(other.nick)) }
        if self.realname != other.realname { changes.append(.realname(other.realname)) }
        if self.away != other.away { changes.append(.away(other.away)) }
        let metadata = self.metadata.changes(to: other.metadata)
        if !metadata.isEmpty { changes.append(.metadata(metadata)) }
        if (self.username, self.host) != (other.username, other.host) {
            changes.append(.host(username: other.username, host: other.host))
        }
        var user = self
        for change in changes { user.apply(change) }
        return user.modes == other.modes ? changes : changes + [.modes(other.modes)]
    }

    package mutating func apply(_ change: UserChange) {
        let parts = self.parts
        var (nick, username, host, realname) = (parts.nick, parts.username, parts.host, parts.realname)
        var (account, away, modes, metadata) = (parts.account, parts.away, parts.modes, parts.metadata)
        switch change {
        case .nick(let new): nick = new
        case .away(let reason): away = reason
        case .account(let new):
            account = new
            if new == nil { modes.remove(.registered) } else { modes.insert(.registered) }
        case .host(let newUsername, let newHost): (username, host) = (newUsername, newHost)
        case .realname(let new): realname = new
        case .modes(let new): modes = new
        case .metadata(let changes): metadata.apply(changes)
        }
        self.parts = Parts(nick, username, host, realname, account, away, modes, parts.signedOn, metadata)
    }
}

extension User {
    /// The same user with metadata that was read behind it.
    func with(_ metadata: Metadata) -> User {
        if metadata.isEmpty { return self }
        var user = self
        user.apply(.metadata(metadata.changes))
        return user
    }
}
