import Chat
import IRC
import Testing

@Suite struct NetworkBanRuleTests {
    @Test(arguments: [
        ("troll", "troll!*@*"), ("192.0.2.7", "ip:*!*@192.0.2.7"), ("192.0.2.0/24", "ip:*!*@192.0.2.0/24"),
        ("2001:db8::/32", "ip:*!*@2001:db8::/32"), ("x!y@192.0.2.0/24", "ip:x!y@192.0.2.0/24"), ("a:bob", "a:bob"),
        ("realname:?bad", "realname:?bad"), ("*!*@*.example", "*!*@*.example"),
    ])
    func `a text is shown as what it means`(text: String, mask: String) { #expect(NetworkBan.mask(text) == mask) }

    @Test(arguments: ["", "m:x!*@*", "f:#a:x!*@*", "c:#a", "a:", "z:12", "a b"])
    func `what means nobody, or keeps from less than the network, is no ban`(text: String) {
        #expect(NetworkBan.mask(text) == nil)
        #expect(NetworkBan(mask: text, reason: "", setter: "", time: 0, until: nil) == nil)
    }

    @Test func `it holds until it ends`() throws {
        let ban = try #require(NetworkBan(mask: "x", reason: "", setter: "", time: 1, until: 5))
        #expect([4, 5, 6].map { ban.holds(at: $0) } == [true, false, false])
        let lasting = try #require(NetworkBan(mask: "x", reason: "", setter: "", time: 1, until: nil))
        #expect(lasting.holds(at: .max))
    }

    @Test func `it means those whom its mask says`() throws {
        var bob = try person("Bob", account: "bob")
        bob.realHost = "192.0.2.7"
        bob.fingerprint = String(repeating: "ab", count: 32)
        for (mask, isMeant) in [
            ("bob", true), ("rob", false), ("192.0.2.0/29", true), ("192.0.2.8/29", false), ("a:b*", true),
            ("a:c*", false), ("z:\(String(repeating: "ab", count: 32))", true), ("r:*", true),
        ] {
            let ban = try #require(NetworkBan(mask: mask, reason: "", setter: "", time: 1, until: nil))
            #expect(ban.matches(bob) == isMeant, "\(mask)")
        }
    }
}
