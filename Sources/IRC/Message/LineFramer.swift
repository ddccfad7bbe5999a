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
        ///
        /// Its tag section came whole: as it stood, without `@` and space; no bytes if there was none.
        case bodyTooLong(tags: ByteBuffer)
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
                let end = buffer.withUnsafeReadableBytes { ByteScan.firstOffset(of: UInt8(ascii: "\n"), in: $0) }
                guard let end else {
                    buffer.moveReaderIndex(to: buffer.writerIndex)
                    return nil
                }
                buffer.moveReaderIndex(forwardBy: end + 1)
                self.isDiscarding = false
            }

            let found = buffer.withUnsafeReadableBytes { self.scan($0) }
            switch found {
            case .nothing(let scanned):
                self.scanned = scanned
                return nil
            case .excess(let part, let length, let isComplete):
                let tags = self.tags(in: buffer)
                buffer.moveReaderIndex(forwardBy: length)
                self.isDiscarding = !isComplete
                self.scanned = 0
                self.tagLength = 0
                return part == .body ? .bodyTooLong(tags: tags) : .tagsTooLong
            case .line(let length, let ending):
                self.scanned = 0
                self.tagLength = 0
                // The slice cannot fail: its bytes were just scanned.
                let line = buffer.readSlice(length: length)
                buffer.moveReaderIndex(forwardBy: ending)
                if length > 0, let line { return .line(line) }
            }
        }
    }

    private enum Found {
        case nothing(scanned: Int)
        /// An overlong line of which `length` bytes are there.
        case excess(Part, length: Int, isComplete: Bool)
        /// A line and the length of its ending.
        case line(length: Int, ending: Int)
    }

    private enum Part { case tags, body }

    /// The tag section that was seen, without `@` and space.
    private func tags(in buffer: ByteBuffer) -> ByteBuffer {
        guard self.tagLength > 1 else { return ByteBuffer() }
        return buffer.getSlice(at: buffer.readerIndex + 1, length: self.tagLength - 2) ?? ByteBuffer()
    }

    private mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Found {
        let unseen = UnsafeRawBufferPointer(rebasing: bytes[self.scanned...])
        let end = ByteScan.firstOffset(of: UInt8(ascii: "\n"), in: unseen).map { self.scanned &+ $0 }
        let length = end ?? bytes.count
        // Until a line's end is seen its last byte may be the CR of the ending.
        let content = length > 0 && bytes[length &- 1] == UInt8(ascii: "\r") ? length &- 1 : length
        if let excess = self.excess(in: bytes, upTo: length, content: content) {
            return .excess(excess, length: end.map { $0 &+ 1 } ?? length, isComplete: end != nil)
        }
        return end == nil ? .nothing(scanned: length) : .line(length: content, ending: length &- content &+ 1)
    }

    /// Whether the line that reaches `length` bytes so far is over a limit.
    private mutating func excess(in bytes: UnsafeRawBufferPointer, upTo length: Int, content: Int) -> Part? {
        if length > 0, bytes[0] == UInt8(ascii: "@") {
            if self.tagLength == 0 {
                let unseen = UnsafeRawBufferPointer(rebasing: bytes[self.scanned..<length])
                let space = ByteScan.firstOffset(of: UInt8(ascii: " "), in: unseen)
                if let space { self.tagLength = self.scanned &+ space &+ 1 }
            }
            guard self.tagLength > 0 else { return content > self.limits.tags - 1 ? .tags : nil }
            if self.tagLength > self.limits.tags { return .tags }
        }
        return content - self.tagLength > self.limits.body - 2 ? .body : nil
    }
}
