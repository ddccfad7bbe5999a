// Modes of users, and how users change.

import Chat
import IRC
import Testing

@Suite struct UserModeTests {
    @Test(
        arguments: [
            ([], "+"), (.invisible, "+i"), ([.wallops, .bot, .operator], "+Bow"),
            ([.bot, .invisible, .operator, .registered, .wallops, .secure], "+BiorwZ"),
        ] as [(UserModes, String)]
    )
    func `modes show as letters`(modes: UserModes, text: String) { #expect(modes.text == text) }

    @Test(
        arguments: [
            ([], [], ""), ([], .invisible, "+i"), (.invisible, [], "-i"), ([.invisible], [.wallops], "+w-i"),
            ([.operator, .wallops], [.invisible, .bot], "+Bi-ow"), (.bot, [.bot, .wallops], "+w"),
        ] as [(UserModes, UserModes, String)]
    )
    func `a change shows what came and what went`(before: UserModes, after: UserModes, text: String) {
        #expect(after.difference(from: before) == text)
    }

    /// Before, what is asked for, and what it comes to; an unknown letter is told.
    private static let changes: [(UserModes, String, UserModes, Bool)] = [
        ([], "i", .invisible, false), ([], "+i", .invisible, false), (.invisible, "-i", [], false),
        (.invisible, "-i+w", .wallops, false), (.wallops, "+i-w+B", [.invisible, .bot], false),
        ([], "-i+", [], false), ([], "+-+i", .invisible, false),
        // Rights come from OPER, accounts from logging in; what one has may be given up, an account not so.
        ([], "+o", [], false), (.operator, "-o", [], false), (.operator, "+o", .operator, false),
        ([], "+r", [], false), (.registered, "-r", .registered, false), (.registered, "-o", .registered, false),
        ([], "+Z", [], false), (.secure, "-Z+i", [.secure, .invisible], false), ([], "+?i", .invisible, true),
        (.bot, "", .bot, false),
    ]

    @Test(arguments: changes)
    private func `a user changes what is its own to change`(
        before: UserModes,
        text: String,
        after: UserModes,
        hasUnknown: Bool
    ) {
        let changed = before.changed(by: text)
        #expect(changed.modes == after && changed.hasUnknown == hasUnknown)
    }

    @Test func `a user's source is nick, user and shown host`() throws {
        #expect(try person("Alice").user.prefix == "Alice!ualice@alice.cloaked")
    }

    @Test func `each change touches what it names`() throws {
        var user = try person("Alice").user
        let nick = try #require(Nickname("Bob", under: Names.caseMapping))
        for change in [
            UserChange.nick(nick), .away("lunch"), .host(username: "x", host: "y"), .realname("Bob B."), .modes(.bot),
        ] { user.apply(change) }
        #expect(user.prefix == "Bob!x@y")
        #expect(user.away == "lunch")
        #expect(user.realname == "Bob B.")
        #expect(user.modes == .bot)
        user.apply(.away(nil))
        #expect(user.away == nil)
    }

    @Test func `logging in and out is seen in the modes`() throws {
        var user = try person("Alice", modes: .invisible).user
        user.apply(.account("alice"))
        #expect(user.account == "alice")
        #expect(user.modes == [.invisible, .registered])
        user.apply(.account(nil))
        #expect(user.account == nil)
        #expect(user.modes == .invisible)
    }

    @Test(arguments: [0, 1, 35, 36, UInt64.max])
    func `a session's text reads back`(raw: UInt64) {
        let session = SessionID(rawValue: raw)
        #expect(session.text.utf8.count <= 13)
        #expect(SessionID(text: session.text) == session)
    }

    @Test(arguments: ["", "-", "é", "zzzzzzzzzzzzzz", "a b"])
    func `what is no session's text is refused`(text: String) { #expect(SessionID(text: text) == nil) }
}
