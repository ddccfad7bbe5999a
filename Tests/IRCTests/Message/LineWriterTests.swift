// Messages to lines. The first cases follow the community's vectors (msg-join).

import IRC
import NIOCore
import Testing

@Suite struct LineWriterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var source: String?
        var command = "CMD"
        var parameters: [String] = []
        let line: String

        var testDescription: String { self.line }
    }

    // With 351 characters the line has 512 bytes.
    @Test(arguments: [0, 1, 100, 500, 1000] + Array(345...355), [false, true])
    func `a line that is passed on is the same as one put together, however long`(length: Int, hasTag: Bool) throws {
        let text = String(String(repeating: "aé ", count: 400).prefix(length))
        let (source, target) = ("nick!user@host.example", "#channel")
        var expected = ByteBuffer()
        var relayed = ByteBuffer()
        expected.withLineWriter { writer in
            if hasTag { writer.tag("time", "now") }
            writer.source(source)
            writer.command("PRIVMSG")
            writer.parameter(target)
            writer.trailing(text)
            writer.end()
        }
        relayed.withLineWriter { writer in
            if hasTag { writer.tag("time", "now") }
            var text = text
            text.withUTF8 { bytes in
                let bytes = UnsafeRawBufferPointer(bytes)
                writer.relay(source: source, command: "PRIVMSG", target: target, text: bytes)
            }
        }
        #expect(String(buffer: relayed) == String(buffer: expected))
        relayed.clear()
        relayed.withLineWriter { $0.relay(source: source, command: "TAGMSG", target: target, text: nil) }
        #expect(String(buffer: relayed) == ":\(source) TAGMSG \(target)\r\n")
    }

    @Test(arguments: [
        Case(parameters: ["one", "two"], line: "CMD one two"),
        Case(source: "joe", command: "AWAY", line: ":joe AWAY"),
        Case(source: "joe", command: "AWAY", parameters: [""], line: ":joe AWAY :"),
        Case(parameters: ["one", "two three"], line: "CMD one :two three"),
        Case(parameters: ["one", ":two"], line: "CMD one ::two"),
        Case(parameters: ["one", "  two "], line: "CMD one :  two "),
        Case(parameters: ["one", "ha :) "], line: "CMD one :ha :) "),
        Case(parameters: ["one", "  "], line: "CMD one :  "),
        Case(parameters: ["o\tne", "two"], line: "CMD o\tne two"),
        // What would break the line is defused.
        Case(parameters: ["o ne", "two"], line: "CMD o_ne two"),
        Case(parameters: ["", "two"], line: "CMD * two"),
        Case(parameters: [":one", "two"], line: "CMD _one two"),
        Case(parameters: ["o\r\nne\0", "two"], line: "CMD o__ne_ two"),
        Case(parameters: ["a\r\nQUIT"], line: "CMD :a  QUIT"),
        Case(parameters: ["a\0b"], line: "CMD :a b"),
        Case(parameters: ["grüße\nééééééééé"], line: "CMD :grüße ééééééééé"),
        Case(source: "a b\r", line: ":a_b_ CMD"),
    ])
    func `a line is put together`(expected: Case) throws {
        var buffer = ByteBuffer()
        buffer.writeMessage(source: expected.source, command: expected.command, parameters: expected.parameters)
        #expect(String(buffer: buffer) == expected.line + "\r\n")
    }

    @Test func `a last parameter has its colon where it needs one or a text is expected`() {
        #expect(written { $0.message(command: "CMD", parameters: ["x"]) } == "CMD x\r\n")
        #expect(written { $0.message(command: "CMD", parameters: ["x"], forcesTrailing: true) } == "CMD :x\r\n")
    }

    @Test func `tags come first and are escaped`() {
        let line = written { writer in
            writer.message(
                tags: ["time": "now", "a": "b\\and\nk", "d": "gh;764", "empty": ""],
                source: "joe",
                command: "CMD",
                parameters: ["x"],
                forcesTrailing: true
            )
        }
        #expect(line == "@time=now;a=b\\\\and\\nk;d=gh\\:764;empty :joe CMD :x\r\n")
    }

    @Test func `a line is written piece by piece`() {
        let line = written { writer in
            writer.tag("msgid", "1")
            writer.rawTags("+typing=active;+x")
            writer.rawTags("")
            writer.source(nick: "joe", user: "~j", host: "host.example")
            writer.command(.rplTopicWhoTime)
            writer.parameter(bytes("#x"))
            writer.parameter(12)
            writer.trailing(bytes("a b"))
            writer.end()
            writer.command("PING")
            writer.last("x")
            writer.end()
        }
        #expect(line == "@msgid=1;+typing=active;+x :joe!~j@host.example 333 #x 12 :a b\r\nPING x\r\n")
    }

    @Test func `a numeric ends with its text`() {
        #expect(
            written { $0.numeric(.errNoSuchNick, source: "irc.example", target: "joe", "ann") }
                == ":irc.example 401 joe ann :No such nick or channel\r\n"
        )
        #expect(
            written { $0.numeric(.rplTopic, source: "irc.example", target: "joe", "#x", "hello") }
                == ":irc.example 332 joe #x :hello\r\n"
        )
    }

    @Test func `tags that do not fit are left out whole`() {
        let limits = LineLimits(tags: 12, body: 512)
        let line = written(limits: limits) { writer in
            writer.tag("abc", "12345")
            writer.tag("abcd", "12345")
            writer.tag("x")
            writer.rawTags("+abcdefghijkl")
            writer.command("CMD")
            writer.end()
        }
        #expect(line == "@abc=12345 CMD\r\n")
        #expect(line.split(separator: "CMD").first?.utf8.count == 11)
        #expect(
            written(limits: limits) { $0.message(tags: ["abc": "123456"], command: "CMD") } == "@abc=123456 CMD\r\n"
        )
        #expect(written(limits: limits) { $0.message(tags: ["abc": "1234567"], command: "CMD") } == "CMD\r\n")
    }

    @Test func `tags have 8191 bytes, their sign and their space included`() {
        let value = String(repeating: "x", count: 8191 - "@t= ".count)
        #expect(written { $0.message(tags: ["t": value], command: "CMD") } == "@t=\(value) CMD\r\n")
        #expect(written { $0.message(tags: ["t": value + "x"], command: "CMD") } == "CMD\r\n")
    }

    @Test func `the first line of a buffer is cut as any other`() {
        let text = String(repeating: "x", count: 600)
        #expect(written { $0.message(command: text) } == text.prefix(510) + "\r\n")
        let sourced = written { $0.message(source: "joe", command: "CMD", parameters: ["x", text]) }
        #expect(sourced == ":joe CMD x " + text.prefix(510 - ":joe CMD x ".count) + "\r\n")
    }

    @Test func `every line has the limits of its own, also after what was taken`() {
        let text = String(repeating: "x", count: 600)
        let line = "@abc=12345 " + text.prefix(510) + "\r\n"
        var writer = LineWriter(limits: LineLimits(tags: 12, body: 512))
        for count in [2, 1, 2] {
            for _ in 0..<count { writer.message(tags: ["abc": "12345"], command: text) }
            #expect(String(buffer: writer.take()) == String(repeating: line, count: count))
        }
    }

    @Test(arguments: [("", "*"), ("a", "a"), (":a b", "_a_b")])
    func `bytes are defused as texts are`(piece: String, shown: String) {
        let line = written { writer in
            writer.command("CMD")
            writer.parameter(bytes(piece))
            writer.parameter(piece)
            writer.end()
        }
        #expect(line == "CMD \(shown) \(shown)\r\n")
    }

    @Test(arguments: [true, false])
    func `a source leaves room for a command however long it is`(isWhole: Bool) {
        let long = String(repeating: "x", count: 300)
        for tag in [nil, "t"] {
            let line = written { writer in
                if let tag { writer.tag(tag) }
                if isWhole {
                    writer.source(long + "!" + long)
                } else {
                    writer.source(nick: long, user: long, host: "h")
                }
                writer.command("CMD")
                writer.last("x")
                writer.end()
            }
            let source = ":" + (long + "!" + long).prefix(512 - 128 - 1)
            #expect(line == (tag.map { "@\($0) " } ?? "") + source + " CMD x\r\n")
        }
    }

    @Test func `a body is cut at a character's border whatever its length`() throws {
        for character in ["x", "é", "€", "\u{1F600}"] {
            for padding in 0..<6 {
                let head = String(repeating: "p", count: padding)
                for count in 480 / character.utf8.count...520 {
                    let text = head + String(repeating: character, count: count)
                    let line = written { $0.message(tags: ["t": "v"], command: "CMD", parameters: ["#x", text]) }
                    let body = line.dropFirst("@t=v ".count)
                    #expect(body.utf8.count <= 512)
                    #expect(body.unicodeScalars.suffix(2).elementsEqual(["\r", "\n"]))
                    #expect(!line.unicodeScalars.contains("\u{FFFD}"))
                    let parsed = try message(String(line.unicodeScalars.dropLast(2)))
                    let cut = parsed.parameters[1]
                    #expect(text.hasPrefix(cut))
                    // No more was cut off than had to be.
                    #expect(cut == text || body.utf8.count > 512 - character.utf8.count)
                }
            }
        }
    }

    @Test func `a line tells how much room it has`() {
        var writer = LineWriter()
        #expect(writer.remainingBytes == 510)
        writer.tag("a", "b")
        writer.command("CMD")
        #expect(writer.remainingBytes == 507)
        writer.trailing(String(repeating: "x", count: writer.remainingBytes - 2))
        #expect(writer.remainingBytes == 0)
        writer.end()
        #expect(writer.buffer.readableBytes == 5 + 512)
        var first = LineWriter()
        first.command("CMD")
        #expect(first.remainingBytes == 507)
    }

    @Test func `lines are added behind what a buffer has`() {
        var buffer = bytes("PING\r\n")
        buffer.writeMessage(tags: ["a": "b"], command: "PONG")
        buffer.withLineWriter { $0.message(command: "QUIT") }
        #expect(String(buffer: buffer) == "PING\r\n@a=b PONG\r\nQUIT\r\n")
        var writer = LineWriter(buffer)
        writer.message(tags: ["c": ""], command: "X")
        #expect(String(buffer: writer.take()).hasSuffix("QUIT\r\n@c X\r\n"))
        #expect(writer.take().readableBytes == 0)
    }

    @Test(arguments: ["CMD a b", "CMD a :b c", "CMD :", ":s CMD a ::b", "@a=b;c :s CMD x"])
    func `a message that is passed on is written as it came`(line: String) throws {
        let parsed = try message(line)
        #expect(written { $0.message(parsed) } == line + "\r\n")
    }

    @Test func `a standard reply names command and code`() {
        let line = written { writer in
            writer.standardReply(
                .fail,
                source: "irc.example",
                command: "SETNAME",
                code: "INVALID_REALNAME",
                context: ["x"],
                description: "That is no name"
            )
        }
        #expect(line == ":irc.example FAIL SETNAME INVALID_REALNAME x :That is no name\r\n")
        #expect(StandardReply.allCases.map(\.rawValue) == ["FAIL", "WARN", "NOTE"])
    }
}
