// A message of several lines while it is sent (https://ircv3.net/specs/extensions/multiline).

import IRC
import NIOCore
import Testing

@Suite struct MultilineBatchTests {
    private func batch(bytes: Int = 10, lines: Int = 3) -> MultilineBatch {
        var limits = MultilineBatch.Limits()
        (limits.bytes, limits.lines) = (bytes, lines)
        return MultilineBatch(reference: "r", target: "#a", limits: limits)
    }

    /// What comes of these lines of a batch.
    private func text(_ lines: [String], in batch: MultilineBatch) throws -> [MultilineText.Line] {
        var batch = batch
        for line in lines { try batch.add(message(line)) }
        try batch.check()
        #expect(batch.count == lines.count)
        return batch.text.lines
    }

    @Test(arguments: ["a", "z", "A", "Z", "0", "9", "-", "a-Z9", String(repeating: "x", count: 64)])
    func `a batch may be called that`(reference: String) { #expect(MultilineBatch.isReference(reference)) }

    @Test(arguments: ["", "a b", "a.b", "é", "@", "[", "`", "{", "/", ":", "_", String(repeating: "x", count: 65)])
    func `no batch may be called that`(reference: String) { #expect(!MultilineBatch.isReference(reference)) }

    @Test func `lines are one text, and those that go on are marked`() throws {
        let lines = try self.text(
            [
                "@batch=r;draft/multiline-concat PRIVMSG #a :one", "@batch=r PRIVMSG #a :",
                "@draft/multiline-concat;batch=r PRIVMSG #a two",
            ],
            in: self.batch()
        )
        #expect(lines.map { String(buffer: $0.text) } == ["one", "", "two"])
        // Nothing comes before the first that it could go on.
        #expect(lines.map(\.isContinuation) == [false, false, true])
    }

    @Test func `a line feed counts as a byte between lines, and not where one goes on`() throws {
        let batch = self.batch(bytes: 10, lines: 3)
        _ = try self.text(["PRIVMSG #a :12345", "PRIVMSG #a :6789"], in: batch)
        _ = try self.text(["PRIVMSG #a :12345", "@draft/multiline-concat PRIVMSG #a :67890"], in: batch)
        #expect(throws: MultilineBatch.Fault.tooManyBytes(limit: 10)) {
            try self.text(["PRIVMSG #a :12345", "PRIVMSG #a :67890"], in: batch)
        }
        #expect(throws: MultilineBatch.Fault.tooManyBytes(limit: 10)) {
            try self.text(["PRIVMSG #a :12345", "@draft/multiline-concat PRIVMSG #a :678901"], in: batch)
        }
        #expect(throws: MultilineBatch.Fault.tooManyBytes(limit: 10)) {
            try self.text(["PRIVMSG #a :12345678901"], in: batch)
        }
    }

    @Test func `there are as many lines as may be`() throws {
        let line = "NOTICE #a :x"
        _ = try self.text([line, line, line], in: self.batch())
        #expect(throws: MultilineBatch.Fault.tooManyLines(limit: 3)) {
            try self.text([line, line, line, line], in: self.batch())
        }
    }

    @Test(arguments: [
        ["PRIVMSG #a :x", "NOTICE #a :x"], ["NOTICE #a :x", "PRIVMSG #a :x"], ["TAGMSG #a"], ["PRIVMSG #a"],
        ["PRIVMSG"],
        ["@+typing=done PRIVMSG #a :x"], ["@batch=r;label=1 PRIVMSG #a :x"],
        ["PRIVMSG #a :x", "@draft/multiline-concat PRIVMSG #a :"], ["PRIVMSG #a :", "PRIVMSG #a :"], [],
    ])
    func `what is no line of the message is refused in words`(lines: [String]) {
        #expect {
            try self.text(lines, in: self.batch())
        } throws: { error in
            if case MultilineBatch.Fault.invalid = error { true } else { false }
        }
    }

    @Test func `a line is for whom the batch is for`() {
        #expect(throws: MultilineBatch.Fault.otherTarget(batch: "#a", line: "#b")) {
            try self.text(["PRIVMSG #a :x", "PRIVMSG #b :x"], in: self.batch())
        }
    }

    @Test func `a message that has something to say somewhere is one`() throws {
        let lines = try self.text(["PRIVMSG #a :", "PRIVMSG #a :x", "PRIVMSG #a :"], in: self.batch())
        #expect(lines.map(\.isBlank) == [true, false, true])
    }

    @Test func `a batch tells its command and its limits`() throws {
        var batch = self.batch()
        #expect(batch.verb == nil && batch.reference == "r" && batch.target == "#a")
        try batch.add(message("NOTICE #a :x"))
        #expect(batch.verb == .notice)
        var limits = MultilineBatch.Limits()
        (limits.bytes, limits.lines) = (7, 5)
        #expect(limits.value == "max-bytes=7,max-lines=5")
    }
}
