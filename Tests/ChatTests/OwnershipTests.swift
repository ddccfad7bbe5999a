// Whose a channel is, and what accounts are in it.

import Chat
import IRC
import Testing

@Suite struct OwnershipTests {
    private let server = Author(session: nil, prefix: "irc.example", account: nil)
    private let ann = AccountReference(name: "Ann", since: 10)

    /// Ann's channel, in which Bob's account is a host, and another one's account a voice; nobody is there.
    private func registered() throws -> ChannelState {
        var state = try channel("#Room")
        let bob = ChannelLevel(account: AccountReference(name: "bob", since: 20), rank: .host, setter: "Ann", time: 1)
        let cid = ChannelLevel(account: AccountReference(name: "cid", since: 30), rank: .voice, setter: "Ann", time: 1)
        state.evolve(
            .registration(
                [.founder(self.ann, since: 5), .level(folded: "bob", bob), .level(folded: "cid", cid)],
                by: self.server
            )
        )
        return state
    }

    private func requester(_ nick: String, account: String?, since: Int64?) throws -> Requester {
        var requester = try person(nick, account: account)
        requester.accountSince = since
        return requester
    }

    @Test(
        arguments: [
            ("Ann", 10, MemberModes.owner), ("ANN", 10, .owner), ("bob", 20, .host), ("cid", 30, .voice),
            ("ann", 11, []),
            ("bob", 19, []), ("dora", 20, []), (nil, 20, []), ("bob", nil, []),
        ] as [(String?, Int64?, MemberModes)]
    )
    func `an account has the rank that was given to it, and not to another of its name`(
        account: String?,
        since: Int64?,
        rank: MemberModes
    ) throws {
        let one = try self.requester("x", account: account, since: since)
        let event = try self.registered().decideJoin(by: one, key: nil, maximumMembers: nil, now: 9)
        guard case .joined(let member, let founding) = event else {
            Issue.record("\(event)")
            return
        }
        #expect(member.modes == rank && founding == nil)
    }

    @Test func `what is kept of it comes back, and nobody in it`() throws {
        var state = try self.registered()
        let bob = try self.requester("bob", account: "bob", since: 20)
        state.evolve(try state.decideJoin(by: bob, key: nil, maximumMembers: nil, now: 9))
        state.evolve(.topic(Topic(text: "news", setter: "bob", time: 3), by: bob.author))
        state.evolve(.invited(bob.session, nick: "bob", by: bob.author))
        state.evolve(.modes([.key("k"), .limit(7), .flag(.secret, on: true), .value(.slow, "30")], by: bob.author))
        state.evolve(.metadata([MetadataChange("url", "x")], by: bob.author))
        let updates = try #require(ChannelState.updates(kept: state.kept))
        let back = ChannelState(name: state.name, fields: updates.compactMap { one in one.value.map { (one.key, $0) } })
        #expect(back.members.isEmpty && back.invited.isEmpty)
        #expect(back.registration == state.registration && back.topic == state.topic && back.modes == state.modes)
        #expect(back.key == "k" && back.limit == 7 && back.values == state.values && back.metadata == state.metadata)
        #expect(back.created == state.created && back.kept == state.kept)
    }

    @Test func `what is damaged is not taken for what is kept`() throws {
        let kept = try self.registered().kept
        #expect(ChannelState.updates(kept: kept) != nil)
        for count in 0..<kept.count {
            #expect(ChannelState.updates(kept: Array(kept.prefix(count))) == nil, "\(count)")
        }
        #expect(ChannelState.updates(kept: [255, 255, 255, 255]) == nil)
        // A section that a later version knows is left out.
        #expect(ChannelState.updates(kept: [0, 0, 0, 1, UInt8(ascii: "?"), 0, 1, 65, 0, 0, 0, 1, 7]) == [])
    }

    @Test func `there are only so many levels, and one that is there may always change`() throws {
        var state = try self.registered()
        let founder = try self.requester("Ann", account: "Ann", since: 10)
        for number in 2..<ChannelRegistration.maximumLevels {
            let account = AccountReference(name: "n\(number)", since: 1)
            for event in try state.decideLevel(of: account, .voice, by: founder, now: 1) { state.evolve(event) }
        }
        #expect(state.registration?.levels.count == ChannelRegistration.maximumLevels)
        #expect(throws: Refusal(.listIsFull, "#Room", "A")) {
            try state.decideLevel(of: AccountReference(name: "more", since: 1), .voice, by: founder, now: 1)
        }
        let bob = AccountReference(name: "bob", since: 20)
        #expect(try state.decideLevel(of: bob, .voice, by: founder, now: 1).count == 1)
        #expect(try state.decideLevel(of: bob, .host, by: founder, now: 1).isEmpty)
        // Of who has the name now the level is another's: that it has none is news.
        let next = AccountReference(name: "bob", since: 99)
        #expect(try state.decideLevel(of: next, .host, by: founder, now: 1).count == 1)
    }

    @Test func `with the founder's account the channel goes to the successor, or nobody has it`() throws {
        var state = try self.registered()
        let founder = try self.requester("Ann", account: "Ann", since: 10)
        #expect(try state.decideGivingUp(by: founder) == .registration([.dropped], by: founder.author))
        let bob = AccountReference(name: "bob", since: 20)
        for event in try state.decideSuccessor(bob, by: founder) { state.evolve(event) }
        #expect(try state.decideSuccessor(bob, by: founder).isEmpty)
        state.evolve(try state.decideGivingUp(by: founder))
        #expect(state.registration?.founder == bob && state.registration?.successor == nil)
        #expect(state.registration?.levels["bob"] == nil && state.registration?.since == 5)
        let other = try self.requester("bob", account: "bob", since: 21)
        #expect(throws: Refusal.self) { try state.decideDrop(by: other) }
        state.evolve(.registration([.dropped], by: self.server))
        #expect(state.registration == nil && !state.modes.contains(.registered))
    }

    @Test func `who owns a channel that is nobody's registers it, with an account`() throws {
        let (owner, host) = (try self.requester("ann", account: "Ann", since: 10), try person("bob", account: "bob"))
        let guest = try person("eve")
        let open = try channel("#a", [(owner, .owner), (host, .host), (guest, .owner)])
        #expect(refusal { () throws(Refusal) in _ = try open.decideRegister(by: host, now: 7) } != nil)
        var other = host
        other.accountSince = 20
        let refused: [(Requester, Refusal.Reason)] = [
            (other, .ownerNeeded), (guest, .accountNeeded),
            (try self.requester("cid", account: "cid", since: 30), .notOnChannel),
        ]
        for (one, reason) in refused {
            #expect(refusal { () throws(Refusal) in _ = try open.decideRegister(by: one, now: 7) }?.reason == reason)
        }
        other.rights = .runAnyChannel
        #expect(refusal { () throws(Refusal) in _ = try open.decideRegister(by: other, now: 7) } == nil)
        var state = open
        state.evolve(try open.decideRegister(by: owner, now: 7))
        #expect(state.registration?.founder == self.ann && state.registration?.since == 7)
        #expect(state.registration?.lastUse == 7)
        let again = refusal { () throws(Refusal) in _ = try state.decideRegister(by: owner, now: 8) }
        #expect(again?.reason == .channelIsRegistered)
    }
}
