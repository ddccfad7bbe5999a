// A log as its hash in Redis has it.

import NIOCore

extension Snapshot {
    /// Reads the reply to `HGETALL` of a log's hash.
    static func parsed(_ log: LogKey, _ reply: RedisReply) -> Result<Snapshot, LiveStoreError> {
        guard reply.isArray, reply.count.isMultiple(of: 2) else { return .failure(.invalidAnswer("a log is no hash")) }
        var position = Position.none
        var fields: [FieldName: [UInt8]] = [:]
        for index in stride(from: 0, to: reply.count, by: 2) {
            guard let name = reply[index], let value = reply[index + 1] else { continue }
            if let field = FieldName(redis: name) {
                fields[field] = Array(value.bytes)
            } else if name.bytes.first == 0 {
                guard let found = Position(redis: value) else {
                    return .failure(.invalidAnswer("a log's position is damaged"))
                }
                position = found
            }
        }
        return .success(Snapshot(log: log, position: position, fields: fields))
    }
}

extension Position {
    /// Reads what a log's hash has of the log itself.
    init?(redis meta: RedisReply) {
        let bytes = meta.bytes
        guard bytes.count == 72 else { return nil }
        self.init(
            epoch: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            sequence: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
        guard Position.sequences.contains(self.sequence) else { return nil }
    }
}

extension FieldName {
    /// Reads a key of a log's hash; nil if it is none of a field.
    init?(redis key: RedisReply) {
        guard let first = key.bytes.first, first >= 0x20 else { return nil }
        self.init(Section(Unicode.Scalar(first)), String(decoding: key.bytes.dropFirst(), as: UTF8.self))
    }
}
