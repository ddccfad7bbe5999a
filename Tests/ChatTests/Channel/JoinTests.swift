// Who comes in, and what stops the others first.

import Chat
import IRC
import Testing

@Suite struct JoinTests {
    /// What a channel is like and who asks, beside what a case says.
    private func room(
        _ change: (inout ChannelState) -> Void = { _ in }
    ) throws -> ChannelState {
        var state = try channel("#Room", [(try person("Owner"), .owner)])
        change(&state)
        return state
    }

    private func answer(
        _ state: ChannelState,
        _ requester: Requester,
        key: String? = nil,
        maximum: Int? = nil
    ) -> Refusal.Reason? {
        refusal { () throws(Refusal) in
            _ = try state.decideJoin(by: requester, key: key, maximumMembers: maximum, now: 9)
        }?.reason
    }

    private static func entry(_ mask: String) -> ListEntry { ListEntry(mask: mask, setter: "Owner", time: 1) }

    @Test func `the first one in founds the channel and owns it`() throws {
        let empty = try channel("#Room")
        let alice = try person("Alice")
        let event = try empty.decideJoin(by: alice, key: nil, maximumMembers: nil, now: 77)
        let name = try channelName("#Room")
        #expect(
            event
                == .joined(
                    Member(session: alice.session, user: alice.user, modes: .owner, joined: 77),
                    founding: Founding(name: name, created: 77)
                )
        )
        var after = empty
        after.evolve(event)
        #expect(after.created == 77)
        #expect(after.modes == [.noExternal, .topicByHosts])
        #expect(after.member(nick: alice.user.nick)?.modes == .owner)
    }

    @Test func `the founder's spelling becomes the channel's name`() throws {
        var state = try channel("#room")
        var spelled = state
        spelled = ChannelState(name: try channelName("#ROOM"), created: 0)
        state.evolve(try spelled.decideJoin(by: try person("Alice"), key: nil, maximumMembers: nil, now: 1))
        #expect(state.name.raw == "#ROOM")
    }

    @Test func `who comes later has no rank and founds nothing`() throws {
        let bob = try person("Bob")
        let event = try self.room().decideJoin(by: bob, key: nil, maximumMembers: nil, now: 9)
        #expect(event == .joined(Member(session: bob.session, user: bob.user, modes: [], joined: 9), founding: nil))
    }

    @Test func `an empty registered channel is not founded again`() throws {
        var state = try channel("#Room")
        let alice = AccountReference(name: "Alice", since: 1)
        state.evolve(.registration([.founder(alice, since: 2)], by: Author(session: nil, prefix: "x", account: nil)))
        let bob = try person("Bob")
        let event = try state.decideJoin(by: bob, key: nil, maximumMembers: nil, now: 9)
        #expect(event == .joined(Member(session: bob.session, user: bob.user, modes: [], joined: 9), founding: nil))
    }

    @Test func `what is no mask bans nobody`() throws {
        let state = try self.room { $0.lists[.ban] = [Self.entry("a b"), Self.entry("")] }
        #expect(self.answer(state, try person("Bob")) == nil)
    }

    /// What stands in the way, in the order in which it is told: taking the first away shows the next.
    @Test func `obstacles are told in the order quota, ban, invitation, key, limit`() throws {
        let bob = try person("Bob")
        var state = try self.room {
            $0.lists[.ban] = [Self.entry("Bob!*@*")]
            $0.modes.insert(.inviteOnly)
            $0.key = "sesame"
            $0.limit = 1
        }
        #expect(self.answer(state, bob, maximum: 1) == .channelIsFull)
        #expect(self.answer(state, bob, maximum: 2) == .banned)
        state.lists[.ban] = nil
        #expect(self.answer(state, bob) == .inviteOnly)
        state.modes.remove(.inviteOnly)
        #expect(self.answer(state, bob) == .badKey)
        #expect(self.answer(state, bob, key: "sesame") == .channelIsFull)
        state.limit = 2
        #expect(self.answer(state, bob, key: "sesame") == nil)
    }

    @Test(
        arguments: [
            (nil, Refusal.Reason.badKey), ("", .badKey), ("sesam", .badKey),
            ("sesame ", .badKey), ("Sesame", .badKey), ("sesame", nil),
        ] as [(String?, Refusal.Reason?)]
    )
    func `a key opens only if it is the same to the byte`(key: String?, expected: Refusal.Reason?) throws {
        #expect(self.answer(try self.room { $0.key = "sesame" }, try person("Bob"), key: key) == expected)
    }

    @Test func `a key where none is needed does no harm`() throws {
        #expect(self.answer(try self.room(), try person("Bob"), key: "x") == nil)
    }

    @Test(arguments: [
        ("Bob!*@*", true), ("bob!*@*", true), ("*!ubob@*", true), ("*!*@bob.cloaked", true),
        ("*!*@192.0.2.*", false), ("*!*@192.0.2.9", false), ("Robert!*@*", false), ("B?b!*@*", true),
    ])
    func `a ban means what is shown: the nick, the user and the cloak, never the address behind it`(
        mask: String,
        isBanned: Bool
    ) throws {
        let state = try self.room { $0.lists[.ban] = [Self.entry(mask)] }
        #expect(self.answer(state, try person("Bob")) == (isBanned ? .banned : nil))
    }

    @Test func `an exception lifts a ban, on any of the bans`() throws {
        let state = try self.room {
            $0.lists[.ban] = [Self.entry("*!*@*"), Self.entry("Bob!*@*")]
            $0.lists[.exception] = [Self.entry("*!ubob@*")]
        }
        #expect(self.answer(state, try person("Bob")) == nil)
        #expect(self.answer(state, try person("Carol")) == .banned)
    }

    @Test func `an exception is no invitation, and an invitation list no exception`() throws {
        var state = try self.room {
            $0.modes.insert(.inviteOnly)
            $0.lists[.exception] = [Self.entry("Bob!*@*")]
        }
        #expect(self.answer(state, try person("Bob")) == .inviteOnly)
        state.lists = [.ban: [Self.entry("Bob!*@*")], .inviteException: [Self.entry("Bob!*@*")]]
        #expect(self.answer(state, try person("Bob")) == .banned)
    }

    @Test func `an invitation list lets in without an invitation`() throws {
        let state = try self.room {
            $0.modes.insert(.inviteOnly)
            $0.lists[.inviteException] = [Self.entry("Bob!*@*")]
        }
        #expect(self.answer(state, try person("Bob")) == nil)
        #expect(self.answer(state, try person("Carol")) == .inviteOnly)
    }

    @Test func `the invited pass ban, invitation and key, but not the limit`() throws {
        let bob = try person("Bob")
        var state = try self.room {
            $0.lists[.ban] = [Self.entry("*!*@*")]
            $0.modes.insert(.inviteOnly)
            $0.key = "sesame"
            $0.invited = [bob.session]
        }
        #expect(self.answer(state, bob) == nil)
        state.limit = 1
        #expect(self.answer(state, bob) == .channelIsFull)
    }

    @Test func `an invitation is good for one visit`() throws {
        let bob = try person("Bob")
        var state = try self.room {
            $0.modes.insert(.inviteOnly)
            $0.invited = [bob.session]
        }
        state.evolve(try state.decideJoin(by: bob, key: nil, maximumMembers: nil, now: 9))
        state.evolve(try state.decidePart(by: bob, reason: nil))
        #expect(self.answer(state, bob) == .inviteOnly)
    }

    @Test func `an operator passes everything but the quota`() throws {
        let oper = try person("Oper", rights: .all)
        let state = try self.room {
            $0.lists[.ban] = [Self.entry("*!*@*")]
            $0.modes.insert(.inviteOnly)
            $0.key = "sesame"
            $0.limit = 1
        }
        #expect(self.answer(state, oper) == nil)
        #expect(self.answer(state, oper, maximum: 2) == nil)
        #expect(self.answer(state, oper, maximum: 1) == .channelIsFull)
    }

    @Test func `an operator who comes later owns nothing`() throws {
        let oper = try person("Oper", rights: .all)
        var state = try self.room()
        state.evolve(try state.decideJoin(by: oper, key: nil, maximumMembers: nil, now: 9))
        #expect(state.members[oper.session]?.modes == [])
    }

    @Test(arguments: [(1, Refusal.Reason.channelIsFull), (2, nil), (3, nil)] as [(Int, Refusal.Reason?)])
    func `a channel takes as many as its limit`(limit: Int, expected: Refusal.Reason?) throws {
        #expect(self.answer(try self.room { $0.limit = limit }, try person("Bob")) == expected)
    }

    @Test func `a limit below the number of members lets nobody in and throws nobody out`() throws {
        var state = try self.room()
        state.evolve(try state.decideJoin(by: try person("Bob"), key: nil, maximumMembers: nil, now: 9))
        state.limit = 1
        #expect(state.members.count == 2)
        #expect(self.answer(state, try person("Carol")) == .channelIsFull)
    }

    @Test func `refusals name the channel as it is spelled`() throws {
        let state = try self.room { $0.key = "sesame" }
        let bob = try person("Bob")
        let refused = refusal { () throws(Refusal) in
            _ = try state.decideJoin(by: bob, key: nil, maximumMembers: nil, now: 9)
        }
        #expect(refused?.subject == ["#Room"])
    }
}
