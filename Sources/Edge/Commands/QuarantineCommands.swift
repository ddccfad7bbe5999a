import Chat
import IRC
import Observability
import Realm
import Tenant

/// QUARANTINE and UNQUARANTINE: who talks to operators and to nobody else.
enum QuarantineCommands {
    static let rows: [CommandRow] = [
        CommandRow(
            "QUARANTINE",
            parameters: 1,
            rights: .quarantine,
            cost: 2,
            help: [
                "QUARANTINE <nick> [<duration>] [<reason>]",
                "Has somebody talk to operators and to nobody else; 90m, 7d. For operators.",
            ]
        ) { call, actor in
            guard let (duration, reason) = call.durationAndReason(from: 1) else { return }
            call.withUser(0) { found in
                call.network.quarantine(
                    found,
                    for: duration,
                    reason: reason,
                    by: actor,
                    call.awaiting { call.note("IN_QUARANTINE", found.nick, Self.end($0.until)) }
                )
            }
        },
        CommandRow(
            "UNQUARANTINE",
            parameters: 1,
            rights: .quarantine,
            help: ["UNQUARANTINE <nick or account>", "Ends somebody's quarantine. For operators."]
        ) { call, actor in
            call.find(call[0]) { found in
                call.network.endQuarantine(
                    of: found,
                    named: call[0],
                    by: actor,
                    call.awaiting { call.note("QUARANTINE_ENDED", call[0].asWord, "The quarantine is ended") }
                )
            }
        },
    ]

    /// Until when something holds, in milliseconds since 1970.
    static func end(_ until: Int64?) -> Phrase {
        until.map { "It holds until \(UTCInstant(milliseconds: $0).text(withThousandths: false))" }
            ?? "It holds until it is lifted"
    }
}

extension Call {
    /// A duration and a reason, of which either may be left out; what is no duration is the reason.
    ///
    /// - Returns: the seconds and the reason; nil if that was answered already.
    func durationAndReason(from first: Int) -> (seconds: Int64?, reason: String)? {
        let duration = self.count > first ? GoDuration.parse(self[first]) : nil
        if self.count > first + 1, duration == nil {
            self.fail("INVALID_DURATION", self[first].asWord, text: "A duration is written like 90m, 12h or 7d")
            return nil
        }
        let said = duration == nil ? self.optional(first) : self.optional(first + 1)
        return (duration?.components.seconds, said ?? "no reason was given")
    }

    /// Says how it ended (NOTE).
    func note(_ code: String, _ context: String..., text: Phrase) {
        self.connection.standardReply(.note, command: self.row.name, code: code, context: context, text)
    }

    func note(_ code: String, _ context: String, _ text: Phrase) { self.note(code, context, text: text) }
}
