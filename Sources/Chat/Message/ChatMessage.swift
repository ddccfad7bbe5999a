// A message as its entry's bytes: made once where it is said, read in place by every shard that passes it on. Nothing is
// copied and no string made before somebody asks for it, since this is what nearly all of the traffic is.

package import IRC
package import NIOCore

/// A PRIVMSG, NOTICE or TAGMSG on its way.
///
/// Its bytes are those of an entry in a channel's log and in an inbox alike: the envelope, ``tag``, verb, flags (1 a bot, 2 with an
/// account, 4 a copy, 8 an operator), minimum rank, sender (8), origin (4), lengths of account and client tags (2 each), account, client
/// tags, line. Integers are big-endian.
///
/// The verb has 128 added if the message has several lines (``several``): then prefix, target and ``IRC/MultilineText`` stand
/// in place of the line. Who does not know that finds no verb, and passes over the entry.
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

    /// The byte before a message.
    package static let tag: UInt8 = 9
    /// Whoever cannot read it misses a message, and nothing else.
    private static let form = EntryForm.byte(.passOver)
    private static let headLength = 21
    /// Where the flags stand.
    private static let flagsOffset = 3
    private static let verbOffset = 2
    private static let severalBit: UInt8 = 128

    /// The tag, among those of the client, that names the bridge by which a message came (draft/relaymsg).
    package static let relayTag = "draft/relaymsg"

    /// The whole entry's payload.
    package let entry: ByteBuffer
    package let verb: Verb
    package let sender: SessionID
    /// Which of the sender's attachments said it; 0 if it was none of them.
    package let origin: UInt32
    /// For the sender's own attachments, in its own inbox; the message itself stands in another log.
    package let isCopy: Bool
    /// The sender is marked as a bot (IRCv3 bot mode).
    package let isBot: Bool
    /// The sender is an operator (IRCv3 oper-tag).
    package let isOperator: Bool
    /// Only members of at least this rank get it (ISUPPORT STATUSMSG); empty for all.
    package let minimum: MemberModes
    /// Whether it has several lines (draft/multiline): then there is no ``line``.
    package let hasSeveralLines: Bool
    private let hasAccount: Bool
    private let accountLength: Int
    private let tagsLength: Int

    /// Says something.
    ///
    /// - Parameters:
    ///   - verb: Which of the three commands.
    ///   - sender: Whose message it is.
    ///   - origin: Which of the sender's attachments says it.
    ///   - account: The account that the sender is logged in to.
    ///   - isBot: Whether the sender is marked as a bot.
    ///   - isOperator: Whether the sender is an operator.
    ///   - minimum: The rank that a member must have to get it.
    ///   - clientTags: Client-only tags as on the wire, without `@`: `+typing=active`; empty if there are none.
    ///   - capacity: About how many bytes the line has.
    ///   - line: Writes the whole line without tags, CR LF included, as every recipient gets it.
    package init(
        verb: Verb,
        sender: SessionID,
        origin: UInt32,
        account: String?,
        isBot: Bool,
        isOperator: Bool = false,
        minimum: MemberModes,
        clientTags: String,
        capacity: Int,
        line: (inout LineWriter) -> Void
    ) {
        let (account, clientTags, hasAccount) = (account ?? "", clientTags, account != nil)
        let accountLength = min(account.utf8.count, Int(UInt16.max))
        let tagsLength = min(clientTags.utf8.count, Int(UInt16.max))
        var entry = ByteBuffer()
        entry.reserveCapacity(Self.headLength + accountLength + tagsLength + capacity)
        entry.writeMultipleIntegers(
            Self.form,
            Self.tag,
            verb.rawValue,
            (isBot ? 1 : 0) | (hasAccount ? 2 : 0) | (isOperator ? 8 : 0) as UInt8,
            minimum.rawValue,
            sender.rawValue,
            origin,
            UInt16(accountLength),
            UInt16(tagsLength)
        )
        if accountLength > 0 { entry.writeBytes(account.utf8.prefix(accountLength)) }
        if tagsLength > 0 { entry.writeBytes(clientTags.utf8.prefix(tagsLength)) }
        entry.withLineWriter(line)
        self.entry = entry
        self.verb = verb
        self.sender = sender
        self.origin = origin
        self.isCopy = false
        self.isBot = isBot
        self.isOperator = isOperator
        self.minimum = minimum
        self.hasSeveralLines = false
        self.hasAccount = hasAccount
        self.accountLength = accountLength
        self.tagsLength = tagsLength
    }

    /// Says something of several lines: as a message of one, with other content.
    ///
    /// - Parameters:
    ///   - message: Who says it and how; what line it has does not matter.
    ///   - prefix: `nick!user@host`.
    ///   - target: To whom, as every recipient is told.
    ///   - text: What is said.
    package init(_ message: ChatMessage, prefix: String, target: String, text: MultilineText) {
        let offset = message.lineOffset
        var entry = message.entry.getSlice(at: message.entry.readerIndex, length: offset) ?? ByteBuffer()
        entry.reserveCapacity(offset + prefix.utf8.count + target.utf8.count + text.bytes.readableBytes + 4)
        entry.setInteger(message.verb.rawValue | Self.severalBit, at: entry.readerIndex + Self.verbOffset)
        entry.writeText(prefix)
        entry.writeText(target)
        entry.writeImmutableBuffer(text.bytes)
        self.entry = entry
        self.verb = message.verb
        self.sender = message.sender
        self.origin = message.origin
        self.isCopy = message.isCopy
        self.isBot = message.isBot
        self.isOperator = message.isOperator
        self.minimum = message.minimum
        self.hasSeveralLines = true
        self.hasAccount = message.hasAccount
        self.accountLength = message.accountLength
        self.tagsLength = message.tagsLength
    }

    /// Reads an entry's payload.
    ///
    /// - Returns: nil if it is no message.
    package init?(entry: ByteBuffer) {
        guard
            let (form, tag, verb, flags, minimum, sender, origin, accountLength, tagsLength) =
                entry.getMultipleIntegers(
                    at: entry.readerIndex,
                    as: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt64, UInt32, UInt16, UInt16).self
                ), form == Self.form, tag == Self.tag, let kind = Verb(rawValue: verb & ~Self.severalBit),
            Self.headLength + Int(accountLength) + Int(tagsLength) <= entry.readableBytes
        else { return nil }
        self.entry = entry
        self.verb = kind
        self.hasSeveralLines = verb & Self.severalBit != 0
        self.sender = SessionID(rawValue: sender)
        self.origin = origin
        self.isCopy = flags & 4 == 4
        self.isBot = flags & 1 == 1
        self.isOperator = flags & 8 == 8
        self.minimum = MemberModes(rawValue: minimum)
        self.hasAccount = flags & 2 == 2
        self.accountLength = Int(accountLength)
        self.tagsLength = Int(tagsLength)
        if self.hasSeveralLines, self.several == nil { return nil }
    }

    /// The same for the sender's own inbox, so that its other attachments hear of it.
    package var copy: ByteBuffer {
        var entry = self.entry
        let place = entry.readerIndex + Self.flagsOffset
        if let flags = entry.getInteger(at: place, as: UInt8.self) { entry.setInteger(flags | 4, at: place) }
        return entry
    }

    private var lineOffset: Int { Self.headLength + self.accountLength + self.tagsLength }

    package var account: String? {
        guard self.hasAccount else { return nil }
        return self.entry.getString(at: self.entry.readerIndex + Self.headLength, length: self.accountLength)
    }

    /// Client-only tags as on the wire, without `@`: `+typing=active`; empty if there are none.
    package var clientTags: String {
        if self.tagsLength == 0 { return "" }
        let start = self.entry.readerIndex + Self.headLength + self.accountLength
        return self.entry.getString(at: start, length: self.tagsLength) ?? ""
    }

    /// What a message of several lines is made of; nil if it has one.
    package var several: (prefix: String, target: String, text: MultilineText)? {
        guard self.hasSeveralLines else { return nil }
        var rest = self.line
        guard let prefix = rest.readText(), let target = rest.readText(), let text = MultilineText(bytes: rest)
        else { return nil }
        return (prefix, target, text)
    }

    /// The whole line without tags, CR LF included, as every recipient gets it.
    package var line: ByteBuffer {
        let offset = self.lineOffset
        return self.entry.getSlice(at: self.entry.readerIndex + offset, length: self.entry.readableBytes - offset)
            ?? ByteBuffer()
    }

    /// Lends the line's bytes.
    @inline(__always)
    package func withLine<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try self.entry.withUnsafeReadableBytes { bytes in
            try body(UnsafeRawBufferPointer(rebasing: bytes[self.lineOffset...]))
        }
    }

    package static func == (left: ChatMessage, right: ChatMessage) -> Bool { left.entry == right.entry }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.entry) }
}
