import Chat
import IRC
import NIOCore
import Observability
import Realm
import StateStore

/// How what happens is told, after what each client understands.
extension LineEncoder {
    /// Something other than a message that happened in a channel; nothing for clients that do not know it.
    func write(
        _ happening: Happening,
        for capabilities: Capabilities,
        seeing ranks: VisibleRanks,
        _ writer: inout LineWriter
    ) {
        let (channel, time, modes) = (happening.channel.name.raw, happening.time, happening.authorModes)
        switch happening.event {
        case .message, .continued, .metadata, .restored, .awaited, .changed(_, .metadata, _, _): break
        case .renamed(let name, let author, let reason):
            guard capabilities.contains(.channelRename) else { break }
            self.writeTags(&writer, capabilities, time: time, account: author.account, modes)
            Self.writeRename(of: channel, to: name.raw, by: author, reason, &writer)
        case .joined(let member, let founding):
            // The founder of a plain network finds its rank in the names.
            let ranks = founding == nil || ranks.ownerSign != nil ? ranks : nil
            self.writeID(of: happening, for: capabilities, &writer)
            self.writeJoin(
                of: member,
                to: channel,
                time,
                by: happening.returning,
                for: capabilities,
                ranks: ranks,
                &writer
            )
        case .parted(_, let author, let reason):
            self.writeID(of: happening, for: capabilities, &writer)
            self.writeTags(&writer, capabilities, time: time, account: author.account, modes)
            writer.message(
                source: author.prefix,
                command: "PART",
                parameters: [channel] + (reason.map { [$0] } ?? []),
                forcesTrailing: reason != nil
            )
        case .quit(_, let author, let reason):
            self.writeTags(&writer, capabilities, time: time, account: author.account, modes)
            writer.message(source: author.prefix, command: "QUIT", parameters: [reason], forcesTrailing: true)
        case .kicked(_, let nick, let author, let reason):
            self.writeID(of: happening, for: capabilities, &writer)
            self.writeTags(&writer, capabilities, time: time, account: author.account, modes)
            writer.message(
                source: author.prefix,
                command: "KICK",
                parameters: [channel, nick, reason],
                forcesTrailing: true
            )
        case .modes(let changes, let author):
            let changes = ranks.shown(changes, in: happening.channel)
            let groups = changes.grouped(bytes: 500 - 10 - channel.utf8.count - author.prefix.utf8.count)
            for (index, group) in groups.enumerated() {
                if index == 0 { self.writeID(of: happening, for: capabilities, &writer) }
                self.writeTags(&writer, capabilities, time: time, account: author.account, modes)
                writer.message(source: author.prefix, command: "MODE", parameters: [channel] + group.parameters)
            }
        case .registration(let changes, let author):
            // Who its founder is, nobody is told; that it has one, everybody.
            let sign = changes.compactMap(\.registers).last.map { $0 ? "+" : "-" }
            guard let sign else { break }
            self.writeTags(&writer, capabilities, time: time, account: author.account, modes)
            writer.message(source: author.prefix, command: "MODE", parameters: [channel, sign + "r"])
        case .topic(let topic, let author):
            self.writeID(of: happening, for: capabilities, &writer)
            self.writeTags(&writer, capabilities, time: time, account: author.account, modes)
            writer.message(
                source: author.prefix,
                command: "TOPIC",
                parameters: [channel, topic?.text ?? ""],
                forcesTrailing: true
            )
        case .invited(_, let nick, let author):
            self.writeTags(&writer, capabilities, time: time, account: author.account, modes)
            writer.message(source: author.prefix, command: "INVITE", parameters: [nick, channel])
        case .knocked(let author, let server):
            // To many in one line: the channel stands where a nickname would.
            if capabilities.contains(.serverTime) { self.writeTags(&writer, .serverTime, time: time, account: nil, []) }
            writer.numeric(.rplKnock, server, channel, [channel, author.prefix], in: .english)
        case .raid(let raid, _, let server):
            if capabilities.contains(.serverTime) { self.writeTags(&writer, .serverTime, time: time, account: nil, []) }
            let text =
                raid.map {
                    let end = UTCInstant(milliseconds: $0.until).text(withThousandths: false)
                    return "This channel is closed to guests until \(end): \($0.reason)"
                } ?? "This channel is open to guests again"
            writer.message(source: server, command: "NOTICE", parameters: [channel, text], forcesTrailing: true)
        case .redacted(let id, let author, let reason):
            let redaction = Redaction(id: id, target: channel, author: author, reason: reason, time: time)
            self.write(redaction, by: modes, for: capabilities, &writer)
        case .changed(_, .host, let author, _) where !capabilities.contains(.chghost):
            // It comes in again, in each channel, as another.
            self.writeTags(&writer, capabilities, time: time, account: author.account, modes)
            writer.message(source: author.prefix, command: "QUIT", parameters: ["Changing host"], forcesTrailing: true)
        case .changed(_, let change, let author, _):
            self.write(change, by: author, modes, time, for: capabilities, &writer)
        }
    }

    /// RENAME, without tags (draft/channel-rename).
    static func writeRename(
        of old: String,
        to new: String,
        by author: Author,
        _ reason: String?,
        _ writer: inout LineWriter
    ) {
        writer.message(
            source: author.prefix,
            command: RenameCommand.name,
            parameters: [old, new, reason ?? ""],
            forcesTrailing: true
        )
    }

    /// The id that what happened has in the past, too (draft/event-playback).
    private func writeID(of happening: Happening, for capabilities: Capabilities, _ writer: inout LineWriter) {
        guard let id = happening.id, capabilities.contains(.messageTags) else { return }
        writer.tag("msgid", Stamp(position: id, time: happening.time).messageID)
    }

    /// REDACT (draft/message-redaction), for those who know it.
    ///
    /// - `modes`: Of who takes it back.
    func write(
        _ redaction: Redaction,
        by modes: UserModes,
        for capabilities: Capabilities,
        _ writer: inout LineWriter
    ) {
        guard capabilities.contains(.messageRedaction) else { return }
        self.writeTags(&writer, capabilities, time: redaction.time, account: redaction.author.account, modes)
        writer.message(
            source: redaction.author.prefix,
            command: "REDACT",
            parameters: [redaction.target, redaction.id] + (redaction.reason.map { [$0] } ?? []),
            forcesTrailing: redaction.reason != nil
        )
    }

    /// JOIN, with account and real name for those who asked (IRCv3 extended-join), and AWAY for those who want to know.
    ///
    /// - `server`: Who gives the ranks, if the user only comes again with another host (IRCv3 chghost).
    private func writeJoin(
        of member: Member,
        to channel: String,
        _ time: Int64,
        by server: String?,
        for capabilities: Capabilities,
        ranks: VisibleRanks?,
        _ writer: inout LineWriter
    ) {
        // Who knows CHGHOST does not see somebody come again for it.
        if server != nil, capabilities.contains(.chghost) { return }
        let user = member.user
        self.writeTags(&writer, capabilities, time: time, account: user.account, user.modes)
        if capabilities.contains(.extendedJoin) {
            writer.message(
                source: user.prefix,
                command: "JOIN",
                parameters: [channel, user.account ?? "*", user.realname],
                forcesTrailing: true
            )
        } else {
            writer.message(source: user.prefix, command: "JOIN", parameters: [channel])
        }
        if let ranks, !member.modes.isEmpty {
            // As IRCX servers tell it (pyIRCX 6.1): from the joiner itself.
            let account = server == nil ? user.account : nil
            self.writeTags(&writer, capabilities, time: time, account: account, server == nil ? user.modes : [])
            let letters = ranks.letters(of: member.modes)
            writer.message(
                source: server ?? user.prefix,
                command: "MODE",
                parameters: [channel, "+" + letters] + letters.map { _ in user.nick.raw }
            )
        }
        if let away = user.away, capabilities.contains(.awayNotify) {
            self.writeTags(&writer, capabilities, time: time, account: user.account, user.modes)
            writer.message(source: user.prefix, command: "AWAY", parameters: [away], forcesTrailing: true)
        }
    }

    /// A change of a user, for those who share a channel with it and for itself; nothing for clients that do not know it.
    func write(
        _ change: UserChange,
        by author: Author,
        _ modes: UserModes,
        _ time: Int64,
        for capabilities: Capabilities,
        _ writer: inout LineWriter
    ) {
        let line: (capability: Capabilities, command: String, parameters: [String], forces: Bool)
        switch change {
        case .nick(let nick): line = ([], "NICK", [nick.raw], false)
        case .away(let reason): line = (.awayNotify, "AWAY", reason.map { [$0] } ?? [], reason != nil)
        case .account(let account): line = (.accountNotify, "ACCOUNT", [account ?? "*"], false)
        case .host(let username, let host): line = (.chghost, "CHGHOST", [username, host], false)
        case .realname(let realname): line = (.setname, "SETNAME", [realname], true)
        case .modes, .metadata: return
        }
        guard capabilities.isSuperset(of: line.capability) else { return }
        self.writeTags(&writer, capabilities, time: time, account: author.account, modes)
        writer.message(
            source: author.prefix,
            command: line.command,
            parameters: line.parameters,
            forcesTrailing: line.forces
        )
    }
}
