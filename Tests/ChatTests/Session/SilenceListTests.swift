// Of whom a user wants to hear nothing.

import Chat
import IRC
import Testing

@Suite struct SilenceListTests {
    private func entry(_ text: String) throws -> Silenced { try #require(Silenced(text)) }

    @Test func `an entry is there once, in the order in which it came`() throws {
        var list = SilenceList()
        #expect(list.isEmpty && !list.silences("bob!b@h", account: nil))
        #expect(list.add(try self.entry("bob")))
        #expect(list.add(try self.entry("a:Eve")))
        #expect(!list.add(try self.entry("BOB")))
        #expect(!list.add(try self.entry("account:eve")))
        #expect(list.entries.map(\.text) == ["bob!*@*", "a:Eve"])
        #expect(!list.isEmpty && SilenceList(list.bytes) == list)
    }

    @Test func `who is silenced is not heard, and is when the entry goes`() throws {
        var list = SilenceList()
        for text in ["bob", "*!*@h", "account:eve", "a:spam*"] { list.add(try self.entry(text)) }
        func silences(_ prefix: String, _ account: String? = nil) -> Bool { list.silences(prefix, account: account) }
        #expect(silences("Bob!b@x") && silences("eve!e@h") && !silences("eve!e@x"))
        #expect(silences("other!e@x", "Eve") && silences("y!y@y", "spammer") && !silences("y!y@y", "yes"))
        #expect(list.remove(try self.entry("Bob")))
        #expect(list.remove(try self.entry("a:EVE")))
        #expect(!list.remove(try self.entry("bob")))
        #expect(!silences("Bob!b@x") && !silences("eve!e@x", "eve") && silences("eve!e@h"))
    }

    /// An earlier version took `m:bob` for a nickname.
    @Test func `what is no entry any more is a mask, and loses nobody the others`() throws {
        var list = SilenceList()
        list.add(try self.entry("bob"))
        list.add(.mask(try #require(Mask("m:eve!*@*", under: Names.caseMapping))))
        let read = try #require(SilenceList(list.bytes))
        #expect(read.entries.map(\.text) == ["bob!*@*", "m:eve!*@*"] && read.bytes == list.bytes)
    }

    @Test(arguments: ["", "a:", "account:", "r:name", "c:#a", "m:bob", "f:#a:bob", "m:a:bob", "z:ab", "i:192.0.2.1"])
    func `nobody is silenced by what is not known of all who say something`(text: String) {
        #expect(Silenced(text) == nil)
    }
}
