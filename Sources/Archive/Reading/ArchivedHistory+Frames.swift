// What lies in the bucket, and what of it is here already.

import StateStore
import Tenant

extension SegmentReader {
    /// The stretches of a conversation that may have something of some times, in order.
    func stretches(of conversation: String, _ times: ClosedRange<Int64>) -> [SegmentIndex.Stretch] {
        guard let found = self.index.conversations.first(where: { $0.name == conversation }) else { return [] }
        return found.stretches.filter {
            $0.firstTime <= times.upperBound && $0.lastTime >= times.lowerBound
                && self.footer.frames.indices.contains($0.frame)
        }
    }

    /// How many bytes of lines some frames have.
    func rawBytes(of frames: [Int]) -> Int { frames.reduce(0) { $0 + self.footer.frames[$1].rawSize } }
}

extension ArchivedHistory {
    /// A segment, opened.
    func reader(_ segment: ArchiveSegment, _ archive: TenantArchive) async throws(ArchiveError) -> SegmentReader {
        let name = SegmentName(
            tenant: archive.tenant,
            day: ArchiveDay(number: segment.day),
            number: segment.number
        )
        if case .reader(let reader)? = self.cache[.reader(name)] { return reader }
        let reader = try await archive.segment(name, indexLimit: self.limits.index)
        // In memory an index has some times the bytes of its text.
        let bytes = reader.footer.index.rawSize * 4 + reader.footer.frames.count * 24 + 1024
        self.cache.keep(.reader(reader), for: .reader(name), bytes: bytes)
        return reader
    }

    /// The lines of frames, those that follow each other by one request.
    ///
    /// - Parameters:
    ///   - frames: Which, in order.
    ///   - reader: Of which segment.
    /// - Returns: Each frame's lines, in order.
    /// - Throws: ``ArchiveError``
    func lines(
        _ frames: [Int],
        of reader: SegmentReader
    ) async throws(ArchiveError) -> [(frame: Int, lines: [UInt8])] {
        var found: [(frame: Int, lines: [UInt8])] = []
        var rest = frames[...]
        while let first = rest.first {
            if case .lines(let lines)? = self.cache[.lines(reader.name, frame: first)] {
                found.append((first, lines))
                rest.removeFirst()
                continue
            }
            var end = first
            while rest.first == end, self.cache[.lines(reader.name, frame: end)] == nil {
                end += 1
                rest.removeFirst()
            }
            var cursor = try reader.cursor(first..<end, stretch: self.limits.stretch)
            while let next = try await cursor.next() {
                self.cache.keep(
                    .lines(next.lines),
                    for: .lines(reader.name, frame: next.frame),
                    bytes: next.lines.count
                )
                found.append(next)
            }
        }
        return found
    }
}
