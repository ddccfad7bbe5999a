package import IRC
import NIOCore

/// Something that happened in a channel; what its log is made of.
package enum ChannelEvent: Hashable, Sendable {
    /// The first one in also founds the channel.
    case joined(Member, founding: Founding?)
    case parted(SessionID, by: Author, reason: String?)
    case quit(SessionID, by: Author, reason: String)
    case kicked(SessionID, nick: String, by: Author, reason: String)
    case modes([ModeChange], by: Author)
    /// A new topic, or none.
    case topic(Topic?, by: Author)
    /// A member changed. `number` counts the changes of one session: the same change stands in the log of each of its
    /// channels, and each client is told once.
    case changed(SessionID, UserChange, by: Author, number: UInt32)
    case invited(SessionID, nick: String, by: Author)
    case message(ChatMessage)
    /// A message was taken back, by its id.
    case redacted(String, by: Author, reason: String?)
    /// Somebody asks to be let in; for those who run the channel, from the server.
    case knocked(by: Author, server: String)
    /// The channel goes by another name: in the same log if that is only spelled otherwise, else it goes on in the log of that
    /// name and this one ends.
    case renamed(ChannelName, by: Author, reason: String?)
    /// A channel goes on here that went by another name, with all that it had: the store says what that is.
    case continued(from: String)
    /// Keys of the channel were set or removed.
    case metadata([MetadataChange], by: Author)
    /// To whom the channel belongs, or what somebody's account is there.
    case registration([RegistrationChange], by: Author)
    /// The channel is closed to guests for a while, or open to them again; told by the server.
    case raid(ChannelRaid?, by: Author, server: String)
    /// The channel came back with what was kept of it: the store says what that is.
    case restored
    /// Ranks are kept for those whom a server's end takes out, and others are not any more, by who they were for.
    case awaited([AwaitedRank], gone: [String])
}

/// What a channel starts with.
package struct Founding: Hashable, Sendable {
    /// The name as the founder spelled it.
    package var name: ChannelName
    /// Milliseconds since 1970.
    package var created: Int64

    package init(name: ChannelName, created: Int64) {
        self.name = name
        self.created = created
    }
}

/// Who did something, as it was shown at that moment.
package struct Author: Hashable, Sendable {
    /// Nil for the server itself.
    package var session: SessionID?
    /// `nick!user@host`, or the server's name.
    package var prefix: String
    package var account: String?

    package init(session: SessionID?, prefix: String, account: String?) {
        self.session = session
        self.prefix = prefix
        self.account = account
    }

    package init(_ session: SessionID, _ user: User) {
        self.init(session: session, prefix: user.prefix, account: user.account)
    }
}
