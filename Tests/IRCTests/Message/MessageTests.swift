// Lines to messages. The cases follow the community's parser vectors (msg-split).

import IRC
import NIOCore
import Testing

@Suite struct MessageTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let line: String
        var tags: [String: String] = [:]
        var source: String?
        let command: String
        var parameters: [String] = []

        var testDescription: String { self.line }
    }

    @Test(arguments: [
        Case(line: "cmd one two three", command: "CMD", parameters: ["one", "two", "three"]),
        Case(line: ":joe cmd one two", source: "joe", command: "CMD", parameters: ["one", "two"]),
        Case(line: "cmd one :two three", command: "CMD", parameters: ["one", "two three"]),
        Case(line: "cmd one :", command: "CMD", parameters: ["one", ""]),
        Case(line: "cmd one ::two", command: "CMD", parameters: ["one", ":two"]),
        Case(line: ":joe cmd one :  two three ", source: "joe", command: "CMD", parameters: ["one", "  two three "]),
        Case(line: ":joe PRIVMSG #x :ha :) ", source: "joe", command: "PRIVMSG", parameters: ["#x", "ha :) "]),
        Case(line: ":joe cmd one :  ", source: "joe", command: "CMD", parameters: ["one", "  "]),
        Case(line: ":joe JOIN #x", source: "joe", command: "JOIN", parameters: ["#x"]),
        Case(line: ":joe JOIN :#x", source: "joe", command: "JOIN", parameters: ["#x"]),
        Case(line: ":joe AWAY", source: "joe", command: "AWAY"),
        Case(line: ":joe AWAY ", source: "joe", command: "AWAY"),
        Case(line: "COMMAND", command: "COMMAND"),
        Case(line: "001", command: "001"), Case(line: "azAZ09@[`{", command: "AZAZ09@[`{"),
        Case(line: "  cmd  one   two  ", command: "CMD", parameters: ["one", "two"]),
        Case(
            line: ":irc.example 432  #x :No: not that",
            source: "irc.example",
            command: "432",
            parameters: ["#x", "No: not that"]
        ),
        Case(
            line: ":irc.example MODE #x +o joe  ",
            source: "irc.example",
            command: "MODE",
            parameters: ["#x", "+o", "joe"]
        ),
        Case(
            line: ":joe MODE #x +oo ann :bob",
            source: "joe",
            command: "MODE",
            parameters: ["#x", "+oo", "ann", "bob"]
        ),
        Case(line: ":jo\te cmd o\tne", source: "jo\te", command: "CMD", parameters: ["o\tne"]),
        Case(
            line: ":joe!~j@n\u{2}et\u{3}05w\u{F}ork.example PRIVMSG a :b c",
            source: "joe!~j@n\u{2}et\u{3}05w\u{F}ork.example",
            command: "PRIVMSG",
            parameters: ["a", "b c"]
        ),
        Case(line: "@a=b;c=32;k;rt=ql7 cmd", tags: ["a": "b", "c": "32", "k": "", "rt": "ql7"], command: "CMD"),
        Case(
            line: #"@a=b\\and\nk;c=72\s45;d=gh\:764 cmd"#,
            tags: ["a": "b\\and\nk", "c": "72 45", "d": "gh;764"],
            command: "CMD"
        ),
        Case(
            line: "@c;h=;a=b :joe ab cd",
            tags: ["c": "", "h": "", "a": "b"],
            source: "joe",
            command: "AB",
            parameters: ["cd"]
        ),
        Case(
            line: "@t1=v1;t2;ex.am/t3=v2;ple/t4= :irc.example CMD p1 p2 :p3 p3",
            tags: ["t1": "v1", "t2": "", "ex.am/t3": "v2", "ple/t4": ""],
            source: "irc.example",
            command: "CMD",
            parameters: ["p1", "p2", "p3 p3"]
        ),
        Case(line: #"@x=\\\\\:\\s\s\r\n CMD"#, tags: ["x": "\\\\;\\s \r\n"], command: "CMD"),
        Case(line: #"@t=value\\ntest CMD"#, tags: ["t": "value\\ntest"], command: "CMD"),
        Case(line: #"@t=value\1 CMD"#, tags: ["t": "value1"], command: "CMD"),
        Case(line: #"@t=value1\ CMD"#, tags: ["t": "value1"], command: "CMD"),
        Case(line: "@t=1;u=3;v=4;t=5;ex/u=8 CMD", tags: ["t": "5", "u": "3", "v": "4", "ex/u": "8"], command: "CMD"),
        Case(line: "@a=b=c   :joe   CMD   x", tags: ["a": "b=c"], source: "joe", command: "CMD", parameters: ["x"]),
        Case(line: "@ CMD", command: "CMD"),
        Case(line: "@;;=x;a CMD", tags: ["a": ""], command: "CMD"),
        Case(line: "PRIVMSG #é :grüße \u{1F600}", command: "PRIVMSG", parameters: ["#é", "grüße \u{1F600}"]),
    ])
    func `a line is taken apart`(expected: Case) throws {
        let parsed = try message(expected.line)
        var tags: [String: String] = [:]
        parsed.tags.forEach { tags[$0] = $1 }
        #expect(tags == expected.tags)
        for (key, value) in expected.tags { #expect(parsed.tags[key] == value) }
        #expect(parsed.tags["absent"] == nil)
        #expect(parsed.source == expected.source)
        #expect(parsed.command == expected.command)
        #expect(Array(parsed.parameters) == expected.parameters)
        #expect(parsed.parameterCount == expected.parameters.count)
        for (index, parameter) in expected.parameters.enumerated() {
            #expect(String(buffer: parsed.parameters.bytes(index)) == parameter)
            #expect(parsed.parameters.length(index) == parameter.utf8.count)
            #expect(parsed.parameters.withBytes(index) { String(decoding: $0, as: UTF8.self) } == parameter)
        }
    }

    @Test func `the fifteenth parameter takes the rest`() throws {
        let words = (1...20).map { "p\($0)" }
        let parsed = try message("CMD " + words.joined(separator: " "))
        #expect(parsed.parameterCount == 15)
        #expect(parsed.parameters[13] == "p14")
        #expect(parsed.parameters[14] == "p15 p16 p17 p18 p19 p20")
        let colon = try message("CMD " + words.prefix(14).joined(separator: " ") + " :p15 :p16")
        #expect(colon.parameters[14] == "p15 :p16")
    }

    @Test(arguments: [
        ("", MessageError.empty), ("   ", .empty),
        ("@a=b", .noCommand), ("@a=b ", .noCommand), (":joe", .noCommand), ("@a :joe  ", .noCommand),
        (": CMD", .malformedSource), ("@a : CMD", .malformedSource),
        (" @a=b CMD", .malformedTags), ("@a=b @c CMD", .malformedTags),
        ("CMD a\0b", .forbiddenByte), ("CMD a\rb", .forbiddenByte), ("CMD abcdefgh\nb", .forbiddenByte),
        ("CMD\r", .forbiddenByte), ("@a=\0bcdefghijk CMD", .forbiddenByte),
        ("CMD " + String(repeating: "x", count: 70_000), .tooLong),
    ])
    func `what is no message is refused`(line: String, error: MessageError) {
        #expect(throws: error) { try message(line) }
        #expect(!error.description.isEmpty)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98],
            [0xC3, 0x28], [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x28, 0x80],
        ] as [[UInt8]]
    )
    func `bytes that are not UTF-8 are refused wherever they stand`(bad: [UInt8]) {
        for padding in 0..<12 {
            let head = Array("CMD ".utf8) + Array(repeating: UInt8(ascii: "x"), count: padding)
            for tail in ["", "x", "xxxxxxxxx"] {
                #expect(throws: MessageError.notUTF8) { try Message(ByteBuffer(bytes: head + bad + Array(tail.utf8))) }
            }
        }
    }

    @Test func `bytes are UTF-8 where the standard library says so`() {
        let ends: [[UInt8]] = [[], [0x80], [0xBF], [0xC0], [0x80, 0x80], [0xBF, 0xBF], [0x80, 0xC0], [0x7F, 0x80]]
        for lead in UInt8(0x80)...0xFF {
            for second in [0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0] as [UInt8] {
                for end in ends {
                    let bytes = [lead, second] + end
                    let isValid = String(validating: bytes, as: UTF8.self) != nil
                    let message = try? Message(ByteBuffer(bytes: Array("CMD ".utf8) + bytes))
                    if (message != nil) != isValid { Issue.record("\(bytes)") }
                }
            }
        }
    }

    @Test func `every scalar's bytes are accepted as the standard library writes them`() throws {
        for value in stride(from: UInt32(0x80), through: 0x10FFFF, by: 61) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "x" + String(scalar)
            #expect(try message("CMD " + text).parameters[0].unicodeScalars.elementsEqual(text.unicodeScalars))
        }
    }

    @Test(arguments: ["\0", "\r", "\n"])
    func `a forbidden byte is found at every place`(byte: String) {
        for place in 0..<40 {
            let line = "C" + String(repeating: "x", count: place) + byte + String(repeating: "é", count: place % 9)
            #expect(throws: MessageError.forbiddenByte) { try message(line) }
        }
    }

    @Test func `a slice in the middle of a buffer is read from its own start`() throws {
        var buffer = bytes("NICK a\r\nPRIVMSG b :c d\r\n")
        var framer = LineFramer()
        _ = framer.next(from: &buffer)
        guard case .line(let line) = framer.next(from: &buffer) else {
            Issue.record("no second line")
            return
        }
        let parsed = try Message(line)
        #expect(Array(parsed.parameters) == ["b", "c d"])
        #expect(parsed.description == "PRIVMSG b :c d")
    }

    @Test func `messages are equal however they were spaced`() throws {
        #expect(try message(":a  cmd x  :y") == message(":a CMD x y"))
        #expect(try message("CMD x") != message("CMD y"))
        #expect(try message("@a CMD x") != message("CMD x"))
        #expect(try message(":a CMD x") != message(":b CMD x"))
    }
}
