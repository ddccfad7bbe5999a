import Chat
import IRC
import Realm

/// RENAME (draft/channel-rename).
enum RenameCommand {
    static let name = "RENAME"

    static let rows: [CommandRow] = [
        CommandRow(
            Self.name,
            parameters: 2,
            cost: 5,
            of: .channelRename,
            help: ["RENAME <channel> <new name> [<reason>]", "Gives a channel another name; all in it come along."]
        ) { Self.run($0, $1) }
    ]

    private static func run(_ call: Call, _ actor: Actor) {
        guard let old = call.channelName(0) else { return }
        let context = [old.raw, call[1].asWord]
        func refuse(_ refusal: Refusal) {
            // Whoever knows the command knows FAIL.
            call.connection.refuse(refusal, command: Self.name, context: context, isForAll: true)
        }
        guard let new = ChannelName(call[1], under: Names.caseMapping) else {
            return refuse(Refusal(.cannotRename, text: "Not a channel's name"))
        }
        call.network.renameChannel(
            old,
            to: new,
            reason: call.optional(2),
            by: actor,
            call.awaitingAny { result in
                if case .failure(let refusal) = result { refuse(refusal) }
            }
        )
    }
}
