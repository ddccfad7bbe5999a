import Chat
import IRC
import NIOCore
import StateStore

/// Messages of several lines (draft/multiline): a batch for those who know it, line by line for others.
extension LineEncoder {
    /// A message of several lines, as its channel's log or an inbox has it.
    func write(
        several message: ChatMessage,
        at time: Int64,
        id: Position,
        for capabilities: Capabilities,
        in batch: String?,
        _ writer: inout LineWriter
    ) {
        guard let said = message.several else { return }
        let line = SeveralLines(source: said.prefix, command: message.verb.command, target: said.target, batch: batch)
        self.write(line, said.text, for: capabilities, &writer) { isFirst, writer in
            self.writeTags(of: message, at: time, id: isFirst ? id : nil, for: capabilities, &writer)
        }
    }

    /// Writes lines that belong together.
    ///
    /// - Parameters:
    ///   - line: What all of them have.
    ///   - text: What they say.
    ///   - capabilities: What the client knows.
    ///   - writer: Gets the lines.
    ///   - tags: Writes what the message is tagged with: on the batch, or on each of the lines; given whether it is the first.
    func write(
        _ line: SeveralLines,
        _ text: MultilineText,
        for capabilities: Capabilities,
        _ writer: inout LineWriter,
        tags: (_ isFirst: Bool, inout LineWriter) -> Void
    ) {
        // What all lines have in front leaves less room than whoever wrote them had.
        let pieces = text.lines.flatMap { $0.pieces(of: line.room) }
        guard capabilities.isSuperset(of: [.batch, .multiline]) else {
            for (index, piece) in pieces.filter({ !$0.isBlank }).enumerated() {
                if let batch = line.batch { writer.tag("batch", batch) }
                tags(index == 0, &writer)
                line.write(piece.text, &writer)
            }
            return
        }
        let reference = self.nextBatchReference()
        if let batch = line.batch { writer.tag("batch", batch) }
        tags(true, &writer)
        writer.message(
            source: line.source,
            command: "BATCH",
            parameters: ["+\(reference)", Capabilities.multilineBatch, line.target]
        )
        for piece in pieces {
            writer.tag("batch", reference)
            if piece.isContinuation { writer.tag(MultilineBatch.continuationTag) }
            line.write(piece.text, &writer)
        }
        if let batch = line.batch { writer.tag("batch", batch) }
        writer.message(source: line.source, command: "BATCH", parameters: ["-\(reference)"])
    }
}

/// What the lines of one message have in common.
struct SeveralLines {
    let source: String
    let command: String
    let target: String
    /// The batch that all of it is part of.
    let batch: String?

    /// Bytes that a line has for what it says: `:source command target :` and CR LF go off.
    fileprivate var room: Int {
        let others = self.source.utf8.count + self.command.utf8.count + self.target.utf8.count + 7
        return max(100, LineLimits.fromServer.body - others)
    }

    /// Whether a text is one line that is not too long.
    func holds(_ text: String) -> Bool {
        text.utf8.count <= self.room && !text.utf8.contains(UInt8(ascii: "\n"))
    }

    fileprivate func write(_ text: ByteBuffer, _ writer: inout LineWriter) {
        writer.source(self.source)
        writer.command(self.command)
        writer.parameter(self.target)
        writer.trailing(text)
        writer.end()
    }
}
