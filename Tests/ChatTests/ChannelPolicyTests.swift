// What founders have hold in their channels, and what people do there by their level.

import Chat
import IRC
import Testing

@Suite struct ChannelPolicyTests {
    @Test(
        arguments: [
            (["+nt-s"], "+nt-s", "+nt-s"), (["nt"], "+nt", "+nt"), (["+l-k", "30"], "+l-k 30", "+l-k"),
            (["-kl"], "-kl", "-kl"), (["+s-s"], "-s", "-s"), (["-i+i"], "+i", "+i"), (["-fjW"], "-fjW", "-fjW"),
        ]
    )
    func `a lock is shown as modes are`(words: [String], text: String, letters: String) throws {
        let lock = try ModeLock(words, of: try channelName("#Room"))
        #expect(lock.text == text && lock.letters == letters)
    }

    @Test(arguments: [
        ["+k", "x"], ["+b"], ["-o"], ["+r"], ["-r"], ["+?"], ["+"], ["+l", "0"], ["+l"], ["+ps"], ["+W", "9"],
    ])
    func `what cannot be locked is refused`(words: [String]) throws {
        let name = try channelName("#Room")
        let told = refusal { () throws(Refusal) in _ = try ModeLock(words, of: name) }
        #expect(told?.reason == .invalidModeParameter && told?.text != nil, "\(words)")
    }

    @Test func `a lock is put into force, and holds until the founder changes it`() throws {
        var room = try RegisteredRoom()
        room.evolve([.modes([.flag(.secret, on: true), .key("k")], by: RegisteredRoom.server)])
        room.enter(room.eve, as: [.owner, .host])
        let words = ["+im-sk+l", "30"]
        for one in [room.eve, room.bob] {
            let told = refusal { () throws(Refusal) in
                _ = try room.state.decideModeLock(words, by: one, now: 7)
            }
            #expect(told?.reason == .founderNeeded)
        }
        room.evolve(try room.state.decideModeLock(words, by: room.ann, now: 7))
        #expect(room.state.modeParameters(showingKey: true) == ["+imnrtl", "30"])
        #expect(try room.state.decideModeLock(words, by: room.ann, now: 7).isEmpty)
        for (words, letter) in [
            (["-i"], "i"), (["+s"], "s"), (["+k", "x"], "k"), (["+l", "20"], "l"), (["-l"], "l"),
        ] {
            let decision = room.state.decideModes(
                ModeRequest.parse(words),
                by: room.eve,
                seeing: .plain,
                now: 8
            )
            #expect(decision.changes.isEmpty, "\(words)")
            #expect(decision.refusals == [Refusal(.modeIsLocked, "#Room", letter, "+iml-ks")], "\(words)")
        }
        // All else is as it was.
        let others = room.state.decideModes(ModeRequest.parse(["-t+p-m"]), by: room.eve, seeing: .plain, now: 8)
        #expect(others.changes == [.flag(.topicByHosts, on: false), .flag(.private, on: true)])
        #expect(others.refusals.map(\.reason) == [.modeIsLocked])
        #expect(room.loaded.registration?.modeLock == room.state.registration?.modeLock)
        room.evolve(try room.state.decideModeLock(nil, by: room.ann, now: 8))
        #expect(room.state.registration?.modeLock == nil && room.state.modes.contains(.inviteOnly))
    }

    @Test func `what takes another mode's place does not break a lock of that one`() throws {
        var room = try RegisteredRoom()
        room.enter(room.eve, as: .host)
        room.evolve(try room.state.decideModeLock(["+s"], by: room.ann, now: 7))
        let decision = room.state.decideModes(ModeRequest.parse(["+p"]), by: room.eve, seeing: .plain, now: 8)
        #expect(decision.changes.isEmpty && decision.refusals == [Refusal(.modeIsLocked, "#Room", "p", "+s")])
    }

    @Test func `a locked topic is for accounts that are host or owner of the channel`() throws {
        var room = try RegisteredRoom()
        for one in [room.bob, room.cid] { room.enter(one) }
        room.enter(room.eve, as: [.owner, .host])
        func isRefused(_ one: Requester) -> Bool {
            refusal { () throws(Refusal) in _ = try room.state.decideTopic("x", by: one, now: 8) } != nil
        }
        #expect(!isRefused(room.eve))
        room.evolve(try room.state.decideTopicLock(true, by: room.ann))
        room.evolve([.modes([.flag(.topicByHosts, on: false)], by: RegisteredRoom.server)])
        #expect(isRefused(room.eve) && isRefused(room.cid) && !isRefused(room.bob))
        #expect(room.loaded.registration?.isTopicLocked == true)
        room.evolve(try room.state.decideTopicLock(false, by: room.ann))
        #expect(!isRefused(room.eve) && room.loaded.registration?.isTopicLocked == false)
    }

    @Test func `of a private channel its people are told`() throws {
        var room = try RegisteredRoom()
        room.evolve(try room.state.decideDescription("All about rooms", by: room.ann))
        #expect(room.loaded.registration?.description == "All about rooms" && room.state.isTold(to: room.eve))
        room.evolve(try room.state.decidePrivate(true, by: room.ann))
        room.state = room.loaded
        #expect(!room.state.isTold(to: room.eve))
        for one in [room.ann, room.bob, room.cid, try person("oper", rights: .seeHidden)] {
            #expect(room.state.isTold(to: one))
        }
        room.evolve(try room.state.decidePrivate(false, by: room.ann))
        room.evolve([.modes([.flag(.secret, on: true)], by: RegisteredRoom.server)])
        #expect(!room.state.isTold(to: room.eve) && room.state.isTold(to: room.cid))
        let long = String(repeating: "x", count: ChannelRegistration.longestDescription + 1)
        #expect(
            refusal { () throws(Refusal) in _ = try room.state.decideDescription(long, by: room.ann) }?.reason
                == .textTooLong
        )
        #expect(refusal { () throws(Refusal) in _ = try room.state.decideDescription("x", by: room.bob) } != nil)
    }

    @Test func `a channel that is given away keeps all that holds in it, and one that is dropped nothing`() throws {
        var room = try RegisteredRoom()
        room.evolve([try room.state.decideAutoKick(of: "eve", until: nil, reason: "x", by: room.ann, now: 7).event])
        room.evolve(try room.state.decideModeLock(["+n"], by: room.ann, now: 7))
        room.evolve(try room.state.decideTopicLock(true, by: room.ann))
        let bob = try #require(room.bob.account)
        room.evolve(try room.state.decideTransfer(to: bob, by: room.ann, now: 8))
        let registration = try #require(room.loaded.registration)
        #expect(registration.founder == bob && registration.autoKicks.count == 1 && registration.isTopicLocked)
        #expect(registration.modeLock?.text == "+n" && registration == room.state.registration)
        let updates = room.state.updates(for: .registration([.dropped], by: RegisteredRoom.server))
        let gone = Set(updates.filter { $0.value == nil }.map(\.key.section))
        #expect(gone == [.registration, .level, .autoKick, .policy])
        room.evolve([.registration([.dropped], by: RegisteredRoom.server)])
        #expect(room.loaded.registration == nil)
    }

    @Test func `what people do by their level`() throws {
        var room = try RegisteredRoom()
        room.evolve([.modes([.key("k")], by: RegisteredRoom.server)])
        func invites(_ one: Requester, _ other: Requester) -> Bool {
            refusal { () throws(Refusal) in
                _ = try room.state.decideInviteByLevel(of: other.session, other.user, by: one)
            } == nil
        }
        #expect(invites(room.cid, room.cid) && invites(room.bob, room.bob) && !invites(room.eve, room.eve))
        #expect(invites(room.bob, room.eve) && !invites(room.cid, room.eve))
        #expect(try room.state.key(for: room.bob) == "k")
        #expect(refusal { () throws(Refusal) in _ = try room.state.key(for: room.cid) }?.reason == .levelNeeded)
        room.enter(room.eve)
        #expect(!invites(room.bob, room.eve))
    }

    @Test func `bans are lifted for one, or all by the founder`() throws {
        var room = try RegisteredRoom()
        let entries = ["*!*@eve.cloaked", "eve!*@*", "*!*@other"].enumerated().map {
            ListEntry(mask: $1, setter: "x", time: Int64($0))
        }
        room.evolve([.modes(entries.map { .list(.ban, $0, on: true) }, by: RegisteredRoom.server)])
        #expect(refusal { () throws(Refusal) in _ = try room.state.decideUnban(of: room.eve, by: room.cid) } != nil)
        #expect(refusal { () throws(Refusal) in _ = try room.state.decideClearingBans(by: room.bob) } != nil)
        room.evolve(try room.state.decideUnban(of: room.eve, by: room.bob))
        #expect(room.state.lists[.ban]?.map(\.mask) == ["*!*@other"])
        #expect(try room.state.decideUnban(of: room.eve, by: room.bob).isEmpty)
        room.evolve(try room.state.decideClearingBans(by: room.ann))
        #expect(room.state.lists[.ban] == nil)
    }

    @Test func `ranks that are by no account are taken, and those who have no level go`() throws {
        var room = try RegisteredRoom()
        room.enter(room.ann, as: .owner)
        room.enter(room.bob, as: [.owner, .host])
        room.enter(room.cid, as: [.host, .voice])
        room.enter(room.eve, as: .host)
        #expect(try room.state.members(clearedBy: room.ann).map(\.user.nick.raw) == ["eve"])
        room.evolve(try room.state.decideClearingRanks(by: room.ann))
        func modes(_ one: Requester) -> MemberModes? { room.state.members.modes(of: one.session) }
        #expect(modes(room.ann) == .owner && modes(room.bob) == .host && modes(room.cid) == .voice)
        #expect(modes(room.eve) == [])
        #expect(refusal { () throws(Refusal) in _ = try room.state.decideClearingRanks(by: room.bob) } != nil)
    }
}
