package import NIOCore

/// Something that concerns one user; what the user's inbox is made of.
package enum UserEvent: Hashable, Sendable {
    case signedOn
    case message(ChatMessage)
    /// Invited to a channel.
    case invited(channel: String, by: Author)
    /// Changed itself, seen from itself.
    case changed(UserChange, by: Author, number: UInt32)
    /// Disconnected by an operator.
    case killed(by: Author, reason: String)
    case signedOff(reason: String)
    /// Other pods' shards hold it now, or in another way.
    case held(SessionHolds)
    /// Came into a channel, by its folded name, from one of its attachments.
    case entered(channel: String)
    /// Another attachment takes the place of all others but one.
    case replaced(by: UInt32)
    /// Another attachment takes the place of one.
    case superseded(UInt32)
    /// One of its attachments has read a conversation, called as it called it, up to a time in milliseconds since 1970.
    case read(String, upTo: Int64)
    /// Somebody elsewhere asks for how long the user has said nothing, and is told so in its own log.
    case askedHowIdle(by: SessionID)
    /// For how many seconds another session has said nothing, on one of the shards that hold it.
    case idle(SessionID, seconds: UInt32)
    /// Of whom the user wants to hear nothing from now on.
    case silenced(SilenceList)
    /// A channel that it is in goes on under another name, both folded; the mark tells this from other moves.
    case moved(from: String, to: String, mark: String)
    /// Somebody took back a message with this id that was said to a nickname; in the logs of both.
    case redacted(String, to: String, by: Author, reason: String?)
    /// Is an operator of this role from now on, as long as it is one.
    case ranked(Role)
    /// Is kept apart from now on, or not any more.
    case quarantined(Quarantine?)
    /// A moderator has looked at a message of the user that was held, to a channel or nickname: it was let through, or why not.
    case reviewed(target: String, rejection: String?)
    /// Somebody of this nickname left a message for its account.
    case memoLeft(by: String)
    /// The clients of an account on one shard: what the session asked for under a number.
    case clients(question: UInt64, [AttachedClient])
    /// One of its clients is to go, or all if nil; by an operator of this nickname, or by another of the account's clients.
    case dismissed(UInt32?, by: String?)

    private enum Tag: UInt8 {
        case signedOn = 1
        case invited, changed, killed, signedOff, held, entered, replaced
        /// ``ChatMessage/tag``.
        case message = 9
        /// As in a channel's log, with whom it was said to behind it.
        case redacted = 10
        case superseded, read, askedHowIdle, idle, silenced, moved, ranked, quarantined, memoLeft, reviewed
        case clients, dismissed
    }

    package var encoded: ByteBuffer {
        var buffer = ByteBuffer()
        self.encode(into: &buffer)
        return buffer
    }

    package func encode(into buffer: inout ByteBuffer) {
        switch self {
        case .signedOn: buffer.writeForm(Tag.signedOn.rawValue, unknown: .passOver)
        case .message(let message):
            buffer.writeImmutableBuffer(message.entry)
        case .invited(let channel, let actor):
            buffer.writeForm(Tag.invited.rawValue, unknown: .passOver)
            buffer.writeText(channel)
            actor.encode(into: &buffer)
        case .changed(let change, let actor, let number):
            buffer.writeForm(Tag.changed.rawValue, unknown: .loadAgain)
            change.encode(into: &buffer)
            actor.encode(into: &buffer)
            buffer.writeInteger(number)
        case .killed(let actor, let reason):
            buffer.writeForm(Tag.killed.rawValue, unknown: .loadAgain)
            buffer.write(actor, saying: reason)
        case .signedOff(let reason):
            buffer.writeForm(Tag.signedOff.rawValue, unknown: .loadAgain)
            buffer.writeText(reason)
        case .held(let holds):
            buffer.writeForm(Tag.held.rawValue, unknown: .loadAgain)
            holds.encode(into: &buffer)
        case .entered(let channel):
            buffer.writeForm(Tag.entered.rawValue, unknown: .loadAgain)
            buffer.writeText(channel)
        case .replaced(let number):
            buffer.writeForm(Tag.replaced.rawValue, unknown: .passOver)
            buffer.writeInteger(number)
        case .superseded(let number):
            buffer.writeForm(Tag.superseded.rawValue, unknown: .passOver)
            buffer.writeInteger(number)
        case .read(let target, let time):
            buffer.writeForm(Tag.read.rawValue, unknown: .passOver)
            buffer.writeText(target)
            buffer.writeInteger(time)
        case .askedHowIdle(let asker):
            buffer.writeForm(Tag.askedHowIdle.rawValue, unknown: .passOver)
            buffer.writeSession(asker)
        case .idle(let session, let seconds):
            buffer.writeForm(Tag.idle.rawValue, unknown: .passOver)
            buffer.writeSession(session)
            buffer.writeInteger(seconds)
        case .silenced(let list):
            buffer.writeForm(Tag.silenced.rawValue, unknown: .passOver)
            list.encode(into: &buffer)
        case .moved(let old, let new, let mark):
            buffer.writeForm(Tag.moved.rawValue, unknown: .loadAgain)
            for text in [old, new, mark] { buffer.writeText(text) }
        case .redacted(let id, let nick, let author, let reason):
            ChannelEvent.redacted(id, by: author, reason: reason).encode(into: &buffer)
            buffer.writeText(nick)
        case .ranked(let role):
            buffer.writeForm(Tag.ranked.rawValue, unknown: .passOver)
            buffer.writeText(role.rawValue)
        case .quarantined(let quarantine):
            buffer.writeForm(Tag.quarantined.rawValue, unknown: .passOver)
            buffer.writeInteger(quarantine == nil ? 0 : 1 as UInt8)
            quarantine?.encode(into: &buffer)
        case .reviewed(let target, let rejection):
            buffer.writeForm(Tag.reviewed.rawValue, unknown: .passOver)
            buffer.writeText(target)
            buffer.writeOptionalText(rejection)
        case .memoLeft(let nick):
            buffer.writeForm(Tag.memoLeft.rawValue, unknown: .passOver)
            buffer.writeText(nick)
        case .clients(let question, let clients):
            buffer.writeForm(Tag.clients.rawValue, unknown: .passOver)
            buffer.writeInteger(question)
            AttachedClient.encode(clients, into: &buffer)
        case .dismissed(let number, let nick):
            buffer.writeForm(Tag.dismissed.rawValue, unknown: .passOver)
            buffer.writeInteger(number ?? 0)
            buffer.writeOptionalText(nick)
        }
    }

    /// Reads an entry's payload.
    ///
    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    package init?(_ payload: ByteBuffer) {
        var buffer = payload
        switch buffer.readForm().flatMap(Tag.init(rawValue:)) {
        case .signedOn: self = .signedOn
        case .message:
            guard let message = ChatMessage(entry: payload) else { return nil }
            self = .message(message)
        case .invited:
            guard let channel = buffer.readText(), let actor = Author(from: &buffer) else { return nil }
            self = .invited(channel: channel, by: actor)
        case .changed:
            guard let change = UserChange(from: &buffer), let actor = Author(from: &buffer),
                let number = buffer.readInteger(as: UInt32.self)
            else { return nil }
            self = .changed(change, by: actor, number: number)
        case .killed:
            guard let (actor, reason) = buffer.readSayingAuthor() else { return nil }
            self = .killed(by: actor, reason: reason)
        case .signedOff:
            guard let reason = buffer.readText() else { return nil }
            self = .signedOff(reason: reason)
        case .held:
            guard let holds = SessionHolds(from: &buffer) else { return nil }
            self = .held(holds)
        case .moved:
            guard let old = buffer.readText(), let new = buffer.readText(), let mark = buffer.readText() else {
                return nil
            }
            self = .moved(from: old, to: new, mark: mark)
        case .entered:
            guard let channel = buffer.readText() else { return nil }
            self = .entered(channel: channel)
        case .replaced:
            guard let number = buffer.readInteger(as: UInt32.self) else { return nil }
            self = .replaced(by: number)
        case .superseded:
            guard let number = buffer.readInteger(as: UInt32.self) else { return nil }
            self = .superseded(number)
        case .read:
            guard let target = buffer.readText(), let time = buffer.readInteger(as: Int64.self) else { return nil }
            self = .read(target, upTo: time)
        case .askedHowIdle:
            guard let asker = buffer.readSession() else { return nil }
            self = .askedHowIdle(by: asker)
        case .idle:
            guard let session = buffer.readSession(), let seconds = buffer.readInteger(as: UInt32.self) else {
                return nil
            }
            self = .idle(session, seconds: seconds)
        case .silenced:
            guard let list = SilenceList(from: &buffer) else { return nil }
            self = .silenced(list)
        case .redacted:
            guard case .redacted(let id, let author, let reason)? = ChannelEvent.readRedacted(&buffer),
                let nick = buffer.readText()
            else { return nil }
            self = .redacted(id, to: nick, by: author, reason: reason)
        case .ranked:
            guard let role = buffer.readText() else { return nil }
            self = .ranked(Role(stored: role))
        case .reviewed:
            guard let target = buffer.readText(), let rejection = buffer.readOptionalText() else { return nil }
            self = .reviewed(target: target, rejection: rejection)
        case .quarantined:
            switch buffer.readInteger(as: UInt8.self) {
            case 0: self = .quarantined(nil)
            case 1:
                guard let quarantine = Quarantine(from: &buffer) else { return nil }
                self = .quarantined(quarantine)
            default: return nil
            }
        case .memoLeft:
            guard let nick = buffer.readText() else { return nil }
            self = .memoLeft(by: nick)
        case .clients:
            guard let question = buffer.readInteger(as: UInt64.self),
                let clients = AttachedClient.read(from: &buffer)
            else { return nil }
            self = .clients(question: question, clients)
        case .dismissed:
            guard let number = buffer.readInteger(as: UInt32.self), let nick = buffer.readOptionalText() else {
                return nil
            }
            self = .dismissed(number == 0 ? nil : number, by: nick)
        case nil: return nil
        }
    }
}

/// What is announced in the tenant's own log, to everybody on it.
package enum TenantEvent: Hashable, Sendable {
    /// For operators and those with user mode `w`.
    case wallops(text: String, by: Author)
    /// Somebody left, or goes by another nickname: what WHOWAS is made of.
    ///
    /// With the address behind the cloak, for those who may know it; nil if that is not known.
    case nickGivenUp(User, at: Int64, address: String? = nil)
    /// Nicknames belong to other accounts than before: who knows which they are looks again.
    case accountsChanged
    /// Others are banned from the network than before, likewise.
    case bansChanged
    /// For everybody.
    case global(text: String, by: Author)
    /// Somebody did something by right; for the feed, and the audit log that is made of that.
    case audited(AuditEntry)
    /// A session asks all shards under a number for the clients of an account, by its folded name.
    case askedForClients(of: String, by: SessionID, question: UInt64)
    /// All clients of an account are to go, by its folded name; by an operator of this nickname, or by one of them.
    case dismissed(account: String, by: String?)
    /// What proves an account is another by now, by its folded name: who proved it before and is not logged in yet is not let in.
    case proofChanged(account: String)
    /// Somebody reported something: for those who look into it. The number, who it is by and about, where, and why.
    case reported(Int64, by: String, about: String, place: String?, reason: String)
    /// A report was closed: who has its reporter here looks whether to tell them.
    case reportsChanged

    /// In no channel's log, so that a writer of the history that does not know it sets it aside as it is.
    private static let auditTag: UInt8 = 100

    package var encoded: ByteBuffer {
        var buffer = ByteBuffer()
        switch self {
        case .wallops(let text, let actor):
            buffer.writeForm(1, unknown: .passOver)
            buffer.writeText(text)
            actor.encode(into: &buffer)
        case .nickGivenUp(let user, let time, let address):
            buffer.writeForm(2, unknown: .passOver)
            user.encode(into: &buffer)
            buffer.writeInteger(time)
            // Behind all that older readers know; what they wrote is passed over.
            buffer.writeOptionalText(address)
        case .accountsChanged: buffer.writeForm(3, unknown: .passOver)
        case .bansChanged: buffer.writeForm(4, unknown: .passOver)
        case .global(let text, let actor):
            buffer.writeForm(5, unknown: .passOver)
            buffer.writeText(text)
            actor.encode(into: &buffer)
        case .reported(let id, let reporter, let subject, let place, let reason):
            buffer.writeForm(6, unknown: .passOver)
            buffer.writeInteger(id)
            for text in [reporter, subject, reason] { buffer.writeText(text) }
            buffer.writeOptionalText(place)
        case .reportsChanged: buffer.writeForm(7, unknown: .passOver)
        case .audited(let entry):
            buffer.writeForm(Self.auditTag, unknown: .passOver)
            entry.encode(into: &buffer)
        case .askedForClients(let account, let asker, let question):
            buffer.writeForm(8, unknown: .passOver)
            buffer.writeText(account)
            buffer.writeSession(asker)
            buffer.writeInteger(question)
        case .dismissed(let account, let nick):
            buffer.writeForm(9, unknown: .passOver)
            buffer.writeText(account)
            buffer.writeOptionalText(nick)
        case .proofChanged(let account):
            buffer.writeForm(20, unknown: .passOver)
            buffer.writeText(account)
        }
        return buffer
    }

    package init?(_ payload: ByteBuffer) {
        var buffer = payload
        switch buffer.readForm() {
        case 1:
            guard let text = buffer.readText(), let actor = Author(from: &buffer) else { return nil }
            self = .wallops(text: text, by: actor)
        case 2:
            guard let user = User(from: &buffer), let time = buffer.readInteger(as: Int64.self),
                let address = buffer.readOptionalText()
            else { return nil }
            self = .nickGivenUp(user, at: time, address: address)
        case 3: self = .accountsChanged
        case 4: self = .bansChanged
        case 5:
            guard let text = buffer.readText(), let actor = Author(from: &buffer) else { return nil }
            self = .global(text: text, by: actor)
        case 6:
            guard let id = buffer.readInteger(as: Int64.self), let reporter = buffer.readText(),
                let subject = buffer.readText(), let reason = buffer.readText(), let place = buffer.readOptionalText()
            else { return nil }
            self = .reported(id, by: reporter, about: subject, place: place, reason: reason)
        case 7: self = .reportsChanged
        case Self.auditTag:
            guard let entry = AuditEntry(from: &buffer) else { return nil }
            self = .audited(entry)
        case 8:
            guard let account = buffer.readText(), let asker = buffer.readSession(),
                let question = buffer.readInteger(as: UInt64.self)
            else { return nil }
            self = .askedForClients(of: account, by: asker, question: question)
        case 9:
            guard let account = buffer.readText(), let nick = buffer.readOptionalText() else { return nil }
            self = .dismissed(account: account, by: nick)
        case 20:
            guard let account = buffer.readText() else { return nil }
            self = .proofChanged(account: account)
        default: return nil
        }
    }
}

/// Comings and goings in a nickname's log; what MONITOR tells.
package enum NickEvent: Hashable, Sendable {
    /// `nick!user@host` of who has it now, and what they say of themselves.
    case online(prefix: String, metadata: Metadata = Metadata())
    case offline(nick: String)
    /// Who has it changed (IRCv3 extended-monitor): away or back, account, host, real name or metadata.
    case changed(UserChange, by: Author)

    package var encoded: ByteBuffer {
        var buffer = ByteBuffer()
        switch self {
        case .online(let prefix, let metadata):
            buffer.writeForm(1, unknown: .passOver)
            buffer.writeText(prefix)
            MetadataChange.encode(metadata.changes, into: &buffer)
        case .offline(let nick):
            buffer.writeForm(2, unknown: .passOver)
            buffer.writeText(nick)
        case .changed(let change, let author):
            buffer.writeForm(3, unknown: .passOver)
            change.encode(into: &buffer)
            author.encode(into: &buffer)
        }
        return buffer
    }

    package init?(_ payload: ByteBuffer) {
        var buffer = payload
        switch buffer.readForm() {
        case 1:
            guard let prefix = buffer.readText(),
                let metadata = MetadataChange.read(from: &buffer).flatMap(Metadata.init)
            else { return nil }
            self = .online(prefix: prefix, metadata: metadata)
        case 2:
            guard let nick = buffer.readText() else { return nil }
            self = .offline(nick: nick)
        case 3:
            guard let change = UserChange(from: &buffer), let author = Author(from: &buffer) else { return nil }
            self = .changed(change, by: author)
        default: return nil
        }
    }
}
