import IRC
import NIOCore

/// The lines that answer a labelled command (IRCv3 labeled-response): held back until the command has ended, since only
/// then is it known whether they are none (ACK), one (a tag) or several (a batch).
final class LabeledAnswer {
    /// Lines held at most: a longer answer is a batch for certain, and goes out in parts.
    private static let mostHeld = 64

    let label: String
    /// The command in hand is a message: its echo is its answer.
    var endsWithEcho: Bool
    /// Lines, and batches as wholes.
    private var lines: [ByteBuffer] = []
    /// The batch that was begun already.
    private var begun: String?

    init(label: String, endsWithEcho: Bool) {
        self.label = label
        self.endsWithEcho = endsWithEcho
    }

    var isEmpty: Bool { self.lines.isEmpty && self.begun == nil }

    /// Whether there is enough to begin the batch with, or to go on with it.
    var isLong: Bool { self.lines.count > Self.mostHeld }

    /// What can be sent before the answer has ended.
    ///
    /// - `reference`: names the batch if it is begun now.
    func ready(server: String, reference: String) -> ByteBuffer {
        var result = ByteBuffer()
        let reference = self.begin(server, reference, &result)
        self.write(in: reference, into: &result)
        self.lines = []
        return result
    }

    private func begin(_ server: String, _ reference: String, _ buffer: inout ByteBuffer) -> String {
        if let begun { return begun }
        self.begun = reference
        buffer.withLineWriter {
            $0.message(
                tags: ["label": self.label],
                source: server,
                command: "BATCH",
                parameters: ["+\(reference)", "labeled-response"]
            )
        }
        return reference
    }

    /// Adds a line, or all lines of a batch of another kind.
    func append(_ line: ByteBuffer) { self.lines.append(line) }

    private func write(in reference: String, into buffer: inout ByteBuffer) {
        let tag = "batch=\(reference)"
        for item in self.lines {
            // What is within a batch of its own is part of that, and that of this one.
            let lines = item.splitLines()
            for (index, var line) in lines.enumerated() {
                let isBorder = index == 0 || index == lines.count - 1
                if isBorder { Self.write(line, tag: tag, into: &buffer) } else { buffer.writeBuffer(&line) }
            }
        }
    }

    /// The lines with the label, ready to be sent.
    ///
    /// - `reference`: names the batch.
    func finished(server: String, reference: String) -> ByteBuffer {
        var result = ByteBuffer()
        let escaped = TagValue.escape(self.label)
        if self.begun == nil, self.lines.isEmpty {
            result.withLineWriter { $0.message(tags: ["label": self.label], source: server, command: "ACK") }
            return result
        }
        if self.begun == nil, self.lines.count == 1 {
            Self.write(self.lines[0], tag: "label=\(escaped)", into: &result)
            return result
        }
        let reference = self.begin(server, reference, &result)
        self.write(in: reference, into: &result)
        result.withLineWriter { $0.message(source: server, command: "BATCH", parameters: ["-\(reference)"]) }
        return result
    }

    /// Writes a line with one more tag in front; of several lines, the first.
    static func write(_ line: ByteBuffer, tag: String, into buffer: inout ByteBuffer) {
        var line = line
        buffer.writeString("@\(tag)")
        if line.getInteger(at: line.readerIndex, as: UInt8.self) == UInt8(ascii: "@") {
            line.moveReaderIndex(forwardBy: 1)
            buffer.writeString(";")
        } else {
            buffer.writeString(" ")
        }
        buffer.writeBuffer(&line)
    }
}
