// What an answer to a broken line needs of it.

import IRC
import NIOCore
import Testing

@Suite struct LineHeadTests {
    @Test(arguments: [
        ("PRIVMSG", "PRIVMSG"), ("privmsg #a :x\u{0}y", "PRIVMSG"), ("azAZ09 x", "AZAZ09"), ("q", "Q"),
        (":nick!u@h quit :x", "QUIT"), ("@a=b  JOIN  #a", "JOIN"), ("ABCDEFGHIJKLMNOPQRST", "ABCDEFGHIJKLMNOPQRST"),
    ])
    func `a command is known though the rest of its line is broken`(line: String, command: String) {
        #expect(LineHead(bytes(line)).command == command)
    }

    @Test(arguments: [
        "", " ", ":nick", ":nick ", "@a=b", "@a=b ", "ABCDEFGHIJKLMNOPQRSTU", "a-b", "@", "[", "`x", "{x", "/x", ":x",
        "é", "x\u{0}",
    ])
    func `what is no command is not named`(line: String) { #expect(LineHead(bytes(line)).command == nil) }

    @Test func `the label is known where the tags came whole`() {
        #expect(LineHead(bytes("@label=x;a PRIVMSG #a :\u{0}")).tags["label"] == "x")
        #expect(LineHead(bytes("@label=x\u{0} PRIVMSG #a :b")).tags.isEmpty)
        #expect(LineHead(bytes("PRIVMSG #a :@label=x")).tags.isEmpty)
        // Behind what was read before.
        var buffer = bytes("QUIT @label=y JOIN #a")
        buffer.moveReaderIndex(forwardBy: 5)
        #expect(LineHead(buffer).tags["label"] == "y" && LineHead(buffer).command == "JOIN")
    }

    @Test func `of a line whose rest was thrown away the tags are known`() {
        #expect(LineHead(tags: bytes("label=x")).tags["label"] == "x")
        #expect(LineHead(tags: bytes("label=x\u{0}")).tags.isEmpty)
        #expect(LineHead(tags: bytes("label=x")).command == nil)
    }

    @Test func `the longest line there may be is looked at, and none that is longer`() {
        let line = "JOIN #" + String(repeating: "x", count: 65_529)
        #expect(LineHead(bytes(line)).command == "JOIN")
        #expect(LineHead(bytes(line + "x")).command == nil)
    }
}
