// Some of a log's hash in Redis.

import NIOCore

extension Excerpt.Request {
    /// The keys of the hash to read: where the log stands, the numbers of fields, the fields.
    var redisWords: [String] {
        ["\0"] + self.counts.map { "\u{1}\(Unicode.Scalar($0.byte))" }
            + self.fields.map { "\(Unicode.Scalar($0.section.byte))\($0.name)" }
    }
}

extension Excerpt {
    /// Reads what stands under the words of a request; nil if it is something else.
    init?(redis reply: RedisReply, of log: LogKey, _ request: Request) {
        guard reply.count == 1 + request.counts.count + request.fields.count, let meta = reply[0] else { return nil }
        guard !meta.isNil else {
            self.init(log: log, position: .none, fields: [:], counts: [:])
            return
        }
        guard let position = Position(redis: meta) else { return nil }
        var counts: [Section: Int] = [:]
        for (index, section) in request.counts.enumerated() {
            counts[section] = max(0, (reply[1 + index]?.text).flatMap { Int($0) } ?? 0)
        }
        var fields: [FieldName: [UInt8]] = [:]
        for (index, name) in request.fields.enumerated() {
            guard let value = reply[1 + request.counts.count + index], !value.isNil else { continue }
            fields[name] = Array(value.bytes)
        }
        self.init(log: log, position: position, fields: fields, counts: counts)
    }
}
