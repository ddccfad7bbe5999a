// The parameters of a message: places in its line.

package import NIOCore

/// A message's parameters, each made into a string when it is asked for.
///
/// At most 15 (RFC 1459 §2.3.1); the last takes what is left of the line. All but the last have no space, do not begin
/// with `:` and are not empty.
package struct Parameters: Sendable, RandomAccessCollection {
    /// A part of a line, in bytes from the line's reader index.
    struct Span: Sendable {
        private let start: UInt16
        private let end: UInt16

        init() { (self.start, self.end) = (0, 0) }

        /// Both at most 65,535, which ``MessageParts/scan(_:)`` has made sure of.
        init(_ start: Int, _ end: Int) {
            self.start = UInt16(truncatingIfNeeded: start)
            self.end = UInt16(truncatingIfNeeded: end)
        }

        var lower: Int { Int(self.start) }
        var upper: Int { Int(self.end) }
        var range: Range<Int> { self.lower..<self.upper }
        var isEmpty: Bool { self.start == self.end }
    }

    static let maximumCount = 15

    let line: ByteBuffer
    private let spans: InlineArray<15, Span>
    /// How many there are.
    package let count: Int

    init(line: ByteBuffer, spans: InlineArray<15, Span>, count: Int) {
        self.line = line
        self.spans = spans
        self.count = count
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { self.count }

    /// How many bytes the parameter has.
    package func length(_ position: Int) -> Int {
        precondition(position < self.count, "there is no such parameter")
        return self.spans[position].range.count
    }

    /// The parameter's text.
    ///
    /// Up to 15 bytes are kept in the string itself.
    package subscript(position: Int) -> String {
        precondition(position < self.count, "there is no such parameter")
        return self.string(self.spans[position])
    }

    /// The parameter's bytes, as a view of the line.
    package func bytes(_ position: Int) -> ByteBuffer {
        precondition(position < self.count, "there is no such parameter")
        return self.slice(self.spans[position])
    }

    /// Calls `body` with the parameter's bytes, which must not be kept.
    package func withBytes<Result>(
        _ position: Int,
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        precondition(position < self.count, "there is no such parameter")
        let range = self.spans[position].range
        return try self.line.withUnsafeReadableBytes { bytes in
            try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
    }

    func string(_ span: Span) -> String {
        self.line.withUnsafeReadableBytes { bytes in
            String(decoding: UnsafeRawBufferPointer(rebasing: bytes[span.range]), as: UTF8.self)
        }
    }

    func slice(_ span: Span) -> ByteBuffer {
        // Cannot fail: the span lies in the line.
        self.line.getSlice(at: self.line.readerIndex + span.lower, length: span.upper - span.lower) ?? ByteBuffer()
    }
}
