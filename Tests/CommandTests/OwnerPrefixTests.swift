// Owners, as tenants show them (ISUPPORT PREFIX; draft-pfenning-irc-extensions-04, 4.1).

import Realm
import Simulation
import Tenant
import Testing

@Suite struct OwnerPrefixTests {
    @Test func `a plain client sees its first channel as anywhere else`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", "carol", shard: { $0 % 2 })
        #expect(
            Set(await room[1].send("NAMES #a").with("353").flatMap { $0.text.split(separator: " ") }) == [
                "@ann", "bob", "carol",
            ]
        )
        #expect(await room[1].send("WHOIS ann").with("319").map(\.text) == ["@#a"])
        _ = await room[0].send("MODE #a +o bob")
        await room.listen()
        // A host, who cannot kick an owner.
        #expect(await room[1].send("KICK #a ann").commands == ["482"])
        #expect(await room[1].send("MODE #a -o ann").commands == ["482"])
        #expect(await room[0].send("PRIVMSG @#a :hosts").isEmpty)
        #expect(await room[1].hears().shorts == ["ann PRIVMSG @#a hosts"])
        // Giving up what looks like one rank gives up all of it.
        #expect(await room[0].send("MODE #a -o ann").shorts == ["ann MODE #a -o ann"])
        #expect(await room[2].hears().shorts == ["ann MODE #a -o ann"])
        #expect(await room[0].send("MODE #a +m").commands == ["482"])
    }

    @Test func `a tenant shows owners by its own sign, from when it says so`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        var tenant = harness.tenant
        tenant.settings.ircx.ownerPrefix = "~"
        await harness.apply(tenant)
        for client in room {
            let told = await client.hears().with("005").flatMap(\.parameters)
            #expect(told.contains("PREFIX=(qov)~@+") && told.contains("STATUSMSG=~@+"), "\(told)")
        }
        #expect(await room[1].send("NAMES #a").with("353").first?.text.split(separator: " ").contains("~ann") == true)
        #expect(await room[0].send("MODE #a +q bob").shorts == ["ann MODE #a +q bob"])
        #expect(await room[1].hears().shorts == ["ann MODE #a +q bob"])
        #expect(await room[0].send("PRIVMSG ~#a :owners").isEmpty)
        #expect(await room[1].hears().shorts == ["ann PRIVMSG ~#a owners"])
        let carol = await harness.client("carol")
        #expect(
            await carol.send("JOIN #b").shorts.prefix(3) == [
                "carol JOIN #b", "carol MODE #b +q carol", "353 = #b ~carol",
            ]
        )
    }
}
