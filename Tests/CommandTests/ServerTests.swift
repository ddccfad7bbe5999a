// What there is to know of the server (RFC 2812 3.4; modern.ircdocs.horse).

import Simulation
import Tenant
import Testing

@Suite struct ServerTests {
    @Test func `MOTD shows the tenant's message, as it is now`() async throws {
        let harness = try CommandHarness(motd: ["one", "", "three"])
        let ann = await harness.client("ann")
        let lines = await ann.send("MOTD")
        #expect(lines.commands == ["375", "372", "372", "372", "376"])
        #expect(lines.with("372").map(\.text) == ["- one", "- ", "- three"])
        await harness.apply(try .simulated(motd: []))
        #expect(await ann.send("MOTD").commands == ["422"])
    }

    @Test func `LUSERS counts over all shards`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a", "#b")
        _ = await harness.client("bob", shard: 1, in: "#b", "#c")
        _ = await harness.client("cid", shard: 1)
        _ = harness.stranger()
        _ = await ann.hears()
        let lines = await ann.send("LUSERS")
        #expect(lines.commands == ["251", "254", "255", "265", "266"])
        #expect(lines[0].text.contains("3 users") && lines[1].parameters[1] == "3")
        #expect(lines[2].text.contains("1 client") && lines[3].parameters[1] == "1" && lines[4].parameters[1] == "3")
    }

    @Test func `VERSION, TIME, INFO, ADMIN and LINKS answer as the standard has it`() async throws {
        let ann = await (try CommandHarness()).client("ann")
        let version = await ann.send("VERSION")
        #expect(
            version.first?.short.hasPrefix("351 roost-") == true
                && version.dropFirst().allSatisfy { $0.command == "005" }
        )
        #expect(await ann.send("TIME").shorts == ["391 acme.localhost 2023-11-14T22:13:20.000Z"])
        #expect(await ann.send("INFO").commands == ["371", "371", "374"])
        #expect(await ann.send("ADMIN").commands == ["256", "257", "258", "259"])
        #expect(
            await ann.send("LINKS").shorts == ["364 acme.localhost acme.localhost 0 acme", "365 * End of LINKS list"]
        )
    }

    @Test func `STATS u says how long the server is up, other letters nothing`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann")
        await harness.advance(by: 50)
        #expect(await ann.send("STATS u").shorts == ["242 Server Up 0 days 0:00:50", "219 u End of STATS report"])
        #expect(await ann.send("STATS x").begin(with: ["219 x"]))
        #expect(await ann.send("STATS").begin(with: ["219 *"]))
    }

    /// Commands that name a server behind what they say; the answer's first numeric if it is this one.
    private static let asked = [
        ("MOTD", "422"), ("LUSERS", "251"), ("LUSERS *", "251"), ("VERSION", "351"), ("TIME", "391"), ("INFO", "371"),
        ("ADMIN", "256"), ("STATS u", "242"), ("WHOWAS nobody 1", "406"), ("NAMES #x", "366"),
    ]

    @Test(arguments: Self.asked)
    func `what names another server is answered with 402`(command: String, numeric: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann")
        _ = await harness.client("bob", shard: 1)
        for name in ["acme.localhost", "ACME.localhost", "acme.*", "*", "ann", "bob"] {
            #expect(await ann.send("\(command) \(name)").first?.command == numeric, "\(name)")
        }
        for name in ["other.example.com", "other.*", "nobody"] {
            #expect(await ann.send("\(command) \(name)").shorts == ["402 \(name) No such server"])
        }
    }

    @Test(arguments: [
        ("WHOIS acme.localhost ann", "311"), ("WHOIS acme* ann", "311"), ("WHOIS ann ANN", "311"),
        ("WHOIS bob ann", "311"), ("WHOIS nobody nobody", "401"), ("WHOIS nobody ann", "402"),
        ("WHOIS other.example.com ann", "402"), ("LINKS acme.localhost *", "364"), ("LINKS acme*", "364"),
        ("LINKS other.*", "365"), ("LINKS other.example.com *", "402"),
    ])
    func `WHOIS and LINKS name a server before what they ask for`(line: String, numeric: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann")
        _ = await harness.client("bob", shard: 1)
        #expect(await ann.send(line).first?.command == numeric)
    }

    @Test func `a notice of the server names it, and begins with what it is about`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann")
        let told = await ann.send(":", "PRIVMSG ann :\u{FEFF}", "MONITOR X", "SETNAME :", "CHATHISTORY LATEST * x 1")
        let notices = told.with("NOTICE")
        #expect(notices.count >= 3)
        for notice in notices {
            #expect(
                notice.source == "acme.localhost" && !notice.text.hasPrefix("*") && !notice.text.isEmpty,
                "\(notice)"
            )
        }
    }

    @Test(arguments: ["HELP", "HELPOP"])
    func `HELP and HELPOP explain commands and modes`(command: String) async throws {
        let ann = await (try CommandHarness()).client("ann")
        let index = await ann.send(command)
        #expect(index.first?.command == "704" && index.last?.command == "706")
        for word in ["JOIN", "PRIVMSG", "MONITOR"] { #expect(index[0].text.contains(word)) }
        let join = await ann.send("\(command) join")
        #expect(join.commands == ["704", "705", "706"] && join.allSatisfy { $0.parameters[1] == "JOIN" })
        let modes = await ann.send("\(command) cmodes").with("705").map { $0.text.prefix(1) }
        #expect(Set(modes).isSuperset(of: ["b", "k", "l", "i", "m", "n", "o", "v", "s", "t"]))
        #expect(await ann.send("\(command) nothing").begin(with: ["524 NOTHING"]))
    }
}
