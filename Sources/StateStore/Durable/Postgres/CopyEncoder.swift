// COPY in its binary format, because nothing has to be escaped; columns must be of exactly the types of the values.

/// Rows in the binary format of `COPY`.
///
/// https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4
struct CopyEncoder {
    /// What was encoded and not taken yet.
    var bytes: [UInt8] = Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0x00] + [UInt8](repeating: 0, count: 8)

    mutating func append(_ row: [SQLValue]) throws(DurableStoreError) {
        self.append(UInt16(row.count))
        for value in row {
            switch value {
            case .null: self.append(UInt32.max)
            case .integer(let integer):
                self.append(UInt32(8))
                self.append(UInt64(bitPattern: integer))
            case .real(let real):
                self.append(UInt32(8))
                self.append(real.bitPattern)
            case .text(let text):
                try text.requireNoNUL()
                self.append(UInt32(text.utf8.count))
                self.bytes += text.utf8
            case .blob(let blob):
                self.append(UInt32(blob.count))
                self.bytes += blob
            }
        }
    }

    /// Writes the trailer.
    mutating func end() { self.append(UInt16.max) }

    private mutating func append(_ integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.bigEndian) { self.bytes += $0 }
    }
}
