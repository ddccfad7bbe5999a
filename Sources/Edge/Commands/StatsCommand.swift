import Chat
import IRC
import Realm
import Tenant

/// STATS: what there is to say of a server that clients take for one (RFC 2812 3.4.4; the letters that servers agree on).
///
/// A letter that asks for what there is not, such as bans of the whole network (`k`), has an empty answer.
enum StatsCommand {
    static let help: [Phrase] = [
        "STATS u | p | o",
        "How long the server is up; which operators are here; whose accounts are operators', for operators.",
    ]

    static func run(_ call: Call, _ actor: Actor) {
        let letter = call[0].prefix(1)
        let end = { call.reply(.rplEndOfStats, letter.isEmpty ? "*" : String(letter)) }
        switch letter.lowercased() {
        case "u": self.uptime(call)
        case "o": self.accounts(call, actor)
        case "p": return self.operators(call, actor, after: nil, count: 0, end)
        default: break
        }
        end()
    }

    private static func uptime(_ call: Call) {
        let up = (call.connection.clients.realm.now - call.connection.clients.environment.realm.started) / 1000
        let hours = up % 86_400 / 3600
        let (minutes, seconds) = (String(up / 60 % 60 + 100).suffix(2), String(up % 60 + 100).suffix(2))
        call.reply(.rplStatsUptime, text: "Server Up \(up / 86_400) days \(hours):\(minutes):\(seconds)")
    }

    private static func accounts(_ call: Call, _ actor: Actor) {
        guard actor.may(.seeHidden) else { return call.refuse(Refusal(.rightNeeded)) }
        for name in call.network.tenant.adminNames.sorted() {
            call.reply(.rplStatsOLine, "O", "*@*", "*", name, "0", "0")
        }
    }

    /// Those who are here and whom the actor may know of, on whichever pod, a page after the other.
    private static func operators(
        _ call: Call,
        _ actor: Actor,
        after cursor: String?,
        count: Int,
        _ end: @escaping () -> Void
    ) {
        call.network.users(
            after: cursor,
            for: actor,
            call.awaiting { page in
                let found = page.items.map(\.user).filter { $0.modes.contains(.operator) }
                for user in found {
                    call.reply(.rplStatsDebug, text: .verbatim("\(user.nick.raw) (\(user.username)@\(user.host))"))
                }
                let count = count + found.count
                guard let next = page.next, call.connection.isOpen else {
                    call.reply(.rplStatsDebug, text: "Operators here: \(count)")
                    return end()
                }
                let goOn: (Result<Void, Refusal>) -> Void = call.awaiting {
                    self.operators(call, actor, after: next, count: count, end)
                }
                call.connection.whenDrained { goOn(.success(())) }
            }
        )
    }
}
