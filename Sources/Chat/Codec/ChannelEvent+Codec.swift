import IRC
package import NIOCore

/// The byte before each event.
///
/// Numbers are never used for something else once released.
private enum Tag: UInt8 {
    case joined = 1
    case parted, quit, kicked, modes, topic, changed, invited
    /// ``ChatMessage/tag``.
    case message = 9
    /// In a user's log as well, so that who keeps messages reads it there, too (``UserEvent/redacted(_:to:by:reason:)``).
    case redacted = 10
    case knocked = 20
    case renamed, continued
    case metadata = 23
    case registration, restored, awaited, raid
}

extension ChannelEvent {
    package var encoded: ByteBuffer {
        var buffer = ByteBuffer()
        self.encode(into: &buffer)
        return buffer
    }

    package func encode(into buffer: inout ByteBuffer) {
        switch self {
        case .joined(let member, let founding):
            buffer.writeForm(Tag.joined.rawValue, unknown: .loadAgain)
            member.encode(into: &buffer)
            buffer.writeOptionalText(founding?.name.raw)
            if let founding { buffer.writeInteger(founding.created) }
            MetadataChange.encode(member.user.metadata.changes, into: &buffer)
        case .parted(let session, let actor, let reason):
            buffer.writeForm(Tag.parted.rawValue, unknown: .loadAgain)
            buffer.writeSession(session)
            buffer.write(actor, reason)
        case .quit(let session, let actor, let reason):
            buffer.writeForm(Tag.quit.rawValue, unknown: .loadAgain)
            buffer.writeSession(session)
            buffer.write(actor, saying: reason)
        case .kicked(let session, let nick, let actor, let reason):
            buffer.writeForm(Tag.kicked.rawValue, unknown: .loadAgain)
            buffer.writeSession(session)
            buffer.writeText(nick)
            buffer.write(actor, saying: reason)
        case .modes(let changes, let actor):
            buffer.writeForm(Tag.modes.rawValue, unknown: .loadAgain)
            actor.encode(into: &buffer)
            buffer.writeInteger(UInt8(clamping: changes.count))
            for change in changes.prefix(255) { change.encode(into: &buffer) }
        case .topic(let topic, let actor):
            buffer.writeForm(Tag.topic.rawValue, unknown: .loadAgain)
            buffer.write(actor, topic?.text)
            if let topic {
                buffer.writeText(topic.setter)
                buffer.writeInteger(topic.time)
            }
        case .changed(let session, let change, let actor, let number):
            buffer.writeForm(Tag.changed.rawValue, unknown: .loadAgain)
            buffer.writeSession(session)
            change.encode(into: &buffer)
            actor.encode(into: &buffer)
            buffer.writeInteger(number)
        case .invited(let session, let nick, let actor):
            buffer.writeForm(Tag.invited.rawValue, unknown: .loadAgain)
            buffer.writeSession(session)
            buffer.writeText(nick)
            actor.encode(into: &buffer)
        case .message(let message):
            buffer.writeImmutableBuffer(message.entry)
        case .redacted(let id, let actor, let reason):
            buffer.writeForm(Tag.redacted.rawValue, unknown: .passOver)
            buffer.writeText(id)
            buffer.write(actor, reason)
        case .knocked(let actor, let server):
            buffer.writeForm(Tag.knocked.rawValue, unknown: .passOver)
            buffer.write(actor, saying: server)
        case .renamed(let name, let actor, let reason):
            buffer.writeForm(Tag.renamed.rawValue, unknown: .loadAgain)
            buffer.writeText(name.raw)
            buffer.write(actor, reason)
        case .continued(let name):
            buffer.writeForm(Tag.continued.rawValue, unknown: .loadAgain)
            buffer.writeText(name)
        case .metadata(let changes, let actor):
            buffer.writeForm(Tag.metadata.rawValue, unknown: .loadAgain)
            actor.encode(into: &buffer)
            MetadataChange.encode(changes, into: &buffer)
        case .registration(let changes, let actor):
            buffer.writeForm(Tag.registration.rawValue, unknown: .loadAgain)
            actor.encode(into: &buffer)
            buffer.writeInteger(UInt8(clamping: changes.count))
            for change in changes.prefix(255) { change.encode(into: &buffer) }
        case .raid(let raid, let actor, let server):
            buffer.writeForm(Tag.raid.rawValue, unknown: .loadAgain)
            buffer.write(actor, saying: server)
            buffer.writeInteger(raid == nil ? 0 : 1 as UInt8)
            raid?.encode(into: &buffer)
        case .restored: buffer.writeForm(Tag.restored.rawValue, unknown: .loadAgain)
        case .awaited(let ranks, let gone):
            buffer.writeForm(Tag.awaited.rawValue, unknown: .loadAgain)
            buffer.writeMultipleIntegers(UInt16(clamping: ranks.count), UInt16(clamping: gone.count))
            for rank in ranks.prefix(Int(UInt16.max)) { rank.encode(into: &buffer) }
            for identity in gone.prefix(Int(UInt16.max)) { buffer.writeText(identity) }
        }
    }

    /// Reads an entry's payload.
    ///
    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    package init?(_ payload: ByteBuffer) {
        if let message = ChatMessage(entry: payload) {
            self = .message(message)
            return
        }
        var buffer = payload
        guard let tag = buffer.readForm().flatMap(Tag.init(rawValue:)),
            let event = Self.read(tag, &buffer)
        else { return nil }
        self = event
    }

    private static func read(_ tag: Tag, _ buffer: inout ByteBuffer) -> ChannelEvent? {
        switch tag {
        case .joined:
            return Self.readJoined(&buffer)
        case .modes:
            guard let actor = Author(from: &buffer), let count = buffer.readInteger(as: UInt8.self) else { return nil }
            var changes: [ModeChange] = []
            for _ in 0..<count {
                guard let change = ModeChange(from: &buffer) else { return nil }
                changes.append(change)
            }
            return .modes(changes, by: actor)
        case .topic:
            guard let (actor, text) = buffer.readAuthor() else { return nil }
            guard let text else { return .topic(nil, by: actor) }
            guard let setter = buffer.readText(), let time = buffer.readInteger(as: Int64.self) else { return nil }
            return .topic(Topic(text: text, setter: setter, time: time), by: actor)
        case .parted, .quit, .kicked, .changed, .invited:
            guard let session = buffer.readSession() else { return nil }
            return Self.read(tag, about: session, &buffer)
        case .redacted: return Self.readRedacted(&buffer)
        case .knocked:
            return buffer.readSayingAuthor().map { .knocked(by: $0.author, server: $0.text) }
        case .renamed:
            guard let name = buffer.readText().flatMap({ ChannelName($0, under: Names.caseMapping) }),
                let (actor, reason) = buffer.readAuthor()
            else { return nil }
            return .renamed(name, by: actor, reason: reason)
        case .continued: return buffer.readText().map { .continued(from: $0) }
        case .metadata:
            guard let actor = Author(from: &buffer), let changes = MetadataChange.read(from: &buffer) else {
                return nil
            }
            return .metadata(changes, by: actor)
        case .registration:
            guard let actor = Author(from: &buffer), let count = buffer.readInteger(as: UInt8.self) else { return nil }
            var changes: [RegistrationChange] = []
            for _ in 0..<count {
                guard let change = RegistrationChange(from: &buffer) else { return nil }
                changes.append(change)
            }
            return .registration(changes, by: actor)
        case .restored: return .restored
        case .awaited: return Self.readAwaited(&buffer)
        case .raid:
            guard let (actor, server) = buffer.readSayingAuthor(), let isOn = buffer.readInteger(as: UInt8.self) else {
                return nil
            }
            if isOn == 0 { return .raid(nil, by: actor, server: server) }
            return ChannelRaid(from: &buffer).map { .raid($0, by: actor, server: server) }
        case .message: return nil
        }
    }

    private static func readAwaited(_ buffer: inout ByteBuffer) -> ChannelEvent? {
        guard let (ranks, gone) = buffer.readMultipleIntegers(as: (UInt16, UInt16).self) else { return nil }
        var kept: [AwaitedRank] = []
        for _ in 0..<ranks {
            guard let rank = AwaitedRank(from: &buffer) else { return nil }
            kept.append(rank)
        }
        var identities: [String] = []
        for _ in 0..<gone {
            guard let identity = buffer.readText() else { return nil }
            identities.append(identity)
        }
        return .awaited(kept, gone: identities)
    }

    private static func readJoined(_ buffer: inout ByteBuffer) -> ChannelEvent? {
        guard var member = Member(from: &buffer), let name = buffer.readOptionalText() else { return nil }
        var founding: Founding?
        if let name {
            guard let name = ChannelName(name, under: Names.caseMapping),
                let created = buffer.readInteger(as: Int64.self)
            else { return nil }
            founding = Founding(name: name, created: created)
        }
        guard let metadata = MetadataChange.read(from: &buffer).flatMap(Metadata.init) else { return nil }
        member.user = member.user.with(metadata)
        return .joined(member, founding: founding)
    }

    /// What follows the envelope of a message's redaction, in whichever log.
    static func readRedacted(_ buffer: inout ByteBuffer) -> ChannelEvent? {
        guard let id = buffer.readText(), let (actor, reason) = buffer.readAuthor() else { return nil }
        return .redacted(id, by: actor, reason: reason)
    }

    private static func read(_ tag: Tag, about session: SessionID, _ buffer: inout ByteBuffer) -> ChannelEvent? {
        switch tag {
        case .parted:
            return buffer.readAuthor().map { .parted(session, by: $0.author, reason: $0.text) }
        case .quit:
            return buffer.readSayingAuthor().map { .quit(session, by: $0.author, reason: $0.text) }
        case .kicked:
            guard let nick = buffer.readText(), let (actor, reason) = buffer.readSayingAuthor() else { return nil }
            return .kicked(session, nick: nick, by: actor, reason: reason)
        case .changed:
            guard let change = UserChange(from: &buffer), let actor = Author(from: &buffer),
                let number = buffer.readInteger(as: UInt32.self)
            else { return nil }
            return .changed(session, change, by: actor, number: number)
        case .invited:
            guard let nick = buffer.readText(), let actor = Author(from: &buffer) else { return nil }
            return .invited(session, nick: nick, by: actor)
        case .joined, .modes, .topic, .message, .redacted, .knocked, .renamed, .continued, .metadata,
            .registration, .restored, .awaited, .raid:
            return nil
        }
    }
}

extension Author {
    package func encode(into buffer: inout ByteBuffer) {
        buffer.writeInteger(self.session?.rawValue ?? 0)
        buffer.writeText(self.prefix)
        buffer.writeOptionalText(self.account)
    }

    package init?(from buffer: inout ByteBuffer) {
        guard let session = buffer.readInteger(as: UInt64.self), let prefix = buffer.readText(),
            let account = buffer.readOptionalText()
        else { return nil }
        self.init(session: session == 0 ? nil : SessionID(rawValue: session), prefix: prefix, account: account)
    }
}

/// Who does something, and what they say with it: in the same way wherever an event has both.
extension ByteBuffer {
    mutating func write(_ author: Author, saying text: String) {
        author.encode(into: &self)
        self.writeText(text)
    }

    /// - `text`: nil if nothing is said.
    mutating func write(_ author: Author, _ text: String?) {
        author.encode(into: &self)
        self.writeOptionalText(text)
    }

    /// What ``write(_:saying:)`` wrote.
    mutating func readSayingAuthor() -> (author: Author, text: String)? {
        guard let author = Author(from: &self), let text = self.readText() else { return nil }
        return (author, text)
    }

    /// What ``write(_:_:)`` wrote.
    mutating func readAuthor() -> (author: Author, text: String?)? {
        guard let author = Author(from: &self), let text = self.readOptionalText() else { return nil }
        return (author, text)
    }
}
