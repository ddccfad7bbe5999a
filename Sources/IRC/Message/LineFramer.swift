// Cuts a stream of bytes into lines. The framer owns no bytes: it remembers how far into the caller's buffer it has
// looked, so every byte is looked at once however the stream was chopped up, and what it reports depends on the
// stream alone.

package import NIOCore

/// Cuts bytes into lines, RFC 1459 §2.3 with the limits of IRCv3 message-tags.
///
/// A line ends with LF; one CR before it belongs to the ending. Give ``next(from:)`` the same buffer again with more
/// bytes behind; between two calls nothing but appending may be done to it (discarding read bytes is harmless).
package struct LineFramer: Sendable {
    /// What was found at the front of the buffer.
    package enum Frame: Sendable, Equatable {
        /// A line without CR LF, never empty.
        case line(ByteBuffer)
        /// A tag section over the limit; the rest of its line is discarded. Numeric 417.
        case tagsTooLong
        /// A body over the limit; the rest of its line is discarded. Numeric 417.
        case bodyTooLong
    }

    private let limits: LineLimits
    /// Bytes of the unfinished line that have been looked at, from the reader index on.
    private var scanned = 0
    /// Length of the unfinished line's tag section, its final space included; 0 while that has not been seen.
    private var tagLength = 0
    /// An overlong line has been reported and its end has not been seen.
    private var isDiscarding = false

    package init(limits: LineLimits = .fromClient) {
        self.limits = limits
    }

    /// Takes the next line off the front of `buffer`.
    ///
    /// Empty lines are skipped. An overlong line is reported once, as soon as it is certain; its bytes are consumed
    /// as they come, so the caller never keeps more than one line of the limits' length.
    ///
    /// - Returns: `nil` when more bytes are needed.
    package mutating func next(from buffer: inout ByteBuffer) -> Frame? {
        while true {
            if self.isDiscarding {
                guard let end = buffer.firstOffset(of: UInt8(ascii: "\n"), from: 0, to: buffer.readableBytes) else {
                    buffer.moveReaderIndex(to: buffer.writerIndex)
                    return nil
                }
                buffer.moveReaderIndex(forwardBy: end + 1)
                self.isDiscarding = false
            }

            let end = buffer.firstOffset(of: UInt8(ascii: "\n"), from: self.scanned, to: buffer.readableBytes)
            if let excess = self.excess(in: buffer, upTo: end ?? buffer.readableBytes, isComplete: end != nil) {
                buffer.moveReaderIndex(forwardBy: end.map { $0 + 1 } ?? buffer.readableBytes)
                self.isDiscarding = end == nil
                self.scanned = 0
                self.tagLength = 0
                return excess
            }
            guard let end else {
                self.scanned = buffer.readableBytes
                return nil
            }
            self.scanned = 0
            self.tagLength = 0
            let length = end - (buffer.hasCarriageReturn(before: end) ? 1 : 0)
            // The slice cannot fail: `length` bytes were just scanned.
            let line = buffer.readSlice(length: length)
            buffer.moveReaderIndex(forwardBy: end - length + 1)
            if length > 0, let line { return .line(line) }
        }
    }

    /// Whether the line that begins at the reader index and reaches `length` bytes so far is over a limit.
    private mutating func excess(in buffer: ByteBuffer, upTo length: Int, isComplete: Bool) -> Frame? {
        // Until a line's end is seen its last byte may be the CR of the ending.
        let content = length - (buffer.hasCarriageReturn(before: length) ? 1 : 0)
        if length > 0, buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) == UInt8(ascii: "@") {
            if self.tagLength == 0 {
                let space = buffer.firstOffset(of: UInt8(ascii: " "), from: self.scanned, to: length)
                if let space { self.tagLength = space + 1 }
            }
            guard self.tagLength > 0 else { return content > self.limits.tags - 1 ? .tagsTooLong : nil }
            if self.tagLength > self.limits.tags { return .tagsTooLong }
        }
        return content - self.tagLength > self.limits.body - 2 ? .bodyTooLong : nil
    }
}

extension ByteBuffer {
    /// Whether the byte before `offset`, counted from the reader index, is a CR.
    fileprivate func hasCarriageReturn(before offset: Int) -> Bool {
        offset > 0 && self.getInteger(at: self.readerIndex + offset - 1, as: UInt8.self) == UInt8(ascii: "\r")
    }

    /// The offset from the reader index of the first `byte` in `start..<end`, both counted from there.
    fileprivate func firstOffset(of byte: UInt8, from start: Int, to end: Int) -> Int? {
        self.withUnsafeReadableBytes { bytes in
            ByteScan.firstOffset(of: byte, in: UnsafeRawBufferPointer(rebasing: bytes[start..<end])).map { start + $0 }
        }
    }
}
