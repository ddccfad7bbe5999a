// Owner, host and voice: who gives and takes what (IRCX draft 4.1).

import Chat
import IRC
import Testing

@Suite struct RankTests {
    private let people: [String: Requester]
    private let state: ChannelState

    init() throws {
        let people = [
            "owner": try person("owner"), "other": try person("other"), "host": try person("host"),
            "mate": try person("mate"), "voiced": try person("voiced"), "plain": try person("plain"),
            "oper": try person("oper", rights: .all),
        ]
        self.people = people
        func member(_ name: String, _ rank: MemberModes) throws -> (Requester, MemberModes) {
            (try #require(people[name]), rank)
        }
        self.state = try channel(
            "#Room",
            [
                try member("owner", .owner), try member("other", .owner), try member("host", .host),
                try member("mate", .host), try member("voiced", .voice), try member("plain", []),
            ]
        )
    }

    @Test(arguments: [
        // Owners do everything.
        ("owner", "+q plain", true), ("owner", "-q other", true), ("owner", "+o plain", true),
        ("owner", "-o host", true), ("owner", "+v plain", true), ("owner", "-v voiced", true),
        ("owner", "-q owner", true), ("owner", "+o owner", true),
        // Hosts give and take host and voice, but make no owner and touch none's rank.
        ("host", "+o plain", true), ("host", "-o mate", true), ("host", "-o host", true), ("host", "+v plain", true),
        ("host", "-v voiced", true), ("host", "+v host", true), ("host", "+q plain", false),
        ("host", "+q host", false), ("host", "-q owner", false), ("host", "+o owner", true),
        ("host", "+v owner", true),
        // The others nothing, not even to themselves.
        ("voiced", "+v plain", false), ("voiced", "-v voiced", false), ("voiced", "+o voiced", false),
        ("plain", "+q plain", false), ("plain", "+o plain", false), ("plain", "+v plain", false),
        // An operator of the network everything.
        ("oper", "+q plain", true), ("oper", "-q owner", true), ("oper", "-o host", true),
    ])
    func `ranks are given and taken by those above`(who: String, line: String, isAllowed: Bool) throws {
        let requests = ModeRequest.parse(line.split(separator: " ").map(String.init))
        let decision = self.state.decideModes(requests, by: try #require(self.people[who]), seeing: .ircx, now: 1)
        if isAllowed {
            #expect(decision.refusals.isEmpty)
            #expect(decision.changes.parameters.joined(separator: " ") == line)
        } else {
            #expect(decision.changes.isEmpty)
            #expect(decision.refusals.count == 1)
            #expect(decision.refusals.allSatisfy { [.hostNeeded, .ownerNeeded].contains($0.reason) })
        }
    }

    @Test func `a host does not take host from an owner`() throws {
        let (owner, host) = (try person("owner"), try person("host"))
        let state = try channel("#Room", [(owner, [.owner, .host]), (host, .host)])
        let decision = state.decideModes(ModeRequest.parse(["-o", "owner"]), by: host, seeing: .ircx, now: 1)
        #expect(decision.changes.isEmpty)
        #expect(decision.refusals.map(\.reason) == [.ownerNeeded])
        #expect(
            state.decideModes(ModeRequest.parse(["-o", "owner"]), by: owner, seeing: .ircx, now: 1).changes.count == 1
        )
    }

    @Test func `an owner who gave it up has it no more`() throws {
        var state = self.state
        let owner = try #require(self.people["owner"])
        let decision = state.decideModes(ModeRequest.parse(["-q", "owner"]), by: owner, seeing: .ircx, now: 1)
        state.evolve(.modes(decision.changes, by: Author(owner.session, owner.user)))
        #expect(state.members[owner.session]?.modes == [])
        let back = state.decideModes(ModeRequest.parse(["+q", "owner"]), by: owner, seeing: .ircx, now: 2)
        #expect(back.refusals.map(\.reason) == [.hostNeeded])
    }

    @Test(arguments: ["+o host", "-o plain", "+v voiced", "-v plain"])
    func `a rank that is there, or is not, changes nothing`(line: String) throws {
        let requests = ModeRequest.parse(line.split(separator: " ").map(String.init))
        let decision = self.state.decideModes(requests, by: try #require(self.people["owner"]), seeing: .ircx, now: 1)
        #expect(decision.isNothing)
    }

    @Test func `ranks add up`() throws {
        var state = self.state
        let owner = try #require(self.people["owner"])
        let plain = try #require(self.people["plain"])
        let decision = state.decideModes(
            ModeRequest.parse(["+qov", "PLAIN", "plain", "Plain"]),
            by: owner,
            seeing: .ircx,
            now: 1
        )
        #expect(decision.changes.parameters == ["+qov", "plain", "plain", "plain"])
        state.evolve(.modes(decision.changes, by: Author(owner.session, owner.user)))
        #expect(state.members[plain.session]?.modes == [.owner, .host, .voice])
    }

    // MARK: Seen by who does not know owners

    @Test(
        arguments: [
            ("owner", "-o other", "-q other"), ("owner", "-o both", "-qo both both"), ("owner", "-o owner", "-q owner"),
            ("owner", "+o other", nil), ("host", "+o owner", nil), ("host", "-o mate", "-o mate"),
            ("owner", "+q plain", "+q plain"),
        ] as [(String, String, String?)]
    )
    func `who sees owners as hosts means both by o`(who: String, line: String, expected: String?) throws {
        var state = self.state
        let both = try person("both")
        state.evolve(
            .joined(Member(session: both.session, user: both.user, modes: [.owner, .host]), founding: nil)
        )
        let requests = ModeRequest.parse(line.split(separator: " ").map(String.init))
        let decision = state.decideModes(requests, by: try #require(self.people[who]), seeing: .plain, now: 1)
        #expect(decision.refusals.isEmpty)
        let shown = decision.changes.isEmpty ? nil : decision.changes.parameters.joined(separator: " ")
        #expect(shown == expected)
    }

    @Test(arguments: ["owner", "both"])
    func `a host takes no owner's rank by either letter`(target: String) throws {
        var state = self.state
        let both = try person("both")
        state.evolve(
            .joined(Member(session: both.session, user: both.user, modes: [.owner, .host]), founding: nil)
        )
        let host = try #require(self.people["host"])
        let decision = state.decideModes(ModeRequest.parse(["-o", target]), by: host, seeing: .plain, now: 1)
        #expect(decision.changes.isEmpty && decision.refusals.map(\.reason) == [.ownerNeeded])
    }
}
