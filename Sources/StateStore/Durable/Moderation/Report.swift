package import Chat

/// What somebody tells those who look after a network of somebody else, and what became of it.
package struct Report: Hashable, Sendable {
    /// How far it has come; the texts are in the database.
    package enum State: String, Hashable, Sendable {
        /// Nobody has taken it on.
        case open
        /// Somebody looks into it.
        case claimed
        /// Something was done, or nothing had to be.
        case closed
    }

    /// Unique in the tenant; counted up.
    package var id: Int64
    /// Milliseconds since 1970.
    package var time: Int64
    /// Who is told when it is closed: `Conversation.Party.text`; empty if that account is no more.
    package var reporter: String
    /// What they were called.
    package var reporterNick: String
    package var reporterAccount: String?
    /// Whom it is about: `nick!user@host` as it was, or a name.
    package var subject: String
    package var subjectAccount: String?
    /// The channel that it is about; nil for what was said to the reporter alone, or none of either.
    package var place: String?
    /// The id of the message that it is about; nil if it is about none.
    package var message: String?
    package var reason: String
    package var state = State.open
    /// Who has claimed or closed it.
    package var handler: String?
    /// When that was, milliseconds since 1970.
    package var handledAt: Int64?
    /// What was done.
    package var outcome: String?

    /// One that nobody has looked at; its number it gets when it is filed.
    package init(
        time: Int64,
        reporter: Conversation.Party,
        nick: String,
        account: String?,
        about subject: String,
        account subjectAccount: String?,
        in place: String?,
        message: String?,
        reason: String
    ) {
        self.id = 0
        self.time = time
        (self.reporter, self.reporterNick, self.reporterAccount) = (reporter.text, nick, account)
        (self.subject, self.subjectAccount) = (subject, subjectAccount)
        (self.place, self.message, self.reason) = (place, message, reason)
    }

    init(_ row: SQLRow) throws(DurableStoreError) {
        guard let state = State(rawValue: try row.text(10)) else { throw .invalidAnswer("a report in no state") }
        self.id = try row.integer(0)
        self.time = try row.integer(1)
        self.reporter = try row.text(2)
        self.reporterNick = try row.text(3)
        self.reporterAccount = try row.optionalText(4)
        self.subject = try row.text(5)
        self.subjectAccount = try row.optionalText(6)
        self.place = try row.optionalText(7)
        self.message = try row.optionalText(8)
        self.reason = try row.text(9)
        self.state = state
        self.handler = try row.optionalText(11)
        self.handledAt = try row.optionalInteger(12)
        self.outcome = try row.optionalText(13)
    }
}

/// A line that was said around what is reported, copied so that it stays when the history goes.
package struct ReportLine: Hashable, Sendable {
    /// The most that is kept of one, in bytes.
    package static let longestText = 2000

    /// Milliseconds since 1970.
    package let time: Int64
    /// The message's id.
    package let message: String
    /// `nick!user@host` of who said it.
    package let prefix: String
    package let account: String?
    package let text: String

    package init(time: Int64, message: String, prefix: String, account: String?, text: String) {
        (self.time, self.message, self.prefix, self.account) = (time, message, prefix, account)
        self.text = Self.cut(text)
    }

    /// On a character's border.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > Self.longestText else { return text }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: Self.longestText)
        while end > text.startIndex, end.samePosition(in: text) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }
}
