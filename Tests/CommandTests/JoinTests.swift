// JOIN (RFC 2812 3.2.1, modern.ircdocs.horse JOIN; ranks after the IRCX draft).

import Realm
import Simulation
import Tenant
import Testing

@Suite struct JoinTests {
    @Test func `JOIN makes a channel that belongs to who came first`() async throws {
        let ann = await (try CommandHarness()).client("ann")
        let lines = await ann.send("JOIN #A")
        #expect(lines.shorts == ["ann JOIN #A", "353 = #A @ann", "366 #A End of NAMES list"])
        #expect(await ann.send("JOIN #a").isEmpty)
    }

    @Test func `JOIN tells the members and shows topic and names, on any shard`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#A")
        _ = await ann.send("TOPIC #A :about things")
        let bob = await harness.client("bob", shard: 1)
        let lines = await bob.send("JOIN #a")
        #expect(lines.commands == ["JOIN", "332", "333", "353", "366"])
        #expect(lines[0].short == "bob JOIN #A")
        #expect(lines[1].short == "332 #A about things")
        #expect(lines[2].parameters.dropFirst() == ["#A", "ann", "1700000000"])
        #expect(Set(lines[3].text.split(separator: " ")) == ["@ann", "bob"])
        #expect(await ann.hears().shorts == ["bob JOIN #A"])
    }

    @Test(arguments: [
        ("+k sesame", "JOIN #a", "475 #a"), ("+k sesame", "JOIN #a wrong", "475 #a"), ("+i", "JOIN #a", "473 #a"),
        ("+l 1", "JOIN #a", "471 #a"), ("+b bob", "JOIN #a", "474 #a"), ("+b *!~bob@*", "JOIN #a", "474 #a"),
        ("+b *!*@*.net-*", "JOIN #a", "474 #a"),
    ])
    func `JOIN is refused by the channel's modes`(modes: String, line: String, expected: String) async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("MODE #a \(modes)")
        #expect(await harness.client("bob").send(line).begin(with: [expected]))
        #expect(await ann.hears().isEmpty)
    }

    @Test(arguments: [
        (["+k sesame"], "JOIN #a sesame"), (["+l 2"], "JOIN #a"), (["+b bob", "+e bob"], "JOIN #a"),
        (["+i", "+I *!~bob@*"], "JOIN #a"), (["+b bob", "-b bob"], "JOIN #a"),
        // Nobody finds out an address by trying.
        (["+b *!*@192.0.2.1"], "JOIN #a"), (["+b *!*@192.*"], "JOIN #a"), (["+b *!*@user.*"], "JOIN #a"),
    ])
    func `JOIN is let through by what the modes except`(modes: [String], line: String) async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", in: "#a")
        for mode in modes { _ = await ann.send("MODE #a \(mode)") }
        #expect(await harness.client("bob").send(line).commands == ["JOIN", "353", "366"])
    }

    @Test(arguments: [
        ("JOIN", "461 JOIN"), ("JOIN nochannel", "476 nochannel"), ("JOIN #", "476 #"), ("JOIN :#a b", "476"),
        ("JOIN #\(String(repeating: "a", count: 64))", "476"), ("JOIN ,", "461 JOIN"),
    ])
    func `JOIN refuses what is no channel`(line: String, expected: String) async throws {
        let lines = await (try CommandHarness()).client("ann").send(line)
        #expect(lines.begin(with: [expected]), "\(lines)")
    }

    @Test func `JOIN takes lists, each key for the channel at its place`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", in: "#a", "#b", "#c")
        _ = await ann.send("MODE #a +k one", "MODE #c +k three")
        let lines = await harness.client("bob").send("JOIN #a,#b,#c,#d one,,three")
        #expect(lines.with("JOIN").map(\.text) == ["#a", "#b", "#c", "#d"])
        #expect(lines.with("366").count == 4 && lines.with("475").isEmpty)
        let wrong = await harness.client("cid").send("JOIN #a,nochannel,#b x")
        #expect(wrong.commands == ["475", "476", "JOIN", "353", "366"])
    }

    @Test func `JOIN passes over what is empty in a list, with its key`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", in: "#a", "#b")
        _ = await ann.send("MODE #a +k one", "MODE #b +k two")
        let lines = await harness.client("bob").send("JOIN #a,,#b one,,two")
        #expect(lines.with("JOIN").map(\.text) == ["#a", "#b"], "\(lines)")
    }

    @Test func `JOIN of too many at once does the first and says so`() async throws {
        let ann = await (try CommandHarness()).client("ann")
        let names = (1...21).map { "#c\($0)" }.joined(separator: ",")
        let lines = await ann.send("JOIN \(names)")
        #expect(lines.with("JOIN").count == 20 && lines.with("407").first?.parameters[1] == "#c21")
    }

    @Test func `JOIN 0 leaves every channel`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", in: "#a", "#b")
        #expect(await ann.send("JOIN 0").shorts.sorted() == ["ann PART #a", "ann PART #b"])
        #expect(await ann.send("WHOIS ann").with("319").isEmpty)
    }

    @Test func `JOIN is refused to who is in as many channels as one may`() async throws {
        var sessions = SessionLimits()
        sessions.channels = 2
        let ann = await (try CommandHarness(sessions: sessions)).client("ann", in: "#a", "#b")
        #expect(await ann.send("JOIN #c").begin(with: ["405 #c"]))
        #expect(await ann.send("PART #a", "JOIN #c").commands.contains("JOIN"))
    }

    @Test func `JOIN looks different to clients that asked for more`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("dee", password: "sesame")
        let full = await harness.client("full", everyCapability, in: "#a")
        let bare = await harness.client("bare", in: "#a")
        let away = await harness.client("away", "away-notify", in: "#a")
        let dee = harness.stranger(shard: 1)
        _ = await dee.send("PASS sesame", "NICK dee", "USER dee 0 * :Dee D.", "AWAY :out")
        await [full, bare, away].listen()
        let names = await dee.send("CAP REQ :multi-prefix userhost-in-names", "JOIN #a").with("353")
        let joined = await full.hears()
        #expect(joined.shorts == ["dee JOIN #a dee Dee D.", "dee AWAY out"])
        #expect(joined[0].tags["account"] == "dee" && joined[0].tags["time"] != nil)
        let plain = await bare.hears()
        #expect(plain.shorts == ["dee JOIN #a"] && plain[0].tags.isEmpty)
        #expect(await away.hears().shorts == ["dee JOIN #a", "dee AWAY out"])
        #expect(names.flatMap { $0.text.split(separator: " ") }.contains { $0.hasPrefix("@full!~full@") })
    }
}
