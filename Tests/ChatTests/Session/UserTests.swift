// Who is the same user, and what the others are shown of it.

import Chat
import IRC
import NIOCore
import Testing

@Suite struct UserTests {
    private static func user(
        _ nick: String = "Bob",
        _ username: String = "u",
        _ host: String = "h",
        _ realname: String = "Real",
        account: String? = "bob",
        away: String? = nil,
        modes: UserModes = .bot,
        signedOn: Int64 = 1
    ) throws -> User {
        User(
            nick: try #require(Nickname(nick, under: Names.caseMapping)),
            username: username,
            host: host,
            realname: realname,
            account: account,
            away: away,
            modes: modes,
            signedOn: signedOn
        )
    }

    @Test func `whatever one knows of a user tells it from another`() throws {
        let bob = try Self.user()
        #expect(try bob == Self.user())
        let others = [
            try Self.user("Rob"), try Self.user("BOB"), try Self.user("Bob", "v"), try Self.user("Bob", "u", "i"),
            try Self.user("Bob", "u", "h", "Other"), try Self.user(account: nil), try Self.user(account: "Bob"),
            try Self.user(away: ""), try Self.user(modes: []), try Self.user(signedOn: 2),
        ]
        for other in others { #expect(other != bob) }
    }

    @Test func `a user is shown as nick!user@host and read back whole`() throws {
        let bob = try Self.user(away: "lunch")
        #expect(bob.prefix == "Bob!u@h")
        var buffer = ByteBuffer()
        bob.encode(into: &buffer)
        #expect(User(from: &buffer) == bob)
        #expect(buffer.readableBytes == 0)
    }
    @Test func `of several changes the host comes last, since that is another user to some`() throws {
        let (bob, other) = (
            try Self.user(), try Self.user("Rob", "v", "i", "New", account: "rob", away: "x", modes: [])
        )
        let changes = bob.changes(to: other)
        guard case .host? = changes.dropLast().last, case .modes? = changes.last else {
            return #expect(Bool(false), "\(changes)")
        }
        var user = bob
        for change in changes { user.apply(change) }
        #expect(user.host == other.host && user.nick == other.nick && user.away == "x" && user.account == "rob")
    }
}
