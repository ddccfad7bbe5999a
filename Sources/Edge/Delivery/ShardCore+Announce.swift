import Chat
import IRC
import NIOCore
import StateStore

/// How what happens is told, after what each client understands.
extension ShardCore {
    /// Tells a channel's members here of something other than a message.
    ///
    /// Encoded once for each set of capabilities.
    func announce(_ announcement: Announcement) {
        let isForEverybody = announcement.isForEverybody
        let actor = announcement.actor?.session
        for group in announcement.replica.groups {
            var lines = ByteBuffer()
            lines.withLineWriter { self.write(announcement, for: group.capabilities, &$0) }
            guard lines.readableBytes > 0 else { continue }
            for connection in group.connections where isForEverybody || self.shouldTell(announcement, connection) {
                // What a client's own labelled command did is part of the answer to it.
                if connection.response != nil, actor == connection.session?.id {
                    for line in lines.splitLines() { connection.response?.append(line) }
                } else {
                    self.send(lines, to: connection)
                }
            }
        }
    }

    private func shouldTell(_ announcement: Announcement, _ connection: Connection) -> Bool {
        switch announcement.event {
        case .changed(let session, _, _, let number):
            // The one who changed hears of it through its own log.
            connection.session?.id != session
                && announcement.scope.announcements.isNew(number, of: session, to: connection.id)
        case .quit(let session, _, _):
            announcement.scope.announcements.isNew(.max, of: session, to: connection.id)
        case .invited(let session, _, let actor):
            connection.capabilities.contains(.inviteNotify) && connection.session?.id != session
                && connection.session?.id != actor.session
                && announcement.replica.state.members[connection.session?.id ?? session]?.modes.isHost == true
        case .joined, .parted, .kicked, .modes, .topic, .message: true
        }
    }

    private func write(_ announcement: Announcement, for capabilities: Capabilities, _ writer: inout LineWriter) {
        let (channel, time) = (announcement.replica.state.name.raw, announcement.entry.time)
        switch announcement.event {
        case .message: break
        case .joined(let member, _):
            self.writeJoin(of: member, to: channel, time, for: capabilities, &writer)
        case .parted(_, let actor, let reason):
            self.writeTags(&writer, capabilities, time: time, account: actor.account)
            writer.message(
                source: actor.prefix,
                command: "PART",
                parameters: [channel] + (reason.map { [$0] } ?? []),
                forcesTrailing: reason != nil
            )
        case .quit(_, let actor, let reason):
            self.writeTags(&writer, capabilities, time: time, account: actor.account)
            writer.message(source: actor.prefix, command: "QUIT", parameters: [reason], forcesTrailing: true)
        case .kicked(_, let nick, let actor, let reason):
            self.writeTags(&writer, capabilities, time: time, account: actor.account)
            writer.message(
                source: actor.prefix,
                command: "KICK",
                parameters: [channel, nick, reason],
                forcesTrailing: true
            )
        case .modes(let changes, let actor):
            for group in changes.grouped(bytes: 500 - 10 - channel.utf8.count - actor.prefix.utf8.count) {
                self.writeTags(&writer, capabilities, time: time, account: actor.account)
                writer.message(source: actor.prefix, command: "MODE", parameters: [channel] + group.parameters)
            }
        case .topic(let topic, let actor):
            self.writeTags(&writer, capabilities, time: time, account: actor.account)
            writer.message(
                source: actor.prefix,
                command: "TOPIC",
                parameters: [channel, topic?.text ?? ""],
                forcesTrailing: true
            )
        case .invited(_, let nick, let actor):
            self.writeTags(&writer, capabilities, time: time, account: actor.account)
            writer.message(source: actor.prefix, command: "INVITE", parameters: [nick, channel])
        case .changed(_, let change, let actor, _):
            self.write(change, by: actor, time, for: capabilities, &writer)
        }
    }

    /// JOIN, with account and real name for those who asked (IRCv3 extended-join), and AWAY for those who want to know.
    private func writeJoin(
        of member: Member,
        to channel: String,
        _ time: Int64,
        for capabilities: Capabilities,
        _ writer: inout LineWriter
    ) {
        let user = member.user
        self.writeTags(&writer, capabilities, time: time, account: user.account)
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
        if !member.modes.isEmpty {
            // The founder's rank, as IRCX servers tell it (pyIRCX 6.1): from the joiner itself.
            self.writeTags(&writer, capabilities, time: time, account: user.account)
            let ranks = MemberModes.ranks.filter { member.modes.contains($0.mode) }
            writer.message(
                source: user.prefix,
                command: "MODE",
                parameters: [channel, "+" + String(ranks.map(\.letter))] + ranks.map { _ in user.nick.raw }
            )
        }
        if let away = user.away, capabilities.contains(.awayNotify) {
            self.writeTags(&writer, capabilities, time: time, account: user.account)
            writer.message(source: user.prefix, command: "AWAY", parameters: [away], forcesTrailing: true)
        }
    }

    /// A change of a user, for those who share a channel with it and for itself; nothing for clients that do not know it.
    func write(
        _ change: UserChange,
        by actor: Actor,
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
        case .modes: return
        }
        guard capabilities.isSuperset(of: line.capability) else { return }
        self.writeTags(&writer, capabilities, time: time, account: actor.account)
        writer.message(
            source: actor.prefix,
            command: line.command,
            parameters: line.parameters,
            forcesTrailing: line.forces
        )
    }

    /// The tags that a line gets for a client: `time`, `account`.
    func writeTags(_ writer: inout LineWriter, _ capabilities: Capabilities, time: Int64, account: String?) {
        if capabilities.contains(.serverTime) { writer.tag("time", self.timestamps.text(at: time)) }
        if let account, capabilities.contains(.accountTag) { writer.tag("account", account) }
    }
}

extension Announcement {
    /// Whether no member here has to be asked about.
    var isForEverybody: Bool {
        switch self.event {
        case .changed, .quit, .invited: false
        case .joined, .parted, .kicked, .modes, .topic, .message: true
        }
    }

    var actor: Actor? {
        switch self.event {
        case .joined(let member, _): Actor(member.session, member.user)
        case .parted(_, let actor, _), .quit(_, let actor, _), .kicked(_, _, let actor, _), .modes(_, let actor),
            .topic(_, let actor), .changed(_, _, let actor, _), .invited(_, _, let actor):
            actor
        case .message: nil
        }
    }
}
