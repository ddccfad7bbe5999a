// The numerics.

import IRC
import Testing

@Suite struct NumericTests {
    @Test(arguments: [
        (Numeric.rplWelcome, "001"), (.rplISupport, "005"), (.rplUModeIs, "221"), (.rplNamReply, "353"),
        (.errUnknownCommand, "421"), (.rplMonOnline, "730"), (.rplSaslSuccess, "903"),
    ])
    func `a numeric has three digits`(numeric: Numeric, code: String) {
        #expect(numeric.code == code)
    }

    @Test(arguments: Numeric.allCases)
    func `every numeric can be written`(numeric: Numeric) throws {
        let line = written { $0.numeric(numeric, source: "irc.example", target: "joe", "x") }
        let parsed = try message(String(line.unicodeScalars.dropLast(2)))
        #expect(parsed.command == numeric.code)
        #expect(parsed.parameters.last == numeric.text?.english ?? "x")
        #expect(numeric.text?.english.isEmpty != true)
    }
}
