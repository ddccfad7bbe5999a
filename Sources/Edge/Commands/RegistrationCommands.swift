import Chat
import IRC
import Realm
import Tenant

/// What a connection does before it is a session, and some of it after: CAP, PASS, NICK, USER, PING, PONG, QUIT, ERROR
/// (RFC 2812 3.1, IRCv3 capability negotiation).
enum RegistrationCommands {
    static let rows: [CommandRow] = [
        CommandRow(
            "CAP",
            parameters: 1,
            help: ["CAP LS [302] | LIST | REQ :<capabilities> | END", "Negotiates what your client understands."],
            .always { CapCommand.run($0) }
        ),
        CommandRow(
            "PASS",
            parameters: 1,
            help: [
                "PASS <password>",
                "A password, before you are here: <account>:<password>, or that of your nickname's account.",
            ],
            .registering { $0.connection.registration.receivedPassword($0[0]) }
        ),
        CommandRow("NICK", help: ["NICK <nick>", "Changes your nickname."], .always { Self.nick($0) }),
        CommandRow(
            "USER",
            parameters: 4,
            help: [
                "USER <user name> 0 * <real name>",
                "Who you are, before you are here: your client sends it with NICK.",
            ],
            .registering { Self.user($0) }
        ),
        CommandRow(
            "AUTHENTICATE",
            parameters: 1,
            cost: 2,
            secret: true,
            help: ["AUTHENTICATE <mechanism or data>", "Logs in to an account (SASL)."],
            .always { AuthenticateCommand.run($0) }
        ),
        CommandRow("PING", barrier: true, help: ["PING <token>", "Asks for a PONG."], .always { Self.ping($0) }),
        CommandRow(
            "PONG",
            help: ["PONG <token>", "Answers the server's PING: your client does it by itself."],
            .always { _ in }
        ),
        CommandRow("QUIT", barrier: true, help: ["QUIT [<reason>]", "Disconnects."], .always { Self.quit($0) }),
        CommandRow(
            "ERROR",
            help: ["ERROR <text>", "What servers say to each other; from a client it does nothing."],
            .always { _ in }
        ),
    ]

    private static func ping(_ call: Call) {
        guard call.count > 0, !call[0].isEmpty else { return call.reply(.errNoOrigin) }
        call.send { writer in
            writer.message(
                source: call.server,
                command: "PONG",
                parameters: [call.server, call[0]],
                forcesTrailing: true
            )
        }
    }

    private static func quit(_ call: Call) {
        let reason = call.optional(0).map { "Quit: \($0.truncated(toBytes: Lengths.reason))" } ?? "Quit"
        call.connection.close(.verbatim(reason), parting: .quit, .answer)
    }

    private static func user(_ call: Call) {
        let username = Username(sanitizing: call[0], under: Names.caseMapping)
        let realname = call[3].truncated(toBytes: Lengths.realname)
        guard !realname.isEmpty else { return call.reply(.errNeedMoreParams, "USER") }
        let action = call.connection.registration.receivedUser(username: username.unverified.raw, realname: realname)
        Registration.follow(action, call)
    }

    private static func nick(_ call: Call) {
        guard call.count > 0, !call[0].isEmpty else { return call.reply(.errNoNicknameGiven) }
        guard let nick = Nickname(call[0], under: Names.caseMapping) else {
            return call.reply(.errErroneousNickname, call[0].asWord)
        }
        guard let session = call.connection.session else {
            return Registration.follow(call.connection.registration.receivedNick(nick), call)
        }
        call.network.rename(nick, by: Actor(session, through: call.connection), call.awaiting())
    }
}

extension String {
    /// The text cut to a number of UTF-8 bytes, on a character's border.
    func truncated(toBytes limit: Int) -> String {
        guard self.utf8.count > limit else { return self }
        var end = self.utf8.index(self.utf8.startIndex, offsetBy: limit)
        while end > self.startIndex, end.samePosition(in: self) == nil { end = self.utf8.index(before: end) }
        return String(self[..<end])
    }
}
