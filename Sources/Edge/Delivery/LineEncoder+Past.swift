import Chat
import IRC
import StateStore

/// How what is past is told.
extension LineEncoder {
    /// A record as the line that it was.
    ///
    /// - Parameters:
    ///   - record: What was said or what happened.
    ///   - channel: What the client calls the channel, if it was in one.
    ///   - batch: The batch that the line is part of.
    ///   - capabilities: What the client knows.
    ///   - ranks: Which ranks it is shown.
    ///   - writer: Gets the line.
    func write(
        _ record: HistoryRecord,
        of channel: String,
        in batch: String?,
        for capabilities: Capabilities,
        seeing ranks: VisibleRanks,
        _ writer: inout LineWriter
    ) {
        // A channel is called what the client calls it, a user what it was called then.
        let target = record.conversation.first != "@" ? channel : record.target
        if let text = record.text, !record.kind.isEvent {
            let line = SeveralLines(source: record.prefix, command: record.kind.command, target: target, batch: batch)
            if !line.holds(text) {
                return self.write(line, MultilineText(combined: text), for: capabilities, &writer) { isFirst, writer in
                    self.writeTags(of: record, hasID: isFirst, for: capabilities, &writer)
                }
            }
        }
        if let batch { writer.tag("batch", batch) }
        self.writeTags(of: record, hasID: true, for: capabilities, &writer)
        writer.source(record.prefix)
        let text = record.text ?? ""
        switch record.kind {
        case .privmsg, .notice, .tagmsg:
            writer.command(record.kind.command)
            writer.parameter(target)
            if record.text != nil { writer.trailing(text) }
        case .join:
            writer.command("JOIN")
            writer.parameter(channel)
            if capabilities.contains(.extendedJoin) {
                writer.parameter(record.account ?? "*")
                writer.trailing(text)
            }
        case .part:
            writer.command("PART")
            writer.parameter(channel)
            if record.text != nil { writer.trailing(text) }
        case .quit:
            writer.command("QUIT")
            writer.trailing(text)
        case .kick:
            let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            writer.command("KICK")
            writer.parameter(channel)
            writer.parameter(String(words[0]))
            writer.trailing(words.count > 1 ? String(words[1]) : "")
        case .mode:
            writer.command("MODE")
            writer.parameter(channel)
            for word in ranks.shown(parameters: text.split(separator: " ").map(String.init)) { writer.parameter(word) }
        case .topic:
            writer.command("TOPIC")
            writer.parameter(channel)
            writer.trailing(text)
        case .nick:
            writer.command("NICK")
            writer.parameter(text)
        }
        writer.end()
    }
}

extension LineEncoder {
    private func writeTags(
        of record: HistoryRecord,
        hasID: Bool,
        for capabilities: Capabilities,
        _ writer: inout LineWriter
    ) {
        self.writeTags(&writer, capabilities, time: record.id.time, account: record.account, [])
        guard capabilities.contains(.messageTags) else { return }
        if hasID { writer.tag("msgid", record.id.messageID) }
        if record.isBot { writer.tag("bot") }
        if !record.tags.isEmpty { writer.rawTags(record.tags) }
    }
}

extension HistoryRecord.Kind {
    /// The command that tells it.
    fileprivate var command: String {
        switch self {
        case .privmsg: "PRIVMSG"
        case .notice: "NOTICE"
        default: "TAGMSG"
        }
    }
}
