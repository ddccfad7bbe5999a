// How the write-ahead journal looks in a file: one frame after the other, each with a checksum.

import NIOCore
import Numbers
import Tenant

/// What a frame holds.
///
/// One that is not whole is as if it was not there, so a transaction is one frame.
enum JournalFrame {
    /// The first frame of a file.
    struct Start: Hashable {
        /// Below this are all epochs that its process gave out; a later process begins here or above.
        var epochLimit: UInt64
        /// The file that was written before this one, and how many bytes of it are known to be on disk.
        ///
        /// What it has beyond that nobody was told of, and it was written again.
        var previous: Previous?
        /// How far consumers have come, as far as earlier files know.
        var places: [Place] = []

        struct Previous: Hashable {
            var number: UInt64
            var length: Int
        }
    }

    case start(Start)
    /// What a transaction put on the journal, in order.
    case entries([Record])
    /// The tenant's entries before this one are void.
    case erased(TenantID)
    /// How far consumers of the feed have come.
    case places([Place])

    /// An entry on the journal.
    struct Record {
        /// In the feed; never given twice.
        let number: UInt64
        let log: LogKey
        let entry: Entry
        let label: FeedLabel
    }

    /// How far a consumer of the feed has come.
    struct Place: Hashable {
        let name: String
        /// It needs nothing before this number.
        let next: UInt64
        /// How many records it was moved on over.
        let missed: UInt64
    }

    /// Begins a frame; any four bytes that are seldom elsewhere.
    static let magic: UInt32 = 0xF74A_521E
    /// Magic, length of the body, length of the file that is known to be on disk, checksum: four bytes each.
    static let headerLength = 16
    private static let version: UInt8 = 2

    /// Why a frame that is whole cannot be used.
    enum Problem: Error {
        /// A newer program wrote it.
        case newer
        /// It says what no program of ours writes.
        case malformed
    }

    private enum Kind: UInt8 {
        case start = 0
        case entries = 1
        case erased = 2
        case places = 3
    }

    // MARK: Writing

    /// No less than what a frame takes for a change, its own beginning included.
    static func bound(_ change: LogChange) -> Int {
        let names = change.log.tenant.text.utf8.count.plus(change.log.name.utf8.count)
        let label = change.feed?.text.utf8.count ?? 0
        return names.plus(change.payload.readableBytes).plus(label).plus(108)
    }

    /// No less than what a frame of places takes.
    static func bound(_ places: [Place]) -> Int { places.reduce(64) { $0.plus($1.name.utf8.count).plus(20) } }

    /// Appends the frame, without its checksum.
    func write(to buffer: inout ByteBuffer) {
        let start = buffer.writerIndex
        buffer.writeMultipleIntegers(Self.magic, 0 as UInt32, 0 as UInt32, 0 as UInt32, endianness: .little)
        switch self {
        case .start(let start):
            buffer.writeMultipleIntegers(Kind.start.rawValue, Self.version)
            buffer.writeMultipleIntegers(
                start.epochLimit,
                start.previous?.number ?? 0,
                UInt64(start.previous?.length ?? 0),
                endianness: .little
            )
            Self.write(start.places, to: &buffer)
        case .entries(let records):
            buffer.writeInteger(Kind.entries.rawValue)
            buffer.writeInteger(UInt32(clamping: records.count), endianness: .little)
            for record in records { Self.write(record, to: &buffer) }
        case .places(let places):
            buffer.writeInteger(Kind.places.rawValue)
            Self.write(places, to: &buffer)
        case .erased(let tenant):
            buffer.writeInteger(Kind.erased.rawValue)
            buffer.writeJournalText(tenant.text)
        }
        let length = buffer.writerIndex - start - Self.headerLength
        buffer.setInteger(UInt32(length), at: start + 4, endianness: .little)
    }

    private static func write(_ places: [Place], to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt32(clamping: places.count), endianness: .little)
        for place in places {
            buffer.writeJournalText(place.name)
            buffer.writeMultipleIntegers(place.next, place.missed, endianness: .little)
        }
    }

    private static func write(_ record: Record, to buffer: inout ByteBuffer) {
        let (log, entry) = (record.log, record.entry)
        buffer.writeJournalText(log.tenant.text)
        buffer.writeJournalText(log.kind.rawValue)
        buffer.writeJournalText(log.name)
        buffer.writeJournalText(record.label.text)
        buffer.writeMultipleIntegers(
            record.number,
            entry.position.epoch,
            entry.position.sequence,
            entry.time,
            entry.producer.rawValue,
            UInt32(entry.payload.readableBytes),
            endianness: .little
        )
        buffer.writeImmutableBuffer(entry.payload)
    }

    /// Gives the frames in a buffer their checksums.
    ///
    /// - Parameters:
    ///   - frames: Whole frames.
    ///   - salt: That of the file.
    ///   - synced: How long the file is known to be before they are written.
    static func seal(_ frames: inout ByteBuffer, salt: UInt64, synced: Int) {
        var start = frames.readerIndex
        while let length = frames.getInteger(at: start + 4, endianness: .little, as: UInt32.self) {
            frames.setInteger(UInt32(synced), at: start + 8, endianness: .little)
            let end = start + Self.headerLength + Int(length)
            let checksum = Self.checksum(of: frames, from: start, to: end, salt: salt)
            frames.setInteger(checksum, at: start + 12, endianness: .little)
            start = end
        }
    }

    // MARK: Reading

    /// A frame that was found whole.
    struct Found {
        let range: Range<Int>
        let synced: Int
        let body: ByteBuffer
    }

    /// The frame at a place of a file, if it is whole.
    static func find(at start: Int, in file: ByteBuffer, salt: UInt64) -> Found? {
        guard
            let words = file.getMultipleIntegers(
                at: start,
                endianness: .little,
                as: (UInt32, UInt32, UInt32, UInt32).self
            ), words.0 == Self.magic
        else { return nil }
        let end = start + Self.headerLength + Int(words.1)
        guard let body = file.getSlice(at: start + Self.headerLength, length: Int(words.1)),
            self.checksum(of: file, from: start, to: end, salt: salt) == words.3
        else { return nil }
        return Found(range: start..<end, synced: Int(words.2), body: body)
    }

    private static func checksum(of buffer: ByteBuffer, from start: Int, to end: Int, salt: UInt64) -> UInt32 {
        buffer.withVeryUnsafeBytes { bytes in
            var checksum = Checksum(salt: salt)
            checksum.add(UnsafeRawBufferPointer(rebasing: bytes[start + 4..<start + 12]))
            checksum.add(UnsafeRawBufferPointer(rebasing: bytes[start + Self.headerLength..<end]))
            return checksum.value
        }
    }

    /// - Throws: ``Problem``
    init(body: ByteBuffer) throws(Problem) {
        var body = body
        guard let kind = body.readInteger(as: UInt8.self) else { throw .malformed }
        switch Kind(rawValue: kind) {
        case nil: throw .newer
        case .start: self = .start(try Self.readStart(&body))
        case .entries:
            guard let count = body.readInteger(endianness: .little, as: UInt32.self) else { throw .malformed }
            var records: [Record] = []
            for _ in 0..<count { records.append(try Self.readRecord(&body)) }
            self = .entries(records)
        case .places: self = .places(try Self.readPlaces(&body))
        case .erased:
            guard let tenant = body.readJournalText().flatMap({ TenantID($0) }) else { throw .malformed }
            self = .erased(tenant)
        }
    }

    private static func readStart(_ body: inout ByteBuffer) throws(Problem) -> Start {
        guard let version = body.readInteger(as: UInt8.self) else { throw .malformed }
        guard version == Self.version else { throw .newer }
        guard let words = body.readMultipleIntegers(endianness: .little, as: (UInt64, UInt64, UInt64).self),
            let length = Int(exactly: words.2)
        else { throw .malformed }
        return Start(
            epochLimit: words.0,
            previous: words.1 == 0 ? nil : .init(number: words.1, length: length),
            places: try Self.readPlaces(&body)
        )
    }

    private static func readPlaces(_ body: inout ByteBuffer) throws(Problem) -> [Place] {
        guard let count = body.readInteger(endianness: .little, as: UInt32.self) else { throw .malformed }
        var places: [Place] = []
        for _ in 0..<count {
            guard let name = body.readJournalText(),
                let (next, missed) = body.readMultipleIntegers(endianness: .little, as: (UInt64, UInt64).self)
            else { throw .malformed }
            places.append(Place(name: name, next: next, missed: missed))
        }
        return places
    }

    private static func readRecord(_ body: inout ByteBuffer) throws(Problem) -> Record {
        guard let tenant = body.readJournalText().flatMap({ TenantID($0) }),
            let kind = body.readJournalText().flatMap({ LogKey.Kind(rawValue: $0) }),
            let name = body.readJournalText(),
            let label = body.readJournalText(),
            let words = body.readMultipleIntegers(
                endianness: .little,
                as: (UInt64, UInt64, UInt64, Int64, UInt64, UInt32).self
            ),
            let payload = body.readSlice(length: Int(words.5))
        else { throw .malformed }
        let entry = Entry(
            position: Position(epoch: words.1, sequence: words.2),
            time: words.3,
            producer: ProducerID(rawValue: words.4),
            payload: payload
        )
        return Record(number: words.0, log: LogKey(tenant, kind, name), entry: entry, label: FeedLabel(label))
    }
}

extension ByteBuffer {
    fileprivate mutating func writeJournalText(_ text: String) {
        self.writeInteger(UInt32(clamping: text.utf8.count), endianness: .little)
        self.writeString(text)
    }

    fileprivate mutating func readJournalText() -> String? {
        self.readInteger(endianness: .little, as: UInt32.self).flatMap { self.readString(length: Int($0)) }
    }
}
