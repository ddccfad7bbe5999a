// TOPIC and INVITE.

import Chat
import IRC
import Testing

@Suite struct TopicAndInviteTests {
    private let owner: Requester
    private let host: Requester
    private let voiced: Requester
    private let plain: Requester
    private let guest: Requester
    private let oper: Requester
    private var state: ChannelState

    init() throws {
        self.owner = try person("Owner")
        self.host = try person("Host")
        self.voiced = try person("Voiced")
        self.plain = try person("Plain")
        self.guest = try person("Guest")
        self.oper = try person("Oper", rights: .all)
        self.state = try channel(
            "#Room",
            [(self.owner, .owner), (self.host, .host), (self.voiced, .voice), (self.plain, []), (self.oper, [])],
            modes: []
        )
    }

    private func topic(by requester: Requester) -> Refusal.Reason? {
        refusal { () throws(Refusal) in _ = try self.state.decideTopic("news", by: requester, now: 4) }?.reason
    }

    private func invite(_ target: Requester, by requester: Requester) -> Refusal? {
        refusal { () throws(Refusal) in
            _ = try self.state.decideInvite(of: target.session, target.user, by: requester)
        }
    }

    @Test func `without t every member sets the topic, and nobody else`() {
        for one in [self.owner, self.host, self.voiced, self.plain] { #expect(self.topic(by: one) == nil) }
        #expect(self.topic(by: self.guest) == .notOnChannel)
    }

    @Test mutating func `with t hosts, owners and operators set the topic`() {
        self.state.modes = .topicByHosts
        for one in [self.owner, self.host, self.oper] { #expect(self.topic(by: one) == nil) }
        for one in [self.voiced, self.plain] { #expect(self.topic(by: one) == .hostNeeded) }
    }

    @Test func `a topic tells who set it and when`() throws {
        var state = self.state
        state.evolve(try state.decideTopic("news", by: self.plain, now: 1234))
        #expect(state.topic == Topic(text: "news", setter: "Plain", time: 1234))
    }

    @Test func `an empty topic clears it`() throws {
        var state = self.state
        state.evolve(try state.decideTopic("news", by: self.plain, now: 1))
        let event = try state.decideTopic("", by: self.plain, now: 2)
        #expect(event == .topic(nil, by: Author(self.plain.session, self.plain.user)))
        state.evolve(event)
        #expect(state.topic == nil)
    }

    @Test func `every member invites into an open channel, and nobody else`() {
        for one in [self.owner, self.host, self.voiced, self.plain] {
            #expect(self.invite(self.guest, by: one) == nil)
        }
        #expect(self.invite(self.plain, by: self.guest) == Refusal(.notOnChannel, "#Room"))
    }

    @Test mutating func `hosts, owners and operators invite into a channel for the invited`() {
        self.state.modes = .inviteOnly
        for one in [self.owner, self.host, self.oper] { #expect(self.invite(self.guest, by: one) == nil) }
        for one in [self.voiced, self.plain] {
            #expect(self.invite(self.guest, by: one) == Refusal(.hostNeeded, "#Room"))
        }
    }

    @Test func `who is in already is not invited`() {
        #expect(self.invite(self.voiced, by: self.plain) == Refusal(.userOnChannel, "Voiced", "#Room"))
    }

    @Test func `an invitation names the guest and is remembered`() throws {
        var state = self.state
        let event = try state.decideInvite(of: self.guest.session, self.guest.user, by: self.plain)
        #expect(
            event == .invited(self.guest.session, nick: "Guest", by: Author(self.plain.session, self.plain.user))
        )
        state.evolve(event)
        #expect(state.invited == [self.guest.session])
    }

    @Test func `going away gives an invitation up`() throws {
        var state = self.state
        state.invited = [self.guest.session]
        state.evolve(
            .quit(self.guest.session, by: Author(self.guest.session, self.guest.user), reason: "Quit")
        )
        #expect(state.invited.isEmpty)
    }
}
