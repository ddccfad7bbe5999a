import Chat
import IRC
import Realm

/// NAMES and LIST (RFC 2812 3.2.5, 3.2.6; ISUPPORT ELIST).
enum ListingCommands {
    static let rows: [CommandRow] = [
        CommandRow(
            "NAMES",
            list: .init(parameter: 0, limit: 10),
            help: ["NAMES <channel>{,<channel>}", "Who is in a channel."]
        ) { Self.names($0, $1) },
        CommandRow(
            "LIST",
            cost: 3,
            help: [
                "LIST [<channel or condition>{,…}]", "Lists channels. Conditions: >n <n C>n C<n T>n T<n mask !mask.",
            ]
        ) { Self.list($0, $1) },
    ]

    // MARK: NAMES

    private static func names(_ call: Call, _ actor: Actor) {
        guard let name = ChannelName(call[0], under: Names.caseMapping) else {
            return call.reply(.rplEndOfNames, call[0].asWord)
        }
        call.network.channel(
            name,
            for: actor,
            call.awaitingAny { result in
                switch result {
                case .success(let channel) where !channel.isVisible: call.reply(.rplEndOfNames, name.raw)
                case .success(let channel): self.sendNames(of: channel, to: call)
                // That there is no such channel, or that nobody may know of it, looks the same.
                case .failure(let refusal) where refusal.reason == .noSuchChannel:
                    call.reply(.rplEndOfNames, name.raw)
                case .failure(let refusal): call.refuse(refusal)
                }
            }
        )
    }

    /// RPL_NAMREPLY lines and their end, no faster than the client reads.
    static func sendNames(of channel: ChannelView, to call: Call) {
        let symbol = channel.state.modes.contains(.secret) ? "@" : channel.state.modes.contains(.private) ? "*" : "="
        var line = NameLine(of: channel, for: call.connection)
        func send(_ names: String?) {
            if let names { call.reply(.rplNamReply, symbol, channel.name, text: names) }
        }
        // A name takes a quarter of a microsecond, but each turn sends all that others were told in it: to begin one for every
        // hundred names would cost a JOIN more than all else.
        call.answer(channel.members, slice: 1000) { member in
            send(line.add(member))
        } pause: {
            // What is in the line holds now; who is in it may be renamed in another's turn.
            send(line.end())
        } done: {
            send(line.end())
            call.reply(.rplEndOfNames, channel.name)
        }
    }

    /// The names of a channel's members in texts that fit a line each.
    private struct NameLine {
        private let isMulti: Bool
        private let isLong: Bool
        private let room: Int
        private var line = ""

        init(of channel: ChannelView, for connection: Connection) {
            self.isMulti = connection.capabilities.contains(.multiPrefix)
            self.isLong = connection.capabilities.contains(.userhostInNames)
            // `:server 353 nick = #channel :` and CR LF
            let server = connection.network.serverName
            self.room = 512 - (server.utf8.count + connection.nick.utf8.count + channel.name.utf8.count + 14)
        }

        /// Takes out what is in the line.
        mutating func end() -> String? {
            defer { self.line = "" }
            return self.line.isEmpty ? nil : self.line
        }

        /// Adds a name.
        ///
        /// - Returns: the line before it, if the name did not fit any more.
        mutating func add(_ member: Member) -> String? {
            let name = self.isLong ? member.user.prefix : member.user.nick.raw
            let modes = member.modes
            let prefixes = modes.isEmpty ? "" : self.isMulti ? modes.prefixes : modes.highestPrefix
            let isFull =
                !self.line.isEmpty && self.line.utf8.count + prefixes.utf8.count + name.utf8.count + 1 > self.room
            let full = isFull ? self.end() : nil
            if !self.line.isEmpty { self.line += " " }
            self.line += prefixes
            self.line += name
            return full
        }
    }

    // MARK: LIST

    private static func list(_ call: Call, _ actor: Actor) {
        let filter = ListFilter(call[0], now: call.connection.clients.realm.now)
        call.reply(.rplListStart, "Channel")
        if filter.exactNames.isEmpty { return self.page(nil, filter, call, actor) }
        self.show(filter.exactNames[...], filter, call, actor)
    }

    /// One page after the other, no faster than the client reads of them.
    private static func page(_ cursor: String?, _ filter: ListFilter, _ call: Call, _ actor: Actor) {
        call.network.channels(
            after: cursor,
            for: actor,
            call.awaiting { page in
                for channel in page.items where filter.matches(channel) { self.show(channel, call) }
                guard let next = page.next, call.connection.isOpen else { return call.reply(.rplListEnd) }
                let end: (Result<Void, Refusal>) -> Void = call.awaiting { self.page(next, filter, call, actor) }
                call.connection.whenDrained { end(.success(())) }
            }
        )
    }

    private static func show(_ names: ArraySlice<ChannelName>, _ filter: ListFilter, _ call: Call, _ actor: Actor) {
        guard let name = names.first else { return call.reply(.rplListEnd) }
        call.network.channel(
            name,
            for: actor,
            call.awaitingAny { result in
                switch result {
                case .success(let channel):
                    let summary = ChannelSummary(channel)
                    if channel.isVisible, filter.matches(summary) { self.show(summary, call) }
                case .failure(let refusal) where refusal.reason == .noSuchChannel: break
                case .failure(let refusal): return call.refuse(refusal)
                }
                self.show(names.dropFirst(), filter, call, actor)
            }
        )
    }

    private static func show(_ channel: ChannelSummary, _ call: Call) {
        let showsTopic = !channel.state.modes.contains(.private) || channel.isMember
        call.reply(
            .rplList,
            channel.state.name.raw,
            String(channel.members),
            text: showsTopic ? channel.state.topic?.text ?? "" : ""
        )
    }
}
