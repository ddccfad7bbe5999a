// What bridges relay (draft/relaymsg, as ergo and InspIRCd know it).

import Simulation
import StateStore
import Testing

@Suite struct RelayTests {
    private static let knowing = "echo-message labeled-response batch message-tags account-tag draft/relaymsg"

    @Test func `RELAYMSG says something under the name of somebody elsewhere`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bridge = await harness.client("bridge", Self.knowing, in: "#a")
        let bob = await harness.client("bob", shard: 1, "message-tags", in: "#a")
        let bare = await harness.client("bare", shard: 1, in: "#a")
        let relay = await harness.client("relay", shard: 1, "draft/relaymsg", in: "#a")
        await [bridge, bob, bare, relay].listen()
        let echo = await bridge.ask("x", "@+reply=y RELAYMSG #A Mallory/D :hello there")
        #expect(echo.faults.isEmpty && echo.lines.shorts == ["Mallory/D PRIVMSG #a hello there"], "\(echo)")
        for lines in [echo.lines, await bob.hears()] {
            #expect(
                lines.shorts == ["Mallory/D PRIVMSG #a hello there"] && lines[0].source.hasPrefix("Mallory/D!~relay@")
            )
            #expect(lines[0].tags["draft/relaymsg"] == "bridge" && lines[0].tags["+reply"] == "y")
            #expect(lines[0].tags["msgid"] != nil && lines[0].tags["account"] == nil)
        }
        #expect(await relay.hears().map(\.tags) == [["draft/relaymsg": "bridge"]])
        #expect(await bare.hears().first?.tags.isEmpty == true)
        #expect(await harness.stranger().send("CAP LS 302").map(\.text).joined().contains("draft/relaymsg=/"))
    }

    @Test(arguments: [
        ("RELAYMSG #a Mallory :x", "FAIL RELAYMSG INVALID_NICK "),
        ("RELAYMSG #a /D :x", "FAIL RELAYMSG INVALID_NICK "), ("RELAYMSG #a M/ :x", "FAIL RELAYMSG INVALID_NICK "),
        ("RELAYMSG #a a!b/D :x", "FAIL RELAYMSG INVALID_NICK "),
        ("RELAYMSG #a \(String(repeating: "x", count: 40))/D :x", "FAIL RELAYMSG INVALID_NICK "),
        ("RELAYMSG #a Mallory/D : ", "FAIL RELAYMSG BLANK_MSG"), ("RELAYMSG bob Mallory/D :x", "403 bob"),
        ("RELAYMSG #none Mallory/D :x", "403 #none"), ("RELAYMSG #a Mallory/D", "461 RELAYMSG"),
        ("RELAYMSG #a Evil/D :x", "FAIL RELAYMSG BANNED "), ("RELAYMSG #b Mallory/D :x", "404 #b"),
        ("RELAYMSG #c Mallory/D :x", "FAIL RELAYMSG PRIVS_NEEDED "),
        ("RELAYMSG #a Mallory/D :\(String(repeating: "x", count: 470))", "417"),
    ])
    func `RELAYMSG is for hosts, and for names that nobody here can have`(line: String, expected: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#b", "#c")
        let bridge = await harness.client("bridge", in: "#a", "#c")
        _ = await bridge.send("MODE #a +b Evil/D!*@*")
        await [bob, bridge].listen()
        #expect(await bridge.send(line).begin(with: [expected]))
        #expect(await bob.hears().isEmpty)
    }

    @Test func `who runs the network may relay in any channel where it may speak`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let boss = await harness.boss()
        _ = await boss.send("JOIN #a")
        _ = await bob.hears()
        #expect(await boss.send("RELAYMSG #a Mallory/D :x").isEmpty)
        #expect(await bob.hears().shorts == ["Mallory/D PRIVMSG #a x"])
    }

    @Test(arguments: ["Mallory/D", "x/y/z", "a/"])
    func `nobody goes by a relayed name, or writes to one`(nick: String) async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann")
        #expect(await ann.send("NICK \(nick)").begin(with: ["432 "]))
        #expect(await ann.send("PRIVMSG \(nick) :x").begin(with: ["401 "]))
    }

    @Test func `what was relayed is part of the past`() async throws {
        let rig = try await PastRig(shards: 2)
        let ann = Client(harness: rig.harness, wire: await rig.logIn("ann"))
        _ = await ann.send("JOIN #a", "RELAYMSG #a Mallory/D :hello")
        for isKept in [false, true] {
            if isKept { try await rig.keep() }
            let past = await ann.send("CHATHISTORY LATEST #a * 5").with("PRIVMSG")
            #expect(past.shorts == ["Mallory/D PRIVMSG #a hello"] && past[0].tags["draft/relaymsg"] == "ann")
        }
    }
}
