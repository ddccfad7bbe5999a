// What a channel knows of the names that it had.

import Chat
import IRC
import Testing

@Suite struct FormerNameRuleTests {
    private func name(_ text: String) throws -> ChannelName {
        try #require(ChannelName(text, under: Names.caseMapping))
    }

    /// As another log is founded with it.
    private func renamed(_ state: ChannelState, to name: String, now: Int64) throws -> ChannelState {
        let fields = state.fields(as: try self.name(name), now: now).compactMap { update in
            update.value.map { (update.key, $0) }
        }
        return ChannelState(name: try self.name(name), fields: fields)
    }

    private func shown(_ state: ChannelState) -> [String] {
        state.former.map { "\($0.name) \($0.time.lowerBound) \($0.time.upperBound)" }
    }

    @Test func `a channel knows its last names, and from when to when it had each`() throws {
        var state = ChannelState(name: try self.name("#Räume"), created: 10)
        #expect(state.former.isEmpty)
        state = try self.renamed(state, to: "#b", now: 20)
        #expect(self.shown(state) == ["#\(Names.caseMapping.fold("Räume")) 10 20"])
        for (index, name) in ["#c", "#d", "#e", "#f"].enumerated() {
            state = try self.renamed(state, to: name, now: 30 + 10 * Int64(index))
        }
        #expect(self.shown(state) == ["#b 20 30", "#c 30 40", "#d 40 50", "#e 50 60"])
        #expect(state.moved == 60 && state.name.raw == "#f")
    }

    @Test func `a channel takes all that it has to its new name`() throws {
        let (alice, bob) = (try person("Alice"), try person("Bob"))
        var state = try channel("#Room", [(alice, .owner), (bob, .voice)], modes: [.secret, .moderated])
        (state.key, state.limit) = ("sesame", 9)
        state.topic = Topic(text: "news", setter: "Alice", time: 6_000)
        state.values = [.forward: "#Other", .throttle: "5:10", .slow: "30"]
        let entries = [("bob!*@*", 1), ("zed!*@*", 2)].map { ListEntry(mask: $0.0, setter: "Old", time: $0.1) }
        state.lists = [.ban: entries, .exception: [entries[0]], .inviteException: [entries[1]]]
        state.access = ["host x!*@*": [1, 2]]
        state.properties = ["ONJOIN": "hi"]
        state.metadata = try #require(Metadata().applying(MetadataChange("url", "x")))
        state.invited = [SessionID(rawValue: 5), SessionID(rawValue: 6)]
        let moved = try self.renamed(state, to: "#other", now: 7_000)
        #expect(moved.name.raw == "#other" && moved.created == state.created && moved.moved == 7_000)
        #expect(moved.modes == state.modes && moved.key == state.key && moved.limit == state.limit)
        #expect(moved.values == state.values && moved.lists == state.lists && moved.topic == state.topic)
        #expect(moved.access == state.access && moved.properties == state.properties)
        #expect(moved.metadata == state.metadata && moved.invited == state.invited)
        #expect(moved.members.sessions.count == 2)
        for one in [alice, bob] { #expect(moved.members[one.session] == state.members[one.session]) }
    }

    @Test func `where members read only what was said since they came in, they come in anew`() throws {
        let state = try channel("#Room", [(try person("Bob"), .voice)], modes: [.sinceJoined])
        #expect(try self.renamed(state, to: "#other", now: 7_000).members.map(\.joined) == [7_000])
        let open = try channel("#Room", [(try person("Bob"), .voice)], modes: [])
        #expect(try self.renamed(open, to: "#other", now: 7_000).members.map(\.joined) == open.members.map(\.joined))
    }

    @Test(
        arguments: [
            (MemberModes.owner, [], true), (.host, [], false), (.host, .runAnyChannel, true), ([], [], false),
        ] as [(MemberModes, Rights, Bool)]
    )
    func `a channel that has an owner is renamed by that`(rank: MemberModes, rights: Rights, isRenamed: Bool) throws {
        let ann = try person("Ann", rights: rights)
        let state = try channel("#Room", [(try person("Bob"), .owner), (ann, rank)], modes: [])
        let name = try self.name("#other")
        let refused = refusal { () throws(Refusal) in _ = try state.decideRename(to: name, by: ann, reason: nil) }
        #expect((refused == nil) == isRenamed)
    }

    @Test(arguments: [(100, true), (101, false)])
    func `a channel of up to a hundred members gets another name`(members: Int, isRenamed: Bool) throws {
        let people = try (1...members).map { (try person("N\($0)", UInt64($0)), $0 == 1 ? MemberModes.host : []) }
        let state = try channel("#Room", people, modes: [])
        let name = try self.name("#other")
        let refused = refusal { () throws(Refusal) in
            _ = try state.decideRename(to: name, by: people[0].0, reason: nil)
        }
        #expect((refused == nil) == isRenamed)
        #expect(isRenamed || refused?.reason == .cannotRename)
        // Another spelling is no other log.
        let spelling = try self.name("#ROOM")
        #expect(try state.decideRename(to: spelling, by: people[0].0, reason: nil) != nil)
        #expect(try state.decideRename(to: state.name, by: people[0].0, reason: nil) == nil)
    }

    @Test func `a clock that went back makes no time that ends before it begins`() throws {
        let state = try self.renamed(ChannelState(name: try self.name("#a"), created: 10), to: "#b", now: 5)
        #expect(self.shown(state) == ["#a 10 10"])
    }

    @Test(arguments: ["", ",", "#a", "#a 1", "#a 2 1", "#a x 2", "a 1 2", "#a 1 2 3", "#a 1 99999999999999999999"])
    func `what cannot be read is passed over`(text: String) throws {
        let fields = [
            (FieldKey(.setting, "created"), Array("1".utf8)),
            (FieldKey(.setting, "former"), Array("\(text),#z 3 4".utf8)),
        ]
        #expect(self.shown(ChannelState(name: try self.name("#b"), fields: fields)) == ["#z 3 4"])
    }
}
