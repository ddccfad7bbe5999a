// From a connection to a session, and back (RFC 2812 3.1).

import Simulation
import Tenant
import Testing

@Suite struct RegistrationTests {
    @Test func `NICK and USER in any order lead to a welcome`() async throws {
        let harness = try CommandHarness(motd: ["Be kind."])
        for (index, order) in [["NICK a", "USER a 0 * :A"], ["USER b 0 * :B", "NICK b"]].enumerated() {
            let client = harness.stranger()
            #expect(await client.send(order[0]).isEmpty)
            let lines = await client.send(order[1])
            let codes = lines.commands.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
            #expect(codes.starts(with: ["001", "002", "003", "004", "005", "251"]), "\(codes)")
            #expect(codes.suffix(3) == ["375", "372", "376"])
            #expect(lines.allSatisfy { $0.parameters[0] == ["a", "b"][index] && $0.source == "acme.localhost" })
        }
    }

    @Test func `the welcome says who one is, and what there is`() async throws {
        let harness = try CommandHarness()
        let lines = await harness.stranger().send("NICK Ann", "USER ann 0 * :Ann A.")
        let welcome = try #require(lines.first)
        #expect(welcome.text.hasPrefix("Welcome to the acme Network, Ann!~ann@"), "\(welcome)")
        #expect(!welcome.text.contains("192.0.2.1"))
        #expect(lines.with("004").first?.parameters.count == 6)
        let tokens = lines.with("005").flatMap { $0.parameters.dropFirst().dropLast() }
        for token in ["CASEMAPPING=", "CHANTYPES=#&", "PREFIX=(ov)@+", "NICKLEN=32", "WHOX", "MONITOR=100", "BOT=B"] {
            #expect(tokens.contains { $0.hasPrefix(token) }, "\(token) in \(tokens)")
        }
        #expect(lines.with("005").allSatisfy { $0.parameters.count <= 15 })
        #expect(lines.commands.last == "422")
    }

    @Test(arguments: ["ann", String(repeating: "ö", count: 16)])
    func `everybody is welcomed by name, and as the tenant is by then`(nick: String) async throws {
        let harness = try CommandHarness(motd: [String(repeating: "long ", count: 120), "ends"])
        let first = await harness.stranger().send("NICK bob", "USER b 0 * :B")
        await harness.apply(try .simulated(motd: ["now"]))
        let lines = await harness.stranger().send("NICK \(nick)", "USER a 0 * :A")
        #expect(lines.allSatisfy { $0.parameters[0] == nick && $0.description.utf8.count <= 510 }, "\(lines)")
        #expect(first.with("372").last?.text == "- ends" && lines.with("372").map(\.text) == ["- now"])
        #expect(lines.with("005").map(\.text) == first.with("005").map(\.text))
        #expect(lines.with("004").shorts == first.with("004").shorts)
    }

    @Test(arguments: [
        ("NICK", "431"), ("NICK :", "431"), ("NICK #ann", "432 #ann"), ("NICK ann!x", "432 ann!x"),
        ("NICK a@b", "432 a@b"), ("NICK :a b", "432"), ("NICK a*", "432 a*"), ("NICK a,b", "432 a,b"),
        ("NICK @ann", "432 @ann"), ("NICK abcdefghijabcdefghijabcdefghijabc", "432"),
    ])
    func `NICK refuses what is no nickname`(line: String, expected: String) async throws {
        let harness = try CommandHarness()
        #expect(await harness.stranger().send(line).begin(with: [expected]))
        #expect(await harness.client("ann").send(line).begin(with: [expected]))
    }

    @Test func `NICK refuses one that somebody has on any shard, and the client tries another`() async throws {
        let harness = try CommandHarness(shards: 2)
        _ = await harness.client("Ann")
        let other = harness.stranger(shard: 1)
        #expect(await other.send("NICK ann", "USER x 0 * :X").begin(with: ["433 ann"]))
        #expect(await other.send("NICK bob").first?.short.hasPrefix("001") == true)
        #expect(await other.send("NICK ANN").begin(with: ["433 ANN"]))
        #expect(await other.send("NICK Bob").shorts == ["bob NICK Bob"])
    }

    @Test func `NICK is told once to everybody who shares channels`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a", "#b")
        let bob = await harness.client("bob", shard: 1, in: "#a", "#b")
        let cid = await harness.client("cid")
        await [ann, bob].listen()
        #expect(await ann.send("NICK anna").shorts == ["ann NICK anna"])
        #expect(await bob.hears().shorts == ["ann NICK anna"])
        #expect(await cid.hears().isEmpty)
        #expect(await ann.send("NICK anna").isEmpty)
        #expect(await bob.send("PRIVMSG ann :x").begin(with: ["401 ann"]))
        #expect(await cid.send("NICK ann").shorts == ["cid NICK ann"])
    }

    @Test(arguments: [("USER ann", "461 USER"), ("USER ann 0 *", "461 USER"), ("USER ann 0 * :", "461 USER")])
    func `USER refuses what lacks a part`(line: String, expected: String) async throws {
        let client = try CommandHarness().stranger()
        #expect(await client.send("NICK ann", line).begin(with: [expected]))
        #expect(await client.send("USER ann 0 * :Ann").first?.command == "001")
    }

    @Test func `USER comes once, and its name is made one that may be`() async throws {
        let harness = try CommandHarness()
        let client = harness.stranger()
        #expect(await client.send("USER a@n!n 0 * :Ann", "USER other 0 * :Other").begin(with: ["462"]))
        #expect(await client.send("NICK ann").first?.text.contains("ann!~ann@") == true)
        #expect(await client.send("USER ann 0 * :Ann").begin(with: ["462"]))
    }

    @Test func `before registration every other command is refused alike`() async throws {
        let client = try CommandHarness().stranger()
        for line in ["JOIN #a", "PRIVMSG bob :x", "WHO", "NOSUCH", "KILL bob :x"] {
            #expect(await client.send(line).begin(with: ["451"]), "\(line)")
        }
        #expect(await client.send("NICK ann", "USER a 0 * :A").first?.command == "001")
        #expect(await client.send("NOSUCH thing").shorts == ["421 NOSUCH Unknown command"])
        #expect(await client.send("join #a").first?.short == "ann JOIN #a")
    }

    @Test func `QUIT ends the connection and tells everybody who shares channels once`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a", "#b")
        let bob = await harness.client("bob", shard: 1, in: "#a", "#b")
        await [ann, bob].listen()
        let last = await ann.send("QUIT :gone home", "PRIVMSG #a :never")
        #expect(last.commands == ["ERROR"] && last[0].text.contains("Quit: gone home"), "\(last)")
        #expect(ann.isClosed)
        #expect(await bob.hears().shorts == ["ann QUIT Quit: gone home"])
        #expect(await harness.client("ann").send("WHOIS bob").commands.first == "311")
    }

    @Test func `PING is answered with its token, registered or not`() async throws {
        let harness = try CommandHarness()
        for client in [harness.stranger(), await harness.client("ann")] {
            #expect(await client.send("PING :a token").shorts == ["PONG acme.localhost a token"])
            #expect(await client.send("PING").begin(with: ["409"]))
            #expect(await client.send("PONG x", "ERROR :x").isEmpty)
        }
    }
}
