import Chat
import IRC
import Realm
import StateStore

/// HostServ: what accounts are shown under in place of a host that is made of their names.
enum HostServ {
    static let service = Service(
        nick: "HostServ",
        aliases: ["HOSTSERV", "HS"],
        about: "HostServ has accounts shown under a host of their own, once those agreed who look after the network.",
        commands: [
            ServiceCommand(
                "REQUEST",
                usage: "<host>",
                words: 1...1,
                help: "Asks for a host.",
                example: "REQUEST tea.lovers"
            ) { one in
                one.network.askForHost(
                    one.words[0],
                    by: one.actor,
                    one.awaiting { one.reply("You asked for \($0): those decide who look after the network") }
                )
            },
            ServiceCommand("ON", help: "Has your host shown.") { one in
                one.network.showHost(true, by: one.actor, one.awaiting("Your host is shown"))
            },
            ServiceCommand("OFF", help: "Has the host shown that is made of your account's name.") { one in
                one.network.showHost(false, by: one.actor, one.awaiting("Your host is not shown"))
            },
            ServiceCommand("WAITING", help: "Who asks for a host. For operators.") { Self.waiting($0) },
            ServiceCommand(
                "ACTIVATE",
                usage: "<account> <host>",
                words: 2...2,
                help: "Gives an account the host that it asked for. For operators.",
                example: "ACTIVATE alice tea.lovers"
            ) { Self.give(.activate($0.words[1]), $0) },
            ServiceCommand(
                "REJECT",
                usage: "<account> [<reason>]",
                words: 1...100,
                help: "Refuses an account the host that it asked for; the reason is noted. For operators.",
                example: "REJECT alice that is a trade mark"
            ) { one in
                let reason = one.rest(from: 1)
                one.network.decideHost(
                    of: one.words[0],
                    .reject,
                    reason: reason.hasPrefix(":") ? String(reason.dropFirst()) : reason,
                    by: one.actor,
                    one.awaiting { one.reply("\($0.name) does not get what it asked for") }
                )
            },
            ServiceCommand(
                "SET",
                usage: "<account> <host>",
                words: 2...2,
                help: "Gives an account a host that it did not ask for. For operators.",
                example: "SET alice staff.example"
            ) { Self.give(.set($0.words[1]), $0) },
            ServiceCommand(
                "DEL",
                usage: "<account>",
                words: 1...1,
                help: "Takes an account's host. For operators.",
                example: "DEL alice"
            ) { one in
                one.network.decideHost(
                    of: one.words[0],
                    .remove,
                    by: one.actor,
                    one.awaiting { one.reply("\($0.name) has no host of its own any more") }
                )
            },
        ]
    )

    /// Gives an account a host, whether it asked for it or not.
    private static func give(_ change: HostChange, _ one: ServiceCall) {
        one.network.decideHost(
            of: one.words[0],
            change,
            by: one.actor,
            one.awaiting { one.reply("\($0.name) has the host \($0.host ?? "*") now") }
        )
    }

    private static func waiting(_ one: ServiceCall) {
        one.network.askedHosts(
            by: one.actor,
            one.awaiting { hosts in
                for asked in hosts {
                    let time = NickServ.time(asked.askedAt ?? 0)
                    one.reply(.verbatim("\(asked.name)  \(asked.asked ?? "*")  \(time)"))
                }
                one.reply("Accounts that ask for a host: \(hosts.count)")
            }
        )
    }
}
