import Chat
import IRC
import NIOCore
import Realm

/// Batches from clients (https://ircv3.net/specs/extensions/client-batch): messages of several lines (draft/multiline).
enum BatchCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "BATCH",
            parameters: 1,
            barrier: true,
            of: .multiline,
            help: [
                "BATCH +<reference> draft/multiline <target> | -<reference>",
                "Begins or ends a message of several lines.",
            ]
        ) { Self.run($0, $1) }
    ]

    /// How long a client may take to send a batch, in seconds.
    static let timeout: UInt32 = 60

    private static func run(_ call: Call, _ actor: Actor) {
        let reference = String(call[0].dropFirst())
        switch call[0].first {
        case "+": self.begin(reference, call)
        case "-": self.end(reference, call, actor)
        default:
            self.fail(
                "INVALID_REFTAG",
                call[0].asWord,
                text: "A batch begins with + and ends with -",
                to: call.connection
            )
        }
    }

    private static func begin(_ reference: String, _ call: Call) {
        let connection = call.connection
        let label = connection.answer?.label
        let open = connection.commands.batch
        connection.commands.batch = ClientBatch(ignoring: reference)
        if let open, open.isOpen {
            // Nothing comes of either.
            let own = connection.answer
            connection.answer = nil
            self.answer(open, from: connection) { self.failNested(to: connection) }
            connection.answer = own
            connection.commands.batch = ClientBatch(ignoring: reference)
            return self.failNested(to: connection)
        }
        guard MultilineBatch.isReference(reference) else {
            return self.fail(
                "INVALID_REFTAG",
                reference.asWord,
                text: "A batch has a name of letters and digits",
                to: connection
            )
        }
        guard call[1] == Capabilities.multilineBatch, connection.capabilities.contains(.multiline) else {
            return self.fail("UNKNOWN_TYPE", reference, call[1].asWord, text: "There is no such batch", to: connection)
        }
        guard call.message.tags["batch"] == nil, let target = call.optional(2) else {
            return self.fail(.invalid("A message of several lines is for somebody"), to: connection)
        }
        // What comes of it is the answer.
        connection.answer = nil
        connection.commands.batch = ClientBatch(
            MultilineBatch(reference: reference, target: target),
            label: label,
            tags: call.clientTags,
            began: connection.clients.realm.seconds
        )
    }

    private static func end(_ reference: String, _ call: Call, _ actor: Actor) {
        let connection = call.connection
        guard let batch = connection.commands.batch, batch.reference == reference else {
            return self.fail("INVALID_REFTAG", reference.asWord, text: "There is no such batch", to: connection)
        }
        connection.commands.batch = nil
        guard let content = batch.content else { return }
        if let label = batch.label ?? connection.answer?.label {
            connection.answer = LabeledAnswer(label: label, endsWithEcho: true)
        }
        if batch.isLate(at: connection.clients.realm.seconds) { return self.failLate(batch, to: connection) }
        // Lines of a batch cost nothing as they come: together they are less work than as many messages.
        connection.reading.flood.spend(content.count / 4)
        do throws(MultilineBatch.Fault) { try content.check() } catch { return self.fail(error, to: connection) }
        // It is one message, of which a NOTICE is never answered.
        let name = content.verb == .notice ? "NOTICE" : "PRIVMSG"
        guard connection.isInTurn(name) else {
            connection.answer?.endsWithEcho = false
            if content.verb != .notice { call.reply(.rplTryAgain, name) }
            return
        }
        let saying = Saying(
            verb: content.verb == .notice ? .notice : .privmsg,
            target: content.target,
            text: nil,
            clientTags: batch.tags,
            lines: content.text
        )
        MessageCommands.say(saying, call, actor)
    }

    // MARK: Lines

    /// Takes a line while a batch is open.
    ///
    /// - Returns: false if it is no part of it, and is to be carried out as ever.
    static func takes(_ message: Message, _ batch: ClientBatch, from connection: Connection) -> Bool {
        if message.command == "BATCH" { return false }
        guard let reference = message.hasTags ? message.tags["batch"] : nil else {
            // A client answers a PING at once.
            if ["PING", "PONG", "QUIT"].contains(message.command) { return false }
            if batch.isOpen {
                self.answer(batch, from: connection) {
                    self.fail(.invalid("Only what is part of it may come within a batch"), to: connection)
                }
            }
            connection.commands.batch = nil
            return false
        }
        guard batch.isOpen else {
            connection.reading.flood.spend(1)
            return true
        }
        if batch.isLate(at: connection.clients.realm.seconds) {
            self.answer(batch, from: connection) { self.failLate(batch, to: connection) }
        } else if reference != batch.reference {
            self.answer(batch, from: connection) {
                self.fail(.invalid("The line belongs to another batch"), to: connection)
            }
        } else {
            do throws(MultilineBatch.Fault) { try batch.add(message) } catch {
                self.answer(batch, from: connection) { self.fail(error, to: connection) }
            }
        }
        return true
    }

    /// Answers for a batch before its end: what else comes of it is passed over.
    private static func answer(_ batch: ClientBatch, from connection: Connection, _ tell: () -> Void) {
        connection.reading.flood.spend(1)
        connection.commands.batch = ClientBatch(ignoring: batch.reference)
        if let label = batch.label { connection.answer = LabeledAnswer(label: label, endsWithEcho: false) }
        tell()
        connection.finishAnswer()
    }

    // MARK: Faults

    private static func failNested(to connection: Connection) {
        self.fail(.invalid("A batch does not begin within another"), to: connection)
    }

    private static func failLate(_ batch: ClientBatch, to connection: Connection) {
        self.fail("TIMEOUT", batch.reference, text: "The batch was left open for too long", to: connection)
    }

    private static func fail(_ fault: MultilineBatch.Fault, to connection: Connection) {
        switch fault {
        case .tooManyBytes(let limit):
            self.fail("MULTILINE_MAX_BYTES", String(limit), text: "The message has too many bytes", to: connection)
        case .tooManyLines(let limit):
            self.fail("MULTILINE_MAX_LINES", String(limit), text: "The message has too many lines", to: connection)
        case .otherTarget(let batch, let line):
            self.fail(
                "MULTILINE_INVALID_TARGET",
                batch.asWord,
                line.asWord,
                text: "A line is for somebody else",
                to: connection
            )
        case .invalid(let text): self.fail("MULTILINE_INVALID", text: text, to: connection)
        }
    }

    private static func fail(_ code: String, _ context: String..., text: Phrase, to connection: Connection) {
        connection.standardReply(.fail, command: "BATCH", code: code, context: context, isForAll: true, text)
    }
}

/// A batch that a client has begun: a reference, since hardly any connection has one.
final class ClientBatch {
    let reference: String
    /// What has come; nil if nothing comes of it, so that the rest is passed over.
    private(set) var content: MultilineBatch?
    let label: String?
    /// Client-only tags as on the wire, without `@`.
    let tags: String
    /// In the shard's seconds.
    private let began: UInt32

    init(_ content: MultilineBatch, label: String?, tags: String, began: UInt32) {
        self.reference = content.reference
        self.content = content
        self.label = label
        self.tags = tags
        self.began = began
    }

    init(ignoring reference: String) {
        (self.reference, self.content, self.label, self.tags, self.began) = (reference, nil, nil, "", 0)
    }

    var isOpen: Bool { self.content != nil }

    func isLate(at second: UInt32) -> Bool { second &- self.began > BatchCommand.timeout }

    func add(_ message: Message) throws(MultilineBatch.Fault) { try self.content?.add(message) }
}
