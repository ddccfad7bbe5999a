import Chat
import IRC
import Logging
import Realm

/// OPER, KILL, WALLOPS, GLOBAL and REHASH, each within the operator's own tenant (RFC 2812 3.1.4, 3.7.1, 4.7).
enum OperatorCommands {
    static let rows: [CommandRow] = [
        CommandRow(
            "OPER",
            parameters: 2,
            cost: 3,
            help: ["OPER <account> <password>", "Gives you the rights of an account's roles."]
        ) { Self.oper($0, $1) },
        CommandRow(
            "KILL",
            parameters: 1,
            rights: .endSessions,
            help: ["KILL <nick> [<reason>]", "Disconnects somebody. For operators."]
        ) { call, actor in
            call.withUser(0) { found in
                let reason = call.optional(1) ?? actor.session.user.nick.raw
                call.network.kill(found, reason: reason, by: actor, call.awaiting())
            }
        },
        CommandRow(
            "WALLOPS",
            parameters: 1,
            rights: .announce,
            help: ["WALLOPS <text>", "Tells everybody with user mode w. For operators."]
        ) { call, actor in
            call.network.announce(call[0], by: actor, call.awaiting())
        },
        CommandRow(
            "GLOBAL",
            parameters: 1,
            rights: .addressEverybody,
            help: ["GLOBAL <text>", "Tells everybody on the network. For operators."]
        ) { call, actor in
            call.network.address(call[0], by: actor, call.awaiting())
        },
        CommandRow(
            "REHASH",
            rights: .reload,
            help: ["REHASH", "Reads tenants and certificates again. For operators."]
        ) { call, actor in
            call.network.reload(by: actor, call.awaiting { call.reply(.rplRehashing, "tenants") })
        },
    ]

    /// The password of an account that has roles gives the session their rights.
    private static func oper(_ call: Call, _ actor: Actor) {
        call.network.logIn(
            account: call[0],
            password: call[1],
            from: call.connection.origin,
            givesRights: true,
            call.awaitingAny { result in
                switch result {
                case .success(let login): self.elevate(login, call, actor)
                case .failure(let refusal):
                    call.connection.log(.info, "log-in failed")
                    call.refuse(refusal)
                }
            }
        )
    }

    private static func elevate(_ login: LoggedIn, _ call: Call, _ actor: Actor) {
        call.network.elevate(
            login,
            by: actor,
            call.awaitingAny { result in
                switch result {
                case .success: call.reply(.rplYoureOper, text: login.role.given)
                // That the account has no such role looks like a wrong password.
                case .failure(let refusal) where refusal.reason == .rightNeeded: call.reply(.errPasswdMismatch)
                case .failure(let refusal): call.refuse(refusal)
                }
            }
        )
    }
}
