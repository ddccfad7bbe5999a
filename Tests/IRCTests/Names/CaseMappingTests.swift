// Which names are the same.

import IRC
import Testing

@Suite struct CaseMappingTests {
    @Test(arguments: [
        (CaseMapping.ascii, "ABCxyz[]\\~É", "abcxyz[]\\~É"),
        (.ascii, "plain", "plain"),
        (.rfc7613, "ABC[]\\~", "abc[]\\~"),
        (.rfc7613, "ÉÄ", "éä"),
        (.rfc7613, "E\u{301}", "\u{E9}"),
        (.rfc7613, "\u{FF22}\u{FF4F}\u{FF42}", "bob"),
        (.rfc7613, "\u{FF03}x", "#x"),
        (.rfc7613, "\u{FF01}\u{FF20}\u{FF21}\u{FF3A}\u{FF3B}\u{FF5A}\u{FF5E}", "!@az[z~"),
        (.rfc7613, "\u{FF5F}\u{FFE0}", "\u{FF5F}\u{FFE0}"),
        (.rfc7613, "\u{2764}\u{FE0E}", "\u{2764}"),
        (.rfc7613, "ΣΑΣ", "σασ"),
        (.rfc7613, "ςſ", "σs"),
        (.rfc7613, "\u{212A}\u{212B}", "kå"),
        (.rfc7613, "\u{2764}\u{FE0F}", "\u{2764}"),
        (.rfc7613, "ПРИВЕТ", "привет"),
        (.rfc7613, "\u{130}", "i\u{307}"),
    ])
    func `names are folded`(mapping: CaseMapping, text: String, folded: String) {
        #expect(mapping.fold(text).unicodeScalars.elementsEqual(folded.unicodeScalars))
    }

    @Test func `folding twice changes nothing, for every character`() {
        for value in UInt32(1)...0x2FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            // A letter before and a mark after make compositions.
            for text in [String(scalar), "A" + String(scalar) + "\u{301}"] {
                let once = CaseMapping.rfc7613.fold(text)
                if !CaseMapping.rfc7613.fold(once).utf8.elementsEqual(once.utf8) {
                    Issue.record("U+\(String(value, radix: 16)) folds further")
                }
            }
        }
    }

    @Test func `ISUPPORT names the mappings`() {
        #expect(CaseMapping.allCases.map(\.rawValue) == ["ascii", "rfc7613"])
    }
}
