// WHO (RFC 2812 3.6.1, modern.ircdocs.horse WHO, ircv3.net WHOX).

import Simulation
import Testing

@Suite struct WhoTests {
    /// Two shards: ann and an away bob in #a, an invisible cid, and the operator boss, who asks nothing.
    private func world() async throws -> (harness: CommandHarness, ann: Client) {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        let bob = await harness.client("bob", shard: 1, in: "#a")
        _ = await ann.send("MODE #a +ov bob bob")
        _ = await bob.send("AWAY :out")
        _ = await harness.client("cid", shard: 1).send("MODE cid +i")
        _ = await harness.boss(shard: 1)
        _ = await ann.hears()
        return (harness, ann)
    }

    @Test func `WHO of a channel shows its members with their state`() async throws {
        let (_, ann) = try await self.world()
        let lines = await ann.send("WHO #A")
        #expect(lines.last?.short == "315 #A End of WHO list")
        let rows = Dictionary(uniqueKeysWithValues: lines.with("352").map { ($0.parameters[5], $0.parameters) })
        #expect(Set(rows.keys) == ["ann", "bob"])
        #expect(
            rows["ann"]?.dropFirst().prefix(2) == ["#a", "~ann"] && rows["ann"]?.suffix(2) == ["H@", "0 Real ann"]
        )
        #expect(rows["bob"]?[4] == "acme.localhost" && rows["bob"]?.suffix(2) == ["G@", "0 Real bob"])
        _ = await ann.send("CAP REQ multi-prefix")
        #expect(await ann.send("WHO #a").with("352").first { $0.parameters[5] == "bob" }?.parameters[6] == "G@+")
    }

    @Test(arguments: [
        ("WHO bob", ["bob"]), ("WHO BOB", ["bob"]), ("WHO nobody", []), ("WHO b*", ["bob", "boss"]),
        ("WHO ?nn", ["ann"]), ("WHO *", ["ann", "bob", "boss"]), ("WHO 0", ["ann", "bob", "boss"]),
        ("WHO", ["ann", "bob", "boss"]), ("WHO * o", ["boss"]), ("WHO #a o", []), ("WHO #x", []), ("WHO c*", []),
        ("WHO *real*ann*", ["ann"]), ("WHO ~bob*", ["bob"]), ("WHO nothing*like", []), ("WHO cid", ["cid"]),
        ("WHO ~bob", ["bob"]), ("WHO :REAL ann", ["ann"]), ("WHO ~cid", []), ("WHO b* u", []),
        ("WHO ~b* u", ["bob", "boss"]),
        ("WHO ~boss uo", ["boss"]), ("WHO ann r", []), ("WHO *ann r", ["ann"]),
        ("WHO acme.* s", ["ann", "bob", "boss"]),
        ("WHO acme.* nuhr", []), ("WHO *.net-* h", ["ann", "bob", "boss"]), ("WHO boss a", []),
    ])
    func `WHO finds by channel, nickname and mask whom one may see`(line: String, expected: [String]) async throws {
        let (_, ann) = try await self.world()
        let lines = await ann.send(line)
        #expect(lines.with("352").map { $0.parameters[5] }.sorted() == expected, "\(lines)")
        #expect(lines.with("315").count == 1 && lines.last?.command == "315")
    }

    @Test func `an operator sees the invisible too, and who shares a channel`() async throws {
        let (harness, ann) = try await self.world()
        let cid = await harness.client("cid2", shard: 1, in: "#a")
        _ = await cid.send("MODE cid2 +i")
        _ = await ann.hears()
        #expect(await ann.send("WHO cid*").with("352").map { $0.parameters[5] } == ["cid2"])
        let boss = await harness.boss("boss2")
        #expect(await boss.send("WHO cid*").with("352").map { $0.parameters[5] }.sorted() == ["cid", "cid2"])
    }

    @Test(arguments: ["+s", "+p"])
    func `WHO of a hidden channel shows nobody to others`(mode: String) async throws {
        let (harness, ann) = try await self.world()
        _ = await ann.send("MODE #a \(mode)")
        #expect(await harness.client("dee").send("WHO #a").commands == ["315"])
        #expect(await ann.send("WHO #a").with("352").count == 2)
    }

    @Test func `WHO with fields shows those in their fixed order`() async throws {
        let (harness, ann) = try await self.world()
        harness.accounts.add("dee", password: "sesame")
        _ = await harness.stranger().send("PASS sesame", "NICK dee", "USER dee 0 * :Dee D.")
        #expect(await ann.send("WHO dee %nat,42").shorts == ["354 42 dee dee", "315 dee End of WHO list"])
        #expect(await ann.send("WHO ann %na").first?.short == "354 ann 0")
        #expect(await ann.send("WHO dee %rn").first?.short == "354 dee Dee D.")
        let all = await ann.send("WHO #a %tcuihsnfdlaor,7").with("354").first { $0.text == "Real ann" }
        let row = try #require(all)
        #expect(row.parameters.count == 14)
        #expect(row.parameters[1...3] == ["7", "#a", "~ann"] && row.parameters[4] == "192.0.2.1")
        #expect(row.parameters[6...8] == ["acme.localhost", "ann", "H@"] && row.text == "Real ann")
        #expect(row.parameters[11] == "0")
    }

    @Test func `WHO finds by host and by account`() async throws {
        let (harness, ann) = try await self.world()
        harness.accounts.add("dee", password: "sesame")
        _ = await harness.stranger(shard: 1, address: "198.51.100.9").send("PASS sesame", "NICK dee", "USER x 0 * :x")
        let host = await ann.send("WHO dee %h").first?.text ?? ""
        for line in ["WHO \(host) %n", "WHO \(host.dropLast(3))* %n", "WHO dee a%n", "WHO DE* a%n"] {
            #expect(await ann.send(line).with("354").map(\.text) == ["dee"], "\(line)")
        }
    }

    @Test func `addresses are for operators, on any shard, and for oneself`() async throws {
        let (harness, ann) = try await self.world()
        #expect(await ann.send("WHO bob %ni").first?.short == "354 255.255.255.255 bob")
        #expect(await ann.send("WHO ann %ni").first?.short == "354 192.0.2.1 ann")
        #expect(await ann.send("WHO 192.0.2.* %n").with("354").map(\.text) == ["ann"])
        let boss = await harness.boss("boss2")
        #expect(await boss.send("WHO bob %ni").first?.short == "354 192.0.2.1 bob")
        let all = await boss.send("WHO #a %ni").with("354").shorts.sorted()
        #expect(all == ["354 192.0.2.1 ann", "354 192.0.2.1 bob"])
        let found = await boss.send("WHO 192.0.2.1 i%n").with("354").map(\.text).sorted()
        #expect(found == ["ann", "bob", "boss", "boss2", "cid"])
        #expect(await boss.send("WHO 192.0.2.2").with("352").isEmpty)
    }

    @Test func `WHO shows for how long people on any shard said nothing`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        let bob = await harness.client("bob", shard: 1, in: "#a")
        await harness.advance(by: 5)
        _ = await bob.send("PRIVMSG #a :x")
        await harness.advance(by: 4)
        _ = await ann.hears()
        let rows = await ann.send("WHO #a %nl").with("354").shorts.sorted()
        #expect(rows == ["354 ann 9", "354 bob 4"])
        #expect(await ann.send("WHO b* %nl").first?.short == "354 bob 4")
        #expect(await ann.send("WHO bob %nl").first?.short == "354 bob 4")
        // A shard that does not answer is not waited for.
        harness.gates[1].shut()
        #expect(await ann.send("WHO bob %nl").isEmpty)
        await harness.advance(by: 1)
        #expect(await ann.hears().shorts == ["354 bob 0", "315 bob End of WHO list"])
    }

    @Test(arguments: [("7", "7"), ("1234", "123"), ("a1b", "1"), ("", "0"), ("x", "0")])
    func `a token of WHO has one to three digits`(token: String, expected: String) async throws {
        let ann = await (try CommandHarness()).client("ann")
        #expect(await ann.send("WHO ann %tn,\(token)").first?.short == "354 \(expected) ann")
    }

    @Test func `WHO of many comes whole, page after page`() async throws {
        let harness = try CommandHarness(shards: 2)
        for index in 0..<450 { _ = await harness.client("n\(index)", shard: index % 2) }
        let lines = await harness.client("ann").send("WHO n*")
        #expect(Set(lines.with("352").map { $0.parameters[5] }).count == 450 && lines.last?.command == "315")
    }
}
