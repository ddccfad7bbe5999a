// Which passwords people may choose, and which addresses mail can be sent to.

import Tenant
import Testing

@Suite struct PasswordRulesTests {
    private static let rules = PasswordRules(minimumLength: 8)

    @Test(arguments: ["correct horse", "tr0ub4dor&3", "Übergröße!", "        x1y", "aB3$aB3$", "passwords are hard"])
    func `a password that nobody tries first is one`(password: String) {
        #expect(Self.rules.fault(in: password, of: "ann") == nil)
    }

    @Test(arguments: ["", "1234567", "ünüsual"])
    func `a short one is not, in characters`(password: String) {
        #expect(Self.rules.fault(in: password, of: "ann") == .tooShort(8))
        #expect(PasswordRules(minimumLength: 12).fault(in: "correct hor", of: "ann") == .tooShort(12))
    }

    @Test(arguments: [
        "password", "Password123", "QWERTYUIOP", "12345678", "23456789", "hgfedcba", "aaaaaaaaaaaa", "abababababab",
        "abcabcabcabc", "Annemarie",
    ])
    func `what everybody tries first is not, nor is the account's name`(password: String) {
        #expect(Self.rules.fault(in: password, of: "annemarie") == .easilyGuessed)
    }

    @Test func `a tenant may ask for less`() {
        #expect(PasswordRules(minimumLength: 3).fault(in: "xyq", of: "ann") == nil)
        #expect(PasswordRules(minimumLength: 1).fault(in: "x", of: "ann") == nil)
    }

    @Test func `one that fits into no line, or cannot be typed, is not`() {
        #expect(Self.rules.fault(in: String(repeating: "horse", count: 60), of: "ann") == nil)
        #expect(Self.rules.fault(in: String(repeating: "horse", count: 60) + "s", of: "ann") == .tooLong(300))
        #expect(Self.rules.fault(in: "correct\u{7}horse", of: "ann") == .unusable)
    }

    @Test(arguments: [
        "ann@example.com", "a@b.de", "ann.lee+chat@mail.example.com", "änn@example.de", "o'neil@example.co.uk",
        "x@xn--exmple-cua.de", "1@2.3", "\(String(repeating: "a", count: 64))@example.com",
    ])
    func `an address is one`(text: String) { #expect(EmailAddress(text)?.text == text) }

    @Test(arguments: [
        "", "ann", "@example.com", "ann@", "ann@localhost", "ann@example..com", "ann@.com", "ann@-a.com", "ann@a-.com",
        ".ann@example.com", "ann.@example.com", "a..b@example.com", "ann lee@example.com", "ann@exam ple.com",
        "ann@example.com\r\nRCPT TO:<x@y.z>", "<ann@example.com>", "ann@[192.0.2.1]", "a@b@c.d", "a,b@example.com",
        "\(String(repeating: "a", count: 65))@example.com", "ann@\(String(repeating: "a", count: 64)).com",
        "ann@\(String(repeating: "abc.", count: 63))com",
    ])
    func `what is none is refused`(text: String) { #expect(EmailAddress(text) == nil) }
}
