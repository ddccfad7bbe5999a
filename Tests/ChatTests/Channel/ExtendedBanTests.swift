// Extended bans: whom they mean, what of, and how lists show them.

import Chat
import IRC
import Testing

@Suite struct ExtendedBanTests {
    private let host: Requester
    private let state: ChannelState

    init() throws {
        self.host = try person("Host")
        self.state = try channel("#Room", [(self.host, .host)])
    }

    private func with(_ lists: [ListMode: [String]]) -> ChannelState {
        var state = self.state
        state.lists = lists.mapValues { $0.map { ListEntry(mask: $0, setter: "Host", time: 1) } }
        return state
    }

    private func decide(_ parameters: String...) -> ModeDecision {
        self.decide(parameters, in: self.state, by: self.host)
    }

    private func decide(_ parameters: [String], in state: ChannelState, by requester: Requester) -> ModeDecision {
        state.decideModes(ModeRequest.parse(parameters), by: requester, seeing: .plain, now: 1)
    }

    /// How somebody who comes in, and then speaks, is refused.
    private func refusals(_ state: ChannelState, _ requester: Requester) throws -> [Refusal.Reason?] {
        let entering = refusal { () throws(Refusal) in
            _ = try state.decideJoin(by: requester, key: nil, maximumMembers: nil, now: 9)
        }
        var inside = state
        inside.evolve(.joined(Member(session: requester.session, user: requester.user, modes: []), founding: nil))
        let room = inside
        let speaking = refusal { () throws(Refusal) in try room.checkSpeech(of: requester) }
        return [entering?.reason, speaking?.reason]
    }

    @Test(
        arguments: [
            ("a:bob", [.banned, .cannotSpeak]), ("account:BOB", [.banned, .cannotSpeak]),
            ("a:b*", [.banned, .cannotSpeak]),
            ("a:*", [.banned, .cannotSpeak]), ("a:bo", [nil, nil]), ("r:real?bob", [.banned, .cannotSpeak]),
            ("realname:*BOB", [.banned, .cannotSpeak]), ("r:bob", [nil, nil]), ("c:#Den", [.banned, .cannotSpeak]),
            ("channel:#den", [.banned, .cannotSpeak]), ("c:#other", [nil, nil]), ("m:bob", [nil, .cannotSpeak]),
            ("mute:*!*@bob.cloaked", [nil, .cannotSpeak]), ("m:a:bob", [nil, .cannotSpeak]), ("m:alice", [nil, nil]),
            ("f:#den:bob", [.forwarded, nil]), ("forward:#den:a:bob", [.forwarded, nil]), ("f:#den:alice", [nil, nil]),
            ("i:192.0.2.0/24", [.banned, .cannotSpeak]), ("ip:*!*@192.0.2.9", [.banned, .cannotSpeak]),
            ("ip:alice!*@192.0.2.9", [nil, nil]), ("ip:198.51.100.0/24", [nil, nil]),
            ("m:ip:192.0.2.0/24", [nil, .cannotSpeak]), ("f:#den:ip:192.0.2.0/24", [.forwarded, nil]),
            ("A:bob", [nil, nil]), ("x:bob", [nil, nil]),
        ] as [(String, [Refusal.Reason?])]
    )
    func `a ban means whom it says, for what it says`(ban: String, expected: [Refusal.Reason?]) throws {
        var bob = try person("Bob", account: "bob")
        bob.channels = ["#den"]
        #expect(try self.refusals(self.with([.ban: [ban]]), bob) == expected)
    }

    @Test func `a certificate is banned by its whole fingerprint, however that is spelled`() throws {
        let digits = String(repeating: "0a", count: 32)
        var bob = try person("Bob")
        #expect(try self.refusals(self.with([.ban: ["z:\(digits)"]]), bob) == [nil, nil])
        bob.fingerprint = digits
        let spelled = String(repeating: "0A:", count: 31) + "0A"
        for ban in ["z:\(digits)", "fingerprint:\(digits.uppercased())", "z:\(spelled)"] {
            #expect(try self.refusals(self.with([.ban: [ban]]), bob) == [.banned, .cannotSpeak])
        }
        for text in ["z:*", "z:0a*", "z:\(digits)00", "z:" + String(repeating: "xy", count: 32)] {
            let decision = self.decide("+b", text)
            #expect(decision.refusals.map(\.reason) == [.invalidModeParameter], "\(text)")
        }
    }

    @Test func `who is not logged in has no account`() throws {
        #expect(try self.refusals(self.with([.ban: ["a:*"]]), person("Bob")) == [nil, nil])
    }

    @Test(
        arguments: [
            ("*!*@*", "a:bob", [nil, nil]), ("a:bob", "bob", [nil, nil]),
            ("*!*@*", "a:alice", [.banned, .cannotSpeak]),
            ("m:*", "m:bob", [nil, nil]), ("*!*@*", "m:bob", [.banned, nil]), ("m:*", "r:*bob", [nil, nil]),
            ("ip:192.0.2.0/24", "ip:192.0.2.9", [nil, nil]),
        ] as [(String, String, [Refusal.Reason?])]
    )
    func `an exception is of the same form and lifts what it says`(
        ban: String,
        exception: String,
        expected: [Refusal.Reason?]
    ) throws {
        let state = self.with([.ban: [ban], .exception: [exception]])
        #expect(try self.refusals(state, person("Bob", account: "bob")) == expected)
    }

    @Test(arguments: [("a:bob", true), ("a:alice", false), ("r:*bob*", true)])
    func `who need no invitation can be said so too`(entry: String, comesIn: Bool) throws {
        var state = self.with([.inviteException: [entry]])
        state.modes.insert(.inviteOnly)
        #expect(try self.refusals(state, person("Bob", account: "bob"))[0] == (comesIn ? nil : .inviteOnly))
    }

    @Test(arguments: [
        ("m:bob", "m:bob!*@*"), ("mute:u@h", "mute:*!u@h"), ("a:Bob", "a:Bob"), ("r:*x*", "r:*x*"),
        ("c:#Den", "c:#Den"),
        ("f:#Den:bob", "f:#Den:bob!*@*"), ("m:a:bob", "m:a:bob"), ("x:bob", "*!*@x:bob"),
    ])
    func `lists show what was set, masks in their full form`(given: String, shown: String) {
        let decision = self.decide(["+b", given], in: self.state, by: self.host)
        #expect(decision.changes.parameters == ["+b", shown], "\(decision.refusals)")
    }

    @Test(arguments: [
        ("+b", "a:"), ("+b", "r:"), ("+b", "c:den"), ("+b", "m:"), ("+b", "f:bob"), ("+b", "f:#den"),
        ("+b", "f:den:bob"),
        ("+b", "m:m:bob"), ("+b", "m:f:#den:bob"), ("+b", "ip:bob"), ("+b", "ip:10.0.0.0/99"), ("+e", "f:#den:bob"),
        ("+I", "m:bob"), ("+I", "f:#den:bob"), ("+b", "m:" + String(repeating: "x", count: 248)),
    ])
    func `what makes no sense is refused`(letter: String, text: String) {
        let decision = self.decide([letter, text], in: self.state, by: self.host)
        #expect(decision.changes.isEmpty)
        #expect(decision.refusals.map(\.reason) == [.invalidModeParameter])
    }

    @Test func `the same ban is kept once and taken away however it is spelled`() {
        let state = self.with([.ban: ["m:bob!*@*", "a:Bob"]])
        for same in ["m:BOB", "mute:bob!*@*", "account:bob"] {
            #expect(self.decide(["+b", same], in: state, by: self.host).isNothing)
        }
        let decision = self.decide(["-bb", "mute:BOB", "account:bob"], in: state, by: self.host)
        #expect(decision.changes.parameters == ["-bb", "m:bob!*@*", "a:Bob"])
        #expect(self.decide(["-b", "bob"], in: state, by: self.host).isNothing)
    }

    @Test func `only who may see addresses bans them, and everybody who runs the channel takes that away`() throws {
        let operators = try person("Oper", rights: [.runAnyChannel, .seeAddresses])
        let set = { (text: String, by: Requester) in
            self.decide(["+b", text], in: self.state, by: by)
        }
        #expect(set("ip:10.0.0.0/8", self.host).refusals == [Refusal(.rightNeeded)])
        #expect(set("m:ip:10.0.0.1", self.host).refusals == [Refusal(.rightNeeded)])
        #expect(set("*!*@10.0.0.0/8", self.host).changes.parameters == ["+b", "*!*@10.0.0.0/8"])
        for (given, shown) in [
            ("*!*@10.0.0.0/8", "ip:*!*@10.0.0.0/8"), ("10.0.0.1", "ip:*!*@10.0.0.1"),
            ("m:10.0.0.1", "m:ip:*!*@10.0.0.1"),
            ("ip:10.0.0.0/8", "ip:*!*@10.0.0.0/8"), ("*!bob@2001:db8::/32", "ip:*!bob@2001:db8::/32"),
            ("*!*@user.bob", "*!*@user.bob"), ("*!*@10.*", "*!*@10.*"),
        ] { #expect(set(given, operators).changes.parameters == ["+b", shown], "\(given)") }
        let state = self.with([.ban: ["ip:*!*@10.0.0.0/8"]])
        let removal = self.decide(["-b", "ip:10.0.0.0/8"], in: state, by: self.host)
        #expect(removal.changes.parameters == ["-b", "ip:*!*@10.0.0.0/8"])
    }

    @Test func `a mask of an address that somebody else set means nobody`() throws {
        let state = self.with([.ban: ["*!*@192.0.2.0/24", "*!*@192.0.2.9", "*!*@192.*"]])
        #expect(try self.refusals(state, person("Bob")) == [nil, nil])
    }

    @Test func `ISUPPORT has the letters, and the names of accounts' bans`() {
        #expect(ExtendedBan.supportValue == ",acfimrz")
        #expect(ExtendedBan.accountSupportValue == "account,a")
        #expect(Set(ExtendedBan.rows.map(\.letter)).count == ExtendedBan.rows.count)
        #expect(ExtendedBan.rows.allSatisfy { $0.help.english.hasPrefix("\($0.letter):") })
    }
}
