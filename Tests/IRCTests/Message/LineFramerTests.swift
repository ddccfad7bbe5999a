// Bytes to lines.

import IRC
import NIOCore
import Testing

@Suite struct LineFramerTests {
    @Test(arguments: [
        ("NICK a\r\nUSER b\r\n", ["NICK a", "USER b"]),
        ("NICK a\nUSER b\n", ["NICK a", "USER b"]),
        ("\r\n\n\r\nPING\r\n", ["PING"]),
        ("PING\r", []),
        ("PING", []),
        ("a\rb\r\n", ["a\rb"]),
        ("a\r\r\n", ["a\r"]),
        (" \n", [" "]),
        ("@\n", ["@"]),
        ("@a\r\n@b c\r\n", ["@a", "@b c"]),
    ])
    func `lines end with LF or CR LF and empty ones are skipped`(stream: String, lines: [String]) {
        #expect(frames(of: [bytes(stream)]).frames == lines.map { .line(bytes($0)) })
    }

    @Test(arguments: ["\n", "\r\n"])
    func `a body may have 510 bytes and its line end`(end: String) {
        let fits = String(repeating: "x", count: 510)
        #expect(frames(of: [bytes(fits + end)]).frames == [.line(bytes(fits))])
        #expect(frames(of: [bytes(fits + "x" + end)]).frames == [.bodyTooLong(tags: bytes(""))])
    }

    @Test(arguments: [LineLimits.fromClient, .fromServer])
    func `tags have room of their own`(limits: LineLimits) {
        let tags = "@" + String(repeating: "t", count: limits.tags - 2) + " "
        let body = String(repeating: "x", count: 510)
        #expect(frames(of: [bytes(tags + body + "\r\n")], limits: limits).frames == [.line(bytes(tags + body))])
        let section = bytes(String(tags.dropFirst().dropLast()))
        #expect(frames(of: [bytes(tags + body + "x\r\n")], limits: limits).frames == [.bodyTooLong(tags: section)])
        #expect(frames(of: [bytes("@t" + tags.dropFirst() + body + "\r\n")], limits: limits).frames == [.tagsTooLong])
    }

    @Test func `a client's tags may have 4096 bytes, their sign and their space included`() {
        let tags = "@" + String(repeating: "t", count: 4094)
        #expect(frames(of: [bytes(tags + " PING\r\n")]).frames == [.line(bytes(tags + " PING"))])
        #expect(frames(of: [bytes(tags + "t PING\r\n")]).frames == [.tagsTooLong])
    }

    @Test(arguments: ["@tag=value PING\r\n", "@" + String(repeating: "t", count: 5_000) + " PING\r\n"])
    func `the tags of one line make no room in the next`(line: String) {
        let long = String(repeating: "x", count: 511)
        #expect(frames(of: [bytes(line + long + "\r\n")]).frames.last == .bodyTooLong(tags: bytes("")))
        #expect(
            frames(of: [bytes(line), bytes(long + "\r\nPING\r\n")]).frames.suffix(2) == [
                .bodyTooLong(tags: bytes("")), .line(bytes("PING")),
            ]
        )
    }

    @Test func `an overlong line is reported once, before its end, and the next line is read`() {
        var framer = LineFramer()
        var buffer = bytes(String(repeating: "x", count: 512))
        #expect(framer.next(from: &buffer) == .bodyTooLong(tags: bytes("")))
        for _ in 0..<1000 {
            buffer.writeString(String(repeating: "y", count: 100))
            #expect(framer.next(from: &buffer) == nil)
            #expect(buffer.readableBytes == 0)
        }
        buffer.writeString("y\r\nPING\r\n")
        #expect(framer.next(from: &buffer) == .line(bytes("PING")))
    }

    @Test func `a tag section without end is reported before it is all buffered`() {
        var framer = LineFramer()
        var buffer = bytes("@" + String(repeating: "x", count: 4095))
        #expect(framer.next(from: &buffer) == .tagsTooLong)
        #expect(buffer.readableBytes == 0)
        buffer.writeString("x PING\r\nPONG\r\n")
        #expect(framer.next(from: &buffer) == .line(bytes("PONG")))
    }

    @Test func `a CR LF that comes in two pieces belongs to the line end`() {
        let line = String(repeating: "x", count: 510)
        #expect(
            frames(of: [bytes(line + "\r"), bytes("\nPING\r\n")]).frames == [.line(bytes(line)), .line(bytes("PING"))]
        )
    }

    @Test(arguments: [
        "NICK a\r\nUSER b\n\r\n\nPING x\r\n",
        "@a=b;+c :s PRIVMSG #x :y z\r\n@\r\n@ \r\n:\r\n",
        String(repeating: "x", count: 40) + "\r\nok\r\n" + String(repeating: "y", count: 18) + "\r\n",
        "@" + String(repeating: "t", count: 40) + " PING\r\n@" + String(repeating: "t", count: 18) + " PING\r\nok\r\n",
        "\r\r\n\r\n\0\n é\u{1F600}\r\n",
        "xxxxxxxxxxxxxxxxx\r\rx\r\nok\r\n",
    ])
    func `however a stream is chopped up its frames are the same`(stream: String) {
        let limits = LineLimits(tags: 20, body: 20)
        let whole = frames(of: [bytes(stream)], limits: limits)
        let all = Array(stream.utf8)
        #expect(frames(of: all.map { ByteBuffer(bytes: [$0]) }, limits: limits) == whole)
        for first in 0...all.count {
            for second in first...all.count {
                let chunks = [all[..<first], all[first..<second], all[second...]].map { ByteBuffer(bytes: $0) }
                #expect(frames(of: chunks, limits: limits) == whole)
            }
        }
    }
}
