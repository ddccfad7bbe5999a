import StateStore

/// Goes through the lines of a segment one by one; it holds one frame and what one request brought.
struct LineCursor {
    private var frames: FrameCursor
    private var lines: [UInt8] = []
    private var start = 0
    /// The line that it is at; nil behind the last.
    private(set) var line: ArraySlice<UInt8>?
    private(set) var scanned: ScannedLine?

    /// Begins before the first line of frames.
    init(_ reader: SegmentReader, frames: Range<Int>? = nil, stretch: Int) throws(ArchiveError) {
        self.frames = try reader.cursor(frames ?? 0..<reader.footer.frames.count, stretch: stretch)
    }

    /// Which of several is at the line that comes first; nil if all are at their ends.
    static func first(of cursors: [LineCursor]) -> Int? {
        var first: Int?
        for index in cursors.indices where cursors[index].line != nil {
            if let best = first, !cursors[index].isBefore(cursors[best]) { continue }
            first = index
        }
        return first
    }

    /// Goes to the next line.
    ///
    /// - Throws: ``ArchiveError``
    mutating func advance() async throws(ArchiveError) {
        while self.start >= self.lines.count {
            guard let next = try await self.frames.next() else {
                (self.line, self.scanned) = (nil, nil)
                return
            }
            (self.lines, self.start) = (next.lines, 0)
        }
        let end = self.lines[self.start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? self.lines.count
        let line = self.lines[self.start..<end]
        guard let scanned = ScannedLine(line) else { throw .damaged("a line that does not begin as lines do") }
        (self.line, self.scanned, self.start) = (line, scanned, end)
    }

    /// Whether its line comes before another's.
    func isBefore(_ other: LineCursor) -> Bool {
        guard let mine = self.scanned, let theirs = other.scanned else { return self.scanned != nil }
        if !mine.conversation.elementsEqual(theirs.conversation) {
            return mine.conversation.lexicographicallyPrecedes(theirs.conversation)
        }
        return mine.stamp.isBefore(theirs.stamp)
    }

    /// Whether its line is the very same entry's as another's.
    func isSame(_ stamp: StampedLog) -> Bool {
        self.scanned.map { $0.stamp == stamp.stamp && $0.log.elementsEqual(stamp.log) } ?? false
    }
}

/// By what a line is known among all of a tenant.
struct StampedLog {
    let stamp: Stamp
    let log: ArraySlice<UInt8>
}
