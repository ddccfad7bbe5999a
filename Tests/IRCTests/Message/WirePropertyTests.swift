// The wire under random input, from seeds.

import IRC
import NIOCore
import Testing

@Suite struct WirePropertyTests {
    private static let alphabet = [
        "@", ":", " ", "  ", ";", "=", "+", "\\", "\r", "\n", "\r\n", "\0", "a", "B", "[", "~", "*", "?", "!", "$", ".",
        "#", ",",
        "|", "é", "e\u{301}", "\u{FF21}", "\u{1F600}", "\u{130}", "ς", "\u{212A}", "PRIVMSG", "-sasl",
        "xxxxxxxxxxxxxxxx",
    ]

    @Test(arguments: 0..<20)
    func `no input breaks the wire`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            var input = Array(random.text(from: Self.alphabet, upTo: 60).utf8)
            if Bool.random(using: &random), !input.isEmpty {
                input[Int.random(in: input.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            }
            do {
                try WireInvariants.check(input)
            } catch {
                Issue.record("\(error), seed \(seed), input \(input)")
            }
        }
    }

    @Test(arguments: 0..<20)
    func `what was written is read back`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let word = ["a", "Z", "9", "#", "é", "\u{1F600}", "-", "=", "*"]
        for _ in 0..<100 {
            let source = Bool.random(using: &random) ? "s" + random.text(from: word + [":"], upTo: 5) : nil
            var parameters = (0..<Int.random(in: 0...14, using: &random)).map { _ in
                "p" + random.text(from: word + [":"], upTo: 5)
            }
            parameters.append(random.text(from: word + [":", " "], upTo: 10))
            let value = random.text(from: word + [";", " ", "\\"], upTo: 10)
            let line = written { writer in
                writer.message(tags: ["k": value], source: source, command: "CMD", parameters: parameters)
            }
            let parsed = try message(String(line.unicodeScalars.dropLast(2)))
            #expect(parsed.tags["k"] == value)
            #expect(parsed.source == source)
            #expect(parsed.command == "CMD")
            #expect(Array(parsed.parameters) == parameters)
        }
    }
}
