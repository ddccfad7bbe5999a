// What a MODE on a channel does: switches, key, limit, and who may.

import Chat
import IRC
import Testing

@Suite struct ModeDecisionTests {
    private let owner: Requester
    private let host: Requester
    private let voiced: Requester
    private let plain: Requester
    private let outsider: Requester
    private let oper: Requester
    private var state: ChannelState

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

    private func mode(_ parameters: String..., by requester: Requester) -> ModeDecision {
        self.state.decideModes(ModeRequest.parse(parameters), by: requester, seeing: .plain, now: 50)
    }

    private func mode(_ line: String, by requester: Requester) -> ModeDecision {
        self.state.decideModes(
            ModeRequest.parse(line.split(separator: " ").map(String.init)),
            by: requester,
            seeing: .plain,
            now: 50
        )
    }

    @Test(arguments: [
        ("+m", "+m"), ("+n", ""), ("-n", "-n"), ("-m", ""), ("+im-nt", "+im-nt"),
        // Private and secret replace each other.
        ("+s", "+s"), ("+p", "+p"), ("+sp", "+p"), ("+ps", "+s"), ("+s-s", ""), ("+i-i+i", "+i"),
        // Key and limit.
        ("+k sesame", "+k sesame"), ("-k", ""), ("-k x", ""), ("+l 5", "+l 5"), ("+l 1", "+l 1"),
        ("+l 1000000", "+l 1000000"),
        ("-l", ""),
    ])
    func `what changes something is done, the rest left out`(line: String, expected: String) {
        let decision = self.mode(line, by: self.host)
        #expect(decision.refusals.isEmpty)
        #expect(decision.changes.parameters.joined(separator: " ") == expected)
    }

    @Test(arguments: [
        ("+s", "-p+s"), ("+p", ""), ("-p+s", "-p+s"), ("+s-s", "-p"), ("+k sesame", ""), ("+k other", "+k other"),
        ("-k", "-k *"), ("-k wrong", "-k *"), ("+l 5", ""), ("+l 6", "+l 6"), ("-l", "-l"),
        ("-l+l 5", "-l+l 5"),
    ])
    mutating func `what is set already is replaced or taken away`(line: String, expected: String) {
        self.state.modes = [.private]
        self.state.key = "sesame"
        self.state.limit = 5
        let decision = self.mode(line, by: self.host)
        #expect(decision.refusals.isEmpty)
        #expect(decision.changes.parameters.joined(separator: " ") == expected)
    }

    @Test(arguments: [
        ("+m", ["+mnt"]), ("-nt", ["+"]), ("+k sesame", ["+ntk", "sesame"]), ("+k-k one x", ["+nt"]),
        ("+l 5", ["+ntl", "5"]), ("+l-l 5", ["+nt"]), ("+lk 5 key", ["+ntlk", "5", "key"]),
    ])
    mutating func `what was done is shown to who asks`(line: String, shown: [String]) {
        let decision = self.mode(line, by: self.host)
        self.state.evolve(.modes(decision.changes, by: Author(self.host.session, self.host.user)))
        #expect(self.state.modeParameters(showingKey: true) == shown)
    }

    @Test func `a line of contrary letters comes to its outcome`() throws {
        let line = "+" + String(repeating: "sp", count: 240)
        let decision = self.mode(line, by: self.host)
        #expect(decision.changes.parameters == ["+p"])
        let payload = ChannelEvent.modes(decision.changes, by: Author(self.host.session, self.host.user)).encoded
        #expect(ChannelEvent(payload) == .modes(decision.changes, by: Author(self.host.session, self.host.user)))
    }

    @Test(arguments: [("+s", true), ("+p", true), ("+m", false), ("-nt", false)])
    mutating func `a private or secret channel is hidden from those outside`(line: String, isHidden: Bool) {
        let decision = self.mode(line, by: self.host)
        self.state.evolve(.modes(decision.changes, by: Author(self.host.session, self.host.user)))
        #expect(self.state.isHidden == isHidden)
    }

    @Test mutating func `private and secret are never both set`() {
        for line in ["+s", "+p", "+sp", "+ps", "+p-p+s", "+s+p", "-s+p"] {
            let decision = self.mode(line, by: self.host)
            self.state.evolve(.modes(decision.changes, by: Author(self.host.session, self.host.user)))
            #expect(!self.state.modes.isSuperset(of: [.private, .secret]), "\(line)")
        }
    }

    @Test(
        arguments: [
            ("+Y", Refusal.Reason.unknownMode, ["Y"]), ("-Y", .unknownMode, ["Y"]), ("+é", .unknownMode, ["é"]),
            ("+r", .invalidModeParameter, ["#Room", "r", "*"]), ("-r", .invalidModeParameter, ["#Room", "r", "*"]),
            ("+l", .invalidModeParameter, ["#Room", "l", "*"]), ("+l 0", .invalidModeParameter, ["#Room", "l", "0"]),
            ("+l -1", .invalidModeParameter, ["#Room", "l", "-1"]),
            ("+l x", .invalidModeParameter, ["#Room", "l", "x"]),
            ("+l 1000001", .invalidModeParameter, ["#Room", "l", "1000001"]),
            ("+l 99999999999999999999", .invalidModeParameter, ["#Room", "l", "99999999999999999999"]),
            ("+k", .invalidModeParameter, ["#Room", "k", "*"]), ("+k a,b", .invalidModeParameter, ["#Room", "k", "*"]),
            ("+k :x", .invalidModeParameter, ["#Room", "k", "*"]),
            ("+o Nobody", .userNotInChannel, ["Nobody", "#Room"]),
            ("+v Outsider", .userNotInChannel, ["Outsider", "#Room"]),
            ("+v *", .userNotInChannel, ["*", "#Room"]),
            ("+b a!b@c$server", .invalidModeParameter, ["#Room", "b", "a!b@c$server"]),
        ] as [(String, Refusal.Reason, [String])]
    )
    func `what cannot be done is refused by its own numeric`(
        line: String,
        numeric: Refusal.Reason,
        parameters: [String]
    ) {
        let decision = self.mode(line, by: self.host)
        #expect(decision.changes.isEmpty)
        #expect(decision.refusals.map(\.reason) == [numeric])
        #expect(decision.refusals.first?.subject == parameters)
    }

    @Test(arguments: ["", "1 2", ":5"])
    func `what would break the reply is not repeated in it`(parameter: String) {
        #expect(self.mode("+l", parameter, by: self.host).refusals.map(\.subject) == [["#Room", "l", "*"]])
    }

    @Test(arguments: [
        ("a b", false), ("", false), (String(repeating: "k", count: 31), true),
        (String(repeating: "k", count: 32), false), (String(repeating: "é", count: 16), false), ("ключ", true),
    ])
    func `a key has 1 to 31 bytes without space`(key: String, isAllowed: Bool) {
        let decision = self.mode("+k", key, by: self.host)
        #expect(decision.changes == (isAllowed ? [.key(key)] : []))
        #expect(decision.refusals.isEmpty == isAllowed)
    }

    @Test func `good letters are done beside bad ones`() {
        let decision = self.mode("+mYk-n a,b", by: self.host)
        #expect(decision.changes.parameters == ["+m-n"])
        #expect(decision.refusals.map(\.reason) == [.unknownMode, .invalidModeParameter])
    }

    @Test func `who is no host is told so once, whatever was asked`() {
        for one in [self.voiced, self.plain] {
            let decision = self.mode("+imnstv-l+b Plain a!*@*", by: one)
            #expect(decision.changes.isEmpty)
            #expect(decision.refusals == [Refusal(.hostNeeded, "#Room")])
        }
    }

    @Test func `who is not in the channel is told so once, whatever was asked`() {
        let decision = self.mode("+imnstv-l Plain", by: self.outsider)
        #expect(decision.changes.isEmpty)
        #expect(decision.refusals == [Refusal(.notOnChannel, "#Room")])
    }

    @Test func `the same complaint is made once`() {
        #expect(self.mode("+YYYY", by: self.host).refusals == [Refusal(.unknownMode, "Y")])
        #expect(self.mode("+YyY", by: self.host).refusals.map(\.subject) == [["Y"], ["y"]])
    }

    @Test func `an operator changes modes from outside`() {
        #expect(self.mode("+mi", by: self.oper).changes.parameters == ["+mi"])
        #expect(self.mode("+q Plain", by: self.oper).refusals.isEmpty)
    }

    @Test func `each letter sees what those before it did`() {
        // Gave its own rank away: the rest is refused.
        let gone = self.mode("-o+m Host", by: self.host)
        #expect(gone.changes.parameters == ["-o", "Host"])
        #expect(gone.refusals == [Refusal(.hostNeeded, "#Room")])
        #expect(self.mode("+v-v Plain Plain", by: self.host).changes.parameters == ["+v-v", "Plain", "Plain"])
        #expect(self.mode("+kk one two", by: self.host).changes.parameters == ["+kk", "one", "two"])
    }

    @Test func `only six letters with a parameter count, and the others still do`() {
        let decision = self.mode("+bbbbbbbbm 1!*@* 2!*@* 3!*@* 4!*@* 5!*@* 6!*@* 7!*@* 8!*@*", by: self.host)
        #expect(
            decision.changes.parameters
                == ["+bbbbbbm", "1!*@*", "2!*@*", "3!*@*", "4!*@*", "5!*@*", "6!*@*"]
        )
        #expect(decision.refusals.isEmpty)
    }

    @Test func `asking for lists changes nothing and needs no rank`() {
        let decision = self.mode("bebI", by: self.outsider)
        #expect(decision.listings == [.ban, .exception, .inviteException])
        #expect(decision.changes.isEmpty && decision.refusals.isEmpty)
    }

    /// A change takes a sign, its letter, a space and its parameter, whatever the others have.
    @Test(
        arguments: [
            ([.flag(.moderated, on: true), .flag(.secret, on: false)], 6, 1),
            ([.flag(.moderated, on: true), .flag(.secret, on: false)], 5, 2),
            ([.key("abc"), .key("def")], 12, 1), ([.key("abc"), .key("def")], 11, 2),
            ([.key("abc"), .key("def"), .key("ghi"), .key("jkl")], 12, 2), ([.key("abc")], 1, 1), ([], 1, 0),
        ] as [([ModeChange], Int, Int)]
    )
    func `changes that do not fit a line go into the next`(changes: [ModeChange], bytes: Int, lines: Int) {
        let groups = changes.grouped(bytes: bytes)
        #expect(groups.count == lines)
        #expect(groups.flatMap { $0 } == changes)
    }

    @Test func `a rank without a nickname asks nothing`() {
        #expect(self.mode("+ov", by: self.host).isNothing)
    }
}
