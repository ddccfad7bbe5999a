// PART, KICK, QUIT: who goes, and who may be sent.

import Chat
import IRC
import Testing

@Suite struct LeaveTests {
    private let owner: Requester
    private let host: Requester
    private let voiced: Requester
    private let plain: Requester
    private let outsider: Requester
    private let oper: Requester
    private let state: ChannelState

    init() throws {
        self.owner = try person("Owner")
        self.host = try person("Host")
        self.voiced = try person("Voiced")
        self.plain = try person("Plain")
        self.outsider = try person("Outsider")
        self.oper = try person("Oper", rights: .all)
        self.state = try channel(
            "#Room",
            [(self.owner, .owner), (self.host, .host), (self.voiced, .voice), (self.plain, [])]
        )
    }

    @Test(arguments: [nil, "", "bye now"])
    func `a member leaves, with or without a word`(reason: String?) throws {
        var state = self.state
        let event = try state.decidePart(by: self.plain, reason: reason)
        #expect(event == .parted(self.plain.session, by: Author(self.plain.session, self.plain.user), reason: reason))
        state.evolve(event)
        #expect(state.members[self.plain.session] == nil)
        #expect(state.member(nick: self.plain.user.nick) == nil)
        #expect(state.members.count == 3)
    }

    @Test func `who is not in a channel cannot leave it`() throws {
        let refused = refusal { () throws(Refusal) in _ = try self.state.decidePart(by: self.outsider, reason: nil) }
        #expect(refused == Refusal(.notOnChannel, "#Room"))
    }

    @Test func `leaving is shown with the name that the channel knows`() throws {
        var renamed = self.plain
        renamed.user.apply(.nick(try #require(Nickname("Later", under: Names.caseMapping))))
        let event = try self.state.decidePart(by: renamed, reason: nil)
        #expect(event == .parted(self.plain.session, by: Author(self.plain.session, self.plain.user), reason: nil))
    }

    private func kick(_ target: Requester, by requester: Requester) throws -> Refusal? {
        let member = try #require(self.state.members[target.session])
        return refusal { () throws(Refusal) in
            _ = try self.state.decideKick(of: member, by: requester, reason: "out")
        }
    }

    @Test func `hosts and owners kick members, voices and hosts`() throws {
        for by in [self.host, self.owner, self.oper] {
            for target in [self.plain, self.voiced, self.host] { #expect(try self.kick(target, by: by) == nil) }
        }
    }

    @Test func `only an owner or an operator kicks an owner`() throws {
        #expect(try self.kick(self.owner, by: self.host)?.reason == .ownerCannotBeKicked)
        #expect(try self.kick(self.owner, by: self.owner) == nil)
        #expect(try self.kick(self.owner, by: self.oper) == nil)
    }

    @Test func `an owner who is host too stays protected`() throws {
        let both = try channel("#Room", [(self.owner, [.owner, .host]), (self.host, .host)])
        let target = try #require(both.members[self.owner.session])
        let refused = refusal { () throws(Refusal) in _ = try both.decideKick(of: target, by: self.host, reason: "") }
        #expect(refused?.reason == .ownerCannotBeKicked)
    }

    @Test func `others kick nobody`() throws {
        #expect(try self.kick(self.plain, by: self.voiced) == Refusal(.hostNeeded, "#Room"))
        #expect(try self.kick(self.voiced, by: self.plain) == Refusal(.hostNeeded, "#Room"))
        #expect(try self.kick(self.plain, by: self.outsider) == Refusal(.notOnChannel, "#Room"))
    }

    @Test func `the kicked is gone and named as the channel knew it`() throws {
        var state = self.state
        let target = try #require(state.members[self.plain.session])
        let event = try state.decideKick(of: target, by: self.host, reason: "spam")
        #expect(
            event
                == .kicked(
                    self.plain.session,
                    nick: "Plain",
                    by: Author(self.host.session, self.host.user),
                    reason: "spam"
                )
        )
        state.evolve(event)
        #expect(state.members[self.plain.session] == nil)
    }

    @Test func `going twice changes nothing`() throws {
        var state = self.state
        let quit = ChannelEvent.quit(
            self.plain.session,
            by: Author(self.plain.session, self.plain.user),
            reason: "Quit"
        )
        state.evolve(quit)
        let once = state
        state.evolve(quit)
        #expect(state == once)
    }

    @Test func `what concerns somebody who is gone changes nothing`() throws {
        var state = self.state
        let actor = Author(self.outsider.session, self.outsider.user)
        state.evolve(.changed(self.outsider.session, .away("lunch"), by: actor, number: 1))
        state.evolve(.modes([.rank(.host, self.outsider.session, nick: "Outsider", on: true)], by: actor))
        #expect(state == self.state)
    }

    @Test func `a member is found by its nickname, whatever the case, before and after a change`() throws {
        var state = self.state
        let upper = try #require(Nickname("PLAIN", under: Names.caseMapping))
        let other = try #require(Nickname("Fancy", under: Names.caseMapping))
        #expect(state.member(nick: upper)?.session == self.plain.session)
        state.evolve(
            .changed(
                self.plain.session,
                .nick(other),
                by: Author(self.plain.session, self.plain.user),
                number: 1
            )
        )
        #expect(state.member(nick: upper) == nil)
        #expect(state.member(nick: other)?.session == self.plain.session)
    }

    @Test func `a change of case alone keeps the member`() throws {
        var state = self.state
        let upper = try #require(Nickname("PLAIN", under: Names.caseMapping))
        state.evolve(
            .changed(self.plain.session, .nick(upper), by: Author(self.plain.session, self.plain.user), number: 1)
        )
        #expect(state.member(nick: self.plain.user.nick)?.user.nick.raw == "PLAIN")
    }
}
