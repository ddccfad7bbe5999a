import Chat
import IRC
import Observability
import Realm
import StateStore

/// HELD: the messages that checks hold, for those who look at them.
enum HeldMessagesCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "HELD",
            parameters: 1,
            rights: .reviewMessages,
            cost: 3,
            help: [
                "HELD LIST | SHOW <id> | RELEASE <id> | REJECT <id> [<reason>]",
                "Messages that wait for a moderator: shows them, lets one through or rejects it. For operators.",
            ]
        ) { Self.run($0, $1) }
    ]

    /// How much of a message is shown in a list, in bytes.
    private static let beginning = 120
    /// How much in a line, in bytes.
    private static let line = 300

    private static func run(_ call: Call, _ actor: Actor) {
        let id = call[1].lowercased()
        switch (call[0].uppercased(), call.count) {
        case ("LIST", 1):
            call.network.heldMessages(
                by: actor,
                call.awaiting { messages in
                    call.answer(
                        messages,
                        { self.show($0, call, $0.text.replacing("\n", with: " ").truncated(toBytes: self.beginning)) },
                        done: { call.note("HELD_END", "\(messages.count)", "End of the messages that wait") }
                    )
                }
            )
        case ("SHOW", 2):
            call.network.heldMessage(
                id,
                by: actor,
                self.awaiting(call) { message in
                    self.show(message, call, message.reason)
                    for line in self.lines(of: message.text) {
                        self.reply(call, "HELD_TEXT", [message.id], .verbatim(line))
                    }
                    call.note("HELD_END", message.id, "End of the message")
                }
            )
        case ("RELEASE", 2):
            call.network.release(
                id,
                by: actor,
                self.awaiting(call) { call.note("RELEASED", $0.id, "The message was let through") }
            )
        case ("REJECT", 2...3):
            let reason = call.optional(2) ?? "no reason was given"
            call.network.reject(
                id,
                reason: reason,
                by: actor,
                self.awaiting(call) { call.note("REJECTED", $0.id, "The message was rejected") }
            )
        default:
            call.fail("INVALID_PARAMS", text: "HELD takes LIST, or SHOW, RELEASE or REJECT with an id")
        }
    }

    /// What goes on with a message; a refusal names it, whatever was to be done with it.
    private static func awaiting(
        _ call: Call,
        _ then: @escaping (HeldMessage) -> Void
    ) -> (Result<HeldMessage, Refusal>) -> Void {
        call.awaitingAny { result in
            switch result {
            case .success(let message): then(message)
            case .failure(let refusal):
                call.connection.refuse(refusal, command: call.row.name, context: [call[1].asWord])
            }
        }
    }

    /// `HELD <id> <time> <nick> <account or *> <target> <check>`, and a text.
    private static func show(_ message: HeldMessage, _ call: Call, _ text: String) {
        let time = UTCInstant(milliseconds: message.time).text(withThousandths: false)
        let context = [
            message.id, time, message.nick, message.account ?? "*", message.target.asWord, message.check,
        ]
        self.reply(call, "HELD", context, .verbatim(text))
    }

    private static func reply(_ call: Call, _ code: String, _ context: [String], _ text: Phrase) {
        call.connection.standardReply(.note, command: call.row.name, code: code, context: context, text)
    }

    /// A text in pieces that fit in lines.
    private static func lines(of text: String) -> [String] {
        text.split(separator: "\n").flatMap { line -> [String] in
            var (pieces, rest) = ([String](), String(line))
            while !rest.isEmpty {
                let piece = rest.truncated(toBytes: self.line)
                // What is one letter to people may be longer than any line.
                if piece.isEmpty { return pieces }
                pieces.append(piece)
                rest = String(rest.dropFirst(piece.count))
            }
            return pieces
        }
    }
}
