// Names that cannot be invalid.

import IRC
import Testing

@Suite struct NameTests {
    @Test(arguments: [
        "joe", "Joe", "a", "-x", "'x", ">guest", "[bot]", "_x_", "`x`", "{x}", "x|away", "x^", "a1", "héllo", "Привет",
        "名前", "x\\y", "\u{1F600}", "a;b", "e\u{301}", "\u{2764}\u{FE0F}", String(repeating: "x", count: 32),
        String(repeating: "é", count: 16),
    ])
    func `a user may be called that`(nick: String) {
        #expect(Nickname(nick, under: .rfc7613)?.raw == nick)
        #expect(AccountName(nick, under: .rfc7613)?.raw == nick)
    }

    @Test(arguments: [
        "", "1x", "^x", "a.b", "+x", "x+", "a=b", "#x", "a!b", "a@b", "a%b", "a&b", "a$b", "~x", "a:b", ":x", "a*",
        "a?", "a,b", "a/b", "a\u{FF0F}b",
        "a b", " a", "a\tb", "a\u{7F}", "a\u{85}", "127.0.0.1", "::1", "host.tld", "a\u{A0}b", "a\u{200B}b",
        "a\u{200D}b",
        "\u{202E}joe", "a\u{2066}b", "a\u{FEFF}", "a\u{AD}b", "\u{3164}", "\u{2800}", "a\u{3000}b", "a\u{E000}",
        "a\u{378}", "\u{301}x",
        "a\u{FF01}b", "\u{FF11}x", "\u{FF03}x", "a\u{FF0A}", "\u{FE0F}", "a\u{E0041}", "a\u{2028}b",
        String(repeating: "x", count: 33), String(repeating: "é", count: 17), String(repeating: "\u{130}", count: 16),
    ])
    func `no user may be called that`(nick: String) {
        #expect(Nickname(nick, under: .rfc7613) == nil)
        #expect(AccountName(nick, under: .rfc7613) == nil)
    }

    @Test func `names are equal if they fold alike and keep how they were given`() throws {
        let names = try ["JOE", "joe", "\u{FF2A}oe"].map { try #require(Nickname($0, under: .rfc7613)) }
        #expect(Set(names).count == 1)
        #expect(names[0].description == "JOE")
        #expect(names[0].folded == "joe")
        #expect(Nickname("a[", under: .ascii) != Nickname("A{", under: .ascii))
    }

    @Test func `the longest nick is the tenant's choice`() {
        #expect(Nickname("joseph", under: .ascii, maximumLength: 5) == nil)
        #expect(Nickname("josep"[...], under: .ascii, maximumLength: 5)?.raw == "josep")
    }

    @Test(arguments: [
        "#x", "&x", "##x", "#c++", "#1", "#foo.bar", "#a:b", "#a!b", "#a@b", "#É", "#\u{2764}\u{FE0F}", "#-", "#名前",
        "#" + String(repeating: "x", count: 63), "#x" + String(repeating: "é", count: 31),
    ])
    func `a channel may be called that`(name: String) {
        #expect(ChannelName(name, under: .rfc7613)?.raw == name)
    }

    @Test(arguments: [
        "", "#", "&", "x", "%#x", "+x", "!x", "# x", "#a b", "#a,b", "#a\u{7}b", "#a*", "#?", "#a\u{200B}b", "#\u{301}",
        "#\u{FE0F}",
        "#a\u{FF0C}b", "#a\u{A0}b", "\u{FF03}x", "#" + String(repeating: "x", count: 64),
        "#" + String(repeating: "é", count: 32),
    ])
    func `no channel may be called that`(name: String) {
        #expect(ChannelName(name, under: .rfc7613) == nil)
    }

    @Test(arguments: [("#x", true), ("&x", true), ("x", false), ("", false), ("+#x", false)])
    func `targets are told apart by their first character`(target: String, isChannel: Bool) {
        #expect(ChannelName.isChannel(target) == isChannel)
    }

    @Test(arguments: [
        ("joe", "joe"), ("joe@host", "joehost"), ("~joe", "joe"), ("j o e", "joe"), ("", "user"), ("@@", "user"),
        ("...joe", "joe"), ("1joe", "1joe"), ("jo.e", "jo.e"), ("a\u{200B}b", "ab"),
        (String(repeating: "x", count: 40), String(repeating: "x", count: 19)),
        (String(repeating: "é", count: 40), String(repeating: "é", count: 9)),
    ])
    func `a username is made of what a client sent`(text: String, username: String) {
        let made = Username(sanitizing: text, under: .rfc7613)
        #expect(made.raw == username)
        #expect(Username(made.raw, under: .rfc7613) == made)
    }

    @Test func `an unverified username has one tilde`() throws {
        let name = try #require(Username("Joe", under: .ascii))
        #expect(name.unverified.raw == "~Joe")
        #expect(name.unverified.unverified.folded == "~joe")
        #expect(Username("~joe", under: .ascii) == nil)
    }

    // The cases follow the community's vectors (validate-hostname).
    @Test(arguments: [
        ("irc.example.com", true), ("i.example.net", true), ("irc-srv.net.uk", true), ("iRC.ExamPLe.NeT", true),
        ("gsf.ds342.co.uk", true), ("a0.z9.AZ", true), ("a/b.example", false), ("a:b.example", false),
        ("a@b.example", false), ("a[b.example", false), ("a`b.example", false), ("a{b.example", false),
        ("324.net.uk", true), ("xn--bcher-kva.ch", true), ("services.", true),
        ("-x-.net.uk", false), ("-x.net.uk", false), ("x-.net.uk", false), ("_irc._sctp.x.net.uk", false),
        ("irc", false), ("com", false),
        ("", false), (" ", false), ("example. net", false), ("ex ample.org", false), (" example.org", false),
        ("example.org ", false), (".", false), ("..", false), ("a..b", false), ("bücher.example", false),
        (String(repeating: "a", count: 63) + ".example", true), (String(repeating: "a", count: 64) + ".example", false),
        (String(repeating: "a.", count: 130), false),
        // At most 253 bytes, the final dot not counted.
        (String(repeating: "a.", count: 126) + "a", true), (String(repeating: "a.", count: 126) + "a.", true),
        (String(repeating: "a.", count: 126) + "aa", false), (String(repeating: "a.", count: 126) + "aa.", false),
    ])
    func `a host name is validated`(host: String, isValid: Bool) {
        #expect((Hostname(host) != nil) == isValid)
    }

    @Test func `host names are compared in lower case without their final dot`() {
        #expect(Hostname("IRC.Example.com.") == Hostname("irc.example.COM"))
    }
}
