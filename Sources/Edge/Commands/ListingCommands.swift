import Chat
import IRC
import NIOCore
import Realm

/// NAMES and LIST (RFC 2812 3.2.5, 3.2.6; ISUPPORT ELIST).
enum ListingCommands {
    static let rows: [CommandRow] = [
        CommandRow(
            "NAMES",
            servers: [1],
            help: ["NAMES <channel>{,<channel>}", "Who is in a channel."]
        ) { Self.names($0, $1) },
        CommandRow(
            "LIST",
            cost: 3,
            help: [
                "LIST [<channel or condition>{,…}] [<condition>{,…}]",
                "Lists channels. Conditions: >n <n C>n C<n T>n T<n mask !mask.",
            ]
        ) { Self.list($0, $1) },
    ]

    // MARK: NAMES

    /// What ends the showing of a channel that a client has not asked to join: its marker, if there is one, and its names.
    static let shown = CommandRow("NAMES") { call, actor in
        HistoryCommands.tellMarker(of: call[0], call, actor) {
            if call.connection.wantsNamesOnJoin { Self.names(call, actor) }
        }
    }

    /// The most channels that NAMES is asked for.
    static let mostNames = 10

    private static func names(_ call: Call, _ actor: Actor) {
        let words = call[0].split(separator: ",").map(String.init)
        if words.count > self.mostNames { call.reply(.errTooManyTargets, words[self.mostNames].asWord) }
        self.names(of: words.prefix(self.mostNames), call, actor)
    }

    /// One channel after the other; the end is told once, of what was asked for (RFC 2812 3.2.5).
    private static func names(of words: ArraySlice<String>, _ call: Call, _ actor: Actor) {
        guard let word = words.first else { return call.reply(.rplEndOfNames, call[0]) }
        let next = { self.names(of: words.dropFirst(), call, actor) }
        guard let name = ChannelName(word, under: Names.caseMapping) else { return next() }
        call.network.channel(
            name,
            for: actor,
            call.awaitingAny { result in
                switch result {
                case .success(let channel) where !channel.isVisible: next()
                case .success(let channel) where !call.isList(0): self.sendNames(of: channel, to: call)
                case .success(let channel): self.writeNames(of: channel, to: call, done: next)
                // That there is no such channel, or that nobody may know of it, looks the same.
                case .failure(let refusal) where refusal.reason == .noSuchChannel: next()
                case .failure(let refusal): call.refuse(refusal)
                }
            }
        )
    }

    /// RPL_NAMREPLY lines and their end.
    static func sendNames(of channel: ChannelView, to call: Call) {
        self.writeNames(of: channel, to: call) { call.reply(.rplEndOfNames, channel.name) }
    }

    /// RPL_NAMREPLY lines, no faster than the client reads.
    private static func writeNames(of channel: ChannelView, to call: Call, done: @escaping () -> Void) {
        var lines = NameLines(of: channel, to: call)
        // Each turn sends all that others were told in it: to begin one for every hundred names would cost a JOIN more than
        // all else.
        call.answer(channel.places, slice: 1000) { place in
            lines.add(memberAt: place)
        } pause: {
            // What is in the line holds now; who is in it may be renamed in another's turn.
            lines.endLine()
        } done: {
            lines.endLine()
            done()
        }
    }

    /// The names of a channel's members in lines that are not too long.
    private struct NameLines {
        private let channel: ChannelView
        private let call: Call
        private let symbol: String
        private let style: MemberTable.NameStyle
        private let room: Int
        private var names = ByteBuffer()

        init(of channel: ChannelView, to call: Call) {
            self.channel = channel
            self.call = call
            let modes = channel.state.modes
            self.symbol = modes.contains(.secret) ? "@" : modes.contains(.private) ? "*" : "="
            let capabilities = call.connection.capabilities
            self.style = channel.nameStyle(
                call.connection.ranks,
                showingAll: capabilities.contains(.multiPrefix),
                hosts: capabilities.contains(.userhostInNames)
            )
            // `:server 353 nick = #channel :` and CR LF
            let others = call.server.utf8.count + call.connection.nick.utf8.count + channel.name.utf8.count
            self.room = 512 - (others + 14)
        }

        /// Adds a name, in another line if it does not fit in the one that is begun.
        mutating func add(memberAt place: Int) {
            let before = self.names.writerIndex
            if before > 0 { self.names.writeInteger(UInt8(ascii: " ")) }
            let start = self.names.writerIndex
            self.channel.writeName(at: place, self.style, to: &self.names)
            if self.names.writerIndex == start { return self.names.moveWriterIndex(to: before) }
            guard before > 0, self.names.writerIndex > self.room else { return }
            let name = self.names.getBytes(at: start, length: self.names.writerIndex - start) ?? []
            self.names.moveWriterIndex(to: before)
            self.endLine()
            self.names.writeBytes(name)
        }

        /// Sends what is in the line.
        mutating func endLine() {
            guard self.names.readableBytes > 0 else { return }
            self.call.send { writer in
                writer.source(self.call.server)
                writer.command(.rplNamReply)
                for word in [self.call.connection.nick, self.symbol, self.channel.name] { writer.parameter(word) }
                writer.trailing(self.names)
                writer.end()
            }
            self.names.clear()
        }
    }

    // MARK: LIST

    private static func list(_ call: Call, _ actor: Actor) {
        let filter = ListFilter(Array(call.parameters.prefix(2)), now: call.connection.clients.realm.now)
        if let excess = filter.excess { call.reply(.errTooManyTargets, excess) }
        call.reply(.rplListStart, "Channel")
        guard filter.isOfNames else { return self.page(nil, filter, call, actor) }
        self.show(filter.names[...], filter, call, actor)
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
                    if channel.isVisible, !summary.isDeserted, filter.matches(summary) { self.show(summary, call) }
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
            text: .verbatim(showsTopic ? channel.state.topic?.text ?? "" : "")
        )
    }
}

extension Connection {
    /// Whether JOIN is followed by the names (draft/no-implicit-names).
    var wantsNamesOnJoin: Bool {
        self.capabilities.isDisjoint(with: [.noImplicitNames, .noImplicitNamesOfSoju])
    }
}
