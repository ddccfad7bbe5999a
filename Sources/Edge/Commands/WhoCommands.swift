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
            help: [
                "WHO <channel, nick or mask> [<flags>][%<fields>[,<token>]]",
                "Who is there (WHOX). Flags: o operators; n u h i s r a what the mask is matched with.",
            ]
        ) { Self.who($0, $1) }
    ]

    /// Somebody who is shown.
    fileprivate struct Row {
        let session: SessionID
        let user: User
        var modes = MemberModes()
        var facts: UserFacts?
    }

    private static func who(_ call: Call, _ actor: Actor) {
        let mask = call[0]
        let query = WhoQuery(call[1])
        if ChannelName.isChannel(mask), let name = ChannelName(mask, under: Names.caseMapping) {
            return self.who(in: name, query, call, actor)
        }
        // RFC 2812 3.6.1: no mask or `0` is everybody.
        let glob = Glob(mask.isEmpty || mask == "0" ? "*" : mask, under: Names.caseMapping)
        guard glob.isLiteral, query.matches("n") else { return self.search(glob, query, after: nil, 0, call, actor) }
        // A nickname means that one alone, invisible or not.
        call.find(mask) { found in
            guard let found else { return self.search(glob, query, after: nil, 0, call, actor) }
            let record = found.record
            let rows = query.wants(record.user) ? [Row(record)] : []
            self.show(rows, of: "*", query, call, actor) { call.reply(.rplEndOfWho, mask.asWord) }
        }
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
                let rows = channel.members.lazy.filter { query.wants($0.user) }
                    .map { Row(session: $0.session, user: $0.user, modes: $0.modes) }
                self.show(rows, of: channel.name, query, call, actor) { call.reply(.rplEndOfWho, call[0].asWord) }
            }
        )
    }

    /// Everybody whom a mask fits, a page after the other, no faster than the client reads.
    private static func search(
        _ glob: Glob,
        _ query: WhoQuery,
        after cursor: String?,
        _ shown: Int,
        _ call: Call,
        _ actor: Actor
    ) {
        call.network.users(
            after: cursor,
            for: actor,
            call.awaiting { page in
                let fitting = page.items.filter { record in
                    let knowsAddress = call.network.maySeeFacts(of: record.session, actor)
                    let address = knowsAddress ? record.facts?.address : nil
                    return query.wants(record.user)
                        && query.fits(glob, record.user, address: address, server: call.server)
                }
                let rows = fitting.prefix(self.maskLimit - shown).map { Row($0) }
                self.show(rows, of: "*", query, call, actor) {
                    let shown = shown + rows.count
                    guard let next = page.next, shown < self.maskLimit, call.connection.isOpen else {
                        return call.reply(.rplEndOfWho, call[0].asWord)
                    }
                    let end: (Result<Void, Refusal>) -> Void = call.awaiting {
                        self.search(glob, query, after: next, shown, call, actor)
                    }
                    call.connection.whenDrained { end(.success(())) }
                }
            }
        )
    }

    // MARK: Answers

    /// Shows some, with what has to be asked for them if it is wanted.
    private static func show(
        _ rows: some Sequence<Row>,
        of channel: String,
        _ query: WhoQuery,
        _ call: Call,
        _ actor: Actor,
        done: @escaping () -> Void
    ) {
        self.facts(of: rows, query, call, actor) { facts in
            self.idle(of: rows, query, call, actor) { idle in
                call.answer(rows) { row in
                    var row = row
                    row.facts = row.facts ?? facts[row.session]
                    if !call.network.maySeeFacts(of: row.session, actor) { row.facts = nil }
                    self.show(row, of: channel, query, idle: idle[row.session] ?? 0, call)
                } done: {
                    done()
                }
            }
        }
    }

    private static func facts(
        of rows: some Sequence<Row>,
        _ query: WhoQuery,
        _ call: Call,
        _ actor: Actor,
        _ then: @escaping ([SessionID: UserFacts]) -> Void
    ) {
        guard query.shows("i") else { return then([:]) }
        let unknown = rows.filter { $0.facts == nil }.map(\.session)
        call.network.facts(of: unknown, for: actor, call.awaiting(then))
    }

    private static func idle(
        of rows: some Sequence<Row>,
        _ query: WhoQuery,
        _ call: Call,
        _ actor: Actor,
        _ then: @escaping ([SessionID: UInt32]) -> Void
    ) {
        guard query.shows("l") else { return then([:]) }
        let end: (Result<[SessionID: UInt32], Refusal>) -> Void = call.awaiting(then)
        call.network.idleSeconds(of: rows.map(\.session), for: actor) { end(.success($0)) }
    }

    private static func show(_ row: Row, of channel: String, _ query: WhoQuery, idle: UInt32, _ call: Call) {
        let user = row.user
        let flags =
            (user.away == nil ? "H" : "G") + (user.modes.contains(.operator) ? "*" : "")
            + call.connection.shownRanks(row.modes) + (user.modes.contains(.bot) ? "B" : "")
        guard query.fields != nil else {
            return call.reply(
                .rplWhoReply,
                channel,
                user.username,
                user.host,
                call.server,
                user.nick.raw,
                flags,
                text: .verbatim("0 \(user.realname)")
            )
        }
        let values: [(field: Character, value: String)] = [
            ("t", query.token), ("c", channel), ("u", user.username), ("i", row.facts?.address ?? "255.255.255.255"),
            ("h", user.host), ("s", call.server), ("n", user.nick.raw), ("f", flags), ("d", "0"), ("l", String(idle)),
            ("a", user.account ?? "0"), ("o", row.modes.isHost ? "999" : "n/a"),
        ]
        call.connection.reply(
            .rplWhoSpecialReply,
            values.filter { query.shows($0.field) }.map(\.value),
            text: query.shows("r") ? .verbatim(user.realname) : nil
        )
    }
}

extension WhoCommands.Row {
    fileprivate init(_ record: SessionRecord) {
        self.init(session: record.session, user: record.user, facts: record.facts)
    }
}
