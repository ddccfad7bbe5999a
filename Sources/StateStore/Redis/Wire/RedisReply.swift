import CHiredis
import NIOCore

/// A reply as hiredis parsed it.
///
/// A view: valid only while the closure that got it runs.
struct RedisReply {
    private let pointer: UnsafeMutablePointer<redisReply>

    init(_ pointer: UnsafeMutablePointer<redisReply>) { self.pointer = pointer }

    /// The bytes of a bulk string, a status or an error; empty for anything else.
    var bytes: UnsafeRawBufferPointer {
        guard let text = self.pointer.pointee.str else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: text, count: self.pointer.pointee.len)
    }

    var text: String { String(decoding: self.bytes, as: UTF8.self) }

    var buffer: ByteBuffer { ByteBuffer(bytes: self.bytes) }

    var integer: Int? {
        self.pointer.pointee.type == REDIS_REPLY_INTEGER ? Int(self.pointer.pointee.integer) : nil
    }

    var isString: Bool { self.pointer.pointee.type == REDIS_REPLY_STRING }

    var isArray: Bool { self.pointer.pointee.type == REDIS_REPLY_ARRAY }

    var isNil: Bool { self.pointer.pointee.type == REDIS_REPLY_NIL }

    /// The text of an error reply.
    var error: String? { self.pointer.pointee.type == REDIS_REPLY_ERROR ? self.text : nil }

    /// The number of elements of an array; 0 for anything else.
    var count: Int { self.isArray ? self.pointer.pointee.elements : 0 }

    /// An element of an array, if there is one.
    subscript(index: Int) -> RedisReply? {
        guard index < self.count, let element = self.pointer.pointee.element[index] else { return nil }
        return RedisReply(element)
    }

    /// The elements of an array.
    var elements: [RedisReply] { (0..<self.count).compactMap { self[$0] } }
}
