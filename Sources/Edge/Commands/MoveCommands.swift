import Chat
import IRC
import Realm

/// SAJOIN, SAPART, SANICK and SAMODE: what operators do in the place of others (as UnrealIRCd and InspIRCd call them).
enum MoveCommands {
    static let rows: [CommandRow] = [
        CommandRow(
            "SAJOIN",
            parameters: 2,
            rights: .moveOthers,
            list: .init(parameter: 1, limit: 20),
            help: ["SAJOIN <nick> <channel>{,<channel>}", "Takes somebody into channels. For operators."]
        ) { call, actor in
            guard let name = call.channelName(1) else { return }
            call.withUser(0) { call.network.take($0, into: name, by: actor, call.awaiting()) }
        },
        CommandRow(
            "SAPART",
            parameters: 2,
            rights: .moveOthers,
            list: .init(parameter: 1, limit: 20),
            help: ["SAPART <nick> <channel>{,<channel>} [<reason>]", "Takes somebody out of channels. For operators."]
        ) { call, actor in
            guard let name = call.channelName(1) else { return }
            call.withUser(0) {
                call.network.take($0, outOf: name, reason: call.optional(2), by: actor, call.awaiting())
            }
        },
        CommandRow(
            "SANICK",
            parameters: 2,
            rights: .moveOthers,
            help: ["SANICK <nick> <new nick>", "Gives somebody another nickname. For operators."]
        ) { call, actor in
            guard let nick = Nickname(call[1], under: Names.caseMapping) else {
                return call.reply(.errErroneousNickname, call[1].asWord)
            }
            call.withUser(0) { call.network.rename($0, to: nick, by: actor, call.awaiting()) }
        },
        CommandRow(
            "SAMODE",
            parameters: 2,
            rights: .runAnyChannel,
            help: [
                "SAMODE <channel> <modes> [<parameters>]", "Changes a channel's modes, as MODE does. For operators.",
            ]
        ) { call, actor in
            ChannelModeCommands.channelMode(call, actor)
        },
    ]
}
