// Bans, exceptions and invitations by mask.

import Chat
import IRC
import Testing

@Suite struct ListTests {
    private let host: Requester
    private var state: ChannelState

    init() throws {
        self.host = try person("Host")
        self.state = try channel("#Room", [(self.host, .host)])
    }

    private func decide(_ parameters: String..., now: Int64 = 50) -> ModeDecision {
        self.state.decideModes(ModeRequest.parse(parameters), by: self.host, seeing: .plain, now: now)
    }

    private mutating func apply(_ parameters: String..., now: Int64 = 50) {
        let decision = self.state.decideModes(ModeRequest.parse(parameters), by: self.host, seeing: .plain, now: now)
        self.state.evolve(.modes(decision.changes, by: Author(self.host.session, self.host.user)))
    }

    @Test(arguments: [
        ("bob", "bob!*@*"), ("bob!u", "bob!u@*"), ("u@h", "*!u@h"), ("*.example.com", "*!*@*.example.com"),
        ("2001:db8::1", "*!*@2001:db8::1"), ("bob!u@h", "bob!u@h"), ("*", "*!*@*"), ("!@", "*!*@*"),
    ])
    func `a mask is kept in its full form`(given: String, kept: String) {
        for list in ListMode.allCases {
            let decision = self.decide("+" + String(list.rawValue), given)
            #expect(decision.changes == [.list(list, ListEntry(mask: kept, setter: "Host", time: 50), on: true)])
        }
    }

    @Test mutating func `the same mask is kept once, however it is spelled`() {
        self.apply("+b", "Bob")
        for same in ["Bob", "bob!*@*", "BOB!*", "bob!*@*"] { #expect(self.decide("+b", same).isNothing) }
        #expect(self.decide("+e", "bob").changes.count == 1)
        #expect(self.decide("+bb", "x", "X").changes.parameters == ["+b", "x!*@*"])
    }

    @Test mutating func `a mask is taken away however it is spelled, and shown as it was kept`() {
        self.apply("+b", "Bob")
        #expect(self.decide("-b", "bob!*@*").changes.parameters == ["-b", "Bob!*@*"])
        self.apply("-b", "BOB")
        #expect(self.state.lists.isEmpty)
        #expect(self.decide("-b", "bob").isNothing)
    }

    @Test mutating func `a list shows its masks in the order in which they were set`() {
        self.apply("+b", "zed", now: 1)
        self.apply("+bb", "mid", "abe", now: 2)
        self.apply("+b", "ann", now: 3)
        #expect(self.state.lists[.ban]?.map(\.mask) == ["zed!*@*", "abe!*@*", "mid!*@*", "ann!*@*"])
    }

    @Test mutating func `a list holds 250 masks, and taking one away makes room`() {
        for number in 0..<ChannelState.maximumListEntries { self.apply("+b", "n\(number)") }
        #expect(self.state.lists[.ban]?.count == 250)
        #expect(self.decide("+b", "more").refusals == [Refusal(.listIsFull, "#Room", "b")])
        // What is there already is no complaint, and other lists have room of their own.
        #expect(self.decide("+b", "n7").isNothing)
        #expect(self.decide("+e", "more").refusals.isEmpty)
        #expect(self.decide("-b+b", "n7", "more").changes.parameters == ["-b+b", "n7!*@*", "more!*@*"])
    }

    @Test(arguments: [":x!*@*", String(repeating: "x", count: 247)])
    func `what a line could not show before its last parameter is no mask, nor what is too long in its full form`(
        text: String
    ) {
        #expect(Ban(text) == nil)
    }

    @Test(arguments: ["", "a b", "::1!u@h", ":x!*", "a!b@c$other", "a\u{1}b", String(repeating: "x", count: 251)])
    func `what is no mask is refused`(text: String) {
        let decision = self.decide("+b", text)
        #expect(decision.changes.isEmpty)
        #expect(decision.refusals.map(\.reason) == [.invalidModeParameter])
    }

    @Test func `a refused mask is safe to show in the middle of a reply`() {
        #expect(self.decide("+b", "a b").refusals.first?.subject == ["#Room", "b", "*"])
        #expect(self.decide("+b", ":a b").refusals.first?.subject == ["#Room", "b", "*"])
        #expect(self.decide("+b", "").refusals.first?.subject == ["#Room", "b", "*"])
    }
}
