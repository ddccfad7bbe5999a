import Chat
import IRC
import Observability
import Realm
import Tenant

/// UBAN: who may not be on the network (as in ergo, one command for all kinds).
enum NetworkBanCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "UBAN",
            parameters: 1,
            rights: .banFromNetwork,
            cost: 2,
            help: [
                "UBAN ADD|QUARANTINE|REQUIRE-SASL <mask> [<duration>] [<reason>] | DEL <mask> | LIST",
                "Who may not be on the network, by mask, address, network, a:<account>, r:<real name> or z:<certificate>; 90m, 7d.",
            ]
        ) { Self.run($0, $1) }
    ]

    private static func run(_ call: Call, _ actor: Actor) {
        switch (call[0].uppercased(), call.count) {
        case ("ADD", 2...4): self.add(.refuse, call, actor)
        case ("QUARANTINE", 2...4): self.add(.quarantine, call, actor)
        case ("REQUIRE-SASL", 2...4): self.add(.demandLogin, call, actor)
        case ("DEL", 2):
            call.network.liftBan(
                call[1],
                by: actor,
                call.awaiting { self.note(call, "BAN_LIFTED", $0, "The ban is lifted") }
            )
        case ("LIST", 1):
            call.network.bans(
                by: actor,
                call.awaiting { bans in
                    for ban in bans { self.show(ban, call) }
                    self.note(call, "BANS_END", "\(bans.count)", "End of the network's bans")
                }
            )
        default:
            call.fail("INVALID_PARAMS", text: "UBAN takes ADD, QUARANTINE, REQUIRE-SASL or DEL with a mask, or LIST")
        }
    }

    private static func add(_ effect: NetworkBan.Effect, _ call: Call, _ actor: Actor) {
        guard let (duration, reason) = call.durationAndReason(from: 2) else { return }
        call.network.setBan(
            call[1],
            effect,
            for: duration,
            reason: reason,
            by: actor,
            call.awaiting { self.note(call, "BAN_ADDED", $0.mask, QuarantineCommands.end($0.until)) }
        )
    }

    private static func time(_ milliseconds: Int64) -> String {
        UTCInstant(milliseconds: milliseconds).text(withThousandths: false)
    }

    private static func code(_ effect: NetworkBan.Effect) -> String {
        switch effect {
        case .refuse: "BAN"
        case .quarantine: "QUARANTINE"
        case .demandLogin: "REQUIRE_SASL"
        case .mute: "MUTE"
        case .raid: "RAID"
        }
    }

    private static func show(_ ban: NetworkBan, _ call: Call) {
        let until = ban.until.map(self.time) ?? "*"
        call.connection.standardReply(
            .note,
            command: call.row.name,
            code: self.code(ban.effect),
            context: [ban.mask, ban.setter.asWord, self.time(ban.time), until],
            .verbatim(ban.reason)
        )
    }

    private static func note(_ call: Call, _ code: String, _ context: String, _ text: Phrase) {
        call.note(code, context, text)
    }
}
