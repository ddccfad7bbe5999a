// Who may knock.

import Chat
import IRC
import Testing

@Suite struct KnockRuleTests {
    private typealias Case = (modes: ChannelModes, key: String?, expected: Refusal.Reason?)

    private func answer(_ state: ChannelState, _ requester: Requester) -> Refusal.Reason? {
        refusal { () throws(Refusal) in _ = try state.decideKnock(by: requester, server: "irc.example") }?.reason
    }

    @Test(
        arguments: [
            ([], nil, .channelIsOpen), (.inviteOnly, nil, nil), ([], "key", nil), (.moderated, nil, .channelIsOpen),
            ([.inviteOnly, .secret], nil, .noSuchChannel), (.secret, nil, .noSuchChannel),
            ([.inviteOnly, .private], nil, nil),
        ] as [Case]
    )
    private func `one knocks where it is closed, and not where nobody may know of it`(
        modes: ChannelModes,
        key: String?,
        expected: Refusal.Reason?
    ) throws {
        var state = try channel("#room", [(try person("Ann"), .owner)], modes: modes)
        state.key = key
        #expect(self.answer(state, try person("Bob")) == expected)
    }

    @Test func `a member has nothing to knock for, who is banned is not heard, an operator knows of all`() throws {
        let (ann, bob) = (try person("Ann"), try person("Bob"))
        var state = try channel("#room", [(ann, .owner)], modes: .inviteOnly)
        #expect(self.answer(state, ann) == .knockOnOwnChannel)
        state.lists[.ban] = [ListEntry(mask: "bob!*@*", setter: "Ann", time: 1)]
        #expect(self.answer(state, bob) == .banned)
        state.modes.insert(.secret)
        #expect(self.answer(state, try person("Oper", rights: .all)) == nil)
    }
}
