import Chat
import IRC
import Realm

/// KNOCK (draft-hardy-irc-isupport KNOCK; numerics 710 to 714 as solanum has them).
enum KnockCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "KNOCK",
            parameters: 1,
            cost: 2,
            help: ["KNOCK <channel>", "Asks those who run a closed channel to let you in."]
        ) { call, actor in
            guard let name = call.channelName(0) else { return }
            call.network.knock(on: name, by: actor, call.awaiting { call.reply(.rplKnockDlvr, $0) })
        }
    ]
}
