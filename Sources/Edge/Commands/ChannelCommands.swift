import Chat
import IRC
import Realm

/// JOIN, PART, TOPIC, INVITE and KICK (RFC 2812 3.2).
enum ChannelCommands {
    static let rows: [CommandRow] = [
        CommandRow(
            "JOIN",
            parameters: 1,
            cost: 2,
            list: .init(parameter: 0, keys: 1, limit: 20),
            help: ["JOIN <channel>{,<channel>} [<key>{,<key>}]", "Enters channels; JOIN 0 leaves all."]
        ) { Self.join($0, $1) },
        CommandRow(
            "PART",
            parameters: 1,
            list: .init(parameter: 0, limit: 20),
            help: ["PART <channel>{,<channel>} [<reason>]", "Leaves channels."]
        ) { Self.part($0, $1) },
        CommandRow(
            "TOPIC",
            parameters: 1,
            help: ["TOPIC <channel> [<topic>]", "Shows or changes a channel's topic; an empty one clears it."]
        ) { Self.topic($0, $1) },
        CommandRow(
            "INVITE",
            help: ["INVITE <nick> <channel>", "Asks somebody into a channel; into an invite-only one hosts only."]
        ) { Self.invite($0, $1) },
        CommandRow(
            "KICK",
            parameters: 2,
            list: .init(parameter: 1, pairs: 0, limit: 8),
            help: [
                "KICK <channel>{,<channel>} <nick>{,<nick>} [<reason>]",
                "Removes people from a channel, or each from the channel at the same place.",
            ]
        ) { Self.kick($0, $1) },
    ]

    private static func join(_ call: Call, _ actor: Actor) {
        if call[0] == "0" { return self.partAll(call, actor) }
        guard let name = ChannelName(call[0], under: Names.caseMapping) else {
            return call.refuse(Refusal(.invalidChannelName, call[0].asWord))
        }
        let key = call.optional(1).map { String($0.prefix { $0 != "," }) }
        self.enter(name, key: key, call, actor)
    }

    /// How often somebody is forwarded at most.
    private static let mostForwards = 5

    private static func enter(
        _ name: ChannelName,
        key: String?,
        forwards: Int = 0,
        _ call: Call,
        _ actor: Actor
    ) {
        call.network.join(
            name,
            key: key,
            mayFound: forwards == 0,
            by: actor,
            call.awaitingAny { result in
                switch result {
                case .success(nil): break
                case .success(let channel?): self.show(channel, to: call, actor)
                case .failure(let refusal):
                    call.refuse(refusal)
                    guard refusal.reason == .forwarded, forwards < Self.mostForwards,
                        let other = refusal.subject.last.flatMap({ ChannelName($0, under: Names.caseMapping) })
                    else { return }
                    self.enter(other, key: nil, forwards: forwards + 1, call, actor)
                }
            }
        )
    }

    /// What who has come in is told of a channel.
    static func show(_ channel: ChannelView, to call: Call, _ actor: Actor) {
        if let topic = channel.state.topic { self.show(topic, of: channel, to: call) }
        HistoryCommands.tellMarker(of: channel.name, call, actor) {
            if call.connection.wantsNamesOnJoin { ListingCommands.sendNames(of: channel, to: call) }
            MetadataSync.entered(channel, call)
            Playback.entered(channel.name, call, actor)
        }
    }

    private static func part(_ call: Call, _ actor: Actor) {
        guard let name = call.channelName(0) else { return }
        call.network.part(name, reason: call.optional(1), by: actor, call.awaiting())
    }

    private static func partAll(_ call: Call, _ actor: Actor) {
        guard let row = call.connection.clients.table["PART"] else { return }
        call.connection.commands.waiting += actor.session.memberships.map { replica in
            Call(connection: call.connection, row: row, message: call.message, replaced: [replica.state.name.raw])
        }
    }

    private static func topic(_ call: Call, _ actor: Actor) {
        guard let name = call.channelName(0) else { return }
        guard call.count > 1 else {
            return call.network.channel(
                name,
                for: actor,
                call.awaiting { channel in
                    if !channel.isOpen { return call.refuse(Refusal(.notOnChannel, channel.name)) }
                    guard let topic = channel.state.topic else { return call.reply(.rplNoTopic, channel.name) }
                    self.show(topic, of: channel, to: call)
                }
            )
        }
        call.network.setTopic(of: name, to: call[1], by: actor, call.awaiting())
    }

    private static func show(_ topic: Topic, of channel: ChannelView, to call: Call) {
        call.reply(.rplTopic, channel.name, text: .verbatim(topic.text))
        call.reply(.rplTopicWhoTime, channel.name, topic.setter, String(topic.time / 1000))
    }

    private static func invite(_ call: Call, _ actor: Actor) {
        guard call.count >= 2 else {
            if call.count == 1 { return call.reply(.errNeedMoreParams, call.row.name) }
            return call.reply(.rplEndOfInviteList)
        }
        call.withUser(0) { found in
            guard let name = call.channelName(1) else { return }
            call.network.invite(
                found,
                to: name,
                by: actor,
                call.awaiting { channel in
                    call.reply(.rplInviting, found.nick, channel)
                    if let away = found.away { call.reply(.rplAway, found.nick, text: .verbatim(away)) }
                }
            )
        }
    }

    private static func kick(_ call: Call, _ actor: Actor) {
        guard let name = call.channelName(0) else { return }
        let reason = call.optional(2) ?? actor.session.user.nick.raw
        call.network.kick(
            Nickname(call[1], under: Names.caseMapping),
            named: call[1],
            from: name,
            reason: reason,
            by: actor,
            call.awaiting()
        )
    }
}

extension Call {
    /// Goes on with the user who holds the nickname of a parameter, or answers 401.
    func withUser(_ index: Int, _ body: @escaping (FoundUser) -> Void) {
        self.find(self[index]) { found in
            guard let found else { return self.refuse(Refusal(.noSuchNick, self[index].asWord)) }
            body(found)
        }
    }

    /// Goes on with the user who holds a nickname, if there is one.
    func find(_ text: String, _ body: @escaping (FoundUser?) -> Void) {
        guard let nick = Nickname(text, under: Names.caseMapping) else { return body(nil) }
        self.network.sessions.find(nick, self.awaiting(body))
    }
}
