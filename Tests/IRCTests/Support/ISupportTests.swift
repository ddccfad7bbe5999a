// 005.

import IRC
import NIOCore
import Testing

@Suite struct ISupportTests {
    @Test func `tokens keep their order and their last value`() {
        var support = ISupport()
        support.set("NETWORK", "Acme Chat=1\\2")
        support.set("NICKLEN", 30)
        support.set("SAFELIST")
        support.set("EXCEPTS", "")
        support.set("NICKLEN", 20)
        support.set("GONE", "x")
        support.remove("GONE")
        #expect(support.wireTokens == ["NETWORK=Acme\\x20Chat\\x3D1\\x5C2", "NICKLEN=20", "SAFELIST", "EXCEPTS="])
        #expect(
            support.lines(for: "joe", source: "irc.example").map { String(buffer: $0) } == [
                ":irc.example 005 joe NETWORK=Acme\\x20Chat\\x3D1\\x5C2 NICKLEN=20 SAFELIST EXCEPTS= "
                    + ":are supported by this server\r\n"
            ]
        )
    }

    @Test(arguments: [
        ("a b", "a\\x20b"), ("a=b", "a\\x3Db"), ("a\\b", "a\\x5Cb"), ("\u{1}\t\u{1F}", "\\x01\\x09\\x1F"),
        ("\u{7F}", "\\x7F"), ("~!\u{80}é", "~!\u{80}é"),
    ])
    func `what would end or split a value is escaped`(value: String, wire: String) {
        #expect(ISupport.escape(value) == wire)
    }

    @Test func `a line has at most thirteen tokens`() throws {
        var support = ISupport()
        for number in 0..<40 { support.set("T\(number)", number) }
        let lines = support.lines(for: "joe", source: "irc.example")
        let tokens = try lines.map { line in
            let parsed = try message(String(String(buffer: line).unicodeScalars.dropLast(2)))
            return Array(parsed.parameters.dropFirst().dropLast())
        }
        #expect(tokens.map(\.count) == [13, 13, 13, 1])
        #expect(tokens.flatMap { $0 } == support.wireTokens)
    }

    @Test func `a line has at most 512 bytes and is filled`() {
        for length in 20..<200 {
            var support = ISupport()
            for number in 0..<30 { support.set("T\(number + 10)", String(repeating: "v", count: length)) }
            let lines = support.lines(for: String(repeating: "é", count: 30), source: "irc.example.com")
            let token = length + 5
            for (index, line) in lines.enumerated() {
                #expect(line.readableBytes <= 512)
                #expect(String(buffer: line).unicodeScalars.suffix(31).starts(with: ":are supported".unicodeScalars))
                let isFull =
                    line.readableBytes + token > 512 || String(buffer: line).split(separator: " ").count >= 3 + 13
                #expect(index == lines.count - 1 || isFull)
            }
        }
    }

    @Test func `a client is told what has changed`() {
        var old = ISupport()
        old.set("A", 1)
        old.set("B")
        old.set("C", "x")
        var new = old
        new.remove("B")
        new.set("A", 2)
        new.set("D")
        #expect(new.changes(since: old) == ["-B", "A=2", "D"])
        #expect(new.changes(since: new).isEmpty)
        let lines = ISupport.lines(of: new.changes(since: old), for: "joe", source: "s").map { String(buffer: $0) }
        #expect(lines == [":s 005 joe -B A=2 D :are supported by this server\r\n"])
        #expect(ISupport().lines(for: "joe", source: "s").isEmpty)
    }
}
