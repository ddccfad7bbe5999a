// Texts that are said in several languages.

import IRC
import Testing

@Suite struct PhraseTests {
    private func limit(_ low: Int, _ high: Int) -> Phrase { "A limit is a number from \(low) to \(high)" }

    @Test func `a sentence is known by how it is in English, whatever is put in`() {
        #expect(self.limit(1, 9).template == "A limit is a number from {1} to {2}")
        #expect(self.limit(1, 9).english == "A limit is a number from 1 to 9")
        #expect(self.limit(1, 9) != self.limit(1, 8))
        let plain: Phrase = "No such channel"
        #expect(plain.template == "No such channel" && plain.english == plain.template)
    }

    @Test func `what is put in stands where the translation has it`() {
        let text = self.limit(1, 9).text { template in
            template == "A limit is a number from {1} to {2}" ? "Bis {2}, von {1}; {2} ist viel" : template
        }
        #expect(text == "Bis 9, von 1; 9 ist viel")
    }

    @Test func `a translation that has more places than there is to put in leaves them out`() {
        #expect(self.limit(1, 9).text { _ in "{1}, {3}, {2}" } == "1, , 9")
    }

    @Test func `a sentence within another is translated too`() {
        let why: Phrase = "no notices here"
        let whole: Phrase = "Cannot send: \(why)"
        let words = ["Cannot send: {1}": "Geht nicht: {1}", "no notices here": "hier keine Notices"]
        #expect(whole.text { words[$0] ?? $0 } == "Geht nicht: hier keine Notices")
        #expect(whole.english == "Cannot send: no notices here")
    }

    @Test(arguments: ["{1}", "{", "}", "{0}", "{x} {2}", "a {{1} b"])
    func `what somebody wrote is never taken for a place`(text: String) {
        #expect(Phrase.verbatim(text).text { _ in "translated" } == text)
        let whole: Phrase = "\(text) and \(1)"
        #expect(whole.english == "\(text) and 1")
    }

    @Test(
        arguments: [
            ("", []), ("a", [.words("a")]), ("{1}", [.place(0)]),
            ("a {2}{1} b", [.words("a "), .place(1), .place(0), .words(" b")]),
            ("{,<b>} {0} {10}", [.words("{,<b>} {0} {10}")]), ("{{1}", [.words("{"), .place(0)]), ("{", [.words("{")]),
        ] as [(String, [Phrase.Piece])]
    )
    func `a template has words and places`(template: String, pieces: [Phrase.Piece]) {
        #expect(Phrase.pieces(of: template) == pieces)
    }

    @Test(
        arguments: [
            ("en", .english), ("de", .german), ("DE", .german), ("de-AT", .german), ("es-419", .spanish),
            ("fr-CA", .french),
            ("", nil), ("d", nil), ("deu", nil), ("-de", nil), ("x-de", nil), ("*", nil),
        ] as [(String, Language?)]
    )
    func `a language has a code, and goes for all of its regions`(code: String, language: Language?) {
        #expect(Language(code: code) == language)
    }
}
