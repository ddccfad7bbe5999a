package import Chat
package import IRC
package import StateStore

/// What takes part in a session at one moment: an IRC connection, a WebSocket, a robot in the process.
///
/// Called on the shard's loop only. What it is told it says in its own words, now or never: it must not call back into
/// the realm from these.
package protocol Attachment: AnyObject {
    /// The session that it takes part in.
    var session: Session? { get }
    /// Tells it from the session's other attachments, wherever they are; drawn at random, never 0.
    var number: UInt32 { get }
    /// Nobody is before it: it does not count for whether the user is away.
    var isUnattended: Bool { get set }
    /// Places of hard quotas that it takes.
    var slots: [CounterKey] { get set }
    /// It has shown a proof of work, which is good for coming in or for one account, and was not needed yet.
    var isProven: Bool { get set }
    /// The account that it proved; nil of a guest, and of who came back without proving it again.
    var login: LoggedIn? { get }
    /// It was let in only since it had logged in: it does not log out.
    var needsAccount: Bool { get set }
    /// Nicknames that it watches, folded, with the spelling that it used.
    var monitored: [String: String] { get set }
    /// How it is connected.
    var facts: UserFacts { get }
    /// What logs call it.
    var label: String { get }
    /// By what it came.
    var kind: AttachedClient.Kind { get }
    /// What its client calls itself; nil if it does not say.
    var agent: String? { get }
    /// When it connected, in milliseconds since 1970.
    var since: Int64 { get }

    /// Makes the group of attachments that are told the same in the same way, with nobody in it yet.
    func makeGroup() -> any AttachmentGroup

    /// A message to the session.
    ///
    /// - Returns: whether it was passed on.
    func deliver(_ message: ChatMessage, _ entry: Entry) -> Bool

    /// The session's own message, as the log has it or as the store stamped it.
    func echo(_ message: ChatMessage, at time: Int64, id: Position, in log: EchoPlace)

    /// Something that concerns the session.
    func tell(_ notice: Notice)

    /// How a message that was said through it has ended.
    func said(_ utterance: Utterance, _ end: SpeechEnd)

    /// Has somebody wait while much of what it was told is not on its way yet.
    func hold(_ pace: Pace)

    /// The session is over for it; it closes.
    ///
    /// - `mayReturn`: whether its client is to connect again at once.
    func end(reason: Phrase, parting: Parting, mayReturn: Bool)
}

extension Attachment {
    /// Whether what it sends and gets is encrypted on its way.
    package var isSecure: Bool { self.facts.isSecure }
}

/// How an attachment leaves, which says what becomes of its session if it was the last.
package enum Parting: Hashable, Sendable {
    /// Its connection broke, or had to be closed: the session waits for somebody to come back.
    case lost
    /// Its client signed off: the session ends, unless it is always on.
    case quit
    /// The session is to end.
    case ended
}

/// What a client has received of what its session was told.
package struct Receipt {
    /// Up to when, milliseconds since 1970.
    let time: Int64
    /// Up to where in each log; nil if that is not known.
    let places: SessionPlaces?

    init(time: Int64, places: SessionPlaces?) {
        self.time = time
        self.places = places
    }

    /// All until a time, in milliseconds since 1970, for all that is known.
    package init(upTo time: Int64) { self.init(time: time, places: nil) }
}

/// Where the sender's own copy of a message comes from.
package enum EchoPlace: Sendable {
    /// A channel's log, which the sender follows: it stands in the right place among the others' messages.
    case channel
    /// The store's answer: the log is another's to follow.
    case answer
}

/// Attachments that are told the same in the same way: what is told them is encoded once.
package protocol AttachmentGroup: AnyObject {
    var isEmpty: Bool { get }

    /// Whether an attachment is told the same in the same way.
    func accepts(_ attachment: any Attachment) -> Bool

    func insert(_ attachment: any Attachment)

    var attachments: [any Attachment] { get }

    /// - Returns: false if it was not in the group.
    func remove(_ attachment: any Attachment) -> Bool

    /// A message in a channel, for all but its sender.
    ///
    /// - Returns: how many it was passed on to.
    func pass(_ message: ChatMessage, _ entry: Entry, in channel: ChannelState, except sender: (any Attachment)?) -> Int

    /// Something else that happened in a channel.
    ///
    /// - `isTold`: who of them is told; nil for all.
    func tell(_ happening: Happening, isTold: ((any Attachment) -> Bool)?)

    /// Some of what happened in a channel may be missing.
    func tellOfGap(in channel: ChannelState)

    /// Has somebody wait for those to whom much of what they were told is not on its way yet.
    func hold(_ pace: Pace)
}

/// Something that happened in a channel, on its way to the members here.
package struct Happening {
    package let event: ChannelEvent
    package let channel: ChannelState
    /// Milliseconds since 1970.
    package let time: Int64
    /// Where it stands in the channel's log, if it is known as that later; with the time it is its id.
    package let id: Position?
    /// What led to it just now, if it is here: for it this is part of the answer.
    package let cause: (any Attachment)?
    /// The server's name if somebody joins only because they are known by another host: news for those who cannot be told of
    /// that otherwise (IRCv3 chghost).
    package let returning: String?

    init(
        event: ChannelEvent,
        channel: ChannelState,
        time: Int64,
        id: Position? = nil,
        cause: (any Attachment)?,
        returning: String? = nil
    ) {
        self.event = event
        self.channel = channel
        self.time = time
        self.id = id
        self.cause = cause
        self.returning = returning
    }

    /// The modes of the user whose doing it is, as far as the channel knows.
    package var authorModes: UserModes {
        if case .joined(let member, _) = self.event { return member.user.modes }
        return self.event.author?.session.flatMap { self.channel.members[$0] }?.user.modes ?? []
    }

    /// A member's coming in, told later to one who is that member.
    package init(joining member: Member, _ channel: ChannelState, time: Int64) {
        self.init(event: .joined(member, founding: nil), channel: channel, time: time, cause: nil)
    }
}

/// Something that concerns one session.
package enum Notice {
    /// Invited to a channel.
    case invited(channel: String, by: Author, time: Int64)
    /// Changed itself, from these modes; whether its own command led to it.
    case changed(UserChange, by: Author, time: Int64, modesBefore: UserModes, isCaused: Bool)
    /// Is in a channel by another attachment's doing; whether it has heard that it joined.
    case entered(ChannelView, isAnnounced: Bool)
    /// A channel that it knows goes on under another name; it is shown that as soon as it is known here.
    case renamed(ChannelRename, isCaused: Bool)
    /// That channel, as it is there; nil if the session has left it meanwhile.
    case moved(ChannelRename, ChannelView?)
    /// Goes by its present nickname since changes were missed, and by this prefix before.
    case renamedUnseen(from: String)
    /// What was said while nobody took part in the session: in a channel, or to the user if that is nil; first what the log
    /// has not any more, and whether it is all.
    case missed(channel: String?, older: [HistoryRecord], [(message: ChatMessage, entry: Entry)], isAll: Bool)
    /// What was said in a channel while the store was out of reach, as far as it is kept; what the client said itself, by
    /// this prefix, is for those who want echoes.
    case caughtUp(channel: String, [HistoryRecord], own: String?)
    /// What was sent to it may be missing.
    case gap
    /// A nickname that it watches came or went, or who has it changed.
    case presence(NickEvent, time: Int64)
    case wallops(String, by: Author)
    /// What an operator tells everybody.
    case global(String)
    /// Is kept apart from now on, or not any more.
    case quarantined(Quarantine?)
    /// Is muted from now on, or not any more.
    case muted(Quarantine?)
    /// Somebody reported something; for those who look into it.
    case reported(Int64, by: String, about: String, place: String?, reason: String)
    /// What somebody of the session's reported was closed: what was done.
    case reportClosed(Int64, outcome: String)
    /// Another client of the account said whether it is to stay without one.
    case persistence(Persistence)
    /// Another client of the account has read a conversation up to a time, in milliseconds since 1970.
    case read(String, upTo: Int64)
    /// A direct message was taken back; whether its own command led to it.
    case redacted(Redaction, isCaused: Bool)
    case killed(by: Author, reason: String)
    /// A message was let through, but a check has something against it.
    case flagged(ChatMessage.Verb, target: String, Phrase)
    /// A moderator has looked at a message that was held, and let it through, or says why not.
    case reviewed(target: String, rejection: String?)
    /// A check did something to somebody, for those who look after the network.
    case checked(AuditEntry)
    /// Somebody of this nickname left a message for its account.
    case memoLeft(by: String)
    /// Its nickname belongs to an account: in so many seconds it has another.
    case nickIsOwned(within: Int)
}

/// A message that somebody took back (draft/message-redaction).
package struct Redaction {
    /// The message's id.
    package let id: String
    /// Where or to whom it was said.
    package let target: String
    package let author: Author
    package let reason: String?
    /// When it was taken back, in milliseconds since 1970.
    package let time: Int64

    package init(id: String, target: String, author: Author, reason: String?, time: Int64) {
        self.id = id
        self.target = target
        self.author = author
        self.reason = reason
        self.time = time
    }
}
