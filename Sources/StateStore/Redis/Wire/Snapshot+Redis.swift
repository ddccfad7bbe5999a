// A log as its hash in Redis has it.

import NIOCore

extension Snapshot {
    /// Reads the reply to `HGETALL` of a log's hash.
    static func parsed(_ log: LogKey, _ reply: RedisReply) -> Result<Snapshot, LiveStoreError> {
        guard reply.isArray, reply.count.isMultiple(of: 2) else { return .failure(.invalidAnswer("a log is no hash")) }
        var position = Position.none
        var fields: [FieldName: [UInt8]] = [:]
        for index in stride(from: 0, to: reply.count, by: 2) {
            guard let name = reply[index]?.bytes, let value = reply[index + 1]?.bytes, let first = name.first else {
                continue
            }
            if first >= 0x20 {
                let section = Section(Unicode.Scalar(first))
                let text = String(decoding: name.dropFirst(), as: UTF8.self)
                fields[FieldName(section, text)] = Array(value)
            } else if first == 0 {
                guard value.count == 56 else { return .failure(.invalidAnswer("a log's position is damaged")) }
                position = Position(
                    epoch: UInt64(bigEndian: value.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                    sequence: UInt64(bigEndian: value.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
        }
        return .success(Snapshot(log: log, position: position, fields: fields))
    }
}
