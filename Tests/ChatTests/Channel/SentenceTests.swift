// What checks do to a member by themselves: bans that end.

import Chat
import IRC
import Testing

@Suite struct SentenceTests {
    private let server = Author(session: nil, prefix: "irc.example", account: nil)

    private func user(_ nick: String, account: String? = nil) throws -> User {
        var user = try person(nick).user
        user.apply(.account(account))
        return user
    }

    private func channel(_ user: User, _ modes: MemberModes = []) throws -> (ChannelState, SessionID) {
        var state = ChannelState(name: try #require(ChannelName("#a", under: Names.caseMapping)), created: 1)
        let session = SessionID(rawValue: 7)
        state.evolve(.joined(Member(session: session, user: user, modes: modes), founding: nil))
        return (state, session)
    }

    @Test(arguments: [nil, "bob"])
    func `who is muted does not speak until the time has come, and once`(account: String?) throws {
        let user = try self.user("bob", account: account)
        var (state, session) = try self.channel(user, .voice)
        let mute = ChannelState.Sentence.mute(until: 100)
        let events = state.decide(mute, of: session, by: self.server, reason: "x", now: 10)
        for event in events { state.evolve(event) }
        let mask = try #require(state.lists[.ban]?.first?.mask)
        #expect(mask == (account.map { "m:a:\($0)" } ?? "m:*!*@\(user.host)"))
        #expect(state.decide(mute, of: session, by: self.server, reason: "x", now: 11).isEmpty)
        let requester = Requester(session: session, user: user, realHost: "")
        #expect(throws: Refusal.self) { try state.checkSpeech(of: requester, now: 99) }
        #expect(throws: Never.self) { try state.checkSpeech(of: requester, now: 100) }
        #expect(state.decideLapseOfBans(by: self.server, now: 99) == nil)
        let lapse = try #require(state.decideLapseOfBans(by: self.server, now: 100))
        state.evolve(lapse)
        #expect(state.lists[.ban] == nil && state.members.contains(session))
    }

    @Test func `who is banned is out, and stays out until the time has come`() throws {
        let user = try self.user("bob")
        var (state, session) = try self.channel(user)
        for event in state.decide(.ban(until: 100), of: session, by: self.server, reason: "x", now: 10) {
            state.evolve(event)
        }
        #expect(!state.members.contains(session))
        let requester = Requester(session: session, user: user, realHost: "")
        func joins(at now: Int64) -> Bool {
            (try? state.decideJoin(by: requester, key: nil, maximumMembers: nil, now: now)) != nil
        }
        #expect(!joins(at: 99) && joins(at: 100))
        // It is read back from its fields with its end.
        let update = state.updates(
            for: .modes([.list(.ban, try #require(state.lists[.ban]?.first), on: true)], by: self.server)
        )
        let read = ChannelState(
            name: state.name,
            fields: update.compactMap { field in field.value.map { (field.key, $0) } }
        )
        #expect(read.lists[.ban]?.first?.until == 100)
    }

    @Test func `who is not there any more has nothing done to them`() throws {
        let (state, _) = try self.channel(try self.user("bob"))
        let gone = SessionID(rawValue: 8)
        #expect(state.decide(.kick, of: gone, by: self.server, reason: "x", now: 1).isEmpty)
    }
}
