// MONITOR (ircv3.net/specs/extensions/monitor).

import Realm
import Simulation
import Testing

@Suite struct MonitorTests {
    @Test func `MONITOR tells who is here, who comes, and who goes, on any shard`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann")
        let bob = await harness.client("bob", shard: 1)
        let lines = await ann.send("MONITOR + BOB,cid")
        #expect(lines.commands == ["730", "731"] && lines[0].text.hasPrefix("bob!~bob@") && lines[1].text == "cid")
        let cid = await harness.client("cid", shard: 1)
        #expect(await ann.hears().begin(with: ["730 cid!~cid@"]))
        _ = await cid.send("QUIT")
        #expect(await ann.hears().shorts == ["731 cid"])
        _ = await bob.send("NICK cid")
        #expect(Set(await ann.hears().commands) == ["730", "731"])
        _ = await bob.send("PRIVMSG cid :x", "JOIN #a", "AWAY :x")
        #expect(await ann.hears().isEmpty)
    }

    @Test func `MONITOR says nothing of another spelling, and of each nickname once`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        let bob = await harness.client("bob", shard: 1)
        #expect(await ann.send("MONITOR + bob,BOB,cid,Cid").begin(with: ["730 bob!~bob@", "731 cid"]))
        _ = await bob.send("NICK BOB", "NICK Bob")
        #expect(await ann.hears().isEmpty)
        #expect(await ann.send("MONITOR S").begin(with: ["730 Bob!~bob@", "731 cid"]))
        _ = await bob.send("JOIN #a", "NICK bOB")
        #expect(await ann.hears().map(\.command) == ["JOIN", "NICK"])
        _ = await bob.send("QUIT")
        #expect(await ann.hears().map(\.command).sorted() == ["731", "QUIT"])
    }

    @Test func `MONITOR lists, forgets one, and forgets all`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann")
        _ = await ann.send("MONITOR + bob,Cid")
        #expect(await ann.send("MONITOR L").shorts == ["732 Cid,bob", "733 End of MONITOR list"])
        #expect(await ann.send("MONITOR - BOB").isEmpty)
        let bob = await harness.client("bob", shard: 1)
        #expect(await ann.hears().isEmpty)
        #expect(await ann.send("MONITOR + bob").commands == ["730"])
        #expect(await ann.send("monitor s").commands == ["730", "731"])
        #expect(await ann.send("MONITOR C").isEmpty)
        #expect(await ann.send("MONITOR L").commands == ["733"])
        _ = await bob.send("QUIT")
        #expect(await ann.hears().isEmpty)
        #expect(await ann.send("MONITOR S").isEmpty)
    }

    @Test func `MONITOR takes as many as was promised`() async throws {
        var sessions = SessionLimits()
        sessions.monitored = 3
        let harness = try CommandHarness(sessions: sessions)
        let ann = await harness.client("ann", "standard-replies")
        let lines = await ann.send("MONITOR + a,b,c,d,e")
        #expect(lines.with("734").first?.parameters[1...2] == ["3", "d,e"])
        #expect(lines.with("731").first?.text == "a,b,c")
        #expect(await ann.send("MONITOR - a", "MONITOR + d").commands == ["731"])
        #expect(await ann.send("MONITOR + b").commands == ["731"])
        #expect(await ann.send("MONITOR").begin(with: ["461 MONITOR"]))
        #expect(await ann.send("MONITOR X").begin(with: ["FAIL MONITOR"]))
    }

    @Test func `MONITOR ends with the session`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann")
        _ = await ann.send("MONITOR + bob", "QUIT")
        let again = await harness.client("ann")
        _ = await harness.client("bob", shard: 1)
        #expect(await again.hears().isEmpty)
        #expect(await again.send("MONITOR L").commands == ["733"])
    }
}
