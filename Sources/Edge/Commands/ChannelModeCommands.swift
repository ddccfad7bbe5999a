import Chat
import IRC
import Realm

/// MODE for channels and users (RFC 2812 3.1.5, 3.2.3; modern.ircdocs.horse MODE).
enum ChannelModeCommands {
    static let rows: [CommandRow] = [
        CommandRow(
            "MODE",
            parameters: 1,
            help: ["MODE <channel or nick> [<modes> [<parameters>]]", "Shows or changes modes."]
        ) { call, actor in
            if ChannelName.isChannel(call[0]) { Self.channelMode(call, actor) } else { Self.userMode(call, actor) }
        }
    ]

    static func channelMode(_ call: Call, _ actor: Actor) {
        guard let name = call.channelName(0) else { return }
        guard call.count > 1 else {
            return call.network.channel(
                name,
                for: actor,
                call.awaiting { channel in
                    guard channel.isVisible else { return call.refuse(Refusal(.noSuchChannel, channel.name)) }
                    call.connection.reply(.rplChannelModeIs, [channel.name] + channel.modeParameters)
                    call.reply(.rplCreationTime, channel.name, String(channel.state.created / 1000))
                }
            )
        }
        call.network.changeModes(
            of: name,
            ModeRequest.parse(Array(call.parameters.dropFirst())),
            by: actor,
            seeing: call.connection.ranks,
            call.awaiting { decision, channel in
                for refusal in decision.refusals { call.refuse(refusal) }
                for list in decision.listings { self.show(list, of: channel, to: call, actor) }
            }
        )
    }

    private static func show(_ list: ListMode, of channel: ChannelView, to call: Call, _ actor: Actor) {
        if let refusal = channel.mayList(list, actor.session) { return call.refuse(refusal) }
        guard case .list(_, let item, let end)? = ChannelModeTable.row(list.rawValue)?.kind else { return }
        for entry in channel.state.lists[list] ?? [] {
            call.reply(item, channel.name, entry.mask, entry.setter, String(entry.time / 1000))
        }
        call.reply(end, channel.name)
    }

    private static func userMode(_ call: Call, _ actor: Actor) {
        let user = actor.session.user
        guard let nick = Nickname(call[0], under: Names.caseMapping), nick == user.nick else {
            return call.withUser(0) { _ in call.reply(.errUsersDontMatch) }
        }
        guard call.count > 1 else { return call.reply(.rplUModeIs, user.modes.text) }
        let (modes, hasUnknown) = user.modes.changed(by: call[1])
        if hasUnknown { call.reply(.errUModeUnknownFlag) }
        guard modes != user.modes else { return }
        call.network.change(.modes(modes), by: actor, call.awaiting())
    }
}
