// User masks.

import IRC
import Testing

@Suite struct MaskTests {
    @Test(arguments: [
        ("bob", "bob!*@*"),
        ("Bob*", "Bob*!*@*"),
        ("*", "*!*@*"),
        ("*.example.com", "*!*@*.example.com"),
        ("10.0.0.?", "*!*@10.0.0.?"),
        ("2001:db8::*", "*!*@2001:db8::*"),
        ("bob!u", "bob!u@*"),
        ("u@h", "*!u@h"),
        ("@h", "*!*@h"),
        ("!u", "*!u@*"),
        ("!", "*!*@*"),
        ("bob!u@h", "bob!u@h"),
        ("bob!@", "bob!*@*"),
        ("bob!*@*$*", "bob!*@*"),
        ("bob$*", "bob!*@*"),
        ("cool[joe]", "cool[joe]!*@*"),
        ("*!~*@*", "*!~*@*"),
        // The last `@` introduces the host.
        ("u@v@", "*!u@v@*"),
        ("u@!v@h", "u@!v@h"),
        ("u@v!w", "*!u@v!w"),
        // Behind the host's sign nothing is a user's any more.
        ("u@h!x", "*!u@h!x"),
        (String(repeating: "x", count: 246), String(repeating: "x", count: 246) + "!*@*"),
        (String(repeating: "x", count: 246) + "!*@*", String(repeating: "x", count: 246) + "!*@*"),
    ])
    func `a short mask is completed`(text: String, full: String) {
        #expect(Mask(text, under: .rfc7613)?.text == full)
    }

    @Test(arguments: [
        "", "a b", "a\tb", "a\u{85}b", "bob!*@*$other.example", "$a:joe", String(repeating: "x", count: 251),
        String(repeating: "x", count: 250), String(repeating: "x", count: 247),
        "bob$" + String(repeating: "*", count: 250), "bob$other.example!u@h", "bob$other", "bob!u$other@h",
    ])
    func `what is no mask is refused`(text: String) {
        #expect(Mask(text, under: .rfc7613) == nil)
    }

    @Test(arguments: [
        ("bob", "BOB!u@h", true), ("bob", "bobby!u@h", false), ("*!*@*.EXAMPLE", "a!b@c.example", true),
        ("*!*@*.example", "a!b@example", false), ("*!~*@*", "a!~b@c", true), ("*!~*@*", "a!b@c", false),
        ("cool[joe]", "cool[joe]!j@h", true), ("cool[joe]", "coolj!j@h", false), ("b?b", "béb!u@h", true),
        ("É", "e\u{301}!u@h", true),
    ])
    func `a mask means these users`(text: String, user: String, matches: Bool) throws {
        let mask = try #require(Mask(text, under: .rfc7613))
        #expect(mask.matches(user) == matches)
        let source = Source(user)
        #expect(mask.matches(nick: source.nick, user: source.user, host: source.host) == matches)
        let nick = try #require(Nickname(source.nick, under: .rfc7613))
        let username = Username(sanitizing: source.user, under: .rfc7613)
        let subject = MaskSubject(
            nick: nick,
            user: source.user.hasPrefix("~") ? username.unverified : username,
            host: source.host,
            under: .rfc7613
        )
        #expect(mask.matches(subject) == matches)
    }

    @Test func `masks are equal if they mean the same`() {
        #expect(Mask("BOB", under: .ascii) == Mask("bob!**@*", under: .ascii))
        #expect(Mask("bob", under: .ascii)?.hashValue == Mask("Bob!*@*", under: .ascii)?.hashValue)
        #expect(Mask("bob", under: .ascii) != Mask("bob!u", under: .ascii))
        #expect(Mask("*", under: .ascii)?.matchesEverything == true)
        #expect(Mask("bob", under: .ascii)?.matchesEverything == false)
    }
}
