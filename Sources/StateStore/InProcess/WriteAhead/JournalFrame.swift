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

        struct Previous: Hashable {
            var number: UInt64
            var length: Int
        }
    }

    case start(Start)
    /// What a transaction put on the journal, in order.
    case entries([(log: LogKey, entry: Entry)])
    /// The tenant's entries before this one are void.
    case erased(TenantID)

    /// Begins a frame; any four bytes that are seldom elsewhere.
    static let magic: UInt32 = 0xF74A_521E
    /// Magic, length of the body, length of the file that is known to be on disk, checksum: four bytes each.
    static let headerLength = 16
    private static let version: UInt8 = 1

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
    }

    // MARK: Writing

    /// No less than what a frame takes for a change, its own beginning included.
    static func bound(_ change: LogChange) -> Int {
        let names = change.log.tenant.text.utf8.count.plus(change.log.name.utf8.count)
        return names.plus(change.payload.readableBytes).plus(96)
    }

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
        case .entries(let entries):
            buffer.writeInteger(Kind.entries.rawValue)
            buffer.writeInteger(UInt32(clamping: entries.count), endianness: .little)
            for (log, entry) in entries { Self.write(log, entry, to: &buffer) }
        case .erased(let tenant):
            buffer.writeInteger(Kind.erased.rawValue)
            buffer.writeJournalText(tenant.text)
        }
        let length = buffer.writerIndex - start - Self.headerLength
        buffer.setInteger(UInt32(length), at: start + 4, endianness: .little)
    }

    private static func write(_ log: LogKey, _ entry: Entry, to buffer: inout ByteBuffer) {
        buffer.writeJournalText(log.tenant.text)
        buffer.writeJournalText(log.kind.rawValue)
        buffer.writeJournalText(log.name)
        buffer.writeMultipleIntegers(
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
            var entries: [(log: LogKey, entry: Entry)] = []
            for _ in 0..<count { entries.append(try Self.readEntry(&body)) }
            self = .entries(entries)
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
        return Start(epochLimit: words.0, previous: words.1 == 0 ? nil : .init(number: words.1, length: length))
    }

    private static func readEntry(_ body: inout ByteBuffer) throws(Problem) -> (log: LogKey, entry: Entry) {
        guard let tenant = body.readJournalText().flatMap({ TenantID($0) }),
            let kind = body.readJournalText().flatMap({ LogKey.Kind(rawValue: $0) }),
            let name = body.readJournalText(),
            let words = body.readMultipleIntegers(
                endianness: .little,
                as: (UInt64, UInt64, Int64, UInt64, UInt32).self
            ),
            let payload = body.readSlice(length: Int(words.4))
        else { throw .malformed }
        let entry = Entry(
            position: Position(epoch: words.0, sequence: words.1),
            time: words.2,
            producer: ProducerID(rawValue: words.3),
            payload: payload
        )
        return (LogKey(tenant, kind, name), entry)
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
