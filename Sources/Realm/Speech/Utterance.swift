package import Chat
package import IRC
package import NIOCore
package import StateStore

/// A message that somebody says.
package struct Saying {
    package let verb: ChatMessage.Verb
    /// A channel, perhaps behind signs of a rank, or a nickname.
    package let target: String
    /// Nil for a message of tags alone, or of several lines.
    package let text: ByteBuffer?
    /// What a message of several lines says.
    package let lines: MultilineText?
    /// Who says it, if it is somebody behind a bridge (RELAYMSG).
    package let relayed: RelayedName?
    /// Client-only tags as on the wire, without `@`.
    package let clientTags: String

    package init(
        verb: ChatMessage.Verb,
        target: String,
        text: ByteBuffer?,
        clientTags: String,
        lines: MultilineText? = nil,
        relayed: RelayedName? = nil
    ) {
        self.verb = verb
        self.target = target
        self.text = text
        self.lines = lines
        self.relayed = relayed
        self.clientTags = clientTags
    }
}

/// One message on its way from who says it to the store.
package final class Utterance {
    package let saying: Saying
    let session: Session
    package let attachment: any Attachment
    /// Whether whoever says it waits for its end before anything else.
    package var isAwaited: Bool
    /// How often it was decided anew, because what it rested on had changed.
    var attempt = 0
    /// One of the tenant's messages was taken for it already.
    var hasToken = false
    /// In the store's hands: the next message may follow.
    var isSent = false
    /// The network's checks have looked at it.
    var isChecked = false
    /// The sender's other attachments hear of it by the session's own log.
    var isCopied = false
    /// Its end was told.
    package internal(set) var isOver = false
    /// Where it goes, once that is known.
    var destination: Destination?

    /// As it stands in the log.
    var message: ChatMessage?

    enum Destination {
        case channel(ChannelReplica, minimum: MemberModes, sign: String, isMember: Bool)
        case user(FoundUser)
    }

    init(_ saying: Saying, by session: Session, through attachment: any Attachment, isAwaited: Bool) {
        self.saying = saying
        self.session = session
        self.attachment = attachment
        self.isAwaited = isAwaited
    }
}

/// How a message ended.
package enum SpeechEnd {
    /// In a channel's log; whether whoever said it has heard it from there.
    case inChannel(Stamp, ChatMessage, isEchoed: Bool)
    /// In a user's log; with what that user is away with.
    case withUser(Stamp, ChatMessage, nick: String, away: String?)
    case refused(Refusal)
}
