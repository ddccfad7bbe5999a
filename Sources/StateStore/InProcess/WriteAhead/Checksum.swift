// CRC-32C (Castagnoli), as in RFC 3720 B.4: finds torn and rotten records.

/// A checksum that bytes are added to.
struct Checksum {
    private var state: UInt32

    /// - Parameter salt: What the same bytes elsewhere do not begin with: bytes that are copied are not valid there.
    init(salt: UInt64) {
        self.state = ~0
        withUnsafeBytes(of: salt.littleEndian) { self.add($0) }
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var state = self.state
        Self.table.withUnsafeBufferPointer { table in
            for byte in bytes { state = table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ (state >> 8) }
        }
        self.state = state
    }

    var value: UInt32 { ~self.state }

    private static let table: [UInt32] = (0..<256).map { (byte: UInt32) in
        (0..<8).reduce(byte) { value, _ in value & 1 == 0 ? value >> 1 : (value >> 1) ^ 0x82F6_3B78 }
    }
}
