import Chat
import IRC
import NIOCore
import Realm

/// RELAYMSG: what people elsewhere say, told by a bridge under their names (draft/relaymsg).
enum RelayCommand {
    static let name = "RELAYMSG"

    static let rows: [CommandRow] = [
        CommandRow(
            Self.name,
            parameters: 3,
            message: true,
            of: .relaymsg,
            help: [
                "RELAYMSG <channel> <nick/network> <text>",
                "Says what somebody elsewhere said, as a bridge; for hosts of the channel.",
            ]
        ) { Self.run($0, $1) }
    ]

    private static func run(_ call: Call, _ actor: Actor) {
        guard let channel = call.channelName(0) else { return }
        guard let relayed = RelayedName(call[1], under: Names.caseMapping) else {
            let text: Phrase = "\(call[1].asWord) is no nickname with a \(RelayedName.separator) within it"
            return self.fail("INVALID_NICK", text, call)
        }
        let text = call.message.parameters.bytes(2)
        guard text.readableBytesView.contains(where: { $0 != UInt8(ascii: " ") }) else {
            return self.fail("BLANK_MSG", "The message says nothing", call)
        }
        let saying = Saying(
            verb: .privmsg,
            target: channel.raw,
            text: text,
            clientTags: call.clientTags,
            relayed: relayed
        )
        MessageCommands.say(saying, call, actor)
    }

    /// Bridges need not ask for the capability, and know FAIL all the same.
    private static func fail(_ code: String, _ text: Phrase, _ call: Call) {
        call.connection.standardReply(.fail, command: Self.name, code: code, isForAll: true, text)
    }
}
