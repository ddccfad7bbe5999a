// Members that are kept as bytes until they are looked at.

import Chat
import IRC
import Testing

@Suite struct MemberTableTests {
    private func nickname(_ text: String) throws -> Nickname {
        try #require(Nickname(text, under: Names.caseMapping))
    }

    /// A channel as it is loaded, with members of these nicknames.
    private func loaded(_ nicks: [String], modes: MemberModes = .voice) throws -> ChannelState {
        let fields = try nicks.map { nick in
            let one = try person(nick)
            let update = ChannelState.memberUpdate(Member(session: one.session, user: one.user, modes: modes))
            return (update.key, try #require(update.value))
        }
        return ChannelState(name: try channelName("#Room"), fields: fields)
    }

    @Test(arguments: ["Ann", "ann", "ANN", "Äsop", "ÄSOP", "A\u{308}sop"])
    func `a member who was loaded is found by any spelling of the nickname`(nick: String) throws {
        let state = try self.loaded(["Bob", "Ann", "Äsop", "Zoë"])
        let (wanted, other) = (try self.nickname(nick), try self.nickname("Anna"))
        #expect(["Ann", "Äsop"].contains(state.member(nick: wanted)?.user.nick.raw))
        #expect(state.member(nick: other) == nil)
    }

    @Test func `a loaded member who is renamed is found by the new nickname alone`() throws {
        var state = try self.loaded(["Ann", "Bob"])
        let ann = try person("Ann")
        let (old, new) = (ann.user.nick, try self.nickname("Eve"))
        state.evolve(.changed(ann.session, .nick(new), by: Author(ann.session, ann.user), number: 1))
        #expect(state.member(nick: new)?.session == ann.session)
        #expect(state.member(nick: old) == nil)
        state.evolve(.quit(ann.session, by: Author(ann.session, ann.user), reason: ""))
        #expect(state.member(nick: new) == nil)
        #expect(state.members.count == 1)
    }

    @Test func `ranks of a loaded member are those of its field, and change`() throws {
        var state = try self.loaded(["Ann"])
        let ann = try person("Ann")
        #expect(state.members.modes(of: ann.session) == .voice)
        let change = ModeChange.rank(.host, ann.session, nick: "Ann", on: true)
        state.evolve(.modes([change], by: Author(ann.session, ann.user)))
        #expect(state.members.modes(of: ann.session) == [.voice, .host])
        #expect(state.members[ann.session]?.modes == [.voice, .host])
        #expect(state.members.modes(of: SessionID(rawValue: 1)) == nil)
    }

    @Test func `a channel that was loaded is equal to the same that was lived through`() throws {
        let names = (1...50).map { "Nick\($0)" }
        let loaded = try self.loaded(names, modes: [])
        var lived = ChannelState(name: loaded.name, created: loaded.created)
        lived.modes = loaded.modes
        for name in names {
            let one = try person(name)
            lived.evolve(.joined(Member(session: one.session, user: one.user, modes: []), founding: nil))
        }
        #expect(loaded == lived && lived == loaded)
        #expect(Set(loaded.members.map(\.user.nick.raw)) == Set(names))
        let ann = try person("Nick7")
        lived.evolve(.modes([.rank(.voice, ann.session, nick: "Nick7", on: true)], by: Author(ann.session, ann.user)))
        #expect(loaded != lived)
        #expect(!loaded.members.isSame(ann.session, in: lived.members))
    }

    @Test func `bytes that end too early are no member, wherever they end`() throws {
        let one = try person("Ann", account: "ann")
        let bytes = try #require(
            ChannelState.memberUpdate(Member(session: one.session, user: one.user, modes: [])).value
        )
        let key = ChannelState.memberField(one.session)
        let name = try channelName("#Room")
        #expect(ChannelState(name: name, fields: [(key, bytes)]).members.count == 1)
        for length in bytes.indices {
            #expect(ChannelState(name: name, fields: [(key, Array(bytes[..<length]))]).members.isEmpty, "\(length)")
        }
    }
}
