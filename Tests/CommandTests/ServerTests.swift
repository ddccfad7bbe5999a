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
        let bob = await harness.client("bob", shard: 1, in: "#b", "#c")
        let cid = await harness.client("cid", shard: 1)
        let waiting = [harness.stranger(), harness.stranger(shard: 1)]
        _ = await ann.hears()
        #expect(
            await ann.send("LUSERS").shorts == [
                "251 There are 3 users and 0 invisible on 1 servers", "252 0 operator(s) online",
                "253 2 unregistered connection(s)", "254 3 channels formed", "255 I have 3 clients and 0 servers",
                "265 3 3 Current local users 3, max 3", "266 3 3 Current global users 3, max 3",
            ]
        )
        _ = await bob.send("MODE bob +i")
        _ = await harness.boss(shard: 1)
        _ = await cid.send("QUIT")
        _ = await waiting[0].send("NICK dee", "USER dee 0 * :Dee")
        _ = await waiting[1].send("QUIT")
        #expect(
            await ann.send("LUSERS").shorts.prefix(3) == [
                "251 There are 3 users and 1 invisible on 1 servers", "252 1 operator(s) online",
                "253 0 unregistered connection(s)",
            ]
        )
        _ = await bob.send("MODE bob -i", "QUIT")
        _ = await ann.hears()
        let last = await ann.send("LUSERS").shorts
        #expect(last.first == "251 There are 3 users and 0 invisible on 1 servers")
        #expect(last.last == "266 3 4 Current global users 3, max 4")
    }

    @Test func `an account's session counts once, wherever its clients are`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("bob", password: "sesame")
        var clients: [Client] = []
        for shard in [0, 1] {
            clients.append(harness.stranger(shard: shard))
            _ = await clients[shard].send("PASS bob:sesame", "NICK bob", "USER bob 0 * :Bob", "MODE bob +i")
        }
        let ann = await harness.client("ann")
        #expect(await ann.send("LUSERS").first?.text == "There are 1 users and 1 invisible on 1 servers")
        _ = await clients[0].send("QUIT")
        #expect(await ann.send("LUSERS").first?.text == "There are 1 users and 1 invisible on 1 servers")
    }

    @Test func `what another process has counts until it is silent for long`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann")
        _ = await harness.boss()
        _ = await ann.send("LUSERS")
        await harness.advance(by: 12)
        let next = try await harness.restarted()
        let bob = await next.client("bob")
        #expect(await bob.send("LUSERS")[1].short == "252 1 operator(s) online")
        await next.advance(by: 76)
        #expect(await bob.send("LUSERS").with("252").first?.parameters[1] == "0")
    }

    @Test func `another process knows the most users there ever were`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann")
        for name in ["bob", "cid"] { _ = await harness.client(name).send("QUIT") }
        _ = await ann.send("LUSERS")
        await harness.advance(by: 2)
        let next = try await harness.restarted()
        #expect(await next.client("dee").send("LUSERS").last?.short == "266 1 2 Current global users 1, max 2")
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
        let admin = await ann.send("ADMIN")
        #expect(admin.commands == ["256", "257", "258", "259"] && !admin.contains { $0.text.contains("boss") })
        #expect(
            await ann.send("LINKS").shorts == ["364 acme.localhost acme.localhost 0 acme", "365 * End of LINKS list"]
        )
    }

    @Test func `MAP shows the one server, USERIP addresses to those who may know them`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann")
        _ = await harness.client("bob", shard: 1, address: "198.51.100.7").send("AWAY :x")
        #expect(await ann.send("MAP").shorts == ["015 acme.localhost [2 users]", "017 End of MAP"])
        #expect(await ann.send("USERIP ann BOB nobody").shorts == ["340 ann=+~ann@192.0.2.1 bob=-~bob@255.255.255.255"])
        let boss = await harness.boss()
        #expect(await boss.send("USERIP bob boss").shorts == ["340 bob=-~bob@198.51.100.7 boss*=+~boss@192.0.2.1"])
        #expect(await ann.send("USERIP").begin(with: ["461 USERIP"]))
    }

    @Test func `STATS o is for operators`() async throws {
        let harness = try CommandHarness()
        #expect(await harness.client("ann").send("STATS o").commands == ["481", "219"])
        await harness.apply(try .simulated(admins: ["zoe", "boss"]))
        let boss = await harness.boss()
        let lines = await boss.send("STATS o")
        #expect(
            lines.commands == ["243", "243", "219"] && lines.prefix(2).map { $0.parameters[4] } == ["boss", "zoe"]
        )
    }

    @Test(arguments: ["p", "P"])
    func `STATS p shows operators, on whichever shard, to who may see them`(letter: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let boss = await harness.boss(shard: 1)
        let ann = await harness.client("ann")
        let told = await ann.send("STATS \(letter)")
        #expect(told.commands == ["249", "249", "219"] && told[0].text.hasPrefix("boss (~boss@"), "\(told)")
        #expect(told[1].text == "Operators here: 1")
        _ = await boss.send("MODE boss +i")
        #expect(await ann.send("STATS \(letter)").map(\.text).first == "Operators here: 0")
        #expect(await boss.send("STATS \(letter)").commands == ["249", "249", "219"])
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
        for word in ["JOIN", "PRIVMSG", "MONITOR"] { #expect(index.contains { $0.text.contains(word) }) }
        let join = await ann.send("\(command) join")
        #expect(join.commands == ["704", "705", "705", "706"] && join.allSatisfy { $0.parameters[1] == "JOIN" })
        let modes = await ann.send("\(command) cmodes").with("705").map { $0.text.prefix(1) }
        #expect(Set(modes).isSuperset(of: ["b", "k", "l", "i", "m", "n", "o", "v", "s", "t"]))
        #expect(await ann.send("\(command) nothing").begin(with: ["524 NOTHING"]))
    }
}
