// The id by which clients know a message.

extension Stamp {
    /// A message's id in the tenant (IRCv3 message-ids): its position, of which no two in a cell are equal, behind its time, by which
    /// it is found again.
    package var messageID: String {
        // Every message has one written, each time that somebody gets it.
        String(unsafeUninitializedCapacity: 42) { text in
            var at = 0
            if self.time < 0 { Self.add(UInt8(ascii: "-"), to: text, &at) }
            Self.add(self.time.magnitude, to: text, &at)
            Self.add(UInt8(ascii: "-"), to: text, &at)
            Self.add(self.position.epoch, to: text, &at)
            Self.add(UInt8(ascii: "-"), to: text, &at)
            Self.add(self.position.sequence, to: text, &at)
            return at
        }
    }

    private static func add(_ byte: UInt8, to text: UnsafeMutableBufferPointer<UInt8>, _ at: inout Int) {
        text[at] = byte
        at += 1
    }

    /// Adds a number with 36 digits, of which it has 13 at most.
    private static func add(_ number: UInt64, to text: UnsafeMutableBufferPointer<UInt8>, _ at: inout Int) {
        let start = at
        var left = number
        repeat {
            let digit = UInt8(truncatingIfNeeded: left % 36)
            Self.add(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + (digit - 10), to: text, &at)
            left /= 36
        } while left > 0
        text[start..<at].reverse()
    }

    /// Reads what ``messageID`` wrote.
    package init?(messageID: some StringProtocol) {
        let parts = messageID.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let time = Int64(parts[0], radix: 36), let epoch = UInt64(parts[1], radix: 36),
            let sequence = UInt64(parts[2], radix: 36), Position.sequences.contains(sequence),
            epoch <= UInt64(Int64.max)
        else { return nil }
        self.init(position: Position(epoch: epoch, sequence: sequence), time: time)
        guard self.messageID == messageID else { return nil }
    }
}
