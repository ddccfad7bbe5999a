// The loops over bytes that every line goes through, eight bytes a step while the text is ASCII.

/// Scans of raw bytes, a machine word at a time.
enum ByteScan {
    /// Why bytes are not the content of a line.
    enum Fault: Equatable {
        /// NUL, CR or LF (RFC 1459 §2.3.1).
        case forbiddenByte
        /// Not well-formed UTF-8 (Unicode 16 table 3-7).
        case notUTF8
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The offset of the first `byte`.
    static func firstOffset(of byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
        let pattern = self.ones &* UInt64(byte)
        let count = bytes.count
        var offset = 0
        while offset &+ 8 <= count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) ^ pattern
            // The lowest high bit that remains marks the first zero byte; those above it may be borrows.
            let zeros = (word &- self.ones) & ~word & self.highs
            if zeros != 0 { return offset &+ zeros.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        while offset < count {
            if bytes[offset] == byte { return offset }
            offset &+= 1
        }
        return nil
    }

    /// Whether eight bytes are all ASCII and none of them NUL, CR or LF.
    private static func isPlain(_ word: UInt64) -> Bool {
        let noNUL = word &- self.ones
        let noCR = (word ^ (self.ones &* 0x0D)) &- self.ones
        let noLF = (word ^ (self.ones &* 0x0A)) &- self.ones
        // Without a high bit in `word`, a high bit in a difference means that a byte was zero.
        return (word | noNUL | noCR | noLF) & self.highs == 0
    }

    /// Copies bytes, putting `replacement` in the place of NUL, CR and LF and, if `andSpaces`, of spaces.
    ///
    /// There must be as much room at `target` as there are bytes.
    static func copy(
        _ bytes: UnsafeRawBufferPointer,
        to target: UnsafeMutableRawPointer,
        replacing replacement: UInt8,
        andSpaces: Bool
    ) {
        let count = bytes.count
        let blank = andSpaces ? self.ones &* 0x20 : self.ones &* 0x0D
        var offset = 0
        while offset &+ 8 <= count {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if self.isPlainOrHigh(word), !self.hasZero(word ^ blank) {
                target.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
                offset &+= 8
                continue
            }
            for _ in 0..<8 {
                let byte = self.replaced(bytes[offset], replacement, andSpaces)
                target.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
                offset &+= 1
            }
        }
        while offset < count {
            let byte = self.replaced(bytes[offset], replacement, andSpaces)
            target.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
            offset &+= 1
        }
    }

    private static func replaced(_ byte: UInt8, _ replacement: UInt8, _ andSpaces: Bool) -> UInt8 {
        if byte > 0x20 { return byte }
        let isForbidden = byte == 0 || byte == 0x0D || byte == 0x0A || byte == 0x20 && andSpaces
        return isForbidden ? replacement : byte
    }

    private static func hasZero(_ word: UInt64) -> Bool {
        (word &- self.ones) & ~word & self.highs != 0
    }

    /// Whether none of eight bytes, ASCII or not, is NUL, CR or LF.
    private static func isPlainOrHigh(_ word: UInt64) -> Bool {
        !(self.hasZero(word) || self.hasZero(word ^ (self.ones &* 0x0D)) || self.hasZero(word ^ (self.ones &* 0x0A)))
    }

    /// The first fault in the content of a line, if there is one.
    static func fault(in bytes: UnsafeRawBufferPointer) -> Fault? {
        let count = bytes.count
        var offset = 0
        while offset < count {
            if offset &+ 8 <= count, self.isPlain(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) {
                offset &+= 8
                continue
            }
            let byte = bytes[offset]
            if byte < 0x80 {
                if byte == 0 || byte == 0x0D || byte == 0x0A { return .forbiddenByte }
                offset &+= 1
                continue
            }
            let length = self.scalarLength(in: bytes, at: offset)
            if length == 0 { return .notUTF8 }
            offset &+= length
        }
        return nil
    }

    /// The length of the well-formed non-ASCII scalar at `offset`; 0 if there is none.
    private static func scalarLength(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        let lead = bytes[offset]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard offset &+ length <= bytes.count, second.contains(bytes[offset &+ 1]) else { return 0 }
        var next = offset &+ 2
        while next < offset &+ length {
            guard bytes[next] & 0xC0 == 0x80 else { return 0 }
            next &+= 1
        }
        return length
    }
}
