// Names as NAMES shows them, written from where members stand.

import Chat
import IRC
import NIOCore
import Testing

@Suite struct MemberNamesTests {
    /// Each member's name as it is now, in the order in which they were before.
    private func names(
        _ before: ChannelState,
        _ now: ChannelState,
        ranks: Bool = false,
        hosts: Bool = false,
        hidesInvisible: Bool = false
    ) -> [String] {
        let style = MemberTable.NameStyle(
            ranks: .plain,
            showsAllRanks: ranks,
            showsHosts: hosts,
            hidesInvisible: hidesInvisible
        )
        return before.members.indices.map { place in
            var line = ByteBuffer()
            now.members.writeName(at: place, of: before.members, style, to: &line)
            return String(buffer: line)
        }
    }

    private func loaded(_ one: Requester, _ modes: MemberModes) throws -> ChannelState {
        let update = ChannelState.memberUpdate(Member(session: one.session, user: one.user, modes: modes))
        return ChannelState(name: try channelName("#Room"), fields: [(update.key, try #require(update.value))])
    }

    private static let styles: [(ranks: Bool, hosts: Bool, hides: Bool, name: String)] = [
        (false, false, false, "@Zoë"), (true, false, false, "@+Zoë"), (false, true, false, "@Zoë!uzoë@h"),
        (true, true, false, "@+Zoë!uzoë@h"), (true, true, true, ""), (false, false, true, ""),
    ]

    @Test(arguments: styles)
    func `a member who was loaded is named as one who came in`(
        style: (ranks: Bool, hosts: Bool, hides: Bool, name: String)
    ) throws {
        let zoe = try person("Zoë", host: "h", modes: .invisible)
        for room in [try self.loaded(zoe, [.host, .voice]), try channel("#Room", [(zoe, [.host, .voice])])] {
            let names = self.names(
                room,
                room,
                ranks: style.ranks,
                hosts: style.hosts,
                hidesInvisible: style.hides
            )
            #expect(names == [style.name])
        }
    }

    @Test func `who is not invisible is shown to everybody, with no sign if there is no rank`() throws {
        let ann = try person("Ann")
        for room in [try self.loaded(ann, []), try channel("#Room", [(ann, [])])] {
            #expect(self.names(room, room, ranks: true, hidesInvisible: true) == ["Ann"])
        }
    }

    @Test func `whoever leaves meanwhile is passed over, and all others are named once`() throws {
        let people = try (1...9).map { try person("Nick\($0)") }
        let before = try channel("#Room", people.map { ($0, []) })
        for gone in people {
            var now = before
            now.evolve(.quit(gone.session, by: Author(gone.session, gone.user), reason: ""))
            let others = people.filter { $0.session != gone.session }.map(\.user.nick.raw)
            #expect(self.names(before, now).filter { !$0.isEmpty }.sorted() == others.sorted())
            for other in people where other.session != gone.session {
                now.evolve(.quit(other.session, by: Author(other.session, other.user), reason: ""))
            }
            #expect(self.names(before, now).joined().isEmpty)
        }
    }

    @Test func `whoever is renamed meanwhile is named as they are called now`() throws {
        let (ann, bob) = (try person("Ann"), try person("Bob"))
        let before = try channel("#Room", [(ann, .owner), (bob, [])])
        var now = before
        let rob = try #require(Nickname("Rob", under: Names.caseMapping))
        now.evolve(.changed(bob.session, .nick(rob), by: Author(bob.session, bob.user), number: 1))
        #expect(self.names(before, now) == ["@Ann", "Rob"])
    }
}
