import Chat
import IRC
import Observability
import Realm
import StateStore

/// REPORT: telling those who look after the network of somebody; REPORTS: what they make of it.
enum ReportCommands {
    static let rows: [CommandRow] = [
        CommandRow(
            "REPORT",
            parameters: 2,
            cost: 5,
            help: [
                "REPORT <nick, account or msgid> [<channel>] :<reason>",
                "Tells the network's moderators of somebody or of a message, with what was said around it.",
            ]
        ) { Self.report($0, $1) },
        CommandRow(
            "REPORTS",
            parameters: 1,
            rights: .handleReports,
            cost: 2,
            help: [
                "REPORTS LIST [open|all] | SHOW <number> | CLAIM <number> | CLOSE <number> :<what was done>",
                "What people reported. For operators.",
            ]
        ) { Self.reports($0, $1) },
    ]

    private static func report(_ call: Call, _ actor: Actor) {
        let channel = call.count > 2 ? call.optional(1) : nil
        guard let reason = call.optional(call.count > 2 ? 2 : 1) else {
            return call.fail("INVALID_PARAMS", text: "Say why you report it")
        }
        call.network.report(
            call[0],
            in: channel,
            reason: reason,
            from: call.connection.origin,
            by: actor,
            call.awaiting { id in
                call.note(
                    "REPORTED",
                    "\(id)",
                    "Your report \(id) waits to be looked at; you are told what becomes of it"
                )
            }
        )
    }

    // MARK: The queue

    private static func reports(_ call: Call, _ actor: Actor) {
        let id = Int64(call[1])
        switch (call[0].uppercased(), call.count) {
        case ("LIST", 1...2):
            guard let closed = ["": false, "open": false, "all": true][call[1].lowercased()] else {
                return self.usage(call)
            }
            self.list(closed: closed, call, actor)
        case ("SHOW", 2):
            guard let id else { return self.usage(call) }
            self.show(id, call, actor)
        case ("CLAIM", 2):
            guard let id else { return self.usage(call) }
            call.network.claimReport(
                id,
                by: actor,
                call.awaiting { call.note("REPORT_CLAIMED", "\($0.id)", "The report is yours") }
            )
        case ("CLOSE", 3):
            guard let id, let outcome = call.optional(2) else { return self.usage(call) }
            call.network.closeReport(
                id,
                outcome: outcome,
                by: actor,
                call.awaiting { call.note("REPORT_CLOSED", "\($0.id)", "The report is closed") }
            )
        default: self.usage(call)
        }
    }

    private static func usage(_ call: Call) {
        call.fail(
            "INVALID_PARAMS",
            text: "REPORTS takes LIST, or SHOW, CLAIM or CLOSE with a report's number; CLOSE with what was done, too"
        )
    }

    private static func list(closed: Bool, _ call: Call, _ actor: Actor) {
        call.network.reports(
            closed: closed,
            by: actor,
            call.awaiting { reports in
                call.answer(
                    reports,
                    { self.tell($0, call) },
                    done: { call.note("REPORTS_END", "\(reports.count)", "End of the reports") }
                )
            }
        )
    }

    private static func show(_ id: Int64, _ call: Call, _ actor: Actor) {
        call.network.report(
            id,
            by: actor,
            call.awaiting { found in
                let (report, lines) = found
                self.tell(report, call)
                call.answer(
                    lines,
                    { self.tell($0, of: id, call) },
                    done: {
                        if report.state == .closed, let outcome = report.outcome {
                            self.note("CLOSED", [String(id), self.time(report.handledAt)], outcome, call)
                        }
                        call.note("REPORT_END", "\(id)", "End of the report")
                    }
                )
            }
        )
    }

    private static func tell(_ report: Report, _ call: Call) {
        self.note(
            "REPORT",
            [
                String(report.id), report.state.rawValue, self.time(report.time), report.reporterNick,
                report.reporterAccount ?? "*", report.subject.asWord, report.subjectAccount ?? "*",
                report.place ?? "*", report.message ?? "*", report.handler?.asWord ?? "*",
            ],
            report.reason,
            call
        )
    }

    /// What does not fit into one line goes into several.
    private static func tell(_ line: ReportLine, of id: Int64, _ call: Call) {
        let context = [
            String(id), self.time(line.time), line.message, String(Source(line.prefix).nick), line.account ?? "*",
        ]
        for text in line.text.split(separator: "\n", omittingEmptySubsequences: false) {
            var rest = String(text)
            repeat {
                let piece = rest.truncated(toBytes: Self.piece)
                self.note("LINE", context, piece, call)
                rest = String(rest.dropFirst(piece.count))
                // What is longer in one character is left out.
                if piece.isEmpty { break }
            } while !rest.isEmpty
        }
    }

    /// How much of a text is in one line, in bytes.
    private static let piece = 250

    private static func note(_ code: String, _ context: [String], _ text: String, _ call: Call) {
        let text = Phrase.verbatim(text.truncated(toBytes: Lengths.reason))
        call.connection.standardReply(.note, command: call.row.name, code: code, context: context, text)
    }

    private static func time(_ milliseconds: Int64?) -> String {
        milliseconds.map { UTCInstant(milliseconds: $0).text(withThousandths: false) } ?? "*"
    }

    /// What those who look into reports are told of a new one.
    static func news(_ id: Int64, by reporter: String, about subject: String, place: String?, reason: String) -> Phrase
    {
        let subject = place.map { "\(subject) (\($0))" } ?? subject
        return "Report \(id) by \(reporter) about \(subject): \(reason)"
    }
}
