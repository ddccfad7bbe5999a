import Chat
import IRC
import StateStore

/// WHO, with the fields that a client asks for (RFC 2812 3.6.1, WHOX).
enum WhoCommands {
    /// The most users that a mask shows.
    private static let maskLimit = 500

    static let rows: [CommandRow] = [CommandRow("WHO", cost: 2) { Self.who($0) }]

    private static func who(_ call: Call) {
        let mask = call[0]
        let query = WhoQuery(call[1])
        if ChannelName.isChannel(mask), let name = ChannelName(mask, under: Names.caseMapping) {
            return call.core.withChannel(name, for: call) { replica, call in
                Self.show(replica.state, query, call) { call.reply(.rplEndOfWho, ShardCore.word(mask)) }
            }
        }
        // RFC 2812 3.6.1: no mask or `0` is everybody.
        guard mask.isEmpty || mask == "0" || mask.contains(where: { $0 == "*" || $0 == "?" }) else {
            return call.core.find(mask, for: call) { found, call in
                if let found, Self.isWanted(found.user, query) {
                    Self.show(found.user, nil, "*", query, isLocal: found.session, call)
                }
                call.reply(.rplEndOfWho, ShardCore.word(mask))
            }
        }
        Self.search(mask, query, call)
    }

    private static func show(
        _ state: ChannelState,
        _ query: WhoQuery,
        _ call: Call,
        done: @escaping () -> Void
    ) {
        guard let session = call.connection.session else { return }
        let isMember = state.members[session.id] != nil
        if state.isHidden, !isMember, !session.requester.isOperator { return done() }
        let wanted = state.members.values.filter { member in
            (isMember || !member.user.modes.contains(.invisible) || session.requester.isOperator)
                && Self.isWanted(member.user, query)
        }
        func show(_ member: Member) {
            Self.show(
                member.user,
                member.modes,
                state.name.raw,
                query,
                isLocal: call.scope.sessions[member.session],
                call
            )
        }
        call.answer(wanted, show, done: done)
    }

    private static func isWanted(_ user: User, _ query: WhoQuery) -> Bool {
        !query.onlyOperators || user.modes.contains(.operator)
    }

    /// Everybody whom a mask fits: operators see all, others only who is not invisible or shares a channel with them.
    private static func search(_ mask: String, _ query: WhoQuery, _ call: Call) {
        guard let session = call.connection.session else { return }
        let glob = Glob(mask.isEmpty || mask == "0" ? "*" : mask, under: Names.caseMapping)
        let step = call.beginStep()
        let shared = Set(session.memberships.flatMap { $0.state.members.keys })
        Self.page(nil, shown: 0, call) { record in
            if record.user.modes.contains(.invisible), !shared.contains(record.session),
                record.session != session.id, !session.requester.isOperator
            {
                return false
            }
            let user = record.user
            let fits = [user.nick.folded, user.username, user.host, user.realname, call.server].contains {
                glob.matches(folded: Names.caseMapping.fold($0))
            }
            guard fits, Self.isWanted(user, query) else { return false }
            Self.show(user, nil, "*", query, isLocal: call.scope.sessions[record.session], call)
            return true
        } done: {
            call.reply(.rplEndOfWho, ShardCore.word(mask))
            step.end()
        }
    }

    private static func page(
        _ cursor: String?,
        shown: Int,
        _ call: Call,
        _ show: @escaping (SessionRecord) -> Bool,
        done: @escaping () -> Void
    ) {
        let store = call.core.store
        store.names(call.scope.id, .user, cursor: cursor) { result in
            guard case .success(let page) = result, call.connection.isOpen else { return done() }
            store.load(page.names.map { LogKey(call.scope.id, .user, $0) }) { result in
                guard case .success(let snapshots) = result else { return done() }
                var shown = shown
                for snapshot in snapshots where shown < Self.maskLimit {
                    if let record = SessionRecord(fields: snapshot.chatFields), show(record) { shown += 1 }
                }
                guard let next = page.next, shown < Self.maskLimit else { return done() }
                Self.page(next, shown: shown, call, show, done: done)
            }
        }
    }

    private static func show(
        _ user: User,
        _ modes: MemberModes?,
        _ channel: String,
        _ query: WhoQuery,
        isLocal session: Session?,
        _ call: Call
    ) {
        let isMulti = call.connection.capabilities.contains(.multiPrefix)
        let flags =
            (user.away == nil ? "H" : "G") + (user.modes.contains(.operator) ? "*" : "")
            + (modes.map { isMulti ? $0.prefixes : $0.highestPrefix } ?? "")
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
        add("l", session.map { String(call.core.seconds - $0.lastSpoke) } ?? "0")
        add("a", user.account ?? "0")
        add("o", "n/a")
        call.core.reply(
            call.connection,
            .rplWhoSpecialReply,
            parameters,
            text: fields.contains("r") ? user.realname : nil
        )
    }
}

/// What a WHO asks for: `o` for operators only, `%tcuihsnfdlaor,token` for the fields of WHOX.
struct WhoQuery {
    let onlyOperators: Bool
    let fields: Set<Character>?
    let token: String

    init(_ text: String) {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        self.onlyOperators = parts.first?.contains("o") ?? false
        guard parts.count == 2 else {
            self.fields = nil
            self.token = ""
            return
        }
        let rest = parts[1].split(separator: ",", maxSplits: 1)
        self.fields = Set(rest.first ?? "")
        self.token = rest.count == 2 ? String(rest[1].prefix(3)) : "0"
    }
}
