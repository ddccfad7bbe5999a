import Chat
import IRC
import Numbers
import Observability
import Realm
import StateStore

/// AUDIT: who used which right on whom, and why.
enum AuditCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "AUDIT",
            rights: .readAudit,
            cost: 3,
            help: [
                "AUDIT [<number>] [<mask or account>]",
                "What was done by right: who, what, to whom, why. For operators.",
            ]
        ) { Self.run($0, $1) }
    ]

    /// How many are shown to who names no number.
    private static let usual = 20

    private static func run(_ call: Call, _ actor: Actor) {
        let number = Int(saturating: call[0])
        call.network.audit(
            matching: call.optional(number == nil ? 0 : 1),
            limit: number ?? Self.usual,
            by: actor,
            call.awaiting { records in
                call.answer(
                    records,
                    { self.show($0, call) },
                    done: { call.note("AUDIT_END", "\(records.count)", "End of the audit log") }
                )
            }
        )
    }

    private static func show(_ record: AuditRecord, _ call: Call) {
        let entry = record.entry
        call.connection.standardReply(
            .note,
            command: call.row.name,
            code: "AUDIT",
            context: [
                UTCInstant(milliseconds: record.time).text(withThousandths: false), entry.role.rawValue, entry.nick,
                entry.account ?? "*", entry.action, entry.target.asWord,
            ],
            .verbatim(entry.detail.truncated(toBytes: Lengths.reason))
        )
    }
}
