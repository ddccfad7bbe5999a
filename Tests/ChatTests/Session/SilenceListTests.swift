// Of whom a user wants to hear nothing.

import Chat
import IRC
import Testing

@Suite struct SilenceListTests {
    private func mask(_ text: String) throws -> Mask { try #require(Mask(text, under: Names.caseMapping)) }

    @Test func `a mask is there once, in the order in which it came`() throws {
        var list = SilenceList()
        #expect(list.isEmpty && !list.silences("bob!b@h"))
        #expect(list.add(try self.mask("bob")))
        #expect(list.add(try self.mask("*!*@h")))
        #expect(!list.add(try self.mask("BOB")))
        #expect(try list.masks == [self.mask("bob"), self.mask("*!*@h")])
        #expect(!list.isEmpty)
    }

    @Test func `who is silenced is not heard, and is when the mask goes`() throws {
        var list = SilenceList()
        list.add(try self.mask("bob"))
        list.add(try self.mask("*!*@h"))
        #expect(list.silences("Bob!b@x") && list.silences("eve!e@h") && !list.silences("eve!e@x"))
        #expect(list.remove(try self.mask("Bob")))
        #expect(!list.remove(try self.mask("bob")))
        #expect(!list.silences("Bob!b@x") && list.silences("eve!e@h"))
    }
}
