import Chat
import IRC
import Numbers
import Observability
import Realm
import Tenant

/// AWAY, SETNAME, USERHOST, USERIP, ISON, WHOIS and WHOWAS (RFC 2812 3.6, 4; IRCv3 setname).
enum UserCommands {
    static let rows: [CommandRow] = [
        CommandRow(
            "AWAY",
            help: ["AWAY [<reason>]", "Marks you as away, or as back without a reason."],
            .always { Self.away($0) }
        ),
        CommandRow("SETNAME", parameters: 1, cost: 2, help: ["SETNAME <real name>", "Changes your real name."]) {
            Self.setname($0, $1)
        },
        CommandRow("USERHOST", parameters: 1, help: ["USERHOST <nick> …", "The hosts of up to five people."]) {
            call,
            _ in Self.userhost(call)
        },
        CommandRow("USERIP", parameters: 1, help: ["USERIP <nick> …", "The addresses of up to five people."]) {
            Self.userip($0, $1)
        },
        CommandRow("ISON", parameters: 1, help: ["ISON <nick> …", "Which of these people are here."]) { call, _ in
            Self.ison(call)
        },
        CommandRow("WHOIS", help: ["WHOIS [<server or nick>] <nick>", "Who somebody is."]) { call, actor in
            // With two parameters the first names a server, or somebody on it: mostly the same nickname once more.
            let isAlone = call.count < 2 || Names.caseMapping.fold(call[0]) == Names.caseMapping.fold(call[1])
            call.ifMeant(isAlone ? [] : [0]) { Self.whois(call, actor) }
        },
        CommandRow(
            "WHOWAS",
            list: .init(parameter: 0, limit: 4),
            servers: [2],
            help: ["WHOWAS <nick>{,<nick>} [<count>]", "Who had a nickname before."]
        ) { Self.whowas($0, $1) },
    ]

    private static func away(_ call: Call) {
        let connection = call.connection
        let knowsUnattended = connection.capabilities.contains(.preAway)
        let reason = call.optional(0)
        let presence: Presence =
            reason == "*" && knowsUnattended ? .unattended : reason.map { .away($0) } ?? .here
        guard let session = connection.session else {
            guard knowsUnattended else { return call.reply(.errNotRegistered) }
            do throws(Refusal) { try reason?.checkLength(Lengths.away) } catch { return call.refuse(error) }
            connection.earlyPresence = presence
            // Whether it is unattended counts from the first moment.
            connection.isUnattended = presence == .unattended
            return call.reply(presence == .here ? .rplUnAway : .rplNowAway)
        }
        let before = session.user.away
        call.network.setPresence(
            presence,
            by: Actor(session, through: connection),
            call.awaiting {
                // A change was told as it happened.
                if session.user.away == before { call.reply(presence == .here ? .rplUnAway : .rplNowAway) }
            }
        )
    }

    private static func setname(_ call: Call, _ actor: Actor) {
        guard call[0].utf8.count <= Lengths.realname, !call[0].isEmpty else {
            return call.fail("INVALID_REALNAME", text: "A real name has 1 to \(Lengths.realname) bytes")
        }
        call.network.change(.realname(call[0]), by: actor, call.awaiting())
    }

    /// Goes on with those of some nicknames that somebody holds.
    private static func findAll(_ nicks: [String], for call: Call, _ body: @escaping ([FoundUser]) -> Void) {
        let nicks = nicks.compactMap { Nickname($0, under: Names.caseMapping) }
        call.network.sessions.find(nicks, call.awaiting { body($0.compactMap { $0 }) })
    }

    private static func userhost(_ call: Call) {
        self.findAll(Array(call.parameters.prefix(5)), for: call) { users in
            let replies = users.map { self.reply(of: $0.user, at: $0.user.host) }
            self.answer(.rplUserHost, replies, call)
        }
    }

    /// Words in a line, or in as many as it takes; an empty one if there are none.
    private static func answer(_ numeric: Numeric, _ words: [String], _ call: Call) {
        let groups = TextSplitter.groups(of: words, bytes: 350)
        for group in groups.isEmpty ? [[]] : groups {
            call.reply(numeric, text: .verbatim(group.joined(separator: " ")))
        }
    }

    private static func reply(of user: User, at host: String) -> String {
        user.nick.raw + (user.modes.contains(.operator) ? "*" : "") + "=" + (user.away == nil ? "+" : "-")
            + "\(user.username)@\(host)"
    }

    /// As USERHOST, with the addresses for those who may know them.
    private static func userip(_ call: Call, _ actor: Actor) {
        self.findAll(Array(call.parameters.prefix(5)), for: call) { users in
            let replies = users.map { found in
                let record = found.record
                let isShown = call.network.maySeeFacts(of: record.session, actor)
                let address = isShown ? record.facts?.address : nil
                return self.reply(of: record.user, at: address ?? "255.255.255.255")
            }
            self.answer(.rplUserIP, replies, call)
        }
    }

    private static func ison(_ call: Call) {
        let nicks = call.parameters.flatMap { $0.split(separator: " ").map(String.init) }
        let asked = Array(nicks.prefix(20))
        self.findAll(asked, for: call) { users in
            let services = asked.compactMap { Service.named($0)?.nick }
            self.answer(.rplIsOn, services + users.map(\.user.nick.raw), call)
        }
    }

    private static func whois(_ call: Call, _ actor: Actor) {
        let text = call.count > 1 ? call[1] : call[0]
        guard !text.isEmpty else { return call.reply(.errNoNicknameGiven) }
        if let service = Service.named(text) { return self.whois(service, call) }
        call.find(text) { found in
            guard let found else {
                call.reply(.errNoSuchNick, text.asWord)
                return call.reply(.rplEndOfWhois, text.asWord)
            }
            self.whois(found, call, actor)
        }
    }

    private static func whois(_ service: Service, _ call: Call) {
        let nick = service.nick
        call.reply(.rplWhoisUser, nick, Service.username, call.server, "*", text: service.about)
        call.reply(.rplWhoisServer, nick, call.server, text: .verbatim(call.network.tenant.displayName))
        call.reply(.rplWhoisOperator, nick, text: "is a service of the network")
        call.reply(.rplEndOfWhois, nick)
    }

    private static func whois(_ found: FoundUser, _ call: Call, _ actor: Actor) {
        call.network.channels(
            of: found,
            for: actor,
            call.awaiting { channels in
                let words = channels.map { call.connection.shownRanks($0.modes) + $0.name }
                self.idle(of: found, call, actor) { idle in
                    self.show(found, words, idle: idle, call, actor)
                    call.reply(.rplEndOfWhois, found.nick)
                }
            }
        )
    }

    /// For how many seconds somebody has said nothing; nil if its shard does not say so in time.
    private static func idle(of found: FoundUser, _ call: Call, _ actor: Actor, _ then: @escaping (Int64?) -> Void) {
        let record = found.record
        if let detached = record.holds?.detached {
            // Nobody is there to be asked: since then at least.
            return then(max(0, (call.connection.clients.realm.now - detached.since) / 1000))
        }
        let end: (Result<[SessionID: UInt32], Refusal>) -> Void = call.awaiting {
            then($0[record.session].map(Int64.init))
        }
        call.network.idleSeconds(of: [record.session], for: actor) { end(.success($0)) }
    }

    private static func show(_ found: FoundUser, _ channels: [String], idle: Int64?, _ call: Call, _ actor: Actor) {
        let (user, record) = (found.user, found.record)
        let nick = user.nick.raw
        call.reply(.rplWhoisUser, nick, user.username, user.host, "*", text: .verbatim(user.realname))
        for group in TextSplitter.groups(of: channels, bytes: 250) {
            call.reply(.rplWhoisChannels, nick, text: .verbatim(group.joined(separator: " ")))
        }
        call.reply(.rplWhoisServer, nick, call.server, text: .verbatim(call.network.tenant.displayName))
        if user.modes.contains(.operator) { call.reply(.rplWhoisOperator, nick, text: found.standing.shown) }
        if user.modes.contains(.bot) { call.reply(.rplWhoisBot, nick) }
        if let account = user.account { call.reply(.rplWhoisAccount, nick, account) }
        if user.modes.contains(.secure) { call.reply(.rplWhoisSecure, nick) }
        if let facts = record.facts {
            if call.network.maySeeFacts(of: record.session, actor) {
                if let fingerprint = facts.fingerprint {
                    call.reply(.rplWhoisCertFP, nick, text: "has client certificate fingerprint \(fingerprint)")
                }
                call.reply(.rplWhoisActually, nick, "\(user.username)@\(facts.address)", facts.address)
            }
        }
        if call.connection.knowsMetadata {
            for (key, value) in user.metadata.sorted {
                call.reply(.rplWhoisKeyValue, nick, key, "*", text: .verbatim(value))
            }
        }
        if let idle { call.reply(.rplWhoisIdle, nick, String(idle), String(user.signedOn / 1000)) }
        if let away = user.away { call.reply(.rplAway, nick, text: .verbatim(away)) }
    }

    private static func whowas(_ call: Call, _ actor: Actor) {
        guard let text = call.optional(0) else { return call.reply(.errNoNicknameGiven) }
        let limit = Int(saturating: call[1]).flatMap { $0 > 0 ? $0 : nil } ?? .max
        call.network.past(
            Nickname(text, under: Names.caseMapping),
            limit: limit,
            for: actor,
            call.awaiting { past in
                var timestamps = TimestampCache()
                for one in past {
                    let (user, nick) = (one.user, one.user.nick.raw)
                    call.reply(.rplWhoWasUser, nick, user.username, user.host, "*", text: .verbatim(user.realname))
                    if let address = one.address {
                        call.reply(.rplWhoisActually, nick, "\(user.username)@\(address)", address)
                    }
                    call.reply(.rplWhoisServer, nick, call.server, text: .verbatim(timestamps.text(at: one.time)))
                }
                if past.isEmpty { call.reply(.errWasNoSuchNick, text.asWord) }
                call.reply(.rplEndOfWhoWas, text.asWord)
            }
        )
    }
}
