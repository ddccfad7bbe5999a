// Commands while the store is away, or answers late.

import Chat
import Edge
import IRC
import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct StoreTests {
    @Test(arguments: [
        "JOIN #b", "PART #a", "TOPIC #a :x", "MODE #a +m", "INVITE bob #a", "KICK #a cid", "NICK other", "AWAY :x",
        "SETNAME :x", "MODE ann +i", "PRIVMSG #a :x", "PRIVMSG bob :x", "NOTICE #a :x", "WHO *", "WHO bob", "WHO #b",
        "LIST", "LIST #b", "LUSERS", "WHOIS bob", "WHOWAS bob", "NAMES #b", "USERHOST bob", "ISON bob", "MODE #b",
        "TOPIC #b", "MONITOR + bob", "OPER boss sesame", "KILL bob :x", "WALLOPS :x",
    ])
    func `a command that the store did not do is said to have failed, and did not happen`(line: String) async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("boss", password: "sesame", role: .admin)
        let ann = await harness.client("ann", "standard-replies", in: "#a")
        let cid = await harness.client("cid", shard: 1, in: "#a")
        let bob = await harness.client("bob", shard: 1, in: "#b")
        if line.hasPrefix("KILL") || line.hasPrefix("WALLOPS") { _ = await ann.send("OPER boss sesame") }
        await [ann, bob, cid].listen()
        harness.gates[0].cut()
        let lines = await ann.send(line)
        let command = line.split(separator: " ")[0]
        #expect(lines.with("FAIL").count == 1, "\(lines)")
        #expect(lines.last?.short.hasPrefix("FAIL \(command) TEMPORARILY_UNAVAILABLE") == true, "\(lines)")
        harness.gates[0].open()
        #expect(await cid.hears().isEmpty)
        #expect(await bob.hears().isEmpty)
        let again = await ann.send(line)
        #expect(again.with("FAIL").isEmpty, "\(again)")
    }

    @Test func `who cannot come in because of the store is told so`() async throws {
        let harness = try CommandHarness()
        let client = harness.stranger()
        harness.gates[0].cut()
        let lines = await client.send("NICK ann", "USER a 0 * :A")
        #expect(lines.commands == ["ERROR"] && lines[0].text.contains("unavailable"), "\(lines)")
        harness.gates[0].open()
        #expect(await harness.client("ann").send("LUSERS").first?.text.contains("1 users") == true)
    }

    @Test func `who leaves while the store is away has left when it is back`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        harness.gates[0].cut()
        #expect(await room[0].send("QUIT :bye").commands == ["ERROR"])
        #expect(await room[1].hears().isEmpty)
        harness.gates[0].open()
        await harness.advance(by: 3)
        #expect(await room[1].hears().shorts == ["ann QUIT Quit: bye"])
        #expect(await room[1].send("NICK ann").commands == ["NICK"])
    }

    /// A command under way, what somebody does on the other shard meanwhile, and what comes of the command.
    @Test(arguments: [
        ("JOIN #b", "MODE #b +i", ["473 #b"]), ("JOIN #b", "MODE #b +k x", ["475 #b"]),
        ("JOIN #b", "TOPIC #b :new", ["ann JOIN #b", "332 #b new", "333 #b bob", "353 = #b", "366 #b"]),
        ("JOIN #b", "PART #b", ["ann JOIN #b", "353 = #b @ann", "366 #b"]),
        ("NICK x", "NICK x", ["433 x"]), ("PRIVMSG bob :hi", "QUIT", ["401 bob"]),
        ("WHOIS bob", "QUIT", ["401 bob", "318"]),
        ("PRIVMSG #a :hi", "KICK #a ann", ["bob KICK #a ann", "404 #a"]),
        ("PART #a", "KICK #a ann", ["bob KICK #a ann", "442 #a"]),
        ("TOPIC #a :x", "MODE #a +t", ["bob MODE #a +t", "482 #a"]), ("INVITE bob #a", "NICK robert", ["401 bob"]),
        ("NICK anna", "KICK #a ann", ["bob KICK #a ann", "ann NICK anna"]),
        ("AWAY :x", "MODE #a +v ann", ["bob MODE #a +v ann", "306"]),
        ("LIST #b", "PART #b", ["321", "323"]),
    ])
    func `a command under way meets what another shard does`(line: String, other: String, expected: [String])
        async throws
    {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a", "#b")
        _ = await bob.send("MODE #a -t")
        let ann = await harness.client("ann", in: "#a")
        if line.hasPrefix("INVITE") { _ = await bob.send("PART #a", "JOIN #z") }
        await [ann, bob].listen()
        harness.gates[0].shut()
        ann.begin(line, "PING after")
        await harness.settle()
        let other = await bob.send(other)
        #expect(!other.isEmpty || line.hasPrefix("NICK anna"))
        var lines = await ann.hears()
        #expect(lines.with("PONG").isEmpty)
        harness.gates[0].open()
        lines += await ann.hears()
        #expect(lines.with("PONG").count == 1)
        let told = lines.filter {
            $0.command != "PONG" && !($0.nick == "bob" && ["NICK", "QUIT"].contains($0.command))
        }
        #expect(told.begin(with: expected), "\(lines)")
    }

    @Test(arguments: [
        "JOIN #b", "JOIN #a", "PART #a", "NICK x", "MODE #a +m", "PRIVMSG #a :hi", "AWAY :x", "WHO *", "INVITE bob #a",
    ])
    func `who goes while the store has its command leaves nothing behind`(line: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#z")
        for letThrough in 0..<4 {
            let ann = await harness.client("ann", in: "#a")
            harness.gates[0].shut()
            ann.begin(line)
            await harness.settle()
            for _ in 0..<letThrough {
                harness.gates[0].letOneThrough()
                await harness.settle()
            }
            ann.wire.disconnect()
            harness.gates[0].open()
            await harness.settle()
            #expect(await bob.send("LIST").with("322").map { $0.parameters[1] } == ["#z"])
            #expect(await bob.send("LUSERS").first?.text.contains("1 users") == true)
            _ = await bob.hears()
        }
    }

    @Test(
        arguments: ["JOIN #b", "NICK other", "NICK Ann", "AWAY :x", "SETNAME :x", "MODE #a +m", "INVITE bob #a"],
        0..<2
    )
    func `who was ended by another pod does nothing more`(line: String, letThrough: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#b")
        let ann = await harness.client("ann", in: "#a")
        let network = try #require(harness.shards[0].realm.networks[harness.tenant.id])
        let session = try #require(network.sessions.all.first { $0.user.nick.raw == "ann" })
        harness.gates[0].shut()
        ann.begin(line)
        for _ in 0..<letThrough { harness.gates[0].letOneThrough() }
        guard harness.gates[0].waiting > 0 else { return }
        // Its own pod was taken for dead, and somebody else has the nickname by now.
        harness.shards[1].realm.settle(orphans: [LogKey(harness.tenant.id, .user, session.id.text)]) { _ in }
        let cid = await harness.client("cid", shard: 1)
        #expect(await cid.send("NICK ann").shorts == ["cid NICK ann"])
        harness.gates[0].open()
        #expect(await ann.hears().last?.text.contains("connect again") == true && ann.isClosed)
        #expect(await bob.hears().isEmpty)
        #expect(await bob.send("NAMES #b").first?.text == "@bob")
        #expect(await bob.send("LIST").with("322").count == 1)
        #expect(await bob.send("WHOIS ann").first?.text == "Real cid")
        #expect(await bob.send("LUSERS").first?.text.contains("2 users") == true)
        #expect(await bob.send("ISON other").first?.text == "")
    }

    @Test func `who goes in the middle of signing on leaves the nickname`() async throws {
        let harness = try CommandHarness(shards: 2)
        for letThrough in 0..<7 {
            harness.gates[0].shut()
            let ann = harness.stranger()
            ann.begin("NICK ann", "USER a 0 * :A")
            await harness.settle()
            for _ in 0..<letThrough {
                harness.gates[0].letOneThrough()
                await harness.settle()
            }
            ann.wire.disconnect()
            harness.gates[0].open()
            let next = harness.stranger(shard: 1)
            #expect(await next.send("NICK ann", "USER a 0 * :A").first?.command == "001", "\(letThrough)")
            #expect(await next.send("LUSERS").first?.text.contains("1 users") == true)
            _ = await next.send("QUIT")
        }
    }
}
