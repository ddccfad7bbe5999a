// What the files of the write-ahead journal tell when a process starts.

import NIOCore
import Tenant

/// Everything that was put on the journal and may not be in the history yet.
struct JournalRecovery {
    /// Where the records of a file are among all.
    struct Segment {
        let name: SegmentName
        /// The numbers of its records.
        var numbers: Range<UInt64> = 0..<0
        var hasErasures = false
        /// How many of its bytes can be trusted.
        var length = 0
        /// Whether something in it cannot be read any more.
        var isDamaged = false
    }

    /// Oldest first, each log position once.
    private(set) var records: [JournalFrame.Record] = []
    /// How far consumers of the feed have come, by name.
    private(set) var places: [String: JournalFrame.Place] = [:]
    /// Those of them that are void, since their tenant was erased.
    private(set) var erased: Set<Int> = []
    /// Those that are not void.
    var remaining: some Sequence<JournalFrame.Record> {
        self.records.enumerated().lazy.filter { !self.erased.contains($0.offset) }.map(\.element)
    }

    /// The number in the feed from which on it has everything that was ever there.
    var firstNumber: UInt64 {
        self.records.map(\.number).min() ?? self.places.values.map(\.next).max() ?? 0
    }

    /// Oldest first.
    private(set) var segments: [Segment] = []
    /// Nothing in any file is of this epoch or a later one.
    private(set) var epochLimit: UInt64 = 0
    /// What whoever runs this has to know.
    private(set) var damage: [JournalDamage] = []
    /// How many bytes at the end were not written to their end.
    private(set) var tornBytes = 0
    private var seen: Set<Place> = []

    private struct Place: Hashable {
        let log: LogKey
        let position: Position
    }

    /// Reads what there is; changes nothing.
    init(_ folder: any JournalFolder) throws(JournalProblem) {
        var files: [(name: SegmentName, contents: JournalFileContents)] = []
        do throws(FileFailure) {
            for name in try folder.names().compactMap({ SegmentName($0) }).sorted() {
                files.append((name, try folder.read(name.text)))
            }
        } catch { throw .failed(error) }
        // The next file says how much of one is known to be there.
        var lengths: [UInt64: Int] = [:]
        for file in files {
            guard let start = try Self.start(of: file.contents.bytes, file.name) else { continue }
            self.epochLimit = max(self.epochLimit, start.epochLimit)
            if let previous = start.previous { lengths[previous.number] = previous.length }
        }
        for file in files {
            let length = lengths[file.name.number]
            let contents = SegmentContents(file.contents.bytes, salt: file.name.salt, length: length)
            // What its end held nobody can tell, so it is told of also where nothing is known to have been.
            let unreadable = file.contents.unreadable.filter { range in
                range.lowerBound < length ?? .max && !contents.damage.contains { $0.overlaps(range) }
            }
            try self.take(contents, of: file.name, unreadable)
        }
    }

    private static func start(of file: ByteBuffer, _ name: SegmentName) throws(JournalProblem) -> JournalFrame.Start? {
        guard let found = JournalFrame.find(at: 0, in: file, salt: name.salt) else { return nil }
        do throws(JournalFrame.Problem) {
            guard case .start(let start) = try JournalFrame(body: found.body) else { return nil }
            return start
        } catch .newer { throw .newer(file: name.text) } catch { return nil }
    }

    private mutating func take(
        _ contents: SegmentContents,
        of name: SegmentName,
        _ unreadable: [Range<Int>]
    ) throws(JournalProblem) {
        let before = self.damage.count
        var segment = Segment(name: name)
        for body in contents.bodies {
            do throws(JournalFrame.Problem) {
                switch try JournalFrame(body: body) {
                case .start(let start): self.take(start.places)
                case .places(let places): self.take(places)
                case .entries(let records): self.take(records, in: &segment)
                case .erased(let tenant):
                    segment.hasErasures = true
                    for (index, record) in self.records.enumerated() where record.log.tenant == tenant {
                        self.erased.insert(index)
                    }
                }
            } catch .newer { throw .newer(file: name.text) } catch {
                self.damage.append(JournalDamage(file: name, bytes: body.readableBytes, offset: nil))
            }
        }
        for range in contents.damage + unreadable {
            self.damage.append(JournalDamage(file: name, bytes: range.count, offset: range.lowerBound))
        }
        self.tornBytes += contents.tornBytes
        segment.length = contents.length
        segment.isDamaged = self.damage.count > before
        self.segments.append(segment)
    }

    private mutating func take(_ places: [JournalFrame.Place]) {
        for place in places where place.next >= self.places[place.name]?.next ?? 0 { self.places[place.name] = place }
    }

    private mutating func take(_ records: [JournalFrame.Record], in segment: inout Segment) {
        for record in records {
            let position = record.entry.position
            guard self.seen.insert(Place(log: record.log, position: position)).inserted else { continue }
            self.epochLimit = max(self.epochLimit, position.epoch &+ 1)
            self.records.append(record)
            let first = segment.numbers.isEmpty ? record.number : min(segment.numbers.lowerBound, record.number)
            segment.numbers = first..<max(segment.numbers.upperBound, record.number &+ 1)
        }
    }
}

/// Bytes that were on the disk and cannot be read any more.
struct JournalDamage: Hashable {
    let file: SegmentName
    let bytes: Int
    /// Where in the file; nil if it is whole and says what makes no sense.
    let offset: Int?
}

/// Why the write-ahead journal cannot be used.
package enum JournalProblem: Error, Hashable, CustomStringConvertible {
    case failed(FileFailure)
    case newer(file: String)

    package var description: String {
        switch self {
        case .failed(let failure): "the journal of acknowledged messages cannot be used: cannot \(failure)"
        case .newer(let file):
            "the journal of acknowledged messages was written by a newer program (\(file)): run that one"
        }
    }
}
