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
        let lines = NameLines(of: channel, for: call.connection)
        call.answer(lines.all) { line in
            call.reply(.rplNamReply, symbol, channel.name, text: line)
        } done: {
            call.reply(.rplEndOfNames, channel.name)
        }
    }

    /// The names of a channel's members in texts that fit a line each.
    private struct NameLines {
        private(set) var all: [String] = []

        init(of channel: ChannelView, for connection: Connection) {
            let (isMulti, isLong) = (
                connection.capabilities.contains(.multiPrefix), connection.capabilities.contains(.userhostInNames)
            )
            // `:server 353 nick = #channel :` and CR LF
            let server = connection.network.serverName
            let room = 512 - (server.utf8.count + connection.nick.utf8.count + channel.name.utf8.count + 14)
            var line = ""
            for member in channel.members {
                let name = isLong ? member.user.prefix : member.user.nick.raw
                let prefixes = isMulti ? member.modes.prefixes : member.modes.highestPrefix
                if !line.isEmpty, line.utf8.count + prefixes.utf8.count + name.utf8.count + 1 > room {
                    self.all.append(line)
                    line = ""
                }
                if !line.isEmpty { line += " " }
                if !prefixes.isEmpty { line += prefixes }
                line += name
            }
            if !line.isEmpty { self.all.append(line) }
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
