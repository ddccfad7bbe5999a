import Chat
import IRC
import StateStore

/// One user's presence on a tenant, as the shard that serves it holds it.
final class Session {
    let id: SessionID
    /// The user, with the modes and the real host that only this shard knows; what decisions are made for.
    var requester: Requester
    /// `nick!user@host`, kept because every message carries it.
    private(set) var prefix: String
    /// The session's log: its record, and what is sent to it.
    let inbox: LogKey
    /// Whom it last sent a message to, if that was somebody here: most likely whom it writes to next.
    var lastTarget: ConnectionID?
    var memberships: [ChannelReplica] = []
    /// Messages that came before the welcome was sent.
    var early: [Entry] = []
    /// Channels that a JOIN without an answer may have taken it into; its end takes it out of them too.
    var uncertainChannels: Set<String> = []
    /// The number of the last change of the user.
    var changes: UInt32 = 0
    /// Nicknames that it watches, folded, with the spelling that it used.
    var monitored: [String: String] = [:]
    /// When it last said something, in the shard's seconds.
    var lastSpoke: UInt32
    /// Changes in the store's hands that the session's end waits for: what ends must be known exactly.
    var commitsUnderWay = 0
    /// Why the session ends, once those have landed.
    var endReason: String?
    /// Kept by the session: it may outlive the shard's own reference to the connection while its end waits.
    let connection: Connection

    init(requester: Requester, inbox: LogKey, connection: Connection, now: UInt32) {
        self.id = requester.session
        self.requester = requester
        self.prefix = requester.user.prefix
        self.inbox = inbox
        self.connection = connection
        self.lastSpoke = now
    }

    var user: User { self.requester.user }

    /// The channel of this name that it is in; exactly as the channel's members see it, as it nearly always is.
    func membership(named name: String) -> ChannelReplica? {
        self.memberships.first { $0.state.name.raw == name }
    }

    /// Takes what the store has, after changes were missed.
    func adopt(_ record: SessionRecord) {
        self.requester.user = record.user
        self.prefix = record.user.prefix
        self.changes = record.changes
    }

    func apply(_ change: UserChange) {
        self.requester.user.apply(change)
        self.prefix = self.requester.user.prefix
    }

    var record: SessionRecord {
        SessionRecord(
            session: self.id,
            user: self.user,
            channels: Set(self.memberships.map(\.key.name)),
            changes: self.changes
        )
    }

    var actor: Actor { Actor(session: self.id, prefix: self.prefix, account: self.user.account) }
}
