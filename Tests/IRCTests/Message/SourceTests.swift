// The parts of a source. The cases follow the community's vectors (userhost-split).

import IRC
import Testing

@Suite struct SourceTests {
    @Test(arguments: [
        ("joe", ["joe", "", ""]),
        ("joe!j@127.0.0.1", ["joe", "j", "127.0.0.1"]),
        ("joe!~j@localhost", ["joe", "~j", "localhost"]),
        ("joe@127.0.0.1", ["joe", "", "127.0.0.1"]),
        ("joe!j", ["joe", "j", ""]),
        ("joe!j@n\u{3}5w\u{F}ork.example", ["joe", "j", "n\u{3}5w\u{F}ork.example"]),
        ("irc.example", ["irc.example", "", ""]),
        ("", ["", "", ""]),
    ])
    func `a source is split at its marks`(text: String, parts: [String]) {
        let source = Source(text)
        #expect([source.nick, source.user, source.host] == parts)
        #expect(source.description == text)
    }
}
