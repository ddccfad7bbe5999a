import NIOCore

/// How metadata is written for the store: what is longer than it may be is no metadata, and takes no room.
extension MetadataChange {
    func encode(into buffer: inout ByteBuffer) {
        buffer.writeText(self.key)
        buffer.writeOptionalText(self.value)
    }

    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    init?(from buffer: inout ByteBuffer) {
        guard let key = buffer.readText(atMost: Metadata.maximumKeyBytes), Metadata.isKey(key) else { return nil }
        switch buffer.readInteger(as: UInt8.self) {
        case 0: self.init(key, nil)
        case 1:
            guard let value = buffer.readText(atMost: Metadata.maximumValueBytes) else { return nil }
            self.init(key, value)
        default: return nil
        }
    }

    static func encode(_ changes: [MetadataChange], into buffer: inout ByteBuffer) {
        let changes = changes.prefix(2 * Metadata.maximumKeys)
        buffer.writeInteger(UInt8(clamping: changes.count))
        for change in changes { change.encode(into: &buffer) }
    }

    /// - Returns: nil if the bytes are not what ``encode(_:into:)`` wrote.
    static func read(from buffer: inout ByteBuffer) -> [MetadataChange]? {
        // All of one may give way to as many others.
        guard let count = buffer.readInteger(as: UInt8.self), count <= 2 * Metadata.maximumKeys else { return nil }
        var changes: [MetadataChange] = []
        for _ in 0..<count {
            guard let change = MetadataChange(from: &buffer) else { return nil }
            changes.append(change)
        }
        return changes
    }
}

extension Metadata {
    /// Writes it behind all else: who has none has no bytes of it, and who does not know it reads what is before.
    func encodeLast(into buffer: inout ByteBuffer) {
        if !self.isEmpty { MetadataChange.encode(self.changes, into: &buffer) }
    }

    /// It as the durable store keeps it.
    package var bytes: [UInt8] {
        var buffer = ByteBuffer()
        self.encodeLast(into: &buffer)
        return Array(buffer.readableBytesView)
    }

    /// - Returns: nil if there are other bytes than ``bytes`` has.
    package init?(_ bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        self.init(lastFrom: &buffer)
    }

    /// - Returns: nil if there are other bytes than ``encodeLast(into:)`` wrote.
    init?(lastFrom buffer: inout ByteBuffer) {
        guard buffer.readableBytes > 0 else {
            self.init()
            return
        }
        guard let changes = MetadataChange.read(from: &buffer) else { return nil }
        self.init(changes)
    }
}

extension ByteBuffer {
    /// Reads a text if it has no more than so many bytes.
    fileprivate mutating func readText(atMost limit: Int) -> String? {
        guard let length = self.getInteger(at: self.readerIndex, as: UInt16.self), length <= limit else { return nil }
        return self.readText()
    }
}
