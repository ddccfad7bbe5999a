// The files of the write-ahead journal while a process runs. Used by one thread at a time, which may wait for the disk.

import NIOCore

/// Writes frames to files, keeps room in them, and removes those whose records are all in the history.
struct SegmentWriter {
    private struct Segment {
        let name: SegmentName
        /// The numbers of its records on the journal.
        var numbers: Range<UInt64>
        /// Voids records of earlier files, so it stays for as long as there are some.
        var hasErasures: Bool
        /// How long it is known to be.
        var length: Int
        /// Kept under another name once nobody needs it, since somebody may get more out of it.
        var isDamaged = false

        mutating func take(_ batch: Batch) {
            self.hasErasures = self.hasErasures || batch.hasErasures
            if batch.numbers.isEmpty { return }
            self.numbers = self.numbers.isEmpty ? batch.numbers : self.numbers.lowerBound..<batch.numbers.upperBound
        }
    }

    private struct Current {
        let file: any JournalFile
        let salt: UInt64
        /// How far zeros are on the disk.
        var reserved: Int
    }

    private let folder: any JournalFolder
    private let limits: JournalLimits
    private let epochLimit: UInt64
    /// Oldest first; the last one is written to, if ``current`` is there.
    private var segments: [Segment] = []
    private var nextNumber: UInt64
    /// How far consumers have come, as far as the files know: each file begins with it, so that any other may go.
    private var places: [JournalFrame.Place]
    /// Nil after a failure: then nothing is known of what was written since, and another file is begun.
    private var current: Current?
    /// Why there is not as much room as there should be.
    private(set) var lack: FileFailure?

    /// Begins a file after those that were found.
    ///
    /// - Parameters:
    ///   - folder: Where the files are.
    ///   - limits: How large they get.
    ///   - epochLimit: Below this are all epochs that this process will give out.
    ///   - found: What earlier processes left.
    /// - Throws: What could not be done.
    init(
        _ folder: any JournalFolder,
        limits: JournalLimits,
        epochLimit: UInt64,
        found: JournalRecovery
    ) throws(FileFailure) {
        self.folder = folder
        self.limits = limits
        self.epochLimit = epochLimit
        self.places = Array(found.places.values)
        self.nextNumber = (found.segments.last?.name.number ?? 0) + 1
        for segment in found.segments {
            self.segments.append(
                Segment(
                    name: segment.name,
                    numbers: segment.numbers,
                    hasErasures: segment.hasErasures,
                    length: segment.length,
                    isDamaged: segment.isDamaged
                )
            )
        }
        try self.begin(room: limits.room)
    }

    /// Bytes that can be written without asking the disk for room.
    var capacity: Int { self.current.map { $0.reserved - (self.segments.last?.length ?? 0) } ?? 0 }

    /// What one call writes.
    struct Batch {
        var frames: ByteBuffer
        /// The numbers of its records on the journal.
        var numbers: Range<UInt64>
        var hasErasures: Bool
        /// How far consumers have come, if it says so.
        var places: [JournalFrame.Place]?
    }

    /// Writes frames and waits until they survive a power cut.
    ///
    /// - Throws: What could not be done. Nobody knows then which of the frames are on the disk: write all of them again.
    mutating func write(_ batch: Batch) throws(FileFailure) {
        self.lack = nil
        // What fails here leaves the file that there is as it was.
        try self.prepare(for: batch.frames.readableBytes)
        do throws(FileFailure) {
            guard let current, let index = self.segments.indices.last else { return }
            var frames = batch.frames
            JournalFrame.seal(&frames, salt: current.salt, synced: self.segments[index].length)
            try current.file.write(frames, at: self.segments[index].length)
            let end = self.segments[index].length + frames.readableBytes
            let reserved = self.reserve(beyond: end)
            try current.file.sync()
            self.current?.reserved = reserved
            self.segments[index].length = end
            self.segments[index].take(batch)
            if let places = batch.places { self.places = places }
        } catch {
            self.giveUpFile()
            throw error
        }
    }

    /// Tries again to have as much room as there should be.
    mutating func makeRoom() throws(FileFailure) {
        try self.write(Batch(frames: ByteBuffer(), numbers: 0..<0, hasErasures: false))
    }

    /// Removes files that nobody needs any more, and puts damaged ones aside.
    ///
    /// - Parameter isNeeded: Whether one of the records with these numbers is not in the history yet.
    /// - Throws: What could not be done; it can be tried again.
    mutating func removeUnneeded(_ isNeeded: (Range<UInt64>) -> Bool) throws(FileFailure) {
        var index = 0
        while index < self.segments.count - 1 {
            let segment = self.segments[index]
            guard !isNeeded(segment.numbers), index == 0 || !segment.hasErasures else {
                index += 1
                continue
            }
            do throws(FileFailure) {
                if segment.isDamaged {
                    try self.folder.rename(segment.name.text, to: segment.name.damagedText)
                } else {
                    try self.folder.remove(segment.name.text)
                }
            } catch { guard error.isAbsence else { throw error } }
            // Before what voids its records may go.
            try self.folder.sync()
            self.segments.remove(at: index)
        }
    }

    /// Leaves as little as can be, if the history has everything.
    mutating func finish(_ isNeeded: (Range<UInt64>) -> Bool) throws(FileFailure) {
        guard let last = self.segments.last, self.current != nil else { return }
        if !last.numbers.isEmpty, !isNeeded(last.numbers) { try self.begin(room: 0) }
        try self.removeUnneeded(isNeeded)
        self.giveUpFile()
    }

    /// Sees to it that there is a file that frames may be written to.
    private mutating func prepare(for length: Int) throws(FileFailure) {
        guard self.current != nil else { return try self.begin(room: self.limits.room) }
        guard (self.segments.last?.length ?? 0) >= self.limits.segment else { return }
        do throws(FileFailure) { try self.begin(room: self.limits.room) } catch {
            // Whatever it is, such as no descriptor left: the old file goes on while there is room in it. Not if the
            // folder is gone, and the old file's name with it.
            guard !error.isAbsence, self.current != nil, length <= self.capacity else { throw error }
            self.lack = error
        }
    }

    /// Writes zeros past the end, to be on the disk with the next sync.
    ///
    /// - Returns: How far they go then. A failure is noted as a lack of room and harms nothing yet: the sync will tell.
    private mutating func reserve(beyond end: Int) -> Int {
        guard let current else { return end }
        var reserved = max(current.reserved, end)
        while reserved - end < self.limits.room, reserved < self.limits.longest {
            do throws(FileFailure) {
                try current.file.write(ByteBuffer(repeating: 0, count: self.limits.step), at: reserved)
            } catch {
                self.lack = error
                break
            }
            reserved += self.limits.step
        }
        return reserved
    }

    /// Begins another file.
    ///
    /// - Throws: What could not be done. The old file may be gone on with if it is still ``current``: then no other one
    ///   says where it ends.
    private mutating func begin(room: Int) throws(FileFailure) {
        let name = SegmentName(number: self.nextNumber, salt: .random(in: 1 ... .max))
        self.nextNumber += 1
        let previous = self.segments.last.map {
            JournalFrame.Start.Previous(number: $0.name.number, length: $0.length)
        }
        var frame = ByteBuffer()
        JournalFrame.start(.init(epochLimit: self.epochLimit, previous: previous, places: self.places)).write(
            to: &frame
        )
        JournalFrame.seal(&frame, salt: name.salt, synced: 0)
        let file = try self.folder.create(name.text)
        let reserved = frame.readableBytes + room
        do throws(FileFailure) {
            try file.write(ByteBuffer(repeating: 0, count: reserved), at: 0)
            try file.sync()
            // From here on it says where the old one ends.
            self.giveUpFile()
            try file.write(frame, at: 0)
            try file.sync()
            try self.folder.sync()
        } catch {
            file.close()
            do throws(FileFailure) { try self.folder.remove(name.text) } catch {}
            throw error
        }
        self.current = Current(file: file, salt: name.salt, reserved: reserved)
        self.segments.append(
            Segment(name: name, numbers: 0..<0, hasErasures: false, length: frame.readableBytes)
        )
    }

    private mutating func giveUpFile() {
        self.current?.file.close()
        self.current = nil
    }
}
