// Chunks come in the order in which they were stored; a segment has lines by conversation and time. What is sorted is at most a segment's
// lines, which have a bound.

import Chat
import StateStore

/// Lines of chunks, brought into the order of a segment.
struct SegmentBuilder {
    private struct Entry {
        let chunk: Int
        let conversation: Int
        let line: ChunkLine
    }

    private var chunks: [[UInt8]] = []
    private var entries: [Entry] = []
    private var numbers: [String: Int] = [:]
    private var names: [String] = []

    /// Adds a chunk's lines.
    mutating func add(_ chunk: [UInt8], _ zstd: Zstd) throws(ArchiveError) {
        let (bytes, lines) = try ChunkCodec.decode(chunk, zstd)
        let place = self.chunks.count
        self.chunks.append(bytes)
        for line in lines {
            let name = String(decoding: bytes[line.conversation], as: UTF8.self)
            let number: Int
            if let known = self.numbers[name] {
                number = known
            } else {
                number = self.names.count
                self.numbers[name] = number
                self.names.append(name)
            }
            self.entries.append(Entry(chunk: place, conversation: number, line: line))
        }
    }

    var isEmpty: Bool { self.entries.isEmpty }

    /// The segment of all lines, each once.
    ///
    /// - Returns: The object's bytes, and what it is.
    /// - Throws: ``ArchiveError``
    consuming func build(
        _ name: SegmentName,
        _ key: TenantKey
    ) throws(ArchiveError) -> (bytes: [UInt8], summary: SegmentWriter.Summary) {
        // The place of each conversation in the order of the names' bytes.
        let order = self.names.indices.sorted {
            self.names[$0].utf8.lexicographicallyPrecedes(self.names[$1].utf8)
        }
        var ranks = [Int](repeating: 0, count: order.count)
        for (rank, number) in order.enumerated() { ranks[number] = rank }
        self.entries.sort { left, right in
            let (first, second) = (ranks[left.conversation], ranks[right.conversation])
            return first == second ? left.line.stamp.isBefore(right.line.stamp) : first < second
        }
        var writer = try SegmentWriter(name, key)
        var bytes: [UInt8] = []
        var last: Entry?
        var log = ""
        for entry in self.entries {
            // What was stored twice has one position, and no two entries have one.
            if let last, last.conversation == entry.conversation, last.line.stamp == entry.line.stamp,
                self.log(of: last) == self.log(of: entry)
            {
                continue
            }
            if last.map({ self.log(of: $0) != self.log(of: entry) }) ?? true {
                log = String(decoding: self.log(of: entry), as: UTF8.self)
            }
            last = entry
            bytes += try writer.add(
                .init(conversation: self.names[entry.conversation], log: log, stamp: entry.line.stamp),
                self.chunks[entry.chunk][entry.line.line]
            )
        }
        let (end, summary) = try writer.finish()
        bytes += end
        return (bytes, summary)
    }

    private func log(of entry: Entry) -> ArraySlice<UInt8> { self.chunks[entry.chunk][entry.line.log] }
}

extension TenantArchive {
    /// A segment of chunks, put nowhere: for who measures what making one costs.
    package func segmentForMeasure(
        _ chunks: [[UInt8]],
        _ name: SegmentName
    ) throws(ArchiveError) -> (bytes: [UInt8], summary: SegmentWriter.Summary) {
        let zstd = try Zstd()
        var builder = SegmentBuilder()
        for chunk in chunks { try builder.add(chunk, zstd) }
        return try builder.build(name, TenantKey(of: self.tenant))
    }
}
