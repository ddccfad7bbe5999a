import Chat
import IRC
import NIOCore
import StateStore
import Tenant

/// AWAY, SETNAME, USERHOST, ISON, WHOIS and WHOWAS (RFC 2812 3.6, 4; IRCv3 setname).
enum UserCommands {
    static let rows: [CommandRow] = [
        CommandRow("AWAY") { Self.away($0) },
        CommandRow("SETNAME", parameters: 1, cost: 2) { Self.setname($0) },
        CommandRow("USERHOST", parameters: 1) { Self.userhost($0) },
        CommandRow("ISON", parameters: 1) { Self.ison($0) },
        CommandRow("WHOIS") { Self.whois($0) },
        CommandRow("WHOWAS") { Self.whowas($0) },
    ]

    private static func away(_ call: Call) {
        guard let session = call.connection.session else { return }
        let reason = call.optional(0)?.truncated(toBytes: 200)
        if reason == session.user.away { return call.reply(reason == nil ? .rplUnAway : .rplNowAway) }
        call.core.change(session, .away(reason), for: call)
    }

    private static func setname(_ call: Call) {
        guard let session = call.connection.session else { return }
        guard call[0].utf8.count <= 128, !call[0].isEmpty else {
            return call.fail("INVALID_REALNAME", text: "A real name has 1 to 128 bytes")
        }
        call.core.change(session, .realname(call[0]), for: call)
    }

    /// Looks several nicknames up, one after the other.
    private static func findAll(
        _ nicks: [String],
        for call: Call,
        found: [FoundUser] = [],
        _ body: @escaping ([FoundUser]) -> Void
    ) {
        guard let nick = nicks.first else { return body(found) }
        call.core.find(nick, for: call) { user, call in
            Self.findAll(Array(nicks.dropFirst()), for: call, found: found + (user.map { [$0] } ?? []), body)
        }
    }

    private static func userhost(_ call: Call) {
        Self.findAll(Array(call.parameters.prefix(5)), for: call) { users in
            let replies = users.map { found in
                let user = found.user
                return user.nick.raw + (user.modes.contains(.operator) ? "*" : "") + "="
                    + (user.away == nil ? "+" : "-") + "\(user.username)@\(user.host)"
            }
            call.reply(.rplUserHost, text: replies.joined(separator: " "))
        }
    }

    private static func ison(_ call: Call) {
        let nicks = call.parameters.flatMap { $0.split(separator: " ").map(String.init) }
        Self.findAll(Array(nicks.prefix(20)), for: call) { users in
            call.reply(.rplIsOn, text: users.map(\.user.nick.raw).joined(separator: " "))
        }
    }

    private static func whois(_ call: Call) {
        // With two parameters the first names a server; there is one for everybody.
        let text = call.count > 1 ? call[1] : call[0]
        guard !text.isEmpty else { return call.reply(.errNoNicknameGiven) }
        call.core.find(text, for: call) { found, call in
            guard let found else {
                call.reply(.errNoSuchNick, ShardCore.word(text))
                return call.reply(.rplEndOfWhois, ShardCore.word(text))
            }
            Self.withChannels(of: found, for: call) { channels in
                Self.show(found, channels, call)
                call.reply(.rplEndOfWhois, found.user.nick.raw)
            }
        }
    }

    /// The channels of a user that the asker may know of, with the user's rank in each.
    private static func withChannels(of found: FoundUser, for call: Call, _ body: @escaping ([String]) -> Void) {
        guard let session = call.connection.session else { return }
        let keys = found.record.channels.sorted().map { LogKey(call.scope.id, .channel, $0) }
        func shown(_ state: ChannelState) -> String? {
            guard let member = state.members[found.record.session] else { return nil }
            let isShared = state.members[session.id] != nil
            if state.isHidden || found.user.modes.contains(.invisible), !isShared, !session.requester.isOperator {
                return nil
            }
            let isMulti = call.connection.capabilities.contains(.multiPrefix)
            return (isMulti ? member.modes.prefixes : member.modes.highestPrefix) + state.name.raw
        }
        let missing = keys.filter { call.scope.channels[$0.name] == nil }
        let here = keys.compactMap { call.scope.channels[$0.name] }.compactMap { shown($0.state) }
        if missing.isEmpty { return body(here) }
        let step = call.beginStep()
        call.core.store.load(missing) { result in
            var channels = here
            if case .success(let snapshots) = result {
                for snapshot in snapshots {
                    guard let name = ChannelName(snapshot.log.name, under: Names.caseMapping) else { continue }
                    if let one = shown(ChannelState(name: name, fields: snapshot.chatFields)) { channels.append(one) }
                }
            }
            body(channels)
            step.end()
        }
    }

    private static func show(_ found: FoundUser, _ channels: [String], _ call: Call) {
        let user = found.user
        let nick = user.nick.raw
        call.reply(.rplWhoisUser, nick, user.username, user.host, "*", text: user.realname)
        var line = ""
        for channel in channels {
            if line.utf8.count + channel.utf8.count > 250 {
                call.reply(.rplWhoisChannels, nick, text: line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + channel
        }
        if !line.isEmpty { call.reply(.rplWhoisChannels, nick, text: line) }
        call.reply(.rplWhoisServer, nick, call.server, text: call.scope.tenant.displayName)
        if user.modes.contains(.operator) { call.reply(.rplWhoisOperator, nick) }
        if user.modes.contains(.bot) { call.reply(.rplWhoisBot, nick) }
        if let account = user.account { call.reply(.rplWhoisAccount, nick, account) }
        if let session = found.session {
            if session.connection.isSecure { call.reply(.rplWhoisSecure, nick) }
            let asker = call.connection.session
            if session === asker {
                call.reply(
                    .rplWhoisActually,
                    nick,
                    "\(user.username)@\(session.requester.realHost)",
                    session.requester.realHost
                )
            }
            call.reply(
                .rplWhoisIdle,
                nick,
                String(call.core.seconds - session.lastSpoke),
                String(user.signedOn / 1000)
            )
        }
        if let away = user.away { call.reply(.rplAway, nick, text: away) }
    }

    /// From the ends of sessions in the tenant's own log, latest first, as far back as the store keeps it.
    private static func whowas(_ call: Call) {
        guard let text = call.optional(0) else { return call.reply(.errNoNicknameGiven) }
        let limit = Int(call[1]).flatMap { $0 > 0 ? $0 : nil } ?? .max
        let step = call.beginStep()
        call.core.store.entries(of: call.scope.ownLog, after: 0, limit: 1000) { result in
            defer { step.end() }
            guard case .success(let entries) = result else { return call.refuse(.busy) }
            let nick = Nickname(text, under: Names.caseMapping)
            var shown = 0
            for entry in entries.reversed() where shown < limit {
                guard case .signedOff(let user, let time)? = TenantEvent(entry.payload), user.nick == nick else {
                    continue
                }
                shown += 1
                call.reply(.rplWhoWasUser, user.nick.raw, user.username, user.host, "*", text: user.realname)
                var timestamps = TimestampCache()
                call.reply(.rplWhoisServer, user.nick.raw, call.server, text: timestamps.text(at: time))
            }
            if shown == 0 { call.reply(.errWasNoSuchNick, ShardCore.word(text)) }
            call.reply(.rplEndOfWhoWas, ShardCore.word(text))
        }
    }
}
