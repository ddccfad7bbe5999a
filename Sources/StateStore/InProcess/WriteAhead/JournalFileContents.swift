// A file that is read as far as the disk gives it back.

import Glibc
package import NIOCore

/// What a file holds.
package struct JournalFileContents: Sendable {
    /// All of it, with zeros for what cannot be read.
    package var bytes: ByteBuffer
    /// Where that is, in order.
    package var unreadable: [Range<Int>]

    private static let block = 4096
    private static let piece = 1 << 20

    package init(bytes: ByteBuffer, unreadable: [Range<Int>] = []) {
        self.bytes = bytes
        self.unreadable = unreadable
    }

    /// Reads a file in large pieces, and block by block where one is refused.
    ///
    /// - Parameters:
    ///   - length: How long the file is.
    ///   - read: Reads from a place on, as `pread` does; the code is 0 if it could.
    package init(
        length: Int,
        _ read: (_ target: UnsafeMutableRawBufferPointer, _ offset: Int) -> (count: Int, code: CInt)
    ) {
        self.init(bytes: ByteBuffer())
        self.bytes.reserveCapacity(length)
        var isCareful = false
        while self.bytes.readableBytes < length {
            let offset = self.bytes.readableBytes
            let end = min(length, isCareful ? (offset / Self.block + 1) * Self.block : offset + Self.piece)
            var result: (count: Int, code: CInt) = (0, 0)
            self.bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: end - offset) { target in
                result = read(UnsafeMutableRawBufferPointer(rebasing: target[..<(end - offset)]), offset)
                return max(0, result.count)
            }
            if result.code == EINTR { continue }
            if result.code == 0, result.count == 0 { return }
            guard result.code != 0, isCareful else {
                isCareful = result.code != 0
                continue
            }
            self.bytes.writeRepeatingByte(0, count: end - offset)
            self.note(offset..<end)
        }
    }

    private mutating func note(_ range: Range<Int>) {
        guard let last = self.unreadable.last, last.upperBound == range.lowerBound else {
            return self.unreadable.append(range)
        }
        self.unreadable[self.unreadable.count - 1] = last.lowerBound..<range.upperBound
    }
}
