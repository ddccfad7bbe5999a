import Chat
import IRC
import Observability
import Realm

/// MUTE, UNMUTE and MUTES: who may be there and read, and says nothing.
enum MuteCommands {
    static let rows: [CommandRow] = [
        CommandRow(
            "MUTE",
            parameters: 1,
            rights: .quarantine,
            cost: 2,
            help: [
                "MUTE <nick, account or mask> [<duration>] [:<reason>]",
                "Has somebody say nothing but to operators, on the whole network; 90m, 7d. For operators.",
            ]
        ) { call, actor in
            guard let (duration, reason) = call.durationAndReason(from: 1) else { return }
            call.find(call[0]) { found in
                call.network.mute(
                    found,
                    named: call[0],
                    for: duration,
                    reason: reason,
                    by: actor,
                    call.awaiting { call.note("MUTED", call[0].asWord, QuarantineCommands.end($0.until)) }
                )
            }
        },
        CommandRow(
            "UNMUTE",
            parameters: 1,
            rights: .quarantine,
            help: ["UNMUTE <nick, account or mask>", "Has somebody speak again. For operators."]
        ) { call, actor in
            call.find(call[0]) { found in
                call.network.unmute(
                    found,
                    named: call[0],
                    by: actor,
                    call.awaiting { call.note("UNMUTED", call[0].asWord, "They may speak again") }
                )
            }
        },
        CommandRow(
            "MUTES",
            rights: .quarantine,
            cost: 2,
            help: ["MUTES", "Who is muted, why and until when. For operators."]
        ) { call, actor in
            call.network.mutes(
                by: actor,
                call.awaiting { mutes in
                    call.answer(
                        mutes,
                        { Self.show($0.mask, $0.setter, since: $0.time, Quarantine($0), call) },
                        done: { Self.showGuests(call, actor, after: nil, count: mutes.count) }
                    )
                }
            )
        },
    ]

    /// Those whose mute goes with their session, wherever they are, a page after the other.
    private static func showGuests(_ call: Call, _ actor: Actor, after cursor: String?, count: Int) {
        call.network.mutedSessions(
            after: cursor,
            by: actor,
            call.awaiting { page in
                for record in page.items {
                    guard let mute = record.quarantine else { continue }
                    self.show(record.user.nick.raw, "*", since: nil, mute, call)
                }
                let count = count + page.items.count
                guard let next = page.next, call.connection.isOpen else {
                    return call.note("MUTES_END", "\(count)", "End of the mutes")
                }
                let goOn: (Result<Void, Refusal>) -> Void = call.awaiting {
                    self.showGuests(call, actor, after: next, count: count)
                }
                call.connection.whenDrained { goOn(.success(())) }
            }
        )
    }

    /// `MUTE <mask or nick> <setter> <since> <until>` and why; `*` for what is not known, or has no end.
    private static func show(_ name: String, _ setter: String, since: Int64?, _ mute: Quarantine, _ call: Call) {
        func time(_ milliseconds: Int64?) -> String {
            milliseconds.map { UTCInstant(milliseconds: $0).text(withThousandths: false) } ?? "*"
        }
        call.connection.standardReply(
            .note,
            command: call.row.name,
            code: "MUTE",
            context: [name, setter.asWord, time(since), time(mute.until)],
            .verbatim(mute.reason)
        )
    }
}
