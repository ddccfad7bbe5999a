// Nicknames belong to accounts, as the tenant says.

import Simulation
import Tenant
import Testing

@Suite struct NickOwnershipTests {
    private func rig(
        _ ownership: AccountSettings.NickOwnership,
        shards: Int = 1,
        within timeout: Duration = .seconds(30)
    ) throws -> CommandHarness {
        var settings = AccountSettings.standard
        settings.nickOwnership = ownership
        settings.nickTimeout = timeout
        let harness = try CommandHarness(shards: shards, accounts: settings)
        for name in ["ann", "bob"] { harness.accounts.add(name, password: "sesame") }
        return harness
    }

    /// Somebody is here already, so it is known whose the nicknames are.
    private func open(_ harness: CommandHarness) async -> [Client] {
        var clients: [Client] = []
        for shard in harness.shards.indices { clients.append(await harness.client("eve\(shard)", shard: shard)) }
        return clients
    }

    private static let reserved = "That nickname belongs to an account: log in to it, or choose another nickname"
    private static let belongs =
        "This nickname belongs to an account: log in to it by /msg NickServ IDENTIFY <password>"

    @Test(arguments: [1, 2])
    func `where the tenant is strict nobody gets a nickname that is another's, at first or later`(
        shards: Int
    ) async throws {
        let harness = try self.rig(.strict, shards: shards)
        let eve = try #require(await self.open(harness).last)
        #expect(await eve.send("NICK Ann").map(\.short) == ["433 Ann \(Self.reserved)"])
        let guest = harness.stranger(shard: shards - 1)
        #expect(await guest.send("NICK bob", "USER x 0 * :X").map(\.short) == ["433 bob \(Self.reserved)"])
        #expect(await guest.send("NICK bobby").first?.command == "001")
        // Its owner gets it, and whoever proves to be.
        #expect(await guest.send("NS IDENTIFY bob sesame", "NICK bob").last?.short == "bobby NICK bob")
        let (ann, welcome) = await harness.member("ann", shard: 0)
        #expect(welcome.first?.command == "001" && welcome.with("NOTICE").isEmpty)
        // Bob's account is no reason to be called Ann.
        _ = await ann.send("NICK other")
        #expect(await guest.send("NICK ann").first?.command == "433")
    }

    @Test(arguments: [1, 2])
    func `with a timeout who has another's nickname is told, and gets another`(shards: Int) async throws {
        let harness = try self.rig(.timeout, shards: shards)
        let eve = try #require(await self.open(harness).first)
        let guest = harness.stranger(shard: shards - 1)
        let welcome = await guest.send("NICK ann", "USER x 0 * :X", "JOIN #a")
        #expect(
            welcome.with("NOTICE").map(\.text) == [
                Self.belongs, "Otherwise you get another nickname in 30 seconds",
            ]
        )
        _ = await eve.send("JOIN #a")
        await harness.advance(by: 29)
        #expect(await guest.hears().with("NICK").isEmpty)
        await harness.advance(by: 2)
        let told = try #require(await guest.hears().with("NICK").first)
        #expect(told.nick == "ann" && told.text.hasPrefix("Guest") && told.text.count == 10)
        #expect(await eve.hears().with("NICK").map(\.short) == [told.short])
        #expect(await guest.send("PRIVMSG #a :hi", "NICK x").with("NICK").map(\.text) == ["x"])
    }

    @Test func `who logs in in time, or leaves the nickname, keeps what it has`() async throws {
        let harness = try self.rig(.timeout, within: .seconds(5))
        let eve = try #require(await self.open(harness).first)
        let ann = await harness.client("ann")
        #expect(await ann.send("NS IDENTIFY sesame").with("900").count == 1)
        #expect(
            await eve.send("NICK bob").with("NOTICE").map(\.text).last
                == "Otherwise you get another nickname in 5 seconds"
        )
        _ = await eve.send("NICK eve")
        await harness.advance(by: 8)
        #expect(await ann.hears().with("NICK").isEmpty)
        #expect(await eve.hears().with("NICK").isEmpty)
    }

    @Test func `where the tenant does not care nobody is told anything`() async throws {
        let harness = try self.rig(.off, within: .seconds(5))
        _ = await self.open(harness)
        let ann = await harness.client("ann")
        #expect(await ann.hears().isEmpty)
        await harness.advance(by: 70)
        #expect(await ann.hears().with("NICK").isEmpty)
    }

    @Test(arguments: [1, 2])
    func `a nickname is an account's from the moment that it is registered or added, on every shard`(
        shards: Int
    ) async throws {
        let harness = try self.rig(.strict, shards: shards)
        let eve = try #require(await self.open(harness).last)
        let dora = await harness.client("dora")
        _ = await dora.send("NS REGISTER correct-horse", "NICK dora2")
        #expect(await dora.send("NS GROUP").with("NOTICE").map(\.text) == ["dora2 belongs to your account now"])
        _ = await dora.send("NICK dora3")
        for nick in ["dora", "dora2", "DORA2"] { #expect(await eve.send("NICK \(nick)").first?.command == "433") }
        #expect(await dora.send("NS INFO").with("NOTICE").map(\.text).contains("Its nicknames: dora2"))
        #expect(await dora.send("NS UNGROUP dora2").last?.text == "dora2 belongs to your account no more")
        #expect(
            await dora.send("NS UNGROUP dora2", "NS UNGROUP dora").map(\.text)
                == Array(
                    repeating: "That is none of the nicknames that you gave to your account",
                    count: 2
                )
        )
        #expect(await eve.send("NICK dora2").first?.command == "NICK")
        _ = await dora.send("NICK dora")
        // What is another's is not added.
        let ann = await harness.member("ann", as: "ann").client
        _ = await ann.send("NICK ann2", "NS GROUP")
        _ = await dora.send("NS DROP correct-horse")
        await harness.advance(by: 2)
        #expect(await eve.send("NICK dora").first?.command == "NICK")
    }

    @Test func `one that looks like it is as good as it`() async throws {
        let harness = try self.rig(.strict)
        let eve = try #require(await self.open(harness).first)
        let accounts = harness.accounts
        accounts.add("copa", password: "sesame")
        await harness.advance(by: 61)
        // In Cyrillic letters.
        #expect(await eve.send("NICK \u{441}\u{43E}\u{440}\u{430}").with("433").count == 1)
    }

    @Test(arguments: [AccountSettings.NickOwnership.timeout, .strict])
    func `nobody has what looks like another's belong to them`(ownership: AccountSettings.NickOwnership) async throws {
        let harness = try self.rig(ownership)
        _ = await self.open(harness)
        harness.accounts.add("copa", password: "sesame")
        await harness.advance(by: 61)
        let ann = await harness.member("ann").client
        let lookalike = "\u{441}\u{43E}\u{440}\u{430}"
        _ = await ann.send("NICK \(lookalike)")
        #expect(
            await ann.send("NS GROUP").with("NOTICE").last?.text
                == (ownership == .strict ? "ann belongs to your account now" : Self.reserved)
        )
        _ = await ann.send("NICK ann")
        let copa = await harness.member("copa").client
        #expect(await copa.hears().with("NOTICE").isEmpty)
        #expect(await ann.send("NS GHOST copa").with("NOTICE").last?.text == "That nickname is not your account's")
    }

    @Test func `who waits for an administrator keeps the nickname for now, and it is nobody's`() async throws {
        var settings = AccountSettings.standard
        settings.registration = .approval
        settings.nickTimeout = .seconds(5)
        let harness = try CommandHarness(accounts: settings)
        _ = await self.open(harness)
        let dora = await harness.client("dora")
        _ = await dora.send("NS REGISTER correct-horse")
        await harness.advance(by: 70)
        #expect(await dora.hears().with("NICK").isEmpty)
        harness.accounts.approve("dora")
        _ = await dora.send("PONG here")
        await harness.advance(by: 70)
        #expect(await dora.hears().with("NICK").count == 1)
    }

    @Test(arguments: [0, 1])
    func `a foreign nickname is not kept by leaving, nor by another client of the session`(shard: Int) async throws {
        let harness = try self.rig(.timeout, shards: 2, within: .seconds(20))
        _ = await self.open(harness)
        let first = await harness.member("bob", shard: 0).client
        let second = await harness.member("bob", shard: shard).client
        _ = await first.send("NICK ann")
        _ = await first.send("QUIT")
        #expect(await second.hears().with("NICK").map(\.text) == ["ann"])
        await harness.advance(by: 25)
        #expect(await second.hears().with("NICK").first?.text.hasPrefix("Guest") == true)
        // Who comes back to it in time goes on where it was; a guest does not.
        let guest = harness.stranger()
        _ = await guest.send("CAP REQ :roost.chat/resume", "NICK ann", "USER x 0 * :X", "CAP END")
        await harness.advance(by: 3)
        guest.wire.disconnect()
        await harness.advance(by: 3)
        let stranger = harness.stranger()
        #expect(await stranger.send("NICK ann", "USER x 0 * :X").first?.command == "001")
    }

    @Test func `what is made elsewhere is known within a minute, and holds for those who are there`() async throws {
        let harness = try self.rig(.strict, within: .seconds(10))
        let eve = try #require(await self.open(harness).first)
        harness.accounts.add("eve0", password: "sesame")
        await harness.advance(by: 61)
        #expect(await eve.hears().with("NOTICE").first?.text == Self.belongs)
        await harness.advance(by: 11)
        #expect(await eve.hears().with("NICK").first?.text.hasPrefix("Guest") == true)
    }
}
