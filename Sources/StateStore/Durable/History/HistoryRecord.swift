import Chat
package import Tenant

/// Something that was said or that happened in a conversation, as the durable history keeps it: everything that it takes to
/// write its line again.
package struct HistoryRecord: Hashable, Sendable {
    /// What it was; the numbers are in the database.
    package enum Kind: Int64, CaseIterable, Sendable {
        case privmsg = 1
        case notice = 2
        case tagmsg = 3
        case join = 4
        case part = 5
        case quit = 6
        case kick = 7
        case mode = 8
        case topic = 9
        case nick = 10

        /// Whether it is more than what somebody said: what only clients get that ask for events.
        package var isEvent: Bool { self.rawValue > Kind.notice.rawValue }
    }

    package let tenant: TenantID
    /// `Conversation.text`.
    package let conversation: String
    /// Unique in the tenant.
    package let id: Stamp
    package let kind: Kind
    /// `nick!user@host` of whoever did it, or the server's name.
    package let prefix: String
    /// The account that they were logged in to.
    package let account: String?
    package let isBot: Bool
    /// Whom it was said to, as the line had it; empty for what happened in a channel.
    package let target: String
    /// Client-only tags as on the wire, without `@`; empty if there are none.
    package let tags: String
    /// What was said, or the last words of what happened.
    ///
    /// The reason of a PART or QUIT, the topic, the new nickname, a real name with a JOIN, what follows the channel in a MODE or
    /// KICK. Nil if there is none, and after a redaction.
    package let text: String?
    /// Who took it back and why, if somebody did: a prefix, and behind a space the reason.
    package let redaction: String?

    package init(
        _ tenant: TenantID,
        in conversation: String,
        id: Stamp,
        _ kind: Kind = .privmsg,
        prefix: String,
        account: String? = nil,
        isBot: Bool = false,
        target: String = "",
        tags: String = "",
        text: String?,
        redaction: String? = nil
    ) {
        self.tenant = tenant
        self.conversation = conversation
        self.id = id
        self.kind = kind
        self.prefix = prefix
        self.account = account
        self.isBot = isBot
        self.target = target
        self.tags = tags
        self.text = text
        self.redaction = redaction
    }
}

extension HistoryRecord {
    /// Why it was taken back, if somebody did and said so: what follows the prefix.
    package var redactionReason: String? {
        guard let redaction, let space = redaction.firstIndex(of: " ") else { return nil }
        return String(redaction[redaction.index(after: space)...])
    }

    /// The record that an entry of a log becomes, before the history has it.
    ///
    /// - Returns: nil if it becomes none.
    package init?(_ entry: Entry, of log: LogKey, in conversation: String) {
        let record = FeedRecord(id: .init(""), log: log, entry: entry, label: FeedLabel(conversation))
        guard case .kept(let kept) = HistoryEntry(record) else { return nil }
        self = kept
    }
}

extension UserEvent {
    /// Whether it is in the feed for the devices of the user's account alone.
    fileprivate var isForDevices: Bool {
        switch self {
        case .invited, .read: true
        default: false
        }
    }
}

/// What becomes of an entry of the feed.
enum HistoryEntry {
    case kept(HistoryRecord)
    /// For some of the members alone: for the archive, and for nobody to read later.
    case archivedOnly(HistoryRecord)
    /// For the audit log.
    case audited(AuditRecord)
    /// Nothing that is played back: AWAY, or that somebody is typing.
    case passedOver
    /// Something newer wrote it, or it is damaged.
    case unreadable

    init(_ record: FeedRecord) {
        if let row = AuditRecord(record) {
            self = .audited(row)
            return
        }
        let payload = record.entry.payload
        if let message = ChatMessage(entry: payload) {
            let isTyping = message.verb == .tagmsg && ChatMessage.tellOnlyTyping(message.clientTags)
            guard !isTyping else {
                self = .passedOver
                return
            }
            guard let said = message.said else {
                self = .unreadable
                return
            }
            let kind: HistoryRecord.Kind =
                switch message.verb {
                case .privmsg: .privmsg
                case .notice: .notice
                case .tagmsg: .tagmsg
                }
            let row = HistoryRecord(
                record.log.tenant,
                in: record.label.text,
                id: Stamp(position: record.entry.position, time: record.entry.time),
                kind,
                prefix: said.prefix,
                account: message.account,
                isBot: message.isBot,
                target: said.target,
                tags: message.clientTags,
                text: said.text
            )
            self = message.minimum.isEmpty ? .kept(row) : .archivedOnly(row)
            return
        }
        // What a user's own log has beside messages is for others who read the feed.
        if record.log.kind == .user, let event = UserEvent(payload), event.isForDevices {
            self = .passedOver
            return
        }
        guard let event = ChannelEvent(payload) else {
            self = .unreadable
            return
        }
        if case .redacted(let id, let author, let reason) = event {
            self =
                Stamp(messageID: id).map { .kept(HistoryRecord(record, redacts: $0, by: author, reason)) }
                ?? .unreadable
            return
        }
        self = Self.happened(event).map { .kept(HistoryRecord(record, $0.kind, by: $0.author, $0.text)) } ?? .passedOver
    }

    private static func happened(_ event: ChannelEvent) -> (kind: HistoryRecord.Kind, author: Author, text: String?)? {
        switch event {
        case .joined(let member, _): (.join, Author(member.session, member.user), member.user.realname)
        case .parted(_, let author, let reason): (.part, author, reason)
        case .quit(_, let author, let reason): (.quit, author, reason)
        case .kicked(_, let nick, let author, let reason): (.kick, author, "\(nick) \(reason)")
        case .modes(let changes, let author): (.mode, author, changes.parameters.joined(separator: " "))
        case .topic(let topic, let author): (.topic, author, topic?.text ?? "")
        case .changed(_, let change, let author, _): change.nick.map { (.nick, author, $0) }
        case .invited, .message, .redacted, .knocked, .renamed, .continued, .metadata, .registration,
            .restored, .awaited, .raid:
            nil
        }
    }
}

extension HistoryRecord {
    /// What is left of a message that was taken back, whether it is kept already or comes later.
    fileprivate init(_ record: FeedRecord, redacts id: Stamp, by author: Author, _ reason: String?) {
        self.init(
            record.log.tenant,
            in: record.label.text,
            id: id,
            prefix: author.prefix,
            account: author.account,
            text: nil,
            redaction: author.prefix + (reason.map { " " + $0 } ?? "")
        )
    }

    fileprivate init(_ record: FeedRecord, _ kind: Kind, by author: Author, _ text: String?) {
        self.init(
            record.log.tenant,
            in: record.label.text,
            id: Stamp(position: record.entry.position, time: record.entry.time),
            kind,
            prefix: author.prefix,
            account: author.account,
            text: text
        )
    }
}
