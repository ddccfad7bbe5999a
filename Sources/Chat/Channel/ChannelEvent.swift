package import IRC
package import NIOCore

/// Something that happened in a channel; what its log is made of.
package enum ChannelEvent: Hashable, Sendable {
    /// The first one in also founds the channel.
    case joined(Member, founding: Founding?)
    case parted(SessionID, by: Actor, reason: String?)
    case quit(SessionID, by: Actor, reason: String)
    case kicked(SessionID, nick: String, by: Actor, reason: String)
    case modes([ModeChange], by: Actor)
    /// A new topic, or none.
    case topic(Topic?, by: Actor)
    /// A member changed. `number` counts the changes of one session: the same change stands in the log of each of its
    /// channels, and each client is told once.
    case changed(SessionID, UserChange, by: Actor, number: UInt32)
    case invited(SessionID, nick: String, by: Actor)
    case message(ChatMessage)
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
package struct Actor: Hashable, Sendable {
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

/// A PRIVMSG, NOTICE or TAGMSG on its way.
package struct ChatMessage: Hashable, Sendable {
    package enum Verb: UInt8, Sendable {
        case privmsg = 1
        case notice = 2
        case tagmsg = 3

        package var command: String {
            switch self {
            case .privmsg: "PRIVMSG"
            case .notice: "NOTICE"
            case .tagmsg: "TAGMSG"
            }
        }
    }

    package var verb: Verb
    package var sender: SessionID
    package var account: String?
    /// The sender is marked as a bot (IRCv3 bot mode).
    package var isBot: Bool
    /// Only members of at least this rank get it (ISUPPORT STATUSMSG); empty for all.
    package var minimum: MemberModes
    /// Client-only tags as on the wire, without `@`: `+typing=active`; empty if there are none.
    package var clientTags: String
    /// The whole line without tags, CR LF included, as every recipient gets it.
    package var line: ByteBuffer

    package init(
        verb: Verb,
        sender: SessionID,
        account: String?,
        isBot: Bool,
        minimum: MemberModes,
        clientTags: String,
        line: ByteBuffer
    ) {
        self.verb = verb
        self.sender = sender
        self.account = account
        self.isBot = isBot
        self.minimum = minimum
        self.clientTags = clientTags
        self.line = line
    }
}
