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
            help: ["MUTES", "Which accounts and masks are muted, why and until when. For operators."]
        ) { call, actor in
            call.network.mutes(
                by: actor,
                call.awaiting { mutes in
                    call.answer(
                        mutes,
                        { Self.show($0, call) },
                        done: { call.note("MUTES_END", "\(mutes.count)", "End of the mutes") }
                    )
                }
            )
        },
    ]

    private static func show(_ mute: NetworkBan, _ call: Call) {
        func time(_ milliseconds: Int64) -> String {
            UTCInstant(milliseconds: milliseconds).text(withThousandths: false)
        }
        call.connection.standardReply(
            .note,
            command: call.row.name,
            code: "MUTE",
            context: [mute.mask, mute.setter.asWord, time(mute.time), mute.until.map(time) ?? "*"],
            .verbatim(mute.reason)
        )
    }
}
