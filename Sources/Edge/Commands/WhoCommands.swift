import Chat
import IRC
import Realm

/// WHO, with the fields that a client asks for (RFC 2812 3.6.1, WHOX).
enum WhoCommands {
    /// The most users that a mask shows.
    private static let maskLimit = 500

    static let rows: [CommandRow] = [
        CommandRow(
            "WHO",
            cost: 2,
            help: ["WHO <channel, nick or mask> [o][%<fields>[,<token>]]", "Who is there (WHOX)."]
        ) { Self.who($0, $1) }
    ]

    private static func who(_ call: Call, _ actor: Actor) {
        let mask = call[0]
        let query = WhoQuery(call[1])
        if ChannelName.isChannel(mask), let name = ChannelName(mask, under: Names.caseMapping) {
            return self.who(in: name, query, call, actor)
        }
        // RFC 2812 3.6.1: no mask or `0` is everybody.
        guard mask.isEmpty || mask == "0" || mask.contains(where: { $0 == "*" || $0 == "?" }) else {
            return call.find(mask) { found in
                if let found, self.isWanted(found.user, query) {
                    self.show(found.user, nil, "*", query, isLocal: found.session, call)
                }
                call.reply(.rplEndOfWho, mask.asWord)
            }
        }
        let glob = Glob(mask.isEmpty || mask == "0" ? "*" : mask, under: Names.caseMapping)
        self.search(glob, query, after: nil, shown: 0, call, actor)
    }

    private static func who(in name: ChannelName, _ query: WhoQuery, _ call: Call, _ actor: Actor) {
        call.network.channel(
            name,
            for: actor,
            call.awaitingAny { result in
                let channel: ChannelView
                switch result {
                case .success(let view): channel = view
                case .failure(let refusal) where refusal.reason == .noSuchChannel:
                    return call.reply(.rplEndOfWho, call[0].asWord)
                case .failure(let refusal): return call.refuse(refusal)
                }
                call.answer(channel.members) { member in
                    guard self.isWanted(member.user, query) else { return }
                    let session = call.network.sessions[member.session]
                    self.show(member.user, member.modes, channel.name, query, isLocal: session, call)
                } done: {
                    call.reply(.rplEndOfWho, call[0].asWord)
                }
            }
        )
    }

    private static func isWanted(_ user: User, _ query: WhoQuery) -> Bool {
        !query.onlyOperators || user.modes.contains(.operator)
    }

    /// Everybody whom a mask fits, a page after the other, no faster than the client reads.
    private static func search(
        _ glob: Glob,
        _ query: WhoQuery,
        after cursor: String?,
        shown: Int,
        _ call: Call,
        _ actor: Actor
    ) {
        call.network.users(
            after: cursor,
            for: actor,
            call.awaiting { page in
                var shown = shown
                for record in page.items where shown < self.maskLimit {
                    let user = record.user
                    let fits = [user.nick.folded, user.username, user.host, user.realname, call.server].contains {
                        glob.matches(folded: Names.caseMapping.fold($0))
                    }
                    guard fits, self.isWanted(user, query) else { continue }
                    shown += 1
                    self.show(user, nil, "*", query, isLocal: call.network.sessions[record.session], call)
                }
                guard let next = page.next, shown < self.maskLimit, call.connection.isOpen else {
                    return call.reply(.rplEndOfWho, call[0].asWord)
                }
                let end: (Result<Void, Refusal>) -> Void = call.awaiting {
                    self.search(glob, query, after: next, shown: shown, call, actor)
                }
                call.connection.whenDrained { end(.success(())) }
            }
        )
    }

    private static func show(
        _ user: User,
        _ modes: MemberModes?,
        _ channel: String,
        _ query: WhoQuery,
        isLocal session: Session?,
        _ call: Call
    ) {
        let flags =
            (user.away == nil ? "H" : "G") + (user.modes.contains(.operator) ? "*" : "")
            + (modes.map { call.connection.signs(of: $0) } ?? "")
            + (user.modes.contains(.bot) ? "B" : "")
        guard let fields = query.fields else {
            return call.reply(
                .rplWhoReply,
                channel,
                user.username,
                user.host,
                call.server,
                user.nick.raw,
                flags,
                text: "0 \(user.realname)"
            )
        }
        var parameters: [String] = []
        func add(_ letter: Character, _ value: String) { if fields.contains(letter) { parameters.append(value) } }
        add("t", query.token)
        add("c", channel)
        add("u", user.username)
        add("i", "255.255.255.255")
        add("h", user.host)
        add("s", call.server)
        add("n", user.nick.raw)
        add("f", flags)
        add("d", "0")
        add("l", session.map { String(call.connection.clients.realm.seconds - $0.lastSpoke) } ?? "0")
        add("a", user.account ?? "0")
        add("o", "n/a")
        call.connection.reply(
            .rplWhoSpecialReply,
            parameters,
            text: fields.contains("r") ? user.realname : nil
        )
    }
}
