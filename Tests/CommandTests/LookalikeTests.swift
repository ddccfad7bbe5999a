// Nicknames that look alike (CASEMAPPING in ISUPPORT; Unicode TR39).

import Simulation
import Tenant
import Testing

@Suite struct LookalikeTests {
    @Test(arguments: [
        // Cyrillic through and through.
        ("copa", "сора"), ("сора", "Copa"),
        // One letter in two ways.
        ("Élise", "élise"), ("Élise", "e\u{301}lise"), ("Жанна", "жанна"),
        // Wide letters.
        ("bob", "\u{FF22}\u{FF4F}\u{FF42}"), ("m-é", "\u{217F}-é"),
    ])
    func `of nicknames that look alike one is taken, on any shard`(first: String, second: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let one = await harness.client(first)
        let other = harness.stranger(shard: 1)
        #expect(await other.send("NICK \(second)", "USER o 0 * :O").commands == ["433"])
        #expect(await other.send("NICK other").with("001").count == 1)
        #expect(await other.send("NICK \(second)").commands == ["433"])
        // It is not the other's name, either.
        #expect(await other.send("PRIVMSG \(second) :x").commands == ["401"])
        #expect(await other.send("PRIVMSG \(first) :x").isEmpty)
        #expect(await one.hears().commands == ["PRIVMSG"])
        _ = await one.send("QUIT")
        #expect(await other.send("NICK \(second)").commands == ["NICK"])
    }

    @Test(arguments: [("ll1", "l11"), ("rn", "m"), ("aO0", "a00"), ("Élise", "Elise"), ("日本", "日木"), ("a[", "a{")])
    func `nicknames that differ for those who chose them are two`(first: String, second: String) async throws {
        let harness = try CommandHarness()
        _ = await harness.client(first)
        #expect(await harness.client("other").send("NICK \(second)").commands == ["NICK"])
    }

    @Test(arguments: ["раypal", "Ωmega", "жd", "日本ж"])
    func `scripts that nobody mixes make no nickname`(nick: String) async throws {
        let harness = try CommandHarness()
        let stranger = harness.stranger()
        let lines = await stranger.send("NICK \(nick)", "USER o 0 * :O")
        #expect(lines.begin(with: ["432 \(nick)"]), "\(lines)")
        #expect(await stranger.send("NICK ann").with("001").count == 1)
        #expect(await stranger.send("NICK \(nick)").commands == ["432"])
    }

    @Test(arguments: ["Élise", "Жанна", "日本語", "ラーメンtaro", "👍joe", "Ångström", "Σωκράτης", "שלום"])
    func `names of one script are good nicknames`(nick: String) async throws {
        #expect(await (try CommandHarness()).client("ann").send("NICK \(nick)").shorts == ["ann NICK \(nick)"])
    }

    @Test func `a name is the same whether its letters are composed or not`() async throws {
        let harness = try CommandHarness(shards: 2)
        let elise = await harness.client("e\u{301}lise", in: "#cafe\u{301}")
        #expect(await elise.send("PING :x").first?.source == harness.tenant.serverName)
        let bob = await harness.client("bob", shard: 1, in: "#caf\u{E9}")
        #expect(
            await bob.send("NAMES #caf\u{E9}").with("353").first?.text.utf8.elementsEqual("@\u{E9}lise bob".utf8)
                == true
        )
        #expect(await bob.send("PRIVMSG \u{E9}lise,e\u{301}lise :x").isEmpty)
        #expect(await elise.hears().commands == ["JOIN", "PRIVMSG", "PRIVMSG"])
    }

    @Test func `one may write one's own name in another way`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "Élise", "bob", shard: { $0 })
        let watcher = await harness.client("watcher", shard: 1)
        #expect(await watcher.send("MONITOR + élise,Élise").commands.sorted() == ["730", "731"])
        #expect(await room[0].send("NICK élise").shorts == ["Élise NICK élise"])
        #expect(await room[1].hears().shorts == ["Élise NICK élise"])
        let told = await watcher.hears()
        #expect(told.commands == ["731", "730"] && told[0].text == "Élise" && told[1].text.hasPrefix("élise!"))
        #expect(await room[1].send("PRIVMSG élise :x").isEmpty)
        #expect(await room[0].hears().commands == ["PRIVMSG"])
        #expect(await room[1].send("PRIVMSG Élise :x").commands == ["401"])
    }

    @Test func `names compare as clients are told`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", in: "#a", "#É")
        let tokens = await ann.send("VERSION").with("005").flatMap(\.parameters)
        #expect(tokens.contains("CASEMAPPING=ascii"))
        #expect(await ann.send("NAMES #A").with("366").map(\.short) == ["366 #a End of NAMES list"])
        // Two for every client, so two here.
        #expect(await ann.send("JOIN #é").shorts.first == "ann JOIN #é")
    }
}
