// What the modes of channels let in and let through.

import Chat
import IRC
import Testing

@Suite struct ModeRuleTests {
    private let owner: Requester

    init() throws { self.owner = try person("Owner") }

    private func room(_ modes: ChannelModes, _ values: [ValueMode: String] = [:]) throws -> ChannelState {
        var state = try channel("#Room", [(self.owner, .owner)], modes: modes)
        state.values = values
        return state
    }

    private func entering(_ state: ChannelState, _ who: Requester, joins: [Int64] = [], now: Int64 = 9) -> Refusal? {
        refusal { () throws(Refusal) in
            _ = try state.decideJoin(by: who, key: nil, maximumMembers: nil, joins: joins, now: now)
        }
    }

    // MARK: Coming in

    @Test(
        arguments: [
            (.accountsEnter, nil, [], false, .loginNeeded), (.accountsEnter, "ann", [], false, nil),
            (.accountsEnter, nil, [], true, nil), (.secureOnly, nil, [], false, .secureNeeded),
            (.secureOnly, nil, .secure, false, nil), (.secureOnly, "ann", [], true, .secureNeeded),
        ] as [(ChannelModes, String?, UserModes, Bool, Refusal.Reason?)]
    )
    private func `a channel takes who is what it asks for`(
        mode: ChannelModes,
        account: String?,
        modes: UserModes,
        isInvited: Bool,
        expected: Refusal.Reason?
    ) throws {
        let ann = try person("Ann", account: account, modes: modes)
        var state = try self.room(mode)
        if isInvited { state.invited = [ann.session] }
        #expect(self.entering(state, ann)?.reason == expected)
    }

    @Test func `nobody reads in the clear what is for the secure only, whoever it is`() throws {
        let boss = try person("Boss", rights: .all)
        #expect(try self.entering(self.room(.secureOnly), boss)?.reason == .secureNeeded)
        #expect(try self.entering(self.room([.accountsEnter, .inviteOnly]), boss) == nil)
    }

    @Test func `a channel becomes one for the secure once all in it are`() throws {
        let state = try self.room([])
        let refused = state.decideModes(ModeRequest.parse(["+z"]), by: self.owner, seeing: .plain, now: 1)
        #expect(refused.refusals == [Refusal(.insecureMembers, "#Room")])
        let secure = try person("Owner", modes: .secure)
        let other = try channel("#Room", [(secure, .owner)])
        #expect(
            other.decideModes(ModeRequest.parse(["+z"]), by: secure, seeing: .plain, now: 1).changes.parameters == [
                "+z"
            ]
        )
    }

    @Test(
        arguments: [
            ("2:10", [], nil), ("2:10", [95_000], nil), ("2:10", [95_000, 99_000], .tooManyJoins),
            ("2:10", [89_000, 99_000], nil), ("2:10", [90_000, 99_000], nil),
            ("2:10", [90_001, 99_000], .tooManyJoins),
            ("1:1", [98_000], nil), ("1:3600", [1], .tooManyJoins), ("3:10", [1, 2, 95_000, 96_000], nil),
        ] as [(String, [Int64], Refusal.Reason?)]
    )
    func `a channel takes so many in so many seconds`(value: String, joins: [Int64], expected: Refusal.Reason?) throws {
        let state = try self.room([], [.throttle: value])
        #expect(try self.entering(state, person("Ann"), joins: joins, now: 100_000)?.reason == expected)
        var inviting = state
        let bob = try person("Bob")
        inviting.invited = [bob.session]
        #expect(self.entering(inviting, bob, joins: joins, now: 100_000) == nil)
    }

    @Test func `who is kept out comes into another channel, but not who does not know the key or is banned`() throws {
        let ann = try person("Ann")
        let forward = Refusal(.forwarded, "#Room", "#Other")
        for mode in [ChannelModes.inviteOnly, .accountsEnter] {
            #expect(try self.entering(self.room(mode, [.forward: "#Other"]), ann) == forward)
        }
        var full = try self.room([], [.forward: "#Other"])
        full.limit = 1
        #expect(self.entering(full, ann) == forward)
        let throttled = try self.room([], [.forward: "#Other", .throttle: "1:10"])
        #expect(self.entering(throttled, ann, joins: [8]) == forward)
        var keyed = try self.room([], [.forward: "#Other"])
        keyed.key = "sesame"
        #expect(self.entering(keyed, ann)?.reason == .badKey)
        var banning = try self.room([], [.forward: "#Other"])
        banning.lists[.ban] = [ListEntry(mask: "Ann!*@*", setter: "x", time: 1)]
        #expect(self.entering(banning, ann)?.reason == .banned)
    }

    // MARK: The table

    @Test func `each mode is told among those that take what it takes (modern.ircdocs.horse MODE)`() {
        let types = ChannelModeTable.supportValue.split(separator: ",").map(String.init)
        #expect(types.count == 4)
        for row in ChannelModeTable.rows {
            let expected: Int? =
                switch row.kind {
                case .list: 0
                case .key: 1
                case .limit, .value: 2
                case .flag: 3
                case .rank: nil
                }
            #expect(types.firstIndex { $0.contains(row.letter) } == expected, "\(row.letter)")
        }
        #expect(types[1] == "k" && Set(types[2]) == ["l", "f", "j", "W"])
    }

    @Test func `who runs a channel sets every switch but that it is registered`() throws {
        let ann = try person("Ann", modes: .secure)
        for (letter, mode) in ChannelModes.letters {
            var state = try channel("#Room", [(ann, .host)], modes: [])
            let decision = state.decideModes(ModeRequest.parse(["+\(letter)"]), by: ann, seeing: .plain, now: 1)
            #expect(decision.changes.isEmpty == (mode == .registered), "\(letter)")
            state.evolve(.modes(decision.changes, by: ann.author))
            #expect(state.modes.contains(mode) == (mode != .registered), "\(letter)")
        }
    }

    // MARK: Speaking

    @Test(
        arguments: [
            ("C", ChatMessage.Verb.privmsg, "\u{1}VERSION\u{1}", false),
            ("C", .privmsg, "\u{1}ACTION waves\u{1}", true),
            ("C", .privmsg, "\u{1}action waves", true), ("C", .privmsg, "\u{1}ACTION\u{1}", true),
            ("C", .privmsg, "\u{1}ACTIONS\u{1}", false), ("C", .notice, "\u{1}PING 1\u{1}", false),
            ("C", .privmsg, "a\u{1}b", true), ("C", .privmsg, "\u{1}", false),
            ("", .privmsg, "\u{1}VERSION\u{1}", true),
            ("c", .privmsg, "\u{3}4red", false), ("c", .privmsg, "so \u{2}bold", false),
            ("c", .privmsg, "x\u{f}", false), ("c", .privmsg, "\u{4}ff0000", false), ("c", .privmsg, "\u{11}x", false),
            ("c", .privmsg, "\u{16}x", false), ("c", .privmsg, "\u{1d}x", false), ("c", .privmsg, "\u{1e}x", false),
            ("c", .privmsg, "\u{1f}x", false), ("c", .privmsg, "\u{5}\u{e}\u{10}\u{12}\u{15}\u{17}\u{1c} x", true),
            ("c", .privmsg, "plain ä", true), ("c", .privmsg, "\u{1}ACTION x\u{1}", true),
            ("", .privmsg, "\u{3}4", true),
            ("T", .notice, "x", false), ("T", .privmsg, "x", true), ("CcT", .tagmsg, "", true),
        ]
    )
    func `modes say what a message may be, also for who has a rank`(
        modes: String,
        verb: ChatMessage.Verb,
        text: String,
        passes: Bool
    ) throws {
        let state = try self.room(ChannelModes(text: modes))
        let refused = refusal { () throws(Refusal) in
            try state.checkSpeech(of: self.owner, Said(verb, Array(text.utf8)))
        }
        #expect((refused == nil) == passes)
        #expect(refused == nil || refused?.reason == .cannotSpeak)
    }

    @Test(arguments: [(nil, [], false), ("ann", [], true), (nil, .voice, true)] as [(String?, MemberModes, Bool)])
    private func `who is logged in or has a rank speaks where accounts do`(
        account: String?,
        rank: MemberModes,
        speaks: Bool
    ) throws {
        let ann = try person("Ann", account: account)
        let state = try channel("#Room", [(ann, rank)], modes: .accountsSpeak)
        #expect((refusal { () throws(Refusal) in try state.checkSpeech(of: ann) } == nil) == speaks)
    }

    @Test(
        arguments: [(nil, [], true), (71_000, [], false), (70_000, [], true), (99_000, .voice, true)]
            as [(Int64?, MemberModes, Bool)]
    )
    private func `members without a rank wait in a slow channel`(last: Int64?, rank: MemberModes, speaks: Bool) throws {
        let ann = try person("Ann")
        var state = try channel("#Room", [(ann, rank)], modes: [])
        state.values[.slow] = "30"
        let room = state
        let refused = refusal { () throws(Refusal) in try room.checkSpeech(of: ann, after: last, now: 100_000) }
        #expect((refused == nil) == speaks)
        #expect(refused == nil || refused?.text?.english.contains("wait 1 second") == true)
    }

    @Test(
        arguments: [
            ("U", [], [], .host), ("U", .voice, [], []), ("U", [], .voice, .host), ("U", [], .owner, .owner),
            ("", [], [], []),
            ("", [], .voice, .voice), ("U", .host, .voice, .voice),
        ] as [(String, MemberModes, MemberModes, MemberModes)]
    )
    func `hosts hear what others say where only they do`(
        modes: String,
        rank: MemberModes,
        asked: MemberModes,
        expected: MemberModes
    ) throws {
        let ann = try person("Ann")
        let state = try channel("#Room", [(ann, rank)], modes: ChannelModes(text: modes))
        #expect(state.audience(of: ann.session, asked) == expected)
    }

    @Test func `most channels have nothing to look at before a member speaks`() throws {
        for mode in "nipstrJFNRuz" {
            #expect(try !self.room(ChannelModes(text: String(mode))).restrictsMembers, "\(mode)")
        }
        for mode in "mCcMTU" { #expect(try self.room(ChannelModes(text: String(mode))).restrictsMembers, "\(mode)") }
        #expect(try self.room([], [.slow: "1"]).restrictsMembers)
        #expect(try !self.room([], [.throttle: "1:1", .forward: "#x"]).restrictsMembers)
        var state = try self.room([])
        let author = Author(session: nil, prefix: "x", account: nil)
        state.evolve(.raid(ChannelRaid(reason: "x", setter: "x", until: 5), by: author, server: "x"))
        #expect(state.restrictsMembers && state.restrictsMembers(at: 4) && !state.restrictsMembers(at: 5))
    }

    // MARK: Nicknames

    @Test(
        arguments: [
            ("N", [], [], false), ("N", .voice, [], false), ("N", .host, [], true), ("N", [], .all, true),
            ("", [], [], true),
        ] as [(String, MemberModes, Rights, Bool)]
    )
    func `members keep their nicknames where the channel says so`(
        modes: String,
        rank: MemberModes,
        rights: Rights,
        isFree: Bool
    ) throws {
        let ann = try person("Ann", rights: rights)
        let state = try channel("#Room", [(ann, rank)], modes: ChannelModes(text: modes))
        #expect((refusal { () throws(Refusal) in try state.checkNickChange(by: ann) } == nil) == isFree)
    }

    // MARK: Values

    @Test(arguments: [
        ("+j", "5:10", "5:10"), ("+j", "05:010", "5:10"), ("+j", "1000:3600", "1000:3600"), ("+W", "30", "30"),
        ("+W", "007", "7"), ("+f", "#Other", "#Other"), ("+f", "&x", "&x"),
    ])
    func `a value is kept in one form`(letter: String, given: String, kept: String) throws {
        var state = try self.room([])
        let changes = state.decideModes(ModeRequest.parse([letter, given]), by: self.owner, seeing: .plain, now: 1)
            .changes
        #expect(changes.parameters == [letter, kept])
        state.evolve(.modes(changes, by: self.owner.author))
        #expect(state.modeParameters(showingKey: true) == [letter, kept])
        #expect(
            state.decideModes(ModeRequest.parse([letter, given]), by: self.owner, seeing: .plain, now: 1).isNothing
        )
        let off = state.decideModes(
            ModeRequest.parse([letter.replacing("+", with: "-")]),
            by: self.owner,
            seeing: .plain,
            now: 1
        )
        #expect(off.changes.parameters == [letter.replacing("+", with: "-")])
    }

    @Test(arguments: [
        ("+j", "5"), ("+j", "0:1"), ("+j", "1:0"), ("+j", "1001:1"), ("+j", "1:3601"), ("+j", "1:1:1"), ("+j", "a:b"),
        ("+W", "0"), ("+W", "3601"), ("+W", "x"), ("+W", "99999999999999999999"), ("+f", "x"), ("+f", "#Room"),
        ("+j", nil),
    ])
    func `what is no value is refused`(letter: String, value: String?) throws {
        let requests = ModeRequest.parse([letter] + (value.map { [$0] } ?? []))
        let decision = try self.room([]).decideModes(requests, by: self.owner, seeing: .plain, now: 1)
        #expect(decision.refusals.map(\.reason) == [.invalidModeParameter] && decision.changes.isEmpty)
    }

    @Test func `nobody is forwarded to a channel that does not take them`() throws {
        let requests = ModeRequest.parse(["+fbb", "#x", "f:#y:bob", "bob"])
        #expect(ModeRequest.forwards(in: requests).map(\.raw) == ["#x", "#y"])
        #expect(ModeRequest.forwards(in: ModeRequest.parse(["-f"])).isEmpty)
        let forwards = ["#x": Refusal(.hostNeeded, "#x"), "#y": Refusal(.noSuchChannel, "#y")]
        let decision = try self.room([]).decideModes(
            requests,
            by: self.owner,
            seeing: .plain,
            now: 1,
            forwards: forwards
        )
        #expect(decision.changes.parameters == ["+b", "bob!*@*"])
        #expect(Set(decision.refusals) == Set(forwards.values))
    }

    @Test func `all letters are those of CHANMODES and of the ranks`() {
        let told = Set(ChannelModeTable.supportValue).subtracting(",")
        #expect(Set(ChannelModeTable.allLetters).isSuperset(of: told.union("ov")))
        #expect(ChannelModeTable.allLetters.count == Set(ChannelModeTable.allLetters).count)
    }
}
