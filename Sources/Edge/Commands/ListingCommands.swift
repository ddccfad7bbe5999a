import Chat
import IRC
import StateStore

/// NAMES and LIST (RFC 2812 3.2.5, 3.2.6; ISUPPORT ELIST).
enum ListingCommands {
    static let rows: [CommandRow] = [
        CommandRow("NAMES", list: (0, nil, 10)) { Self.names($0) },
        CommandRow("LIST", cost: 3) { Self.list($0) },
    ]

    private static func names(_ call: Call) {
        guard let name = ChannelName(call[0], under: Names.caseMapping) else {
            return call.reply(.rplEndOfNames, ShardCore.word(call[0]))
        }
        call.core.withChannel(name, for: call) { replica, call in
            guard let session = call.connection.session else { return }
            let isMember = replica.state.members[session.id] != nil
            if !replica.exists || (replica.state.modes.contains(.secret) && !isMember) {
                return call.reply(.rplEndOfNames, name.raw)
            }
            Self.sendNames(of: replica, to: call)
        }
    }

    /// RPL_NAMREPLY lines and their end.
    ///
    /// Who is invisible is shown to those who share the channel only.
    static func sendNames(of replica: ChannelReplica, to call: Call) {
        guard let session = call.connection.session else { return }
        let capabilities = call.connection.capabilities
        let state = replica.state
        let (isMulti, isLong) = (capabilities.contains(.multiPrefix), capabilities.contains(.userhostInNames))
        let isMember = state.members[session.id] != nil
        // Who is in a private or secret channel is for its members (IRCX draft 4.2).
        if state.isHidden, !isMember, !session.requester.isOperator {
            return call.reply(.rplEndOfNames, state.name.raw)
        }
        let symbol = state.modes.contains(.secret) ? "@" : state.modes.contains(.private) ? "*" : "="
        // `:server 353 nick = #channel :` and CR LF
        let overhead = call.server.utf8.count + call.connection.nick.utf8.count + state.name.raw.utf8.count + 14
        let room = 512 - overhead
        var line = ""
        func flush() {
            guard !line.isEmpty else { return }
            call.reply(.rplNamReply, symbol, state.name.raw, text: line)
            line = ""
        }
        for member in state.members.values where isMember || !member.user.modes.contains(.invisible) {
            let name = isLong ? member.user.prefix : member.user.nick.raw
            let prefixes = isMulti ? member.modes.prefixes : member.modes.highestPrefix
            if line.utf8.count + prefixes.utf8.count + name.utf8.count + 1 > room { flush() }
            if !line.isEmpty { line += " " }
            if !prefixes.isEmpty { line += prefixes }
            line += name
        }
        flush()
        call.reply(.rplEndOfNames, state.name.raw)
    }

    private static func list(_ call: Call) {
        let filter = ListFilter(call[0], now: call.core.now)
        call.reply(.rplListStart, "Channel")
        let step = call.beginStep()
        guard filter.exactNames.isEmpty else {
            return Self.load(filter.exactNames.map { call.scope.channelKey($0) }, filter, call) {
                call.reply(.rplListEnd)
                step.end()
            }
        }
        Self.page(nil, filter, call) {
            call.reply(.rplListEnd)
            step.end()
        }
    }

    /// One page of names after the other, so that a tenant with many channels holds up nobody.
    private static func page(_ cursor: String?, _ filter: ListFilter, _ call: Call, _ done: @escaping () -> Void) {
        call.core.store.names(call.scope.id, .channel, cursor: cursor) { result in
            guard case .success(let page) = result, call.connection.isOpen else {
                if case .failure(let error) = result { call.refuse(error) }
                return done()
            }
            let keys = page.names.map { LogKey(call.scope.id, .channel, $0) }
            Self.load(keys, filter, call) {
                if let next = page.next { Self.page(next, filter, call, done) } else { done() }
            }
        }
    }

    /// Some channels at a time, no faster than the client reads of them.
    private static func load(_ keys: [LogKey], _ filter: ListFilter, _ call: Call, _ done: @escaping () -> Void) {
        call.core.store.load(Array(keys.prefix(200))) { result in
            switch result {
            case .success(let snapshots):
                for snapshot in snapshots where snapshot.exists {
                    guard let name = ChannelName(snapshot.log.name, under: Names.caseMapping) else { continue }
                    Self.show(ChannelState(name: name, fields: snapshot.chatFields), filter, call)
                }
            case .failure(let error): call.refuse(error)
            }
            let rest = Array(keys.dropFirst(200))
            if rest.isEmpty || !call.connection.isOpen { return done() }
            call.core.whenDrained(call.connection) { Self.load(rest, filter, call, done) }
        }
    }

    private static func show(_ state: ChannelState, _ filter: ListFilter, _ call: Call) {
        guard let session = call.connection.session else { return }
        let isMember = state.members[session.id] != nil
        if state.modes.contains(.secret), !isMember, !session.requester.isOperator { return }
        guard filter.matches(state) else { return }
        let showsTopic = !state.modes.contains(.private) || isMember
        call.reply(
            .rplList,
            state.name.raw,
            String(state.members.count),
            text: showsTopic ? state.topic?.text ?? "" : ""
        )
    }
}

/// The condition of a LIST (ISUPPORT ELIST=CMNTU): names, masks and bounds, all of which must hold but the names.
struct ListFilter {
    private(set) var exactNames: [ChannelName] = []
    private var conditions: [(ChannelState) -> Bool] = []

    /// - `now`: milliseconds since 1970; ages are minutes before it.
    init(_ text: String, now: Int64) {
        for word in text.split(separator: ",").prefix(10) {
            // Twenty years in minutes: what is multiplied below stays small.
            let number = Int64(word.drop { !$0.isNumber && $0 != "-" }).map { min(max($0, 0), 10_000_000) }
            switch (word.first, word.dropFirst().first, number) {
            case (">", _, let number?): self.conditions.append { $0.members.count > number }
            case ("<", _, let number?): self.conditions.append { $0.members.count < number }
            case ("C", ">", let minutes?): self.conditions.append { $0.created < now - minutes * 60_000 }
            case ("C", "<", let minutes?): self.conditions.append { $0.created > now - minutes * 60_000 }
            case ("T", ">", let minutes?):
                self.conditions.append { $0.topic.map { $0.time < now - minutes * 60_000 } ?? false }
            case ("T", "<", let minutes?):
                self.conditions.append { $0.topic.map { $0.time > now - minutes * 60_000 } ?? false }
            default: self.add(mask: word)
            }
        }
    }

    private mutating func add(mask word: Substring) {
        let isNegated = word.hasPrefix("!")
        let pattern = isNegated ? word.dropFirst() : word
        if !isNegated, !pattern.contains(where: { $0 == "*" || $0 == "?" }),
            let name = ChannelName(pattern, under: Names.caseMapping)
        {
            self.exactNames.append(name)
        } else {
            let glob = Glob(pattern, under: Names.caseMapping)
            self.conditions.append { glob.matches(folded: $0.name.folded) != isNegated }
        }
    }

    func matches(_ state: ChannelState) -> Bool { self.conditions.allSatisfy { $0(state) } }
}
