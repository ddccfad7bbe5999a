// What can be read of a line that is no message, so that whoever sent it is answered as others are.

package import NIOCore

/// The parts of a broken line that came whole: what an answer to it needs.
package struct LineHead: Sendable, Hashable {
    /// The tags; none if their section is broken, too.
    package let tags: Tags
    /// The command, letters in upper case; `nil` if it is not made of letters and digits.
    package let command: String?

    /// The longest command that is named in an answer; none that there is has more.
    private static let longestCommand = 20

    /// - Parameter line: one line's readable bytes, without its CR LF.
    package init(_ line: ByteBuffer) {
        var tags = 0..<0
        self.command = line.withUnsafeReadableBytes { bytes -> String? in
            var parts = MessageParts()
            guard bytes.count <= Int(UInt16.max) else { return nil }
            _ = parts.scanHead(bytes)
            tags = parts.tags.range
            let command = UnsafeRawBufferPointer(rebasing: bytes[parts.command.range])
            guard 1...Self.longestCommand ~= command.count, command.allSatisfy(\.isLetterOrDigit) else { return nil }
            return String(decoding: command, as: UTF8.self).uppercased()
        }
        self.tags = Self.intact(line.getSlice(at: line.readerIndex + tags.lowerBound, length: tags.count))
    }

    /// Of a line of which only its tag section is left.
    ///
    /// - Parameter tags: the section as it came, without `@` and space.
    package init(tags: ByteBuffer) {
        self.tags = Self.intact(tags)
        self.command = nil
    }

    private static func intact(_ tags: ByteBuffer?) -> Tags {
        guard let tags, tags.withUnsafeReadableBytes({ ByteScan.fault(in: $0) }) == nil else {
            return Tags(ByteBuffer())
        }
        return Tags(tags)
    }
}
