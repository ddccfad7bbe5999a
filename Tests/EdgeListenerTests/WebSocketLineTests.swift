import Edge
import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

/// The handler between frames and lines, on a channel without a network.
@Suite struct WebSocketLineTests {
    private static let key: WebSocketMaskingKey = [1, 2, 3, 4]

    /// A client's frame on the wire.
    private static func frame(
        _ opcode: WebSocketOpcode,
        _ payload: [UInt8],
        fin: Bool = true,
        masked: Bool = true,
        reserved: UInt8 = 0
    ) -> [UInt8] {
        var bytes: [UInt8] = [(fin ? 0x80 : 0) | reserved | UInt8(Int(webSocketOpcode: opcode))]
        let mask: UInt8 = masked ? 0x80 : 0
        if payload.count < 126 {
            bytes.append(mask | UInt8(payload.count))
        } else {
            bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        }
        if masked { bytes += [1, 2, 3, 4] }
        return bytes + payload.enumerated().map { masked ? $1 ^ UInt8($0 % 4 + 1) : $1 }
    }

    private static func text(_ text: String, fin: Bool = true) -> [UInt8] {
        Self.frame(.text, Array(text.utf8), fin: fin)
    }

    private func makeChannel(_ subprotocol: WebSocketSubprotocol = .text) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandlers(
            ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: WebSocketLineHandler.maximumMessageBytes)),
            WebSocketLineHandler(subprotocol: subprotocol)
        )
        channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
        return channel
    }

    /// All that came out towards the shard, and all that went out to the client.
    private func lines(_ channel: EmbeddedChannel) throws -> String {
        var text = ""
        while let bytes = try channel.readInbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }

    private func sent(_ channel: EmbeddedChannel) throws -> [UInt8] {
        var all: [UInt8] = []
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { all += bytes.readableBytesView }
        return all
    }

    private static let conversations: [(frames: [UInt8], lines: String)] = [
        (text("NICK dan"), "NICK dan\r\n"),
        (text("NICK dan\r\n"), "NICK dan\r\n"),
        (text(""), ""),
        (text("\r\n"), ""),
        (text("NICK dan\r\nJOIN #a"), "NICK dan\r\nJOIN #a\r\n"),
        (frame(.binary, Array("NICK dan".utf8)), "NICK dan\r\n"),
        (
            text("NI", fin: false) + frame(.continuation, Array("CK".utf8), fin: false)
                + frame(.continuation, Array(" dan".utf8)), "NICK dan\r\n"
        ),
        (text("PRIVMSG a :\u{E9}"), "PRIVMSG a :\u{E9}\r\n"),
        // A character's bytes in two fragments.
        (frame(.text, [0x41, 0xC3], fin: false) + frame(.continuation, [0xA9]), "A\u{E9}\r\n"),
        (text("NICK a") + text("NICK b"), "NICK a\r\nNICK b\r\n"),
        // A control frame between fragments.
        (text("NICK", fin: false) + frame(.pong, []) + frame(.continuation, Array(" a".utf8)), "NICK a\r\n"),
        (text(String(repeating: "x", count: 5120)), String(repeating: "x", count: 5120) + "\r\n"),
    ]

    @Test(arguments: conversations.indices)
    func `a message is a line, wherever its bytes are split`(index: Int) throws {
        let (frames, lines) = Self.conversations[index]
        for count in stride(from: 0, through: frames.count, by: max(1, frames.count / 64)) {
            let channel = try self.makeChannel()
            try channel.writeInbound(ByteBuffer(bytes: frames[..<count]))
            try channel.writeInbound(ByteBuffer(bytes: frames[count...]))
            #expect(try self.lines(channel) == lines)
            #expect(try self.sent(channel).isEmpty)
        }
    }

    private static let offences: [(frames: [UInt8], code: UInt16)] = [
        (frame(.text, Array("NICK a".utf8), masked: false), 1002),
        (frame(.text, [0x41], reserved: 0x40), 1002),
        (frame(.continuation, [0x41]), 1002),
        (text("a", fin: false) + text("b"), 1002),
        (frame(.ping, [], fin: false), 1002),
        (frame(.ping, Array(repeating: 0, count: 126)), 1002),
        (frame(.connectionClose, [3]), 1002),
        // Codes that no frame may have (section 7.4).
        (frame(.connectionClose, [0x03, 0xED]), 1002), (frame(.connectionClose, [0x03, 0xEE]), 1002),
        (frame(.connectionClose, [0x03, 0xF7]), 1002), (frame(.connectionClose, [0x03, 0xE7]), 1002),
        (frame(.connectionClose, [0x0B, 0xB7]), 1002), (frame(.connectionClose, [0x13, 0x88]), 1002),
        ([0x83, 0x80, 1, 2, 3, 4], 1002),
        (frame(.text, [0x41, 0xC3, 0x28]), 1007),
        (frame(.text, [0xC3]), 1007),
        (text(String(repeating: "x", count: 5121)), 1009),
        (
            text(String(repeating: "x", count: 5000), fin: false)
                + frame(.continuation, Array(repeating: 0x41, count: 121)), 1009
        ),
    ]

    @Test(arguments: offences.indices)
    func `a client that breaks the rules is told the code, and what it sends after that is not heard`(
        index: Int
    ) throws {
        let (frames, code) = Self.offences[index]
        let channel = try self.makeChannel()
        _ = try? channel.writeInbound(ByteBuffer(bytes: frames))
        let close = try self.sent(channel)
        #expect(close == [0x88, 2, UInt8(code >> 8), UInt8(code & 0xFF)])
        _ = try? channel.writeInbound(ByteBuffer(bytes: Self.text("JOIN #a")))
        #expect(try self.lines(channel).isEmpty)
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test func `lines go out as a message each, without line ends`() throws {
        let channel = try self.makeChannel()
        let long = String(repeating: "y", count: 126)
        let longest = String(repeating: "z", count: 70_000)
        let lines = ByteBuffer(string: ":a 001 b :hi\r\nPING :x\n\r\n\(long)\r\n\(longest)\r\n")
        channel.writeAndFlush(lines, promise: nil)
        var expected: [UInt8] = [0x81, 12] + Array(":a 001 b :hi".utf8) + [0x81, 7] + Array("PING :x".utf8)
        expected += [0x81, 126, 0, 126] + Array(long.utf8)
        expected += [0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70] + Array(longest.utf8)
        #expect(try self.sent(channel) == expected)
    }

    @Test(arguments: [1, 2, 63, 124, 125, 126, 127, 128, 65_535, 65_536])
    func `many lines of any one length fit`(length: Int) throws {
        let line = ByteBuffer(repeating: 0x61, count: length)
        var lines = ByteBuffer()
        for _ in 0..<50 {
            lines.writeImmutableBuffer(line)
            lines.writeString("\r\n")
        }
        let frames = WebSocketFrames.encode(lines: lines, opcode: .binary)
        let header = length < 126 ? 2 : length < 65_536 ? 4 : 10
        #expect(frames.readableBytes == 50 * (length + header))
    }

    @Test func `a client of the binary protocol gets binary messages as they are`() throws {
        let channel = try self.makeChannel(.binary)
        channel.writeAndFlush(ByteBuffer(bytes: [0x61, 0xFF, 13, 10]), promise: nil)
        #expect(try self.sent(channel) == [0x82, 2, 0x61, 0xFF])
    }

    @Test func `text that is not UTF-8 is repaired, or a browser would end the connection`() throws {
        let channel = try self.makeChannel()
        channel.writeAndFlush(ByteBuffer(bytes: [0x61, 0xFF, 13, 10]), promise: nil)
        #expect(try self.sent(channel) == [0x81, 4, 0x61, 0xEF, 0xBF, 0xBD])
    }

    @Test func `a ping is answered with its own bytes`() throws {
        let channel = try self.makeChannel()
        try channel.writeInbound(ByteBuffer(bytes: Self.frame(.ping, [7, 8])))
        #expect(try self.sent(channel) == [0x8A, 2, 7, 8])
    }

    @Test func `a silent client is pinged, and closed if it stays silent`() throws {
        let channel = try self.makeChannel()
        // Having just come counts as heard.
        channel.embeddedEventLoop.advanceTime(by: .seconds(30))
        #expect(try self.sent(channel).isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .seconds(30))
        #expect(try self.sent(channel) == [0x89, 0])
        try channel.writeInbound(ByteBuffer(bytes: Self.frame(.pong, [])))
        channel.embeddedEventLoop.advanceTime(by: .seconds(30))
        #expect(try self.sent(channel).isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .seconds(30))
        #expect(try self.sent(channel) == [0x89, 0])
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(30))
        #expect(!channel.isActive)
    }

    @Test(arguments: [1000, 1001, 1003, 1007, 1012, 1014, 3000, 4999])
    func `a client's close is answered with its code and ends the connection`(code: UInt16) throws {
        let channel = try self.makeChannel()
        let bytes = [UInt8(code >> 8), UInt8(code & 0xFF)]
        try channel.writeInbound(ByteBuffer(bytes: Self.frame(.connectionClose, bytes)))
        #expect(try self.sent(channel) == [0x88, 2] + bytes)
        #expect(!channel.isActive)
    }

    @Test func `our close waits for the client's`() throws {
        let channel = try self.makeChannel()
        channel.writeAndFlush(ByteBuffer(string: "ERROR :bye\r\n"), promise: nil)
        channel.close(promise: nil)
        #expect(try self.sent(channel) == [0x81, 10] + Array("ERROR :bye".utf8) + [0x88, 2, 0x03, 0xE8])
        #expect(channel.isActive)
        try channel.writeInbound(ByteBuffer(bytes: Self.frame(.connectionClose, [0x03, 0xE8])))
        #expect(!channel.isActive)
        #expect(try self.sent(channel).isEmpty)
    }

    @Test func `closed twice, it does not wait`() throws {
        let channel = try self.makeChannel()
        channel.close(promise: nil)
        #expect(channel.isActive)
        channel.close(promise: nil)
        #expect(!channel.isActive)
    }

    @Test func `an edge that goes away says so`() throws {
        let channel = try self.makeChannel()
        channel.triggerUserOutboundEvent(WebSocketLineHandler.Event.goingAway, promise: nil)
        channel.close(promise: nil)
        #expect(try self.sent(channel) == [0x88, 2, 0x03, 0xE9])
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test(
        arguments: [
            (["text.ircv3.net"], WebSocketSubprotocol.text), (["binary.ircv3.net, text.ircv3.net"], .binary),
            (["mqtt, text.ircv3.net"], .text), (["mqtt", " binary.ircv3.net\t"], .binary), (["mqtt"], nil), ([], nil),
            (["TEXT.ircv3.net"], nil),
        ] as [([String], WebSocketSubprotocol?)]
    )
    func `the client's order decides how lines travel`(fields: [String], chosen: WebSocketSubprotocol?) {
        #expect(WebSocketSubprotocol.choose(from: fields) == chosen)
    }
}
