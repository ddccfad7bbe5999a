// Wildcards. Some cases follow the community's vectors (mask-match).

import IRC
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("*@127.0.0.1", ["joe!j@127.0.0.1", "ann!~a@127.0.0.1"], ["joe!j@127.0.0.5"]),
        ("cool*@*", ["cooljoe!j@127.0.0.1", "cool1!j@example.com"], ["kooljoe!j@127.0.0.1", "coojoe!j@x"]),
        ("cool!*@*", ["cool!joej@127.0.0.1"], ["cooljoe!j@127.0.0.1"]),
        ("cool!?name@*", ["cool!aname@127.0.0.1", "cool!~name@x"], ["cool!name@127.0.0.1"]),
        ("cool!a?*@*", ["cool!ab@x", "cool!abc@x"], ["cool!a@x"]),
        ("cool[joe]!*@*", ["cool[joe]!j@x"], ["coolj!j@x", "cool[!j@x"]),
        ("", [""], ["a"]),
        ("*", ["", "a"], []),
        ("**", ["", "a"], []),
        ("?", ["a", "é", "\u{1F600}"], ["", "ab"]),
        ("a?c", ["abc", "aéc", "a\u{1F600}c"], ["ac", "abbc"]),
        ("*?", ["a", "é"], [""]),
        ("*é", ["é", "aé"], ["e", "éa"]),
        ("*a*b*", ["ab", "xaxbx", "aab"], ["ba", "a"]),
        ("*ab", ["aab", "abab"], ["aba"]),
        ("JOE", ["joe"], ["joes"]),
        ("É*", ["éa"], ["ea"]),
    ])
    func `a pattern matches whole texts`(pattern: String, matches: [String], fails: [String]) {
        let glob = Glob(pattern, under: .rfc7613)
        for text in matches { #expect(glob.matches(folded: text), "\(text)") }
        for text in fails { #expect(!glob.matches(folded: text), "\(text)") }
    }

    @Test func `patterns know what they are`() {
        #expect(Glob("***", under: .ascii).matchesEverything)
        #expect(Glob("abc", under: .ascii).isLiteral)
        #expect(!Glob("a?c", under: .ascii).isLiteral)
        #expect(Glob("A**b", under: .ascii) == Glob("a*b", under: .ascii))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a malicious pattern takes no more than pattern times text`() {
        // With backtracking over every star these would take longer than the machine will stand.
        let text = String(repeating: "a", count: 500)
        let glob = Glob(String(repeating: "*a", count: 120) + "*b", under: .ascii)
        let longest = Glob("*" + String(repeating: "a", count: 250) + "b*", under: .ascii)
        for _ in 0..<20 {
            #expect(!glob.matches(folded: text))
            #expect(!longest.matches(folded: text))
            #expect(glob.matches(folded: text + "b"))
        }
    }

    @Test func `random patterns match as the plain definition says`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<3000 {
            let pattern = random.text(from: ["*", "?", "a", "b", "é"], upTo: 7)
            let text = random.text(from: ["a", "b", "é"], upTo: 7)
            let expected = Self.matches(Array(pattern.unicodeScalars)[...], Array(text.unicodeScalars)[...])
            #expect(Glob(pattern, under: .ascii).matches(folded: text) == expected, "\(pattern) \(text)")
        }
    }

    private static func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return Self.matches(pattern.dropFirst(), text) || !text.isEmpty && Self.matches(pattern, text.dropFirst())
        }
        guard let next = text.first, first == "?" || first == next else { return false }
        return Self.matches(pattern.dropFirst(), text.dropFirst())
    }
}
