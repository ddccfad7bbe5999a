// Who knows owners and who does not.

import Chat
import IRC
import Testing

extension VisibleRanks {
    /// Owners with the sign that IRCX has for them.
    static let ircx = VisibleRanks(ownerSign: ".")
}

@Suite struct VisibleRanksTests {
    @Test(
        arguments: [
            (VisibleRanks.ircx, MemberModes.owner, ".", "."), (.ircx, .host, "@", "@"), (.ircx, .voice, "+", "+"),
            (.ircx, [], "", ""), (.ircx, [.owner, .host, .voice], ".@+", "."), (.ircx, [.host, .voice], "@+", "@"),
            (.plain, .owner, "@", "@"), (.plain, [.owner, .host, .voice], "@+", "@"), (.plain, .voice, "+", "+"),
            (VisibleRanks(ownerSign: "~"), [.owner, .voice], "~+", "~"),
        ] as [(VisibleRanks, MemberModes, String, String)]
    )
    func `ranks show as signs, highest first`(ranks: VisibleRanks, modes: MemberModes, all: String, highest: String) {
        #expect(ranks.signs(of: modes) == all)
        #expect(ranks.highestSign(of: modes) == highest)
    }

    @Test(
        arguments: [
            (VisibleRanks.plain, "(ov)@+", "@+"), (.ircx, "(qov).@+", ".@+"),
            // A target that begins with it is a channel.
            (VisibleRanks(ownerSign: "&"), "(qov)&@+", "@+"),
        ] as [(VisibleRanks, String, String)]
    )
    func `clients are told the signs that they see`(ranks: VisibleRanks, support: String, messages: String) {
        #expect(ranks.supportValue == support)
        #expect(ranks.messageSigns == messages)
    }

    @Test(arguments: [
        // What was before, what is changed, what is seen of it.
        ("", "+q ann", "+o ann"), ("", "+qo ann ann", "+o ann"), ("o", "+q ann", ""), ("q", "+o ann", ""),
        ("qo", "-q ann", ""), ("qo", "-qo ann ann", "-o ann"), ("q", "-q+v ann ann", "-o+v ann ann"),
        ("o", "+q-o ann ann", ""), ("", "+mq ann", "+mo ann"), ("v", "-v ann", "-v ann"),
    ])
    func `changes look as if there were no owners`(before: String, line: String, expected: String) throws {
        let ann = try person("ann")
        let modes = MemberModes.ranks.filter { before.contains($0.letter) }.reduce(into: MemberModes()) {
            $0.insert($1.mode)
        }
        var state = try channel("#Room", [(ann, modes)])
        let oper = try person("oper", rights: .all)
        let requests = ModeRequest.parse(line.split(separator: " ").map(String.init))
        let decision = state.decideModes(requests, by: oper, seeing: .ircx, now: 1)
        state.evolve(.modes(decision.changes, by: oper.author))
        let shown = VisibleRanks.plain.shown(decision.changes, in: state)
        #expect((shown.isEmpty ? "" : shown.parameters.joined(separator: " ")) == expected)
        #expect(VisibleRanks.ircx.shown(decision.changes, in: state) == decision.changes)
    }

    @Test(arguments: [
        ("+q ann", "+o ann"), ("+qo ann ann", "+o ann"), ("-q+ov ann bob ann", "-o+ov ann bob ann"),
        ("+ntk key", "+ntk key"), ("+b-l x!*@*", "+b-l x!*@*"), ("+o ann", "+o ann"), ("", ""),
    ])
    func `what is past looks so as well`(line: String, expected: String) {
        let words = line.split(separator: " ").map(String.init)
        #expect(VisibleRanks.plain.shown(parameters: words).joined(separator: " ") == expected)
        #expect(VisibleRanks.ircx.shown(parameters: words) == words)
    }
}
