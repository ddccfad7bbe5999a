// MODE under random input, from seeds.

import Testing

@Suite struct ModePropertyTests {
    private static let letters = Array("+-+-qovbeIklfjWCcFiJMmNnpRrsTtUuzZ?é")
    private static let words = [
        "bob", "*!*@*", "m:", "mute:", "a:", "account:", "f:#x:", "forward:", "c:#Den", "r:*?x", "ip:", "i:",
        "10.0.0.0/8", "::1",
        "2001:db8::/32", "192.0.2.7", "!", "@", "*", "?", "$", "5:10", "0", "30", "99999999999999999999", "#Other",
        "#Room", ",",
        "Ann", "é", "\u{1}", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ]

    @Test(arguments: 0..<20)
    func `no MODE breaks a channel`(seed: Int) {
        var random = SeededBytes(seed: UInt64(seed))
        for _ in 0..<200 {
            let letters = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                Self.letters.randomElement(using: &random) ?? "+"
            }
            let parameters = (0..<Int.random(in: 0...7, using: &random)).map { _ in
                (0..<Int.random(in: 1...4, using: &random)).map { _ in Self.words.randomElement(using: &random) ?? "" }
                    .joined()
            }
            let input = ([String(letters)] + parameters).joined(separator: " ")
            do {
                try ModeInvariants.check(Array(input.utf8))
            } catch {
                Issue.record("\(error), seed \(seed), input \(input)")
            }
        }
    }
}
