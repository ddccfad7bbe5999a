// What somebody was in a channel when a server's end took it out: it is that again on coming back in time (ADR 0041).

import IRC
package import NIOCore

/// A rank in a channel that is kept for somebody whom a server's end took out of it.
package struct AwaitedRank: Hashable, Sendable {
    /// For how long, in milliseconds.
    package static let term: Int64 = 900_000

    /// Who is awaited, as ``identity(of:)`` says.
    package let identity: String
    package let modes: MemberModes
    /// When the account was made, milliseconds since 1970: another one of the name is another account; 0 of a guest.
    package let since: Int64
    /// Milliseconds since 1970.
    package let until: Int64

    package init(identity: String, modes: MemberModes, since: Int64, until: Int64) {
        self.identity = identity
        self.modes = modes
        self.since = since
        self.until = until
    }

    /// What a member that goes now is awaited as; nil if it had no rank, or if its account could not be told from another of the name.
    ///
    /// - Parameters:
    ///   - member: Who.
    ///   - accountSince: When its account was made, milliseconds since 1970; nil if that is not known.
    ///   - now: Likewise.
    package init?(_ member: Member, accountSince: Int64?, now: Int64) {
        guard !member.modes.isEmpty else { return nil }
        let since = member.user.account == nil ? 0 : accountSince
        guard let since else { return nil }
        self.init(identity: Self.identity(of: member.user), modes: member.modes, since: since, until: now + Self.term)
    }

    /// Who somebody is beyond a session: the account; of a guest the nickname, the user name and the host that is shown, which stands
    /// for its whole address.
    package static func identity(of user: User) -> String {
        if let account = user.account { return "a" + Names.accountMapping.fold(account) }
        return "g\(user.nick.folded)!\(user.username)@\(user.host)"
    }

    /// Writes all of it.
    package func encode(into buffer: inout ByteBuffer) {
        buffer.writeText(self.identity)
        buffer.writeInteger(self.modes.rawValue)
        buffer.writeMultipleIntegers(self.since, self.until)
    }

    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    package init?(from buffer: inout ByteBuffer) {
        guard let identity = buffer.readText(), let modes = buffer.readInteger(as: UInt8.self),
            let (since, until) = buffer.readMultipleIntegers(as: (Int64, Int64).self)
        else { return nil }
        self.init(identity: identity, modes: MemberModes(rawValue: modes), since: since, until: until)
    }
}
