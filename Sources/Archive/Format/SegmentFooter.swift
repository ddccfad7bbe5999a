// The end of a segment says everything about it that is no secret: so one request for its last bytes is enough to know what to ask for.

package import FoundationEssentials
import Numbers

/// What stands at the end of a segment, as JSON.
package struct SegmentFooter: Codable, Hashable, Sendable {
    package static let format = "roost-segment/1"
    /// The last bytes of every segment, behind four with the footer's length.
    static let magic = Array("ROOSTSEG".utf8)
    /// Length and magic.
    static let tailBytes = 12
    /// The most that a footer may have.
    static let limit = 4 << 20

    /// Where something is in the segment: its first byte, how many there are, how many it has when opened.
    package struct Piece: Codable, Hashable, Sendable {
        package var offset: Int
        package var size: Int
        package var rawSize: Int

        init(offset: Int, size: Int, rawSize: Int) {
            self.offset = offset
            self.size = size
            self.rawSize = rawSize
        }

        package init(from decoder: any Decoder) throws {
            var numbers = try decoder.unkeyedContainer()
            self.offset = try numbers.decode(Int.self)
            self.size = try numbers.decode(Int.self)
            self.rawSize = try numbers.decode(Int.self)
        }

        package func encode(to encoder: any Encoder) throws {
            var numbers = encoder.unkeyedContainer()
            try numbers.encode(self.offset)
            try numbers.encode(self.size)
            try numbers.encode(self.rawSize)
        }

        /// Its bytes, if they are within a segment of so many.
        func range(within size: Int) -> Range<Int>? {
            guard self.offset >= 0, self.size >= 0, self.rawSize >= 0, self.offset <= size,
                self.size <= size - self.offset
            else { return nil }
            return self.offset..<(self.offset + self.size)
        }
    }

    package var format = Self.format
    package var tenant: String
    package var day: String
    package var number: Int64
    /// Which of the tenant's keys encrypted the segment's.
    package var key: String
    /// The segment's key: nonce, ciphertext and tag of AES-256-GCM, with the segment's name authenticated.
    package var wrapped: Data
    package var records: Int
    /// SHA-256 of all lines together, as hexadecimal digits.
    package var lines: String
    package var firstTime: Int64
    package var lastTime: Int64
    /// The frames with lines, in order.
    package var frames: [Piece]
    /// The frame with the index, which is numbered behind those with lines.
    package var index: Piece

    /// How many bytes the lines have.
    package var rawBytes: Int { self.frames.reduce(0) { $0.plus($1.rawSize) } }

    /// The most that a frame has, encrypted or opened.
    private static let frameLimit = 64 << 20

    /// Whether its pieces lie one behind the other and fill the object up to the footer: nobody vouches for it.
    func isSound(within size: Int) -> Bool {
        var next = 0
        for piece in self.frames + [self.index] {
            guard piece.offset == next, (0...Self.frameLimit).contains(piece.size),
                (0...Self.frameLimit).contains(piece.rawSize)
            else { return false }
            next = next.plus(piece.size)
        }
        return next == size && self.records >= 0
    }
}

/// What an index says, encrypted as the lines are: conversations have people's names.
package struct SegmentIndex: Codable, Hashable, Sendable {
    /// Lines of one conversation in one frame.
    package struct Stretch: Codable, Hashable, Sendable {
        package var frame: Int
        package var records: Int
        package var firstTime: Int64
        package var lastTime: Int64
    }

    package struct Conversation: Codable, Hashable, Sendable {
        package var name: String
        package var stretches: [Stretch]

        package var records: Int { self.stretches.reduce(0) { $0 + $1.records } }

        /// From when to when it has something; nil for nothing.
        package var times: ClosedRange<Int64>? {
            guard let first = self.stretches.map(\.firstTime).min(), let last = self.stretches.map(\.lastTime).max(),
                first <= last
            else { return nil }
            return first...last
        }
    }

    /// A log's entries in the segment.
    package struct Log: Codable, Hashable, Sendable {
        package var name: String
        package var records: Int
        /// The ids of the lines with the lowest and the highest position.
        package var first: String
        package var last: String
    }

    /// In the order of their names' bytes, as the lines are.
    package var conversations: [Conversation]
    package var logs: [Log]
}
