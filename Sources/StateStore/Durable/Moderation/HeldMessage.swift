package import Chat

/// A message that a check held, and that waits for a moderator.
package struct HeldMessage: Hashable, Sendable {
    /// By which moderators call it.
    package let id: String
    /// When it was said, milliseconds since 1970.
    package let time: Int64
    /// Likewise: until when it waits.
    package let expires: Int64
    /// Who said it, in which session.
    package let sender: SessionID
    /// What they were called.
    package let nick: String
    /// The account of who said it, folded; nil of a guest.
    package let account: String?
    /// The host that was shown of a guest, who is known again by it; nil of others.
    package let host: String?
    /// Where it goes, as it was written: a channel, perhaps behind the sign of a rank, or a nickname.
    package let target: String
    /// To whom, if it goes to a person: others may be called so by the time that it is let through.
    package let recipient: Conversation.Party?
    /// When the channel was made to which it goes, if it goes to one: another may be called so by then.
    package let channelCreated: Int64?
    /// The check that held it.
    package let check: String
    /// Why.
    package let reason: String
    /// The message as it would have been said.
    package let message: ChatMessage

    package init(
        id: String,
        time: Int64,
        expires: Int64,
        sender: SessionID,
        nick: String,
        account: String?,
        host: String?,
        target: String,
        recipient: Conversation.Party?,
        channelCreated: Int64?,
        check: String,
        reason: String,
        _ message: ChatMessage
    ) {
        (self.id, self.time, self.expires) = (id, time, expires)
        (self.sender, self.nick, self.account) = (sender, nick, account)
        (self.host, self.channelCreated) = (host, channelCreated)
        (self.target, self.recipient) = (target, recipient)
        (self.check, self.reason, self.message) = (check, reason, message)
    }

    /// What it says, with line feeds between lines.
    package var text: String { self.message.said?.text ?? "" }
}

/// What came of holding a message.
package enum Holding: Hashable, Sendable {
    case held
    /// As many wait as may.
    case isFull
    /// As many of the same sender wait as may.
    case senderHasTooMany
}
