import IRC
import NIOCore

/// The lines that answer a labelled command (IRCv3 labeled-response): held back until the command has ended, since only
/// then is it known whether they are none (ACK), one (a tag) or several (a batch).
final class LabeledResponse {
    /// Lines held at most; a longer answer goes out in several batches' worth at once, never without bound.
    private let label: String
    private var lines: [ByteBuffer] = []

    init(label: String) { self.label = label }

    var isEmpty: Bool { self.lines.isEmpty }

    func append(_ line: ByteBuffer) { self.lines.append(line) }

    /// The lines with the label, ready to be sent.
    ///
    /// - `reference`: names the batch.
    func finished(server: String, reference: String) -> ByteBuffer {
        var result = ByteBuffer()
        let escaped = TagValue.escape(self.label)
        if self.lines.isEmpty {
            result.withLineWriter { $0.message(tags: ["label": self.label], source: server, command: "ACK") }
            return result
        }
        if self.lines.count == 1 {
            Self.write(self.lines[0], tag: "label=\(escaped)", into: &result)
            return result
        }
        result.withLineWriter {
            $0.message(
                tags: ["label": self.label],
                source: server,
                command: "BATCH",
                parameters: ["+\(reference)", "labeled-response"]
            )
        }
        for line in self.lines { Self.write(line, tag: "batch=\(reference)", into: &result) }
        result.withLineWriter { $0.message(source: server, command: "BATCH", parameters: ["-\(reference)"]) }
        return result
    }

    /// Writes a line with one more tag in front.
    private static func write(_ line: ByteBuffer, tag: String, into buffer: inout ByteBuffer) {
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
