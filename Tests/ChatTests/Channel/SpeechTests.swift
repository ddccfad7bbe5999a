// Who may speak.

import Chat
import IRC
import Testing

@Suite struct SpeechTests {
    enum Who: CaseIterable { case outsider, plain, voiced, host, owner }

    private let people: [Who: Requester]
    private let state: ChannelState

    init() throws {
        let people: [Who: Requester] = [
            .outsider: try person("Outsider"), .plain: try person("Plain"), .voiced: try person("Voiced"),
            .host: try person("Host"), .owner: try person("Owner"),
        ]
        self.people = people
        let ranks: [(Who, MemberModes)] = [(.plain, []), (.voiced, .voice), (.host, .host), (.owner, .owner)]
        self.state = try channel("#Room", ranks.map { (try #require(people[$0.0]), $0.1) }, modes: [])
    }

    @Test(
        arguments: [
            ("", "", Set(Who.allCases)),
            ("n", "", [.plain, .voiced, .host, .owner]),
            ("m", "", [.voiced, .host, .owner]),
            ("nm", "", [.voiced, .host, .owner]),
            ("", "*!*@*", [.voiced, .host, .owner]),
            ("", "Plain!*@*", [.outsider, .voiced, .host, .owner]),
            ("", "Outsider!*@*", [.plain, .voiced, .host, .owner]),
            ("n", "*!*@*", [.voiced, .host, .owner]),
        ] as [(String, String, Set<Who>)]
    )
    func `modes and bans say who speaks`(modes: String, ban: String, speakers: Set<Who>) throws {
        var state = self.state
        state.modes = ChannelModes(text: modes)
        if !ban.isEmpty { state.lists[.ban] = [ListEntry(mask: ban, setter: "Owner", time: 1)] }
        let room = state
        for (who, requester) in self.people {
            let refused = refusal { () throws(Refusal) in try room.checkSpeech(of: requester) }
            #expect((refused == nil) == speakers.contains(who), "\(who)")
            if let refused { #expect(refused == Refusal(.cannotSpeak, "#Room")) }
        }
    }

    @Test func `who is excepted from a ban speaks, but not when the channel is moderated`() throws {
        var state = self.state
        state.lists = [
            .ban: [ListEntry(mask: "*!*@*", setter: "Owner", time: 1)],
            .exception: [ListEntry(mask: "Plain!*@*", setter: "Owner", time: 1)],
        ]
        let plain = try #require(self.people[.plain])
        let open = state
        #expect(refusal { () throws(Refusal) in try open.checkSpeech(of: plain) } == nil)
        state.modes = .moderated
        let moderated = state
        #expect(refusal { () throws(Refusal) in try moderated.checkSpeech(of: plain) } != nil)
    }

    @Test(
        arguments: [
            (MemberModes.voice, MemberModes.voice, true), (.voice, .host, false), (.host, .voice, true),
            (.host, .host, true), (.host, .owner, false), (.owner, .voice, true), (.owner, .owner, true),
            ([], .voice, false), ([.host, .voice], .host, true), ([.host, .voice], .owner, false), ([], [], true),
        ] as [(MemberModes, MemberModes, Bool)]
    )
    func `a message to a rank reaches it and those above`(rank: MemberModes, minimum: MemberModes, expected: Bool) {
        #expect(rank.reaches(minimum) == expected)
    }
}
