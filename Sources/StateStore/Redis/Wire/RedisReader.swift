import CHiredis
import NIOCore

/// Cuts the bytes of one connection into replies: hiredis as the codec, NIO owns the socket.
final class RedisReader {
    /// The bytes are no RESP; the connection cannot go on.
    struct Malformed: Error {}

    /// hiredis moves what is left of its buffer after every few replies, so it gets the bytes in small pieces.
    private static let piece = 8 << 10

    private let reader: UnsafeMutablePointer<redisReader>

    /// - Throws: ``Malformed`` if there is no memory for a reader.
    init() throws {
        guard let reader = redisReaderCreate() else { throw Malformed() }
        self.reader = reader
    }

    deinit { redisReaderFree(self.reader) }

    /// Takes bytes in and hands out the replies that are complete, as long as `body` returns true.
    func read(_ bytes: ByteBuffer, _ body: (RedisReply) -> Bool) throws {
        try bytes.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.piece))
                rest = rest.dropFirst(Self.piece)
                guard let start = piece.bindMemory(to: CChar.self).baseAddress,
                    redisReaderFeed(self.reader, start, piece.count) == REDIS_OK
                else { throw Malformed() }
                while true {
                    var reply: UnsafeMutableRawPointer?
                    guard redisReaderGetReply(self.reader, &reply) == REDIS_OK else { throw Malformed() }
                    guard let reply else { break }
                    defer { freeReplyObject(reply) }
                    guard body(RedisReply(reply.assumingMemoryBound(to: redisReply.self))) else { return }
                }
            }
        }
    }
}
