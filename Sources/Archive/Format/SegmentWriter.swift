// docs/operations/archive-format.md has the form for readers.

import Crypto
import FoundationEssentials
import ObjectStore
package import StateStore
import Tenant

/// Makes the bytes of a segment from lines that come in its order; it holds one frame at a time.
///
/// Whoever uses it writes what it returns, in order, and last what ``finish()`` returns.
package struct SegmentWriter: ~Copyable {
    /// Lines of so many bytes are a frame: what is read at least to read one line.
    package static let frameBytes = 256 << 10

    /// What a line is, for the index.
    package struct Line {
        package let conversation: String
        package let log: String
        package let stamp: Stamp

        package init(conversation: String, log: String, stamp: Stamp) {
            self.conversation = conversation
            self.log = log
            self.stamp = stamp
        }
    }

    /// What became of it.
    package struct Summary: Hashable, Sendable {
        package let footer: SegmentFooter
        package let conversations: [SegmentIndex.Conversation]
        package let logs: [SegmentIndex.Log]
        package let bytes: Int
        /// Of all bytes of the object.
        package let sha256: [UInt8]
    }

    private let place: [UInt8]
    private let key: SymmetricKey
    private let zstd: Zstd
    private var footer: SegmentFooter
    /// Lines that are in no frame yet.
    private var frame: [UInt8] = []
    private var written = 0
    private var hash = SHA256()
    private var lines = SHA256()
    private var conversations: [SegmentIndex.Conversation] = []
    private var logs: [String: SegmentIndexLog] = [:]
    /// The log of the last line, which is not among the others yet: the next line is nearly always of it, too.
    private var current: (log: String, entries: SegmentIndexLog)?

    /// Begins a segment.
    ///
    /// - Parameters:
    ///   - name: Which.
    ///   - tenantKey: What its key is encrypted with.
    ///   - level: How hard zstd tries, 1 to 19.
    /// - Throws: ``ArchiveError``
    package init(_ name: SegmentName, _ tenantKey: TenantKey, level: Int32 = 4) throws(ArchiveError) {
        let key = SymmetricKey(size: .bits256)
        let zstd = try Zstd(level: level)
        let wrapped = try ArchiveSeal.wrap(key, with: tenantKey.key, place: name.text)
        self.place = name.place
        self.key = key
        self.zstd = zstd
        self.footer = SegmentFooter(
            tenant: name.tenant.text,
            day: name.day.description,
            number: name.number,
            key: tenantKey.id,
            wrapped: Data(wrapped),
            records: 0,
            lines: "",
            firstTime: .max,
            lastTime: .min,
            frames: [],
            index: .init(offset: 0, size: 0, rawSize: 0)
        )
        self.frame.reserveCapacity(Self.frameBytes + 16_384)
    }

    /// How many bytes of lines it has by now.
    package var rawBytes: Int { self.footer.rawBytes + self.frame.count }

    /// Adds a line.
    ///
    /// - Parameters:
    ///   - line: What it is.
    ///   - bytes: It itself, with its line feed.
    /// - Returns: What is to be written before what comes next; often nothing.
    /// - Throws: ``ArchiveError``
    package mutating func add(
        _ line: Line,
        _ bytes: ArraySlice<UInt8>
    ) throws(ArchiveError) -> [UInt8] {
        let done = self.frame.count + bytes.count > Self.frameBytes && !self.frame.isEmpty ? try self.endFrame() : []
        self.frame.append(contentsOf: bytes)
        self.footer.records += 1
        self.footer.firstTime = min(self.footer.firstTime, line.stamp.time)
        self.footer.lastTime = max(self.footer.lastTime, line.stamp.time)
        self.note(line)
        return done
    }

    /// Ends the segment.
    ///
    /// - Returns: What is still to be written, and what the segment is.
    /// - Throws: ``ArchiveError``
    package consuming func finish() throws(ArchiveError) -> (bytes: [UInt8], summary: Summary) {
        var bytes = self.frame.isEmpty ? [] : try self.endFrame()
        self.endLog()
        let logs = self.logs.sorted { $0.key < $1.key }.map { $0.value.row($0.key) }
        let index = try Self.json(SegmentIndex(conversations: self.conversations, logs: logs))
        let (piece, sealed) = try self.seal(index, number: self.footer.frames.count, at: self.written)
        self.footer.index = piece
        self.footer.lines = self.lines.finalize().hex
        let footer = try Self.json(self.footer)
        var end = sealed + footer
        end += withUnsafeBytes(of: UInt32(truncatingIfNeeded: footer.count).bigEndian) { Array($0) }
        end += SegmentFooter.magic
        bytes += end
        self.count(end)
        let summary = Summary(
            footer: self.footer,
            conversations: self.conversations,
            logs: logs,
            bytes: self.written,
            sha256: Array(self.hash.finalize())
        )
        return (bytes, summary)
    }

    private mutating func endFrame() throws(ArchiveError) -> [UInt8] {
        self.lines.update(data: self.frame)
        let (piece, sealed) = try self.seal(self.frame, number: self.footer.frames.count, at: self.written)
        self.footer.frames.append(piece)
        self.frame.removeAll(keepingCapacity: true)
        self.count(sealed)
        return sealed
    }

    private func seal(
        _ plain: [UInt8],
        number: Int,
        at offset: Int
    ) throws(ArchiveError) -> (SegmentFooter.Piece, [UInt8]) {
        let compressed = try self.zstd.compress(plain)
        let sealed = try ArchiveSeal.seal(compressed, self.key, frame: number, place: self.place)
        return (.init(offset: offset, size: sealed.count, rawSize: plain.count), sealed)
    }

    private mutating func count(_ bytes: [UInt8]) {
        self.written += bytes.count
        self.hash.update(data: bytes)
    }

    private mutating func note(_ line: Line) {
        let (frame, time) = (self.footer.frames.count, line.stamp.time)
        let new = SegmentIndex.Stretch(frame: frame, records: 1, firstTime: time, lastTime: time)
        if self.conversations.last?.name == line.conversation {
            let last = self.conversations.count - 1
            let end = self.conversations[last].stretches.count - 1
            if self.conversations[last].stretches[end].frame == frame {
                self.conversations[last].stretches[end].records += 1
                self.conversations[last].stretches[end].lastTime = time
            } else {
                self.conversations[last].stretches.append(new)
            }
        } else {
            self.conversations.append(.init(name: line.conversation, stretches: [new]))
        }
        if self.current?.log == line.log {
            self.current?.entries.add(line.stamp)
        } else {
            self.endLog()
            var entries = self.logs[line.log] ?? SegmentIndexLog()
            entries.add(line.stamp)
            self.current = (line.log, entries)
        }
    }

    private mutating func endLog() {
        if let current = self.current { self.logs[current.log] = current.entries }
        self.current = nil
    }

    private static func json(_ value: some Encodable) throws(ArchiveError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(value)) } catch { throw .damaged("cannot be written as JSON: \(error)") }
    }
}

extension Stamp {
    /// Whether it stands before another in the order of lines of one conversation: by time, then by position.
    package func isBefore(_ other: Stamp) -> Bool {
        (self.time, self.position.epoch, self.position.sequence)
            < (other.time, other.position.epoch, other.position.sequence)
    }
}
