// One file of the write-ahead journal, as it is found at start.

import Glibc
import NIOCore

/// A file's name: its number says when it was written, its salt goes into its checksums.
///
/// So nothing that lay on the disk before, and nothing that somebody says in a message, passes for a frame of this file.
struct SegmentName: Hashable, Comparable {
    let number: UInt64
    let salt: UInt64

    init(number: UInt64, salt: UInt64) {
        self.number = number
        self.salt = salt
    }

    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "journal", let number = UInt64(parts[1]),
            let salt = UInt64(parts[2], radix: 16)
        else { return nil }
        self.init(number: number, salt: salt)
        guard self.text == text else { return nil }
    }

    var text: String { "journal-\(self.number)-\(String(self.salt, radix: 16))" }

    /// What a damaged file is called that is not needed any more: no name of this kind, so nobody reads it again.
    var damagedText: String { "\(self.text).damaged" }

    static func < (left: SegmentName, right: SegmentName) -> Bool {
        (left.number, left.salt) < (right.number, right.salt)
    }
}

/// What is left of a file.
struct SegmentContents {
    /// What frames hold, in order.
    private(set) var bodies: [ByteBuffer] = []
    /// Where something was that was on disk already and cannot be read any more.
    private(set) var damage: [Range<Int>] = []
    /// Bytes at the end that were not written to their end; nobody was told of what they say.
    private(set) var tornBytes = 0
    /// How many bytes are good for something.
    private(set) var length = 0

    /// Reads a file.
    ///
    /// Each frame says how long the file was known to be when it was written. So what is missing before that length was
    /// there and is damaged; what is missing after the last such length was still being written when the power was cut.
    /// Everything from there on goes, also what is whole: nothing of a log may be there without what came before it.
    ///
    /// - Parameters:
    ///   - file: All of its bytes.
    ///   - salt: That of its name.
    ///   - length: How long it is known to be, if something else says so; what is beyond was written again elsewhere.
    init(_ file: ByteBuffer, salt: UInt64, length: Int?) {
        var frames: [JournalFrame.Found] = []
        var place = 0
        while let frame = Self.next(from: place, in: file, salt: salt) {
            if let length, frame.range.upperBound > length { break }
            frames.append(frame)
            place = frame.range.upperBound
        }
        let known = max(length ?? 0, frames.map(\.synced).max() ?? 0)
        place = 0
        for frame in frames {
            if frame.range.lowerBound > place {
                guard known > place else { break }
                self.damage.append(place..<frame.range.lowerBound)
            }
            self.bodies.append(frame.body)
            place = frame.range.upperBound
        }
        if known > place { self.damage.append(place..<known) }
        self.length = max(place, known)
        if length == nil { self.tornBytes = Self.lengthWithoutZeros(file, from: self.length) }
    }

    /// The next whole frame at or after a place.
    private static func next(from place: Int, in file: ByteBuffer, salt: UInt64) -> JournalFrame.Found? {
        var place = place
        while true {
            if let frame = JournalFrame.find(at: place, in: file, salt: salt) { return frame }
            guard let candidate = self.magic(in: file, from: place + 1) else { return nil }
            place = candidate
        }
    }

    private static func magic(in file: ByteBuffer, from place: Int) -> Int? {
        let first = CInt(UInt8(truncatingIfNeeded: JournalFrame.magic))
        return file.withUnsafeReadableBytes { bytes -> Int? in
            guard let base = bytes.baseAddress else { return nil }
            var place = place
            while place + 4 <= bytes.count, let found = memchr(base + place, first, bytes.count - place) {
                place = base.distance(to: UnsafeRawPointer(found))
                guard place + 4 <= bytes.count else { return nil }
                let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
                if UInt32(littleEndian: word) == JournalFrame.magic { return place }
                place += 1
            }
            return nil
        }
    }

    private static func lengthWithoutZeros(_ file: ByteBuffer, from place: Int) -> Int {
        file.withUnsafeReadableBytes { bytes in
            guard place < bytes.count, let last = bytes[place...].lastIndex(where: { $0 != 0 }) else { return 0 }
            return last + 1 - place
        }
    }
}
