import Chat
import Checks
import IRC
import Realm

/// CHECKS: what messages are looked at for, for those who look at what is held.
enum ChecksCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "CHECKS",
            parameters: 1,
            rights: .reviewMessages,
            cost: 2,
            help: [
                "CHECKS LIST | TEST <channel or nick> <text>",
                "What messages are looked at for, and how often that was found; what would be said of a text. For operators.",
            ]
        ) { Self.run($0, $1) }
    ]

    private static func run(_ call: Call, _ actor: Actor) {
        do throws(Refusal) {
            switch (call[0].uppercased(), call.count) {
            case ("LIST", 1): try self.list(call, actor)
            case ("TEST", 3): try self.test(call, actor)
            default:
                call.fail("INVALID_PARAMS", text: "CHECKS takes LIST, or TEST with a channel or nickname and a text")
            }
        } catch { call.refuse(error) }
    }

    /// `CHECK <name> <kind> <action> <on or dry> <hits>`, and where it holds.
    private static func list(_ call: Call, _ actor: Actor) throws(Refusal) {
        let (checks, cut) = try call.network.shownChecks(by: actor)
        for shown in checks {
            let check = shown.check
            let context = [
                check.name, check.kind.rawValue, check.action.rawValue, check.dryRun ? "dry" : "on", "\(shown.hits)",
            ]
            self.reply(call, "CHECK", context, .verbatim(self.places(of: check)))
        }
        call.note(
            "CHECKS_END",
            "\(checks.count)",
            "End of the checks; hits are those of this server since it began, with \(cut) searches that took too long"
        )
    }

    /// As it may be written in the settings.
    private static func places(of check: Check) -> String {
        var places: [String] = []
        if check.inChannels {
            let (shown, more) = (check.channels.prefix(5), check.channels.count - 5)
            places.append(check.channels.isEmpty ? "channels" : shown.joined(separator: ","))
            if more > 0 { places.append("+\(more)") }
        }
        if check.directMessages { places.append("directMessages") }
        var exempt: [String] = []
        if check.exempt.roles { exempt.append("roles") }
        if check.exempt.rank != .none { exempt.append("rank=\(check.exempt.rank.rawValue)") }
        if check.exempt.accounts { exempt.append("accounts") }
        if !exempt.isEmpty { places.append("exempt: \(exempt.joined(separator: ","))") }
        return places.isEmpty ? "nowhere" : places.joined(separator: " ").truncated(toBytes: 250)
    }

    /// `HIT <name> <action> <on or dry>` for each check that is hit, and what would be done.
    private static func test(_ call: Call, _ actor: Actor) throws(Refusal) {
        let verdict = try call.network.tryChecks(on: call[2], to: call[1], by: actor)
        for hit in verdict.hits {
            let context = [hit.name, hit.action.rawValue, hit.isDry ? "dry" : "on"]
            self.reply(call, "HIT", context, .verbatim("\(hit.reason)".truncated(toBytes: 250)))
        }
        if let deciding = verdict.deciding {
            call.note("WOULD", deciding.action.rawValue, "That is what would be done")
        } else {
            call.note("WOULD", "Pass", "The message would go through")
        }
    }

    private static func reply(_ call: Call, _ code: String, _ context: [String], _ text: Phrase) {
        call.connection.standardReply(.note, command: call.row.name, code: code, context: context, text)
    }
}
