import Chat
import IRC
import NIOCore
import Observability
package import StateStore

/// What is pushed: one line, as the client would be told it, without its end (draft/webpush).
package enum PushLine {
    /// Writes the line of an event.
    ///
    /// What does not fit is left out: first client-only tags, then all but the message's id; of several lines the first is
    /// pushed, which has the id by which the client finds the others.
    ///
    /// - Parameters:
    ///   - event: What happened.
    ///   - nick: What the recipient goes by; nil if it has no session.
    ///   - server: The server's name.
    ///   - registration: Says what the client understands.
    /// - Returns: nil if there is no line for it.
    package static func bytes(
        of event: PushEvent,
        to nick: String?,
        from server: String,
        for registration: PushRegistration
    ) -> [UInt8]? {
        let known = registration.capabilities.compactMap { Capabilities(named: $0) }
            .reduce(into: Capabilities()) { $0.formUnion($1) }
        for capabilities in [known, known.intersection(.messageTags)] {
            for withClientTags in [true, false] {
                guard let line = self.line(of: event, to: nick, from: server, capabilities, withClientTags) else {
                    return nil
                }
                if line.count <= PushEncryption.maximumText { return line }
            }
        }
        return nil
    }

    private static func line(
        of event: PushEvent,
        to nick: String?,
        from server: String,
        _ capabilities: Capabilities,
        _ withClientTags: Bool
    ) -> [UInt8]? {
        var writer = LineWriter()
        switch event {
        case .message(let record):
            self.writeTags(&writer, capabilities, time: record.id.time, account: record.account)
            if capabilities.contains(.messageTags) {
                writer.tag("msgid", record.id.messageID)
                if record.isBot { writer.tag("bot") }
                if withClientTags { writer.rawTags(record.tags) }
            }
            writer.source(record.prefix)
            writer.command(record.kind == .notice ? "NOTICE" : "PRIVMSG")
            writer.parameter(record.target)
            let lines = (record.text ?? "").split(separator: "\n")
            writer.trailing(lines.first.map(String.init) ?? "")
        case .invited(_, let channel, let author, let time):
            guard let nick else { return nil }
            self.writeTags(&writer, capabilities, time: time, account: author.account)
            writer.source(author.prefix)
            writer.command("INVITE")
            writer.parameter(nick)
            writer.last(channel)
        case .read(_, let target, let time):
            var timestamps = TimestampCache()
            writer.source(server)
            writer.command("MARKREAD")
            writer.parameter(target)
            writer.last("timestamp=\(timestamps.text(at: time))")
        }
        writer.end()
        return Array(writer.take().readableBytesView.dropLast(2))
    }

    private static func writeTags(
        _ writer: inout LineWriter,
        _ capabilities: Capabilities,
        time: Int64,
        account: String?
    ) {
        var timestamps = TimestampCache()
        if capabilities.contains(.serverTime) { writer.tag("time", timestamps.text(at: time)) }
        if let account, capabilities.contains(.accountTag) { writer.tag("account", account) }
    }
}
