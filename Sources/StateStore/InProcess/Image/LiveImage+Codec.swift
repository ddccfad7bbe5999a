// How an image looks in a file: a head that says which form and how much, and a body with a checksum.

import Chat
import NIOCore
import Numbers
import Tenant

extension LiveImage {
    /// Why a file is not an image.
    enum Problem: Error, Hashable, CustomStringConvertible {
        /// A newer program wrote it.
        case newer
        /// It is not whole, or was never one.
        case damaged

        var description: String {
            switch self {
            case .newer: "a newer program wrote it"
            case .damaged: "it is damaged"
            }
        }
    }

    static let magic: UInt64 = 0x524F_4F53_544C_4956
    static let version: UInt32 = 1
    /// Magic, version, checksum of the body, length of the body.
    static let headLength = 24

    /// Reads a file.
    ///
    /// - Throws: ``Problem``
    init(_ file: ByteBuffer) throws(Problem) {
        var file = file
        guard
            let (magic, version, checksum, length) = file.readMultipleIntegers(
                as: (UInt64, UInt32, UInt32, UInt64).self
            ),
            magic == Self.magic
        else { throw .damaged }
        guard version == Self.version else { throw .newer }
        guard length == UInt64(file.readableBytes), Self.checksum(of: file) == checksum,
            let image = Self(body: &file), file.readableBytes == 0
        else { throw .damaged }
        self = image
    }

    static func checksum(of body: ByteBuffer) -> UInt32 {
        body.withUnsafeReadableBytes { bytes in
            var checksum = Checksum(salt: Self.magic)
            checksum.add(bytes)
            return checksum.value
        }
    }

    private init?(body: inout ByteBuffer) {
        guard let words = body.readMultipleIntegers(as: (UInt64, UInt64, UInt64, Int64, UInt32).self) else {
            return nil
        }
        self.init(pod: words.0, epochLimit: words.1, feedNumber: words.2, time: words.3)
        for _ in 0..<words.4 {
            guard let log = body.readLogImage() else { return nil }
            self.logs.append(log)
        }
    }
}

/// Writes an image, a log after the other.
struct LiveImageWriter {
    private var buffer = ByteBuffer()
    private var logs: UInt32 = 0
    private static let logsPlace = LiveImage.headLength + 32

    init(pod: UInt64, epochLimit: UInt64, feedNumber: UInt64, time: Int64) {
        self.buffer.writeMultipleIntegers(LiveImage.magic, LiveImage.version, 0 as UInt32, 0 as UInt64)
        self.buffer.writeMultipleIntegers(pod, epochLimit, feedNumber, time, 0 as UInt32)
    }

    /// Adds a log, if it is worth keeping.
    mutating func add(_ log: LogImage) {
        guard log.isWorthKeeping else { return }
        self.logs = self.logs.plus(1)
        self.buffer.writeText(log.key.tenant.text)
        self.buffer.writeText(log.key.kind.rawValue)
        self.buffer.writeText(log.key.name)
        self.buffer.writeMultipleIntegers(
            log.position.epoch,
            log.position.sequence,
            log.version,
            log.time,
            log.holder?.rawValue ?? 0,
            UInt32(clamping: log.fields.count)
        )
        log.fields.forEach { name, value in
            self.buffer.writeInteger(name.section.byte)
            self.buffer.writeText(name.name)
            self.buffer.writeInteger(UInt32(clamping: value.count))
            self.buffer.writeBytes(value)
        }
        let entries = log.entries.suffix(LogImage.entriesKept)
        self.buffer.writeInteger(UInt32(clamping: entries.count))
        for entry in entries {
            self.buffer.writeMultipleIntegers(
                entry.position.epoch,
                entry.position.sequence,
                entry.time,
                entry.producer.rawValue,
                UInt32(clamping: entry.payload.readableBytes)
            )
            self.buffer.writeImmutableBuffer(entry.payload)
        }
    }

    /// The whole file.
    consuming func finished() -> ByteBuffer {
        self.buffer.setInteger(self.logs, at: Self.logsPlace)
        var body = self.buffer
        body.moveReaderIndex(to: LiveImage.headLength)
        let checksum = LiveImage.checksum(of: body)
        self.buffer.setInteger(checksum, at: 12)
        self.buffer.setInteger(UInt64(clamping: body.readableBytes), at: 16)
        return self.buffer
    }
}

extension ByteBuffer {
    fileprivate mutating func readLogImage() -> LogImage? {
        guard let tenant = self.readText().flatMap({ TenantID($0) }),
            let kind = self.readText().flatMap({ LogKey.Kind(rawValue: $0) }),
            let name = self.readText(),
            let words = self.readMultipleIntegers(as: (UInt64, UInt64, UInt64, Int64, UInt64, UInt32).self),
            Position.sequences.contains(words.1), words.2 <= words.1
        else { return nil }
        var fields = FieldTable()
        for _ in 0..<words.5 {
            guard let section = self.readInteger(as: UInt8.self), (0x20..<0x7F).contains(section),
                let name = self.readText(), let length = self.readInteger(as: UInt32.self),
                let value = self.readBytes(length: Int(clamping: length))
            else { return nil }
            fields.apply(.set(FieldName(Section(Unicode.Scalar(section)), name), value))
        }
        guard let entries = self.readEntries(upTo: words.1) else { return nil }
        return LogImage(
            key: LogKey(tenant, kind, name),
            position: Position(epoch: words.0, sequence: words.1),
            version: words.2,
            time: words.3,
            holder: words.4 == 0 ? nil : PodID(rawValue: words.4),
            fields: fields,
            entries: entries
        )
    }

    private mutating func readEntries(upTo end: UInt64) -> [Entry]? {
        guard let count = self.readInteger(as: UInt32.self) else { return nil }
        var entries: [Entry] = []
        for _ in 0..<count {
            guard let words = self.readMultipleIntegers(as: (UInt64, UInt64, Int64, UInt64, UInt32).self),
                words.1 <= end, let payload = self.readSlice(length: Int(words.4))
            else { return nil }
            let entry = Entry(
                position: Position(epoch: words.0, sequence: words.1),
                time: words.2,
                producer: ProducerID(rawValue: words.3),
                // A copy: it must not keep the whole file in memory.
                payload: ByteBuffer(bytes: payload.readableBytesView)
            )
            entries.append(entry)
        }
        return entries
    }
}
