// What is pushed, to whom, and as which line: pure.

package import Chat
import IRC
package import StateStore

/// Something in the feed that an account may want to know at once.
package enum PushEvent: Hashable, Sendable {
    /// Something was said, to somebody or in a channel.
    case message(HistoryRecord)
    /// Somebody was asked into a channel.
    case invited(account: String, channel: String, by: Author, time: Int64)
    /// An account has read a conversation, called as it called it: what was pushed of it may go.
    case read(account: String, target: String, upTo: Int64)

    /// What an entry of the feed is; nil if nobody is pushed it, whoever it may concern.
    package init?(_ record: FeedRecord) {
        if let message = ChatMessage(entry: record.entry.payload) {
            guard message.verb != .tagmsg,
                let kept = HistoryRecord(record.entry, of: record.log, in: record.label.text), kept.text != nil
            else { return nil }
            self = .message(kept)
            return
        }
        guard record.log.kind == .user, case .direct(let pair)? = Conversation(text: record.label.text),
            let event = UserEvent(record.entry.payload)
        else { return nil }
        switch event {
        case .invited(let channel, let author):
            let inviter = Conversation.Party(author.session ?? SessionID(rawValue: 0), account: author.account)
            guard let account = pair.other(than: inviter)?.account else { return nil }
            self = .invited(account: account, channel: channel, by: author, time: record.entry.time)
        case .read(let target, let time):
            guard pair.first == pair.second, let account = pair.first.account else { return nil }
            self = .read(account: account, target: target, upTo: time)
        default: return nil
        }
    }

    /// The account that it concerns; nil if that is to be found out from who is in a channel.
    package var account: String? {
        switch self {
        case .message(let record):
            guard case .direct(let pair)? = Conversation(text: record.conversation) else { return nil }
            return pair.receiver(from: record.account)?.account
        case .invited(let account, _, _, _), .read(let account, _, _): return account
        }
    }

    /// The folded name of the channel in which it was said, if it was said in one.
    package var channel: String? {
        guard case .message(let record) = self, case .channel(let folded)? = Conversation(text: record.conversation)
        else { return nil }
        return folded
    }

    /// Who did it, as `nick!user@host` and by account, where a recipient may want to hear nothing of them (SILENCE).
    package var author: (prefix: String, account: String?)? {
        switch self {
        case .message(let record): (record.prefix, record.account)
        case .invited(_, _, let author, _): (author.prefix, author.account)
        case .read: nil
        }
    }

    /// When it happened, milliseconds since 1970; nil for what does not get old.
    package var time: Int64? {
        switch self {
        case .message(let record): record.id.time
        case .invited(_, _, _, let time): time
        case .read: nil
        }
    }
}

extension Conversation.Pair {
    /// The other one; nil for who is both.
    fileprivate func other(than party: Conversation.Party) -> Conversation.Party? {
        if self.first == self.second { return nil }
        return self.first == party ? self.second : self.second == party ? self.first : nil
    }

    /// To whom somebody wrote who was logged in to this account, or to none; nil for who writes to itself.
    fileprivate func receiver(from account: String?) -> Conversation.Party? {
        guard let account else {
            // A guest wrote: of two guests nobody is pushed anything.
            return self.first.account != nil ? self.first : self.second
        }
        return self.other(than: .init(SessionID(rawValue: 0), account: account))
    }
}

/// Somebody in a channel who has devices.
package struct PushMember: Hashable, Sendable {
    /// The account's folded name.
    package let account: String
    /// The folded nickname.
    package let nick: String

    package init(account: String, nick: String) {
        self.account = account
        self.nick = nick
    }
}

/// Who is pushed what is said in a channel: who is in it and is called by its nickname, as a word, by somebody else.
package enum PushRule {
    /// The accounts of those who are to know of a message.
    ///
    /// - Parameters:
    ///   - record: What was said in a channel.
    ///   - members: Those in it who have devices.
    /// - Returns: The accounts' folded names.
    package static func called(in record: HistoryRecord, of members: some Sequence<PushMember>) -> Set<String> {
        guard let text = record.text else { return [] }
        let own = record.account.map { Conversation.Party(SessionID(rawValue: 0), account: $0) }?.account
        let words = self.words(of: text)
        return Set(members.filter { $0.account != own && words.contains($0.nick) }.map(\.account))
    }

    /// Whether it is still of use to push something that happened at a time, to who has read up to another.
    package static func isUnread(_ time: Int64, readUpTo marker: Int64?) -> Bool { marker.map { time > $0 } ?? true }

    /// The words of a text that may be nicknames, folded: what stands between characters that no nickname has.
    ///
    /// Formatting codes are such characters, too; a quote's or a possessive's end is not part of a word: `ann's` calls ann.
    static func words(of text: String) -> Set<String> {
        var words: Set<String> = []
        for word in text.split(whereSeparator: Self.separates) {
            words.insert(Names.caseMapping.fold(String(word)))
            let inner = word.drop { Self.isMark($0) }.reversed().drop { Self.isMark($0) }.reversed()
            if inner.count < word.count { words.insert(Names.caseMapping.fold(String(inner))) }
        }
        return words
    }

    private static func separates(_ character: Character) -> Bool {
        character.isWhitespace || character.unicodeScalars.contains { $0.value < 0x21 || $0.value == 0x7F }
            || ",.:;!?@#&~+*%/<>()\"'’“”=$".contains(character)
    }

    /// What a nickname may have and what is nevertheless put around one.
    private static func isMark(_ character: Character) -> Bool { "[]{}`_-|\\^".contains(character) }
}
