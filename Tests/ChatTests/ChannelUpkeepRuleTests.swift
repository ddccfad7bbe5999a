// How registered channels end that nobody needs, and what becomes of those whose founders are no more.

import Chat
import IRC
import Testing

@Suite struct ChannelUpkeepRuleTests {
    private static let day = ChannelRegistration.noteInterval

    @Test func `once a day it is noted that somebody with a level came in`() throws {
        var room = try RegisteredRoom()
        #expect(room.state.noteOfUse(by: room.eve, now: 100) == nil)
        let note = try #require(room.state.noteOfUse(by: room.cid, now: 100))
        room.evolve([note])
        #expect(room.loaded.registration?.lastUse == 100)
        #expect(room.state.noteOfUse(by: room.ann, now: 99 + Self.day) == nil)
        #expect(room.state.noteOfUse(by: room.ann, now: 100 + Self.day) != nil)
    }

    @Test func `a channel ends being registered when nobody of its people was there for long`() throws {
        var room = try RegisteredRoom()
        func upkeep(_ now: Int64, expiry: Int64 = 60 * Self.day, opened: Int64? = nil) -> [ChannelEvent] {
            room.state.decideUpkeep(
                expiry: expiry,
                gone: [],
                opened: opened,
                by: RegisteredRoom.server,
                now: now
            )
        }
        let dropped = ChannelEvent.registration([.dropped], by: RegisteredRoom.server)
        // Of one that an earlier version registered it is not known: it counts from the first look on.
        let first = upkeep(1_000 * Self.day)
        #expect(first == [.registration([.used(1_000 * Self.day)], by: RegisteredRoom.server)])
        room.evolve(first)
        #expect(upkeep(1_061 * Self.day - 1).isEmpty && upkeep(1_061 * Self.day) == [dropped])
        #expect(upkeep(9_999 * Self.day, expiry: 0).isEmpty)
        // Nobody could come until then.
        #expect(upkeep(1_110 * Self.day, opened: 1_050 * Self.day).isEmpty)
        #expect(upkeep(1_111 * Self.day, opened: 1_050 * Self.day) == [dropped])
        #expect(upkeep(1_061 * Self.day, opened: 900 * Self.day) == [dropped])
        // Whoever else is there.
        room.enter(room.eve, as: .owner)
        #expect(upkeep(1_061 * Self.day) == [dropped])
        room.enter(room.cid)
        #expect(
            upkeep(1_061 * Self.day) == [.registration([.used(1_061 * Self.day)], by: RegisteredRoom.server)]
        )
    }

    @Test func `a channel whose founder's account is no more goes to the successor, or is nobody's`() throws {
        var room = try RegisteredRoom()
        let (ann, bob) = (try #require(room.ann.account), try #require(room.bob.account))
        func upkeep(_ gone: Set<AccountReference>) -> [ChannelEvent] {
            room.state.decideUpkeep(expiry: 0, gone: gone, by: RegisteredRoom.server, now: 9)
        }
        room.evolve([.registration([.used(9)], by: RegisteredRoom.server)])
        let dropped = ChannelEvent.registration([.dropped], by: RegisteredRoom.server)
        #expect(upkeep([bob]).isEmpty && upkeep([AccountReference(name: "ann", since: 11)]).isEmpty)
        #expect(upkeep([ann]) == [dropped])
        room.evolve(try room.state.decideSuccessor(bob, by: room.ann))
        #expect(upkeep([ann, bob]) == [dropped])
        room.evolve(upkeep([ann]))
        #expect(room.state.registration?.founder == bob && room.state.registration?.successor == nil)
    }

    @Test func `of those who stay in a channel that ends being registered somebody runs it`() throws {
        var room = try RegisteredRoom()
        let ann = try #require(room.ann.account)
        func owner(guestsFound: Bool = true) -> String? {
            let events = room.state.decideUpkeep(
                expiry: 0,
                gone: [ann],
                guestsFound: guestsFound,
                by: RegisteredRoom.server,
                now: 9
            )
            guard events.count == 2, case .modes(let changes, _) = events[1],
                case .rank(.owner, _, let nick, true)? = changes.first
            else { return nil }
            return nick
        }
        // It ends with its last member otherwise.
        #expect(owner() == nil)
        room.enter(room.eve)
        #expect(owner() == "eve" && owner(guestsFound: false) == nil)
        // An account counts more than the time; the founder's name is somebody else's by now.
        room.enter(room.ann)
        #expect(owner() == "ann")
        // A level counts more than the time.
        room.enter(room.cid)
        #expect(owner() == "cid")
        room.enter(room.bob, as: .host)
        #expect(owner() == nil)
    }
}
