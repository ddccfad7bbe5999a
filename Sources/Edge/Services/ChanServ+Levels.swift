import Chat
import IRC
import Realm

/// What people do by their level in a channel, and which channels there are.
extension ChanServ {
    static let levels: [ServiceCommand] = [
        ServiceCommand(
            "INVITE",
            usage: "<channel> [<nick>]",
            words: 1...2,
            help: "Asks you into a channel where your account has a rank; hosts and owners ask others, too."
        ) { one in
            guard let name = one.channel(0) else { return }
            Self.person(one) { found in
                one.network.inviteByLevel(
                    found,
                    to: name,
                    by: one.actor,
                    one.awaiting { one.reply("\(found.nick) is invited to \($0)") }
                )
            }
        },
        ServiceCommand(
            "UNBAN",
            usage: "<channel> [<nick>]",
            words: 1...2,
            help: "Lifts the bans of the channel that keep you, or somebody, out."
        ) { one in
            guard let name = one.channel(0) else { return }
            Self.person(one) { found in
                one.network.unban(
                    found,
                    in: name,
                    by: one.actor,
                    one.awaiting { wasBanned in
                        let said: Phrase =
                            wasBanned
                            ? "The bans of \(name.raw) that mean \(found.nick) are lifted"
                            : "No ban of \(name.raw) means \(found.nick)"
                        one.reply(said)
                    }
                )
            }
        },
        ServiceCommand(
            "GETKEY",
            usage: "<channel>",
            words: 1...1,
            help: "The key of a channel of which your account is host or owner."
        ) { one in
            guard let name = one.channel(0) else { return }
            one.network.key(
                of: name,
                by: one.actor,
                one.awaiting { key in
                    one.reply(key.map { "The key of \(name.raw) is \($0)" } ?? "\(name.raw) has no key")
                }
            )
        },
        ServiceCommand(
            "CLEAR",
            usage: "<channel> BANS | USERS | OPS",
            words: 2...2,
            help: "Lifts all bans, kicks everybody without a rank by account, or takes ranks that are by no account."
        ) { Self.clear($0) },
        ServiceCommand(
            "LIST",
            usage: "[<mask>]",
            words: 0...1,
            help: "The registered channels that you may know of.",
            example: "LIST *tea*"
        ) { Self.listChannels($0) },
    ]

    /// Goes on with whom the second word names, or the actor itself.
    private static func person(_ one: ServiceCall, _ then: @escaping (FoundUser) -> Void) {
        guard let text = one[1] else { return then(.here(one.actor.session)) }
        guard let nick = Nickname(text, under: Names.caseMapping) else {
            return one.reply("\(text.asWord) is no nickname")
        }
        one.network.sessions.find(
            nick,
            one.awaiting { found in
                guard let found else { return one.reply("\(nick.raw) is not on the network") }
                then(found)
            }
        )
    }

    private static func clear(_ one: ServiceCall) {
        guard let name = one.channel(0) else { return }
        switch one.words[1].uppercased() {
        case "BANS":
            one.network.clearBans(of: name, by: one.actor, one.awaiting("\(name.raw) has no bans now"))
        case "OPS":
            let said: Phrase = "Only accounts that are host or owner of \(name.raw) are so now"
            one.network.clearRanks(of: name, by: one.actor, one.awaiting(said))
        case "USERS":
            one.network.clearMembers(
                of: name,
                by: one.actor,
                one.awaiting { one.reply("Members taken out of \(name.raw): \($0)") }
            )
        default: one.explain()
        }
    }

    private static func listChannels(_ one: ServiceCall) {
        one.network.registeredChannels(
            matching: one[0],
            by: one.actor,
            one.awaiting { found in
                for channel in found.channels {
                    let about = channel.registration?.description.map { ": \($0)" } ?? ""
                    let founder = channel.registration?.founder.name ?? "*"
                    one.reply(.verbatim("\(channel.name.raw) (\(founder))\(about)"))
                }
                one.reply("Registered channels: \(found.channels.count)")
                if found.isCut { one.reply("There are more: say which by a mask, such as LIST *tea*") }
            }
        )
    }
}
