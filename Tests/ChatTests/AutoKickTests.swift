// Whom registered channels keep out.

import Chat
import IRC
import Testing

@Suite struct AutoKickTests {
    private func keepsOut(_ room: RegisteredRoom, _ one: Requester, now: Int64 = 9) -> Refusal? {
        refusal { () throws(Refusal) in
            _ = try room.state.decideJoin(by: one, key: nil, maximumMembers: nil, now: now)
        }
    }

    @Test(
        arguments: [
            ("eve", true), ("eve!*@*", true), ("*!*@eve.cloaked", true), ("r:Real*eve", true), ("a:eve", false),
            ("mallory", false),
        ]
    )
    func `who is meant does not come in, and is told why`(mask: String, isMeant: Bool) throws {
        var room = try RegisteredRoom()
        let (event, entry) = try room.state.decideAutoKick(of: mask, until: nil, reason: "spam", by: room.bob, now: 7)
        room.evolve([event])
        #expect(entry.setter == "bob" && entry.time == 7 && entry.until == nil)
        let told = self.keepsOut(room, room.eve)
        #expect(told?.reason == (isMeant ? .banned : nil))
        #expect(told.map { $0.text?.english == "You are kept out of this channel: spam" } ?? !isMeant)
        // A shard that loads the channel says the same.
        room.state = room.loaded
        #expect(self.keepsOut(room, room.eve) == told)
    }

    @Test func `an account is kept out under whatever nickname, and nobody who has a level`() throws {
        var room = try RegisteredRoom()
        room.evolve([try room.state.decideAutoKick(of: "a:*", until: nil, reason: "x", by: room.ann, now: 7).event])
        room.evolve([try room.state.decideAutoKick(of: "*!*@*", until: nil, reason: "x", by: room.ann, now: 7).event])
        #expect(self.keepsOut(room, try person("other", account: "dora"))?.reason == .banned)
        for one in [room.ann, room.bob, room.cid] { #expect(self.keepsOut(room, one) == nil) }
        #expect(self.keepsOut(room, try person("oper", rights: .enterAnyChannel)) == nil)
        // Another account of the name has no level.
        var other = room.cid
        other.accountSince = 31
        #expect(self.keepsOut(room, other)?.reason == .banned)
    }

    @Test func `neither an invitation nor an exception of bans lets in who is kept out`() throws {
        var room = try RegisteredRoom()
        room.evolve([try room.state.decideAutoKick(of: "eve", until: nil, reason: "x", by: room.ann, now: 7).event])
        room.evolve([
            .invited(room.eve.session, nick: "eve", by: RegisteredRoom.server),
            .modes(
                [.list(.exception, ListEntry(mask: "*!*@*", setter: "x", time: 1), on: true)],
                by: RegisteredRoom.server
            ),
        ])
        #expect(self.keepsOut(room, room.eve)?.reason == .banned)
        room.evolve([.modes([.key("k")], by: RegisteredRoom.server)])
        #expect(
            refusal { () throws(Refusal) in
                _ = try room.state.decideKnock(by: room.eve, server: "irc.example", now: 9)
            }?.reason == .banned
        )
    }

    @Test func `an entry ends, and goes with the next change`() throws {
        var room = try RegisteredRoom()
        room.evolve([try room.state.decideAutoKick(of: "eve", until: 100, reason: "x", by: room.bob, now: 7).event])
        #expect(self.keepsOut(room, room.eve, now: 99) != nil && self.keepsOut(room, room.eve, now: 100) == nil)
        #expect(try room.state.autoKicks(for: room.bob, now: 100).isEmpty)
        #expect(room.state.registration?.autoKicks.count == 1)
        room.evolve([try room.state.decideAutoKick(of: "m", until: nil, reason: "x", by: room.bob, now: 100).event])
        #expect(room.state.registration?.autoKicks.map(\.mask) == ["m!*@*"])
    }

    @Test func `who is host or owner by level says who is kept out, and who is so for the moment does not`() throws {
        var room = try RegisteredRoom()
        room.enter(room.eve, as: [.owner, .host])
        for one in [room.eve, room.cid] {
            let told = refusal { () throws(Refusal) in
                _ = try room.state.decideAutoKick(of: "x", until: nil, reason: "x", by: one, now: 7)
            }
            #expect(told?.reason == .levelNeeded)
        }
        room.evolve([try room.state.decideAutoKick(of: "x!*@*", until: nil, reason: "x", by: room.ann, now: 7).event])
        #expect(refusal { () throws(Refusal) in _ = try room.state.decideLift("x", by: room.eve, now: 8) } != nil)
        #expect(refusal { () throws(Refusal) in _ = try room.state.autoKicks(for: room.eve, now: 8) } != nil)
        let (event, mask) = try room.state.decideLift("X!*@*", by: room.bob, now: 8)
        room.evolve([event])
        #expect(mask == "x!*@*" && room.state.registration?.autoKicks.isEmpty == true)
        #expect(
            refusal { () throws(Refusal) in _ = try room.state.decideLift("x", by: room.bob, now: 8) }?.reason
                == .noSuchAutoKick
        )
        var other = try channel("#other")
        other.evolve(.registration([.dropped], by: RegisteredRoom.server))
        #expect(
            refusal { () throws(Refusal) in _ = try other.autoKicks(for: room.ann, now: 8) }?.reason
                == .channelIsNotRegistered
        )
    }

    @Test(arguments: ["c:#x", "m:*!*@*", "f:#x:*!*@*", "z:\(String(repeating: "ab", count: 32))", "", "a:", "a b"])
    func `what means nobody by what everybody may know is refused`(mask: String) throws {
        let room = try RegisteredRoom()
        let told = refusal { () throws(Refusal) in
            _ = try room.state.decideAutoKick(of: mask, until: nil, reason: "x", by: room.ann, now: 7)
        }
        #expect(told?.reason == .invalidAutoKick)
    }

    @Test func `there are only so many, and one that is there may be set again`() throws {
        var room = try RegisteredRoom()
        for number in 0..<AutoKick.maximum {
            let event = try room.state.decideAutoKick(of: "n\(number)", until: nil, reason: "x", by: room.ann, now: 7)
            room.evolve([event.event])
        }
        #expect(
            refusal { () throws(Refusal) in
                _ = try room.state.decideAutoKick(of: "more", until: nil, reason: "x", by: room.ann, now: 8)
            }?.reason == .listIsFull
        )
        room.evolve([try room.state.decideAutoKick(of: "N7!*@*", until: nil, reason: "y", by: room.ann, now: 8).event])
        #expect(room.state.registration?.autoKicks.count == AutoKick.maximum)
        #expect(room.state.registration?.autoKicks.last?.reason == "y")
        let long = String(repeating: "x", count: AutoKick.longestReason + 1)
        #expect(
            refusal { () throws(Refusal) in
                _ = try room.state.decideAutoKick(of: "n1", until: nil, reason: long, by: room.ann, now: 8)
            }?.reason == .textTooLong
        )
        // All of it fits in what tells of a change.
        let event = try room.state.decideAutoKick(of: "n1", until: nil, reason: "z", by: room.ann, now: 8).event
        #expect(ChannelEvent(event.encoded) == event)
    }

    @Test func `those go who are meant and there, and nobody who has a level or is an owner`() throws {
        var room = try RegisteredRoom()
        let (dora, finn) = (try person("dora"), try person("finn"))
        for one in [room.ann, room.bob, room.cid, room.eve, finn] { room.enter(one) }
        room.enter(dora, as: .owner)
        let entry = try room.state.decideAutoKick(of: "*!*@*", until: nil, reason: "x", by: room.bob, now: 7).entry
        func nicks(_ one: Requester) throws -> [String] {
            try room.state.members(keptOutBy: entry, for: one).map(\.user.nick.raw).sorted()
        }
        #expect(try nicks(room.bob) == ["eve", "finn"])
        #expect(try nicks(room.ann) == ["dora", "eve", "finn"])
        let only = try room.state.decideAutoKick(of: "finn", until: nil, reason: "x", by: room.bob, now: 7).entry
        #expect(try room.state.members(keptOutBy: only, for: room.bob).map(\.user.nick.raw) == ["finn"])
    }
}
