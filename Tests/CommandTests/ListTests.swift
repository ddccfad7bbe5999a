// NAMES and LIST (RFC 2812 3.2.5, 3.2.6; modern.ircdocs.horse, ISUPPORT ELIST).

import Realm
import Simulation
import Testing

@Suite struct ListTests {
    @Test(arguments: [
        ("", ["@ann", "@bob", "+cid"]), ("multi-prefix", ["@ann", "@+bob", "+cid"]),
    ])
    func `NAMES shows the members as the client understands them`(capability: String, expected: [String]) async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#A", "ann", "bob", "cid", shard: { $0 % 2 })
        _ = await room[0].send("MODE #a +ovv bob bob cid")
        let client = await harness.client("dee", shard: 1, capability)
        let lines = await client.send("NAMES #a")
        #expect(lines.commands == ["353", "366"] && lines[0].parameters[1...2] == ["=", "#A"])
        #expect(lines[0].text.split(separator: " ").map(String.init).sorted() == expected.sorted())
    }

    @Test func `NAMES with hosts shows who everybody is`() async throws {
        let harness = try CommandHarness()
        _ = await harness.client("ann", in: "#a")
        let name = await harness.client("bob", "userhost-in-names").send("NAMES #a").first?.text ?? ""
        #expect(name.hasPrefix("@ann!~ann@") && !name.contains("192.0.2.1"))
    }

    @Test(arguments: [("NAMES", "366 *"), ("NAMES #x", "366 #x"), ("NAMES nochannel", "366 nochannel")])
    func `NAMES of nothing is empty`(line: String, expected: String) async throws {
        #expect(await (try CommandHarness()).client("ann").send(line).begin(with: [expected]))
    }

    @Test func `NAMES of several channels has one end, of what was asked for`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a", "#b")
        _ = await harness.client("bob", shard: 1, in: "#c")
        let lines = await ann.send("NAMES #b,bad,#C,#x")
        #expect(lines.commands == ["353", "353", "366"] && lines.prefix(2).map { $0.parameters[2] } == ["#b", "#c"])
        #expect(lines[2].parameters[1] == "#b,bad,#C,#x")
        let many = (0...10).map { "#\($0)" }.joined(separator: ",")
        #expect(await ann.send("NAMES \(many)").begin(with: ["407 #10", "366 \(many)"]))
        #expect(await ann.send("VERSION").contains { $0.parameters.contains { $0.contains("NAMES:10,") } })
    }

    @Test(arguments: [("+s", "@"), ("+p", "*")])
    func `NAMES of a hidden channel is for its members`(mode: String, sign: String) async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("MODE #a \(mode)")
        #expect(await ann.send("NAMES #a").first?.parameters[1] == sign)
        #expect(await harness.client("bob").send("NAMES #a").shorts == ["366 #a End of NAMES list"])
        let boss = await harness.boss()
        #expect(await boss.send("NAMES #a").first?.text == "@ann")
    }

    @Test func `NAMES leaves out the invisible for strangers`() async throws {
        let harness = try CommandHarness()
        let room = await harness.room("#a", "ann", "bob")
        _ = await room[1].send("MODE bob +i")
        #expect(await harness.client("cid").send("NAMES #a").first?.text == "@ann")
        #expect(await room[0].send("NAMES #a").first?.text.split(separator: " ").count == 2)
    }

    @Test func `NAMES of many comes in lines that are not too long`() async throws {
        let harness = try CommandHarness()
        for index in 0..<80 { _ = await harness.client("somebody\(index)", in: "#a") }
        let lines = await harness.client("ann", "userhost-in-names").send("NAMES #a")
        #expect(lines.allSatisfy { $0.description.utf8.count <= 510 })
        #expect(Set(lines.with("353").flatMap { $0.text.split(separator: " ") }).count == 80)
    }

    // MARK: LIST

    /// Channels: #big with three members and a topic, #small, #hush (+s), #half (+p with a topic).
    private func channels() async throws -> (harness: CommandHarness, ann: Client) {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#big", "#hush", "#half")
        _ = await ann.send("TOPIC #big :large", "TOPIC #half :inside", "MODE #hush +s", "MODE #half +p")
        _ = await harness.client("bob", shard: 1, in: "#big")
        _ = await harness.client("cid", shard: 1, in: "#big")
        await harness.advance(by: 100)
        _ = await harness.client("dee", shard: 1, in: "#small")
        _ = await ann.hears()
        return (harness, ann)
    }

    @Test(arguments: [
        ("LIST", ["#big", "#half", "#small"]), ("LIST #big", ["#big"]), ("LIST #big,#small", ["#big", "#small"]),
        ("LIST #hush", []), ("LIST #x", []), ("LIST >1", ["#big"]), ("LIST <2", ["#half", "#small"]),
        ("LIST *a*", ["#half", "#small"]), ("LIST !*a*", ["#big"]), ("LIST C>1", ["#big", "#half"]),
        ("LIST C<1", ["#small"]), ("LIST T>1", ["#big", "#half"]), ("LIST T<1", []), ("LIST >0,*ma*", ["#small"]),
        ("LIST #SMALL", ["#small"]), ("LIST #big,bad", ["#big"]), ("LIST bad,#big,#x,#BIG", ["#big"]),
        ("LIST bad", []), ("LIST #big,*ma*", ["#big", "#small"]), ("LIST bad,*ma*", ["#small"]),
        ("LIST *ma*,*bi*", ["#big", "#small"]), ("LIST #big,#small >1", ["#big"]), ("LIST * !*ma*", ["#big", "#half"]),
        ("LIST #big,#small,>1", ["#big"]), ("LIST >99999999999999999999", []),
        ("LIST <99999999999999999999", ["#big", "#half", "#small"]), ("LIST #hush,*", ["#big", "#half", "#small"]),
    ])
    func `LIST shows the channels that fit and that one may know of`(line: String, expected: [String]) async throws {
        let (harness, _) = try await self.channels()
        let lines = await harness.client("eve").send(line)
        #expect(lines.first?.command == "321" && lines.last?.command == "323")
        #expect(lines.with("322").map { $0.parameters[1] }.sorted() == expected, "\(lines)")
    }

    @Test func `LIST tells members and topic, to members more`() async throws {
        let (harness, ann) = try await self.channels()
        let lines = await harness.client("eve").send("LIST")
        #expect(lines.shorts.contains("322 #big 3 large") && lines.shorts.contains("322 #half 1 "))
        let own = await ann.send("LIST")
        #expect(own.shorts.contains("322 #half 1 inside") && own.shorts.contains("322 #hush 1 "))
    }

    @Test func `LIST says which name is one too many`() async throws {
        let ann = await (try CommandHarness()).client("ann", in: "#c19", "#c20")
        let names = (0...21).map { "#c\($0)" }.joined(separator: ",")
        #expect(await ann.send("LIST \(names)").begin(with: ["407 #c20", "321", "322 #c19 1", "323"]))
        #expect(await ann.send("VERSION").contains { $0.parameters.contains { $0.contains("LIST:20,") } })
    }

    @Test func `LIST of many comes whole`() async throws {
        var sessions = SessionLimits()
        sessions.channels = 1000
        let harness = try CommandHarness(sessions: sessions)
        let ann = await harness.client("ann")
        for index in 0..<450 { _ = await ann.send("JOIN #c\(index)") }
        #expect(Set(await ann.send("LIST").with("322").map { $0.parameters[1] }).count == 450)
    }
}
