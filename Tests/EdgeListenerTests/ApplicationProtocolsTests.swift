// The list of protocols in a client's first message, whole, in pieces and broken (RFC 7301; RFC 8446 sections 4.1.2 and 5.1).

import Edge
import NIOCore
import Testing

@Suite struct ApplicationProtocolsTests {
    /// Knuth's linear congruential generator: the same mutations in each run.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return self.state ^ self.state >> 29
        }
    }

    private static func block<Length: FixedWidthInteger>(_: Length.Type, _ write: (inout ByteBuffer) -> Void)
        -> ByteBuffer
    {
        var body = ByteBuffer()
        write(&body)
        var block = ByteBuffer(integer: Length(body.readableBytes))
        block.writeImmutableBuffer(body)
        return block
    }

    /// A ClientHello with a server name and, if any are given, protocols; nil for no extensions at all.
    private static func hello(_ protocols: [String]?) -> ByteBuffer {
        var message = ByteBuffer(repeating: 3, count: 34)
        message.writeImmutableBuffer(Self.block(UInt8.self) { $0.writeRepeatingByte(7, count: 32) })
        message.writeImmutableBuffer(Self.block(UInt16.self) { $0.writeInteger(0x1301 as UInt16) })
        message.writeImmutableBuffer(Self.block(UInt8.self) { $0.writeInteger(0 as UInt8) })
        if let protocols {
            let extensions = Self.block(UInt16.self) { extensions in
                extensions.writeInteger(0 as UInt16)
                extensions.writeImmutableBuffer(Self.block(UInt16.self) { $0.writeString("name") })
                guard !protocols.isEmpty else { return }
                extensions.writeInteger(16 as UInt16)
                let list = Self.block(UInt16.self) { list in
                    for name in protocols {
                        list.writeImmutableBuffer(Self.block(UInt8.self) { $0.writeString(name) })
                    }
                }
                extensions.writeImmutableBuffer(Self.block(UInt16.self) { $0.writeImmutableBuffer(list) })
            }
            message.writeImmutableBuffer(extensions)
        }
        var handshake = ByteBuffer(integer: UInt32(message.readableBytes) | 1 << 24)
        handshake.writeImmutableBuffer(message)
        return handshake
    }

    /// Puts a message into records of so many bytes each.
    private static func records(_ message: ByteBuffer, of size: Int) -> ByteBuffer {
        var (message, records) = (message, ByteBuffer())
        while let part = message.readSlice(length: min(size, message.readableBytes)), part.readableBytes > 0 {
            records.writeBytes([22, 3, 1])
            records.writeImmutableBuffer(Self.block(UInt16.self) { $0.writeImmutableBuffer(part) })
        }
        return records
    }

    @Test(arguments: [["irc"], ["h2", "http/1.1"], [], nil] as [[String]?], [1, 7, 16_384])
    func `what a client would speak is read, in how many records it comes`(protocols: [String]?, size: Int) throws {
        let records = Self.records(Self.hello(protocols), of: size)
        let read = try #require(ApplicationProtocols(records))
        #expect(read.names == (protocols?.isEmpty == true ? nil : protocols))
        // One byte less is no whole message.
        let short = try #require(records.getSlice(at: 0, length: records.readableBytes - 1))
        #expect(ApplicationProtocols(short) == nil)
    }

    @Test(arguments: 0..<8)
    func `whatever bytes come, no more is read than they hold`(seed: Int) {
        var random = Seeded(state: UInt64(seed))
        let whole = Self.records(Self.hello(["irc", "http/1.1"]), of: 64)
        for _ in 0..<2000 {
            var bytes = Array(whole.readableBytesView)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
                }
            }
            let names = ApplicationProtocols(ByteBuffer(bytes: bytes))?.names ?? []
            // Each stands behind its length.
            #expect(names.reduce(0) { $0 + 1 + $1.unicodeScalars.count } < bytes.count)
        }
    }
}
