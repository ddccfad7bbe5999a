// Reads a segment by ranges: one request for its end, which has footer and index unless there are very many conversations, and one for
// the frames that are wanted.

import Crypto
import FoundationEssentials
import NIOCore
package import ObjectStore
import Tenant

/// A segment that lies in an object store, opened.
package struct SegmentReader: Sendable {
    /// How much of the end is asked for first.
    private static let firstRead = 64 << 10
    /// How much an index may have.
    package static let indexLimit = 64 << 20

    package let name: SegmentName
    package let footer: SegmentFooter
    package let index: SegmentIndex
    /// How many bytes the object has.
    package let size: Int
    private let source: Source
    private let object: ObjectKey
    private let key: SymmetricKey

    /// Where the bytes come from.
    private enum Source {
        case store(any ObjectStore, ObjectKey)
        case memory(ArraySlice<UInt8>)

        func read(_ range: Range<Int>) async throws(ArchiveError) -> ArraySlice<UInt8> {
            switch self {
            case .store(let objects, let object): return try await SegmentReader.read(range, of: object, in: objects)
            case .memory(let bytes):
                let start = bytes.startIndex + range.lowerBound
                return bytes[start..<(start + range.count)]
            }
        }
    }

    /// Opens a segment.
    ///
    /// - Parameters:
    ///   - name: Which.
    ///   - objects: Where.
    ///   - paths: The tenant's.
    ///   - indexLimit: How many bytes its index may have.
    ///   - tenantKey: The tenant's key of an id.
    /// - Throws: ``ArchiveError``
    package init(
        _ name: SegmentName,
        in objects: any ObjectStore,
        _ paths: ArchivePaths,
        indexLimit: Int = Self.indexLimit,
        key tenantKey: (String) async throws(ArchiveError) -> TenantKey
    ) async throws(ArchiveError) {
        let object = try paths.segment(name)
        let end: [UInt8]
        let size: Int
        do {
            let reading = try await objects.get(object, .last(Self.firstRead), version: nil)
            size = reading.range.upperBound
            end = Array(try await reading.collect(upTo: Self.firstRead).readableBytesView)
        } catch { throw .store(error) }
        let tail = Tail(bytes: end[...], size: size)
        try await self.init(name, object, .store(objects, object), tail, indexLimit, tenantKey)
    }

    /// Opens a segment that is in memory as a whole.
    ///
    /// - Parameters:
    ///   - name: Which.
    ///   - bytes: All of the object.
    ///   - paths: The tenant's.
    ///   - tenantKey: The tenant's key of an id.
    /// - Throws: ``ArchiveError``
    package init(
        _ name: SegmentName,
        bytes: [UInt8],
        _ paths: ArchivePaths,
        key tenantKey: (String) async throws(ArchiveError) -> TenantKey
    ) async throws(ArchiveError) {
        let object = try paths.segment(name)
        let tail = Tail(bytes: bytes[...], size: bytes.count)
        try await self.init(name, object, .memory(bytes[...]), tail, Self.indexLimit, tenantKey)
    }

    private init(
        _ name: SegmentName,
        _ object: ObjectKey,
        _ source: Source,
        _ tail: Tail,
        _ indexLimit: Int,
        _ tenantKey: (String) async throws(ArchiveError) -> TenantKey
    ) async throws(ArchiveError) {
        let read: Tail.Read = { range throws(ArchiveError) in try await source.read(range) }
        let footer = try await tail.footer(of: name, read)
        let key = try await tenantKey(footer.key)
        guard let own = ArchiveSeal.unwrap(Array(footer.wrapped), with: key.key, place: name.text) else {
            throw .damaged("\(object): its key does not open with the tenant's key \(footer.key)")
        }
        guard let range = footer.index.range(within: tail.size) else {
            throw .damaged("\(object): its index is not within it")
        }
        guard max(range.count, footer.index.rawSize) <= indexLimit else { throw .tooLarge("the index of \(object)") }
        let sealed = try await tail.bytes(range, read)
        let plain = try Self.open(sealed, footer.index, own, frame: footer.frames.count, name, try Zstd())
        do {
            self.index = try JSONDecoder().decode(SegmentIndex.self, from: Data(plain))
        } catch { throw .damaged("\(object): its index cannot be read") }
        (self.name, self.footer, self.size) = (name, footer, tail.size)
        (self.source, self.object, self.key) = (source, object, own)
    }

    /// The lines of frames, one frame after the other.
    ///
    /// - Parameters:
    ///   - frames: Which; those that there are not are left out.
    ///   - stretch: How many bytes are asked for at once at most, if a frame has not more.
    /// - Returns: What gets them.
    /// - Throws: ``ArchiveError``
    package func cursor(
        _ frames: Range<Int>,
        stretch: Int = 4 << 20
    ) throws(ArchiveError) -> FrameCursor {
        FrameCursor(self, frames.clamped(to: 0..<self.footer.frames.count), stretch, try Zstd())
    }

    /// Which frames may have lines of a conversation and a time.
    ///
    /// - Parameters:
    ///   - conversation: Its name; nil is any.
    ///   - times: Milliseconds since 1970.
    /// - Returns: From the first to the last; empty if there are none.
    package func frames(of conversation: String?, _ times: ClosedRange<Int64>) -> Range<Int> {
        let stretches = self.index.conversations.lazy
            .filter { conversation == nil || $0.name == conversation }
            .flatMap(\.stretches)
            .filter { $0.firstTime <= times.upperBound && $0.lastTime >= times.lowerBound }
        guard let first = stretches.map(\.frame).min(), let last = stretches.map(\.frame).max() else { return 0..<0 }
        return first..<(last + 1)
    }

    /// Where a frame is.
    fileprivate func range(of frame: Int) throws(ArchiveError) -> Range<Int> {
        guard let range = self.footer.frames[frame].range(within: self.size) else {
            throw .damaged("\(self.object): frame \(frame) is not within it")
        }
        return range
    }

    fileprivate func read(_ range: Range<Int>) async throws(ArchiveError) -> ArraySlice<UInt8> {
        try await self.source.read(range)
    }

    fileprivate func open(_ sealed: ArraySlice<UInt8>, frame: Int, _ zstd: Zstd) throws(ArchiveError) -> [UInt8] {
        try Self.open(sealed, self.footer.frames[frame], self.key, frame: frame, self.name, zstd)
    }

    private static func open(
        _ sealed: ArraySlice<UInt8>,
        _ piece: SegmentFooter.Piece,
        _ key: SymmetricKey,
        frame: Int,
        _ name: SegmentName,
        _ zstd: Zstd
    ) throws(ArchiveError) -> [UInt8] {
        do throws(ArchiveError) {
            let compressed = try ArchiveSeal.open(sealed, key, frame: frame, place: name.place)
            let plain = try zstd.decompress(compressed[...], limit: min(piece.rawSize, Self.indexLimit))
            guard plain.count == piece.rawSize else { throw .damaged("frame \(frame) has another size than it says") }
            return plain
        } catch {
            guard case .damaged(let what) = error else { throw error }
            throw .damaged("segment \(name.text): \(what)")
        }
    }

    private static func read(
        _ range: Range<Int>,
        of object: ObjectKey,
        in objects: any ObjectStore
    ) async throws(ArchiveError) -> ArraySlice<UInt8> {
        if range.isEmpty { return [] }
        do throws(ObjectStoreError) {
            let bytes = try await objects.get(
                object,
                .bytes(range.lowerBound, through: range.upperBound - 1),
                limit: range.count
            )
            guard bytes.readableBytes == range.count else {
                throw .corrupt("\(object) is shorter than its footer says")
            }
            return Array(bytes.readableBytesView)[...]
        } catch { throw .store(error) }
    }
}

/// Goes through frames of a segment; it holds what one request brought.
package struct FrameCursor {
    private let reader: SegmentReader
    private let stretch: Int
    private let zstd: Zstd
    /// What is to come.
    private var frames: Range<Int>
    /// What is here of it, and where in the object it begins.
    private var bytes: ArraySlice<UInt8> = []
    private var start = 0

    fileprivate init(_ reader: SegmentReader, _ frames: Range<Int>, _ stretch: Int, _ zstd: Zstd) {
        (self.reader, self.frames, self.stretch, self.zstd) = (reader, frames, stretch, zstd)
    }

    /// The next frame's lines.
    ///
    /// - Returns: Its number and all of its lines; nil behind the last.
    /// - Throws: ``ArchiveError``
    package mutating func next() async throws(ArchiveError) -> (frame: Int, lines: [UInt8])? {
        guard let frame = self.frames.first else { return nil }
        let range = try self.reader.range(of: frame)
        if range.lowerBound < self.start || range.upperBound > self.start + self.bytes.count {
            var wanted = range
            for more in self.frames.dropFirst() {
                let next = try self.reader.range(of: more)
                guard next.lowerBound == wanted.upperBound, wanted.count + next.count <= self.stretch else { break }
                wanted = wanted.lowerBound..<next.upperBound
            }
            self.bytes = try await self.reader.read(wanted)
            self.start = wanted.lowerBound
        }
        let first = self.bytes.startIndex + range.lowerBound - self.start
        let lines = try self.reader.open(self.bytes[first..<(first + range.count)], frame: frame, self.zstd)
        self.frames = self.frames.dropFirst()
        return (frame, lines)
    }
}

/// The end of a segment, as far as it was read.
private struct Tail {
    /// The last bytes.
    let bytes: ArraySlice<UInt8>
    /// How many there are in all.
    let size: Int

    typealias Read = (Range<Int>) async throws(ArchiveError) -> ArraySlice<UInt8>

    private var start: Int { self.size - self.bytes.count }

    /// Bytes of the object, from here where they are here.
    func bytes(_ range: Range<Int>, _ read: Read) async throws(ArchiveError) -> ArraySlice<UInt8> {
        if range.lowerBound >= self.start {
            let first = self.bytes.startIndex + range.lowerBound - self.start
            return self.bytes[first..<(first + range.count)]
        }
        return try await read(range)
    }

    /// The footer, if it is one of this segment.
    func footer(of name: SegmentName, _ read: Read) async throws(ArchiveError) -> SegmentFooter {
        let tail = self.bytes.suffix(SegmentFooter.tailBytes)
        guard tail.count == SegmentFooter.tailBytes, tail.suffix(8).elementsEqual(SegmentFooter.magic) else {
            throw .damaged("segment \(name.text): does not end as a segment does")
        }
        let length = tail.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let end = self.size - SegmentFooter.tailBytes
        guard length <= min(end, SegmentFooter.limit) else {
            throw .damaged("segment \(name.text): its footer is not within it")
        }
        let bytes = try await self.bytes((end - length)..<end, read)
        let footer: SegmentFooter
        do { footer = try JSONDecoder().decode(SegmentFooter.self, from: Data(bytes)) } catch {
            throw .damaged("segment \(name.text): its footer cannot be read")
        }
        guard footer.format == SegmentFooter.format else { throw .newerFormat("segment \(name.text)") }
        guard footer.isSound(within: end - length) else {
            throw .damaged("segment \(name.text): its footer says what cannot be")
        }
        guard footer.tenant == name.tenant.text, footer.day == name.day.description, footer.number == name.number else {
            throw .damaged("segment \(name.text): is \(footer.tenant)/\(footer.day)/\(footer.number)")
        }
        return footer
    }
}
