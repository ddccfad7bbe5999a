import Chat
import IRC
import NIOCore
import Realm
import StateStore

/// MemoServ: messages for accounts whose people are away.
enum MemoServ {
    static let service = Service(
        nick: "MemoServ",
        aliases: ["MEMOSERV", "MS"],
        about: "MemoServ keeps messages for who is away. They are direct messages of two accounts.",
        commands: [
            ServiceCommand(
                "SEND",
                usage: "<account or nick> <text>",
                words: 2...400,
                help: "Leaves a message for an account, which is told of it when somebody logs in to it.",
                example: "SEND bob See you at eight"
            ) { one in
                let text = one.rest(from: 1)
                one.network.leaveMemo(
                    for: one.words[0],
                    text.hasPrefix(":") ? String(text.dropFirst()) : text,
                    by: one.actor,
                    one.awaiting { name in one.reply("Your message waits for \(name)") }
                )
            },
            ServiceCommand("LIST", help: "Which messages there are for you.") { Self.list($0) },
            ServiceCommand(
                "READ",
                usage: "<number or NEW>",
                words: 0...1,
                help: "Shows a message, or all that you have not read.",
                example: "READ NEW"
            ) { Self.read($0) },
            ServiceCommand(
                "DEL",
                "DELETE",
                usage: "<number or ALL>",
                words: 1...1,
                help: "Takes a message off your list, or all; they stay in the history of both.",
                example: "DEL 1"
            ) { Self.remove($0) },
            ServiceCommand(
                "IGNORE",
                usage: "LIST | ADD <account> | DEL <account>",
                words: 1...2,
                help: "Of whom you want no messages; they are not told.",
                example: "IGNORE ADD mallory"
            ) { Self.ignore($0) },
        ]
    )

    /// How many are shown at once.
    private static let most = 20
    /// How much of a message stands in a line, in bytes: in front of it stands more than in front of what was sent.
    private static let room = 350

    /// Tells who logged in how many messages wait.
    static func tellAtLogIn(_ connection: Connection, _ session: Session) {
        guard session.user.account != nil else { return }
        connection.network.unreadMemos(of: Actor(session, through: connection)) { count in
            guard count > 0, connection.isOpen else { return }
            self.service.say(
                "Messages that wait for you: \(count). /msg MemoServ READ NEW shows them",
                to: connection,
                .news
            )
        }
    }

    private static func list(_ one: ServiceCall) {
        one.network.memos(
            of: one.actor,
            one.awaiting { memos in
                one.reply("Messages for you: \(memos.count), not read: \(memos.count { !$0.isRead })")
                for (index, memo) in memos.enumerated() {
                    let sign = memo.isRead ? " " : "*"
                    one.reply(.verbatim("\(sign)\(index + 1)  \(memo.sender)  \(NickServ.time(memo.id.time))"))
                }
            }
        )
    }

    /// - Returns: nil for all, and nothing where the word is neither that nor a number.
    private static func number(_ one: ServiceCall, all: String) -> Int?? {
        let word = one[0] ?? all
        if word.uppercased() == all { return .some(nil) }
        return Int(word).map { .some($0) }
    }

    private static func read(_ one: ServiceCall) {
        guard let number = self.number(one, all: "NEW") else { return one.explain() }
        one.network.readMemos(
            number,
            limit: self.most,
            by: one.actor,
            one.awaiting { memos in
                if memos.isEmpty {
                    return one.reply(number == nil ? "You have read all messages" : "There is no such message")
                }
                for left in memos {
                    let sender = left.prefix.map { String(Source($0).nick) } ?? left.memo.sender
                    one.reply("Message \(left.number) of \(sender), at \(NickServ.time(left.memo.id.time)):")
                    guard let text = left.text else {
                        one.reply(
                            left.isDelayed
                                ? "It cannot be shown just now, try again later" : "It is not kept any more"
                        )
                        continue
                    }
                    let line = MultilineText.Line(ByteBuffer(string: text), isContinuation: false)
                    for piece in line.pieces(of: self.room) { one.reply(.verbatim(String(buffer: piece.text))) }
                }
            }
        )
    }

    private static func remove(_ one: ServiceCall) {
        guard let number = self.number(one, all: "ALL") else { return one.explain() }
        one.network.removeMemos(
            number,
            of: one.actor,
            one.awaiting { count in
                one.reply(count == 0 ? "There is no such message" : "Messages taken off your list: \(count)")
            }
        )
    }

    private static func ignore(_ one: ServiceCall) {
        switch (one.words[0].uppercased(), one[1]) {
        case ("LIST", nil):
            one.network.ignoredForMemos(
                by: one.actor,
                one.awaiting { names in one.reply("You want no messages of: \(names.joined(separator: " "))") }
            )
        case ("ADD", let name?):
            one.network.ignoreForMemos(
                name,
                true,
                by: one.actor,
                one.awaiting { isDone in
                    one.reply(isDone ? "You get no messages of \(name.asWord) any more" : "Your list is full")
                }
            )
        case ("DEL", let name?):
            one.network.ignoreForMemos(
                name,
                false,
                by: one.actor,
                one.awaiting { isDone in
                    one.reply(
                        isDone ? "You get messages of \(name.asWord) again" : "\(name.asWord) is not in your list"
                    )
                }
            )
        default: one.explain()
        }
    }
}
