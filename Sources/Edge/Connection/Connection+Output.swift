import Chat
import IRC
import NIOCore
import Realm

/// What a client is told: the one way by which lines get to it, save for messages that are passed on.
extension Connection {
    /// Writes lines.
    func write(_ told: Told = .answer, _ body: (inout LineWriter) -> Void) {
        guard self.isOpen else { return }
        if told == .answer, self.answer != nil {
            var lines = ByteBuffer()
            lines.withLineWriter(body)
            return self.write(lines, .answer)
        }
        self.clients.outboxes.touch(self)
        self.writing.outbox.withLineWriter(body)
    }

    /// Writes finished lines as they are.
    func write(_ lines: ByteBuffer, _ told: Told) {
        guard self.isOpen, lines.readableBytes > 0 else { return }
        guard told == .answer, let answer = self.answer else {
            self.clients.outboxes.touch(self)
            self.writing.outbox.writeImmutableBuffer(lines)
            return
        }
        for line in lines.splitLines() { answer.append(line) }
        if answer.isLong {
            // What is certain of a long answer goes out, so that it is not kept whole.
            let reference = self.clients.nextBatchReference()
            self.write(answer.ready(server: self.network.serverName, reference: reference), .news)
        }
    }

    /// Writes a batch, which stays together in the answer to a labelled command.
    ///
    /// - Parameters:
    ///   - type: What kind of batch it is, and what belongs to that.
    ///   - lines: What is in it.
    ///   - told: Why.
    func write(batch type: [String], _ lines: ByteBuffer, _ told: Told) {
        let reference = self.clients.nextBatchReference()
        let server = self.network.serverName
        var batch = ByteBuffer()
        batch.writeMessage(source: server, command: "BATCH", parameters: ["+\(reference)"] + type)
        for line in lines.splitLines() { LabeledAnswer.write(line, tag: "batch=\(reference)", into: &batch) }
        batch.writeMessage(source: server, command: "BATCH", parameters: ["-\(reference)"])
        self.write(whole: batch, told)
    }

    /// Writes all lines of a batch.
    func write(whole batch: ByteBuffer, _ told: Told) {
        guard self.isOpen, told == .answer, let answer = self.answer else { return self.write(batch, told) }
        answer.append(batch)
    }

    /// Ends the answer to a labelled command.
    func finishAnswer() {
        guard let answer = self.answer else { return }
        self.answer = nil
        let reference = self.clients.nextBatchReference()
        self.write(answer.finished(server: self.network.serverName, reference: reference), .news)
    }

    /// Ends the answer with what there is of it; nothing is said if there is nothing.
    func breakOffAnswer() {
        if self.answer?.isEmpty == true { self.answer = nil } else { self.finishAnswer() }
    }

    /// A numeric; its usual text comes last unless another is given.
    func reply(_ numeric: Numeric, _ parameters: [String] = [], text: Phrase? = nil, _ told: Told = .answer) {
        let language = self.language
        self.write(told) { writer in
            writer.numeric(numeric, self.network.serverName, self.nick, parameters, text: text, in: language)
        }
    }

    /// FAIL, WARN or NOTE for clients that know them; a NOTICE with the same words for others.
    ///
    /// - `isForAll`: whether a specification has it sent to whoever, as that of UTF8ONLY does.
    func standardReply(
        _ kind: StandardReply,
        command: String,
        code: String,
        context: [String] = [],
        isForAll: Bool = false,
        _ text: Phrase
    ) {
        let specified = self.clients.table[command]?.capability ?? []
        let isKnown =
            isForAll || self.capabilities.contains(.standardReplies) || !self.capabilities.isDisjoint(with: specified)
        let text = text.text(in: self.language)
        self.write { writer in
            if isKnown {
                writer.standardReply(
                    kind,
                    source: self.network.serverName,
                    command: command,
                    code: code,
                    context: context,
                    description: text
                )
            } else {
                writer.source(self.network.serverName)
                writer.command("NOTICE")
                writer.parameter(self.nick)
                // `*` is no command: a text that begins with it would look like somebody's name.
                let subject = ((command == "*" ? [] : [command]) + context).joined(separator: " ")
                writer.trailing(subject.isEmpty ? text : subject + ": " + text)
                writer.end()
            }
        }
    }

    /// A NOTICE of the server.
    func notice(_ text: Phrase) {
        let text = text.text(in: self.language)
        self.write(.news) { writer in
            writer.message(
                source: self.network.serverName,
                command: "NOTICE",
                parameters: [self.nick, text],
                forcesTrailing: true
            )
        }
    }

    /// The signs of a member's ranks, as this client is shown them.
    func shownRanks(_ modes: MemberModes) -> String {
        self.capabilities.contains(.multiPrefix) ? self.ranks.signs(of: modes) : self.ranks.highestSign(of: modes)
    }

    /// Whether so much waits to be sent that nothing more is to be asked for.
    var isBehind: Bool { self.writing.waitingBytes >= self.clients.limits.sendQueueBytes / 2 }

    /// Goes on with a long answer when less than half of the send queue is taken: whoever reads gets all of it, however
    /// long, and nobody is closed for what it asked for.
    func whenDrained(_ body: @escaping () -> Void) {
        guard self.isOpen else { return }
        if !self.isBehind { return body() }
        self.writing.whenDrained(body)
    }
}

extension ByteBuffer {
    /// The lines in the buffer, each with its CR LF.
    func splitLines() -> [ByteBuffer] {
        var lines: [ByteBuffer] = []
        var rest = self
        while let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")),
            let line = rest.readSlice(length: end - rest.readerIndex + 1)
        { lines.append(line) }
        return lines
    }
}
