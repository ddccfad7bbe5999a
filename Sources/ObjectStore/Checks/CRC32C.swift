// What stores check every piece with: much cheaper than a digest, and enough against what goes wrong by chance.

import NIOCore

/// The checksum of Castagnoli (RFC 3720, appendix B.4), computed as bytes come.
struct CRC32C: Hashable, Sendable {
    private var state: UInt32 = ~0

    init() {}

    /// Four tables of 256 in a row, so that four bytes are taken at once.
    private static let tables: [UInt32] = {
        var table = [UInt32](repeating: 0, count: 1024)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? 0x82F6_3B78 ^ (value >> 1) : value >> 1 }
            table[byte] = value
        }
        for entry in 256..<1024 {
            let before = table[entry - 256]
            table[entry] = table[Int(before & 0xFF)] ^ (before >> 8)
        }
        return table
    }()

    /// Adds bytes.
    mutating func update(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { self.update($0) }
    }

    /// Adds bytes.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let tables = Self.tables
        var state = self.state
        tables.withUnsafeBufferPointer { tables in
            var index = 0
            while index + 4 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)
                state = Self.step(state ^ UInt32(littleEndian: word), tables)
                index += 4
            }
            while index < bytes.count {
                let entry = Int((state ^ UInt32(bytes[index])) & 0xFF)
                state = tables[entry] ^ (state >> 8)
                index += 1
            }
        }
        self.state = state
    }

    private static func step(_ word: UInt32, _ tables: UnsafeBufferPointer<UInt32>) -> UInt32 {
        let first = tables[Int(word & 0xFF) + 768]
        let second = tables[Int((word >> 8) & 0xFF) + 512]
        let third = tables[Int((word >> 16) & 0xFF) + 256]
        return first ^ second ^ third ^ tables[Int(word >> 24)]
    }

    /// Of all bytes so far.
    var value: UInt32 { ~self.state }

    /// As headers have it, before Base64: the value's bytes, the highest first.
    var bytes: [UInt8] {
        let value = self.value
        return [24, 16, 8, 0].map { (shift: UInt32) in UInt8(truncatingIfNeeded: value >> shift) }
    }
}
