import Chat
import IRC
import NIOCore
import Numbers
import Observability
import Realm
import StateStore

/// CHATHISTORY (draft/chathistory, draft/event-playback), MARKREAD (draft/read-marker), REDACT
/// (draft/message-redaction) and SEARCH (soju.im/search).
enum HistoryCommands {
    /// Messages that one answer to CHATHISTORY has at most (ISUPPORT): there are clients that ask once for all that they missed.
    static let limit = 1000
    /// Messages that are found at most.
    private static let searchLimit = 200

    static let rows: [CommandRow] = [
        CommandRow(
            "CHATHISTORY",
            cost: 3,
            of: .chatHistory,
            help: [
                "CHATHISTORY <LATEST|BEFORE|AFTER|AROUND> <target> <reference> <limit>",
                "CHATHISTORY BETWEEN <target> <reference> <reference> <limit>",
                "CHATHISTORY TARGETS <timestamp> <timestamp> <limit>",
                "What was said. A reference is msgid=… or timestamp=…, with LATEST also *.",
            ]
        ) { Self.history($0, $1) },
        CommandRow(
            "MARKREAD",
            of: .readMarker,
            help: ["MARKREAD <target> [timestamp=…]", "Up to where you have read, on all of your clients."]
        ) { Self.mark($0, $1) },
        CommandRow(
            "REDACT",
            parameters: 2,
            cost: 2,
            of: .messageRedaction,
            help: [
                "REDACT <target> <msgid> [<reason>]", "Takes a message back: your own, or in a channel that you run.",
            ]
        ) { Self.redact($0, $1) },
        CommandRow(
            "SEARCH",
            cost: 5,
            of: .search,
            help: [
                "SEARCH <attribute>{;<attribute>}", "Looks for messages: text= from= in= before= after= limit=.",
            ]
        ) { Self.search($0, $1) },
    ]

    /// A place that a client names.
    private enum Reference {
        case message(Stamp)
        case time(Int64)

        init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "msgid":
                guard let id = Stamp(messageID: parts[1]) else { return nil }
                self = .message(id)
            case "timestamp":
                guard let time = UTCInstant(String(parts[1])) else { return nil }
                self = .time(time.milliseconds)
            default: return nil
            }
        }

        var time: Int64 {
            switch self {
            case .message(let id): id.time
            case .time(let time): time
            }
        }

        /// What comes before it comes before this.
        var start: HistoryCursor {
            switch self {
            case .message(let id): HistoryCursor(id)
            case .time(let time): .start(of: time)
            }
        }

        /// What comes after it comes after this.
        var end: HistoryCursor {
            switch self {
            case .message(let id): HistoryCursor(id)
            case .time(let time): .end(of: time)
            }
        }
    }

    // MARK: CHATHISTORY

    private static func history(_ call: Call, _ actor: Actor) {
        let subcommand = call[0].uppercased()
        let hasTwo = subcommand == "BETWEEN"
        guard call.count >= (hasTwo ? 5 : 4) else {
            return call.fail("NEED_MORE_PARAMS", subcommand.asWord, text: "Missing parameters")
        }
        guard let asked = Int(saturating: call[hasTwo ? 4 : 3]), asked > 0 else {
            return call.fail("INVALID_PARAMS", subcommand.asWord, text: "The limit is a number above 0")
        }
        let limit = min(asked, self.limit)
        if subcommand == "TARGETS" { return self.targets(call, actor, limit) }
        guard let part = self.part(call, subcommand) else {
            return call.fail("INVALID_PARAMS", subcommand.asWord, text: "No such part, or no such reference")
        }
        let target = call[1]
        let events = call.connection.capabilities.contains(.eventPlayback)
        call.network.past(
            of: target,
            part,
            limit: limit,
            events: events,
            for: actor,
            call.awaitingAny { result in
                switch result {
                case .success(let records):
                    // Who asks for much pays for it.
                    call.connection.reading.flood.spend(records.count / 200)
                    self.send(records, ["chathistory", target], to: target, call)
                case .failure(let refusal): self.refuse(refusal, subcommand, target, call)
                }
            }
        )
    }

    private static func part(_ call: Call, _ subcommand: String) -> HistoryRepository.Part? {
        if subcommand == "LATEST", call[2] == "*" { return .latest(after: nil) }
        guard let reference = Reference(call[2]) else { return nil }
        switch subcommand {
        case "LATEST": return .latest(after: reference.end)
        case "BEFORE": return .before(reference.start)
        case "AFTER": return .after(reference.end)
        case "AROUND": return .around(reference.start)
        case "BETWEEN":
            guard let other = Reference(call[3]) else { return nil }
            return reference.start < other.start
                ? .between(reference.end, other.start) : .between(reference.start, other.end)
        default: return nil
        }
    }

    private static func targets(_ call: Call, _ actor: Actor, _ limit: Int) {
        guard let one = Reference(call[1]), let other = Reference(call[2]) else {
            return call.fail("INVALID_PARAMS", "TARGETS", text: "Two timestamps are needed")
        }
        call.network.pastTargets(
            from: one.time,
            to: other.time,
            limit: limit,
            for: actor,
            call.awaitingAny { result in
                switch result {
                case .success(let targets):
                    self.inBatch(["draft/chathistory-targets"], targets, call) { target, batch in
                        call.send { writer in
                            if let batch { writer.tag("batch", batch) }
                            let time = UTCInstant(milliseconds: target.time).text(withThousandths: true)
                            writer.source(call.server)
                            writer.command("CHATHISTORY")
                            for word in ["TARGETS", target.name, time] { writer.parameter(word) }
                            writer.end()
                        }
                    }
                case .failure(let refusal): self.refuse(refusal, "TARGETS", "*", call)
                }
            }
        )
    }

    private static func refuse(_ refusal: Refusal, _ subcommand: String, _ target: String, _ call: Call) {
        switch refusal.reason {
        case .notOnChannel, .noSuchNick:
            call.fail("INVALID_TARGET", subcommand, target.asWord, text: "Messages could not be retrieved")
        case .gone: break
        default:
            call.fail(
                "MESSAGE_ERROR",
                subcommand,
                target.asWord,
                text: refusal.text ?? "Messages could not be retrieved"
            )
        }
    }

    // MARK: REDACT

    private static func redact(_ call: Call, _ actor: Actor) {
        let (target, message) = (call[0].asWord, call[1].asWord)
        call.network.redact(
            call[1],
            in: call[0],
            reason: call.optional(2),
            by: actor,
            call.awaitingAny { result in
                guard case .failure(let refusal) = result else { return }
                switch refusal.reason {
                case .notOnChannel, .noSuchNick:
                    call.fail("INVALID_TARGET", target, text: "You cannot delete messages from \(target)")
                case .noSuchMessage:
                    call.fail("UNKNOWN_MSGID", target, message, text: "There is no such message")
                case .messageOfAnother:
                    call.fail("REDACT_FORBIDDEN", target, message, text: "This message is not yours")
                default: call.refuse(refusal)
                }
            }
        )
    }

    // MARK: SEARCH

    private static func search(_ call: Call, _ actor: Actor) {
        var search = HistorySearch(in: [])
        var target: String?
        func fail(_ name: String) { call.fail("INVALID_PARAMS", name.asWord, text: "Invalid parameters") }
        for attribute in call[0].split(separator: ";") {
            let parts = attribute.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let (name, value) = (String(parts[0]), TagValue.unescape(parts.count > 1 ? parts[1] : ""))
            switch name {
            case "in": target = value
            case "from": search.sender = value
            case "text": search.text = value
            case "before", "after":
                guard let time = UTCInstant(value)?.milliseconds else { return fail(name) }
                // At that time is within it.
                if name == "before" { search.before = time + 1 } else { search.after = time - 1 }
            case "limit":
                guard let limit = Int(value), limit > 0 else { return fail(name) }
                search.limit = min(limit, self.searchLimit)
            default: return fail(name)
            }
        }
        call.network.search(
            search,
            in: target,
            for: actor,
            call.awaitingAny { result in
                switch result {
                case .success(let records): self.send(records, ["soju.im/search"], to: nil, call)
                case .failure(let refusal) where refusal.reason == .notOnChannel || refusal.reason == .noSuchNick:
                    fail("in")
                case .failure(let refusal) where refusal.reason == .gone: break
                case .failure(let refusal):
                    call.fail("INTERNAL_ERROR", text: refusal.text ?? "The search could not be run")
                }
            }
        )
    }

    // MARK: MARKREAD

    private static func mark(_ call: Call, _ actor: Actor) {
        guard let target = call.optional(0) else { return call.fail("NEED_MORE_PARAMS", text: "Missing parameters") }
        var time: Int64?
        if call.count > 1 {
            guard case .time(let read)? = Reference(call[1]) else {
                return call.fail("INVALID_PARAMS", call[1].asWord, text: "Invalid parameters")
            }
            time = read
        }
        call.network.readMarker(
            of: target,
            to: time,
            by: actor,
            call.awaitingAny { result in
                switch result {
                case .success(let marker): self.write(marker, of: target, to: call.connection, .answer)
                case .failure(let refusal) where refusal.reason == .accountNeeded: call.refuse(refusal)
                case .failure(let refusal) where refusal.reason == .gone: break
                case .failure(let refusal) where refusal.reason == .notOnChannel || refusal.reason == .noSuchNick:
                    call.fail("INVALID_PARAMS", target.asWord, text: "There is no such conversation of yours")
                case .failure(let refusal):
                    call.fail("INTERNAL_ERROR", target.asWord, text: refusal.text ?? "It could not be noted")
                }
            }
        )
    }

    /// Tells up to where a channel was read that was entered just now, for clients that want to know.
    static func tellMarker(of channel: String, _ call: Call, _ actor: Actor, _ then: @escaping () -> Void) {
        guard call.connection.capabilities.contains(.readMarker),
            actor.session.user.account == nil || call.network.pastAnswers
        else { return then() }
        call.network.readMarker(
            of: channel,
            to: nil,
            by: actor,
            call.awaitingAny { result in
                // What cannot be told now the client asks for itself.
                if case .success(let marker) = result { self.write(marker, of: channel, to: call.connection, .answer) }
                then()
            }
        )
    }

    static func write(_ marker: Int64?, of target: String, to connection: Connection, _ told: Told) {
        let time = marker.map { "timestamp=" + UTCInstant(milliseconds: $0).text(withThousandths: true) } ?? "*"
        connection.write(told) { writer in
            writer.message(source: connection.network.serverName, command: "MARKREAD", parameters: [target, time])
        }
    }

    // MARK: Answers

    /// Records as they were told.
    ///
    /// - `target`: what the conversation was asked for as; nil if there are several.
    private static func send(_ records: [HistoryRecord], _ batch: [String], to target: String?, _ call: Call) {
        guard let session = call.connection.session else { return }
        var names: [String: String] = [:]
        for record in records where names[record.conversation] == nil {
            names[record.conversation] = target ?? call.network.channelName(of: record.conversation, for: session)
        }
        let encoder = call.connection.clients.encoder
        self.inBatch(batch, records, call) { record, reference in
            let channel = names[record.conversation] ?? record.conversation
            call.send { writer in
                encoder.write(
                    record,
                    of: channel,
                    in: reference,
                    for: call.connection.capabilities,
                    seeing: call.connection.ranks,
                    &writer
                )
            }
        }
    }

    /// Lines in a batch, for clients that know batches; it carries the command's label itself.
    private static func inBatch<Item>(
        _ batch: [String],
        _ items: [Item],
        _ call: Call,
        _ one: @escaping (Item, String?) -> Void
    ) {
        let connection = call.connection
        guard connection.capabilities.contains(.batch) else {
            return call.answer(items, { one($0, nil) }, done: {})
        }
        let reference = connection.clients.nextBatchReference()
        let label = connection.answer?.label
        connection.answer = nil
        call.send { writer in
            if let label { writer.tag("label", label) }
            writer.source(call.server)
            writer.command("BATCH")
            for word in ["+\(reference)"] + batch { writer.parameter(word) }
            writer.end()
        }
        call.answer(items, { one($0, reference) }) {
            call.send { $0.message(source: call.server, command: "BATCH", parameters: ["-\(reference)"]) }
        }
    }
}
