// Short words for bytes and lines in tests.

import IRC
import NIOCore

/// A buffer of a text's bytes.
func bytes(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

/// The message that a line without CR LF is.
func message(_ line: String) throws -> Message { try Message(ByteBuffer(string: line)) }

/// What a writer wrote.
func written(limits: LineLimits = .fromServer, _ body: (inout LineWriter) -> Void) -> String {
    var writer = LineWriter(limits: limits)
    body(&writer)
    return String(buffer: writer.take())
}

/// Every frame of a stream that comes in these chunks, and the bytes that the buffer holds at the end.
func frames(
    of chunks: some Sequence<ByteBuffer>,
    limits: LineLimits = .fromClient
) -> (frames: [LineFramer.Frame], left: Int) {
    var framer = LineFramer(limits: limits)
    var buffer = ByteBuffer()
    var result: [LineFramer.Frame] = []
    for chunk in chunks {
        buffer.writeImmutableBuffer(chunk)
        while let frame = framer.next(from: &buffer) { result.append(frame) }
        buffer.discardReadBytes()
    }
    return (result, buffer.readableBytes)
}
