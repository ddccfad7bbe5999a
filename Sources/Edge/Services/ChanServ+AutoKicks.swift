import Chat
import IRC
import Realm
import Tenant

/// Whom a channel keeps out.
extension ChanServ {
    static let autoKick = ServiceCommand(
        "AKICK",
        usage: "<channel> ADD <mask> [<duration>] [<reason>] | DEL <mask> | LIST",
        words: 2...300,
        help: "Whom the channel keeps out, and why: by mask, a:<account> or r:<real name>; for 90m, 7d, or for good.",
        example: "AKICK #tea ADD a:mallory 30d advertising"
    ) { one in
        switch (one.words[1].uppercased(), one.words.count) {
        case ("LIST", 2): Self.listAutoKicks(one)
        case ("ADD", 3...): Self.addAutoKick(one)
        case ("DEL", 3):
            guard let name = one.channel(0) else { return }
            one.network.liftAutoKick(
                of: one.words[2],
                in: name,
                by: one.actor,
                one.awaiting { one.reply("\(name.raw) does not keep \($0) out any more") }
            )
        default: one.explain()
        }
    }

    private static func addAutoKick(_ one: ServiceCall) {
        guard let name = one.channel(0) else { return }
        // What is no duration begins the reason.
        let duration = one[3].flatMap { GoDuration.parse($0) }
        let reason = one.words.dropFirst(duration == nil ? 3 : 4).joined(separator: " ")
        one.network.addAutoKick(
            of: one.words[2],
            to: name,
            // As other services have it, none is for good.
            for: duration.flatMap { $0.components.seconds > 0 ? $0.components.seconds : nil },
            reason: reason.isEmpty ? "no reason was given" : reason,
            by: one.actor,
            one.awaiting { entry in
                let text: Phrase =
                    entry.until.map { "\(name.raw) keeps \(entry.mask) out until \(NickServ.time($0))" }
                    ?? "\(name.raw) keeps \(entry.mask) out from now on"
                one.reply(text)
            }
        )
    }

    private static func listAutoKicks(_ one: ServiceCall) {
        guard let name = one.channel(0) else { return }
        one.network.autoKicks(
            of: name,
            by: one.actor,
            one.awaiting { entries in
                for entry in entries {
                    let until = entry.until.map(NickServ.time) ?? "*"
                    let facts = "\(entry.setter), \(NickServ.time(entry.time)), \(until)"
                    one.reply(.verbatim("\(entry.mask) (\(facts)) \(entry.reason)"))
                }
                one.reply("Kept out of \(name.raw): \(entries.count)")
            }
        )
    }
}
