// Texts of several lines (https://ircv3.net/specs/extensions/multiline).

import IRC
import NIOCore
import Testing

@Suite struct MultilineTextTests {
    private static func text(_ lines: [(String, Bool)]) -> MultilineText {
        var text = MultilineText()
        for (line, isContinuation) in lines {
            text.append(.init(ByteBuffer(string: line), isContinuation: isContinuation))
        }
        return text
    }

    @Test(
        arguments: [
            ([("a", false)], "a"), ([("a", false), ("b", false)], "a\nb"), ([("a ", false), ("b", true)], "a b"),
            ([("", false), ("a", false), ("", false), ("", false), ("b", true)], "\na\n\nb"),
        ] as [([(String, Bool)], String)]
    )
    func `lines are joined by line feeds, but where they go on`(lines: [(String, Bool)], combined: String) {
        let text = Self.text(lines)
        #expect(text.combined == combined)
        #expect(text.lines.map { String(buffer: $0.text) } == lines.map(\.0))
        #expect(MultilineText(bytes: text.bytes) == text)
        #expect(MultilineText(combined: combined).combined == combined)
    }

    @Test func `bytes that end within a line are no text`() {
        let bytes = Self.text([("one", false), ("two", true)]).bytes
        for length in 0..<bytes.readableBytes {
            let cut = MultilineText(bytes: ByteBuffer(bytes.readableBytesView.prefix(length)))
            #expect((cut != nil) == (length == 6), "\(length)")
        }
        #expect(MultilineText(bytes: ByteBuffer(bytes: [2, 0, 0])) == nil)
    }

    @Test(
        arguments: [
            ("one two three", 20, ["one two three"]), ("one two three", 10, ["one two th", "ree"]),
            ("oneee twoo three", 12, ["oneee twoo ", "three"]), ("äöü", 3, ["ä", "ö", "ü"]), ("äöü", 4, ["äö", "ü"]),
            ("a👍b", 3, ["a", "👍", "b"]), ("", 3, [""]), ("abc", 0, ["abc"]), ("abc", 3, ["abc"]),
        ] as [(String, Int, [String])]
    )
    func `a line is cut behind words, and never within a character`(line: String, limit: Int, expected: [String]) {
        let pieces = MultilineText.Line(ByteBuffer(string: line), isContinuation: false).pieces(of: limit)
        #expect(pieces.map { String(buffer: $0.text) } == expected)
        #expect(pieces.map(\.isContinuation) == expected.indices.map { $0 > 0 })
    }
}
