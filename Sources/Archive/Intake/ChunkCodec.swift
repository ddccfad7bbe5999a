// A chunk is what waits in the database until a segment is made of it. Lines are in it as they will stand in the segment, each behind
// what they are sorted by, so that nobody reads JSON to sort.

import Chat
import Numbers
import StateStore

/// One line and what it is sorted by.
struct ChunkLine: Sendable {
    /// Where each part is in the chunk's bytes.
    let conversation: Range<Int>
    let log: Range<Int>
    let line: Range<Int>
    let stamp: Stamp
}

/// Writes and reads chunks.
///
/// A byte that says the version, then one zstd frame in which, for each line: the length of the conversation (2 bytes, big-endian as all), of the
/// log (2) and of the line (4), time, epoch and sequence (8 each), conversation, log, line.
enum ChunkCodec {
    private static let version: UInt8 = 1
    private static let head = 32

    /// The most that a chunk holds: far more than a batch of the history's writer.
    static let limit = 256 << 20

    /// Adds a line.
    static func add(_ record: ArchivedRecord, line text: some Collection<UInt8>, to bytes: inout [UInt8]) {
        let (kind, name) = (record.log.kind.rawValue.utf8, record.log.name.utf8)
        Self.add(UInt16(truncatingIfNeeded: record.content.conversation.utf8.count), to: &bytes)
        Self.add(UInt16(truncatingIfNeeded: kind.count + 1 + name.count), to: &bytes)
        Self.add(UInt32(truncatingIfNeeded: text.count), to: &bytes)
        Self.add(UInt64(bitPattern: record.stamp.time), to: &bytes)
        Self.add(record.stamp.position.epoch, to: &bytes)
        Self.add(record.stamp.position.sequence, to: &bytes)
        bytes += record.content.conversation.utf8
        bytes += kind
        bytes.append(UInt8(ascii: ":"))
        bytes += name
        bytes += text
    }

    /// What a chunk is stored as.
    static func encode(_ lines: [UInt8], _ zstd: Zstd) throws(ArchiveError) -> [UInt8] {
        [Self.version] + (try zstd.compress(lines))
    }

    /// Opens a chunk.
    ///
    /// - Returns: The bytes and where in them everything is.
    /// - Throws: ``ArchiveError/damaged(_:)``, ``ArchiveError/newerFormat(_:)``
    static func decode(_ chunk: [UInt8], _ zstd: Zstd) throws(ArchiveError) -> (bytes: [UInt8], lines: [ChunkLine]) {
        guard chunk.first == Self.version else { throw .newerFormat("a chunk of the archive") }
        let bytes = try zstd.decompress(chunk.dropFirst(), limit: Self.limit)
        var lines: [ChunkLine] = []
        // Most lines are longer.
        lines.reserveCapacity(bytes.count / 128)
        var at = 0
        while at < bytes.count {
            guard bytes.count - at >= Self.head else { throw .damaged("a chunk of the archive") }
            let conversation = Int(Self.integer(bytes, at, as: UInt16.self))
            let log = Int(Self.integer(bytes, at + 2, as: UInt16.self))
            let line = Int(Self.integer(bytes, at + 4, as: UInt32.self))
            let stamp = Stamp(
                position: Position(
                    epoch: Self.integer(bytes, at + 16, as: UInt64.self),
                    sequence: Self.integer(bytes, at + 24, as: UInt64.self)
                ),
                time: Int64(bitPattern: Self.integer(bytes, at + 8, as: UInt64.self))
            )
            let start = at + Self.head
            let endOfName = start.plus(conversation)
            let endOfLog = endOfName.plus(log)
            let end = endOfLog.plus(line)
            guard end <= bytes.count else { throw .damaged("a chunk of the archive") }
            lines.append(
                ChunkLine(
                    conversation: start..<endOfName,
                    log: endOfName..<endOfLog,
                    line: endOfLog..<end,
                    stamp: stamp
                )
            )
            at = end
        }
        return (bytes, lines)
    }

    private static func add(_ integer: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private static func integer<Integer: FixedWidthInteger>(
        _ bytes: [UInt8],
        _ at: Int,
        as type: Integer.Type
    ) -> Integer {
        bytes.withUnsafeBytes { Integer(bigEndian: $0.loadUnaligned(fromByteOffset: at, as: type)) }
    }
}
