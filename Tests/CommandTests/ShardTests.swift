// Two shards over one store: commands that meet each other.
//
// A line that was begun is in the store at once; the other shard hears of it only when everything settles, and decides
// until then on what it knew before.

import Chat
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct ShardTests {
    @Test func `two who make a channel at once find themselves in one`() async throws {
        let harness = try CommandHarness(shards: 2)
        let clients = [await harness.client("ann"), await harness.client("bob", shard: 1)]
        for client in clients { client.begin("JOIN #a") }
        let told = [await clients[0].hears(), await clients[1].hears()]
        #expect(told[0].shorts.last == "bob JOIN #a" && told[0].shorts.contains("353 = #a @ann"))
        #expect(told[1].commands == ["JOIN", "353", "366"])
        #expect(Set(told[1][1].text.split(separator: " ")) == ["@ann", "bob"])
    }

    @Test func `a channel whose last known member is heard to quit elsewhere is still there`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a", "#b")
        // Follows it for a while yet.
        let bob = await harness.client("bob", shard: 1, in: "#a", "#b")
        _ = await bob.send("PART #b")
        let log = LogKey(harness.tenant.id, .channel, "#b")
        harness.gates[1].hold(log)
        _ = await ann.send("MODE #b +s", "TOPIC #b :kept")
        _ = await harness.client("carol", in: "#b")
        _ = await ann.send("QUIT")
        #expect(await bob.hears().shorts == ["ann QUIT Quit"])
        harness.gates[1].letGo(log)
        let told = await bob.send("JOIN #b")
        #expect(told.with("332").map(\.text) == ["kept"])
        #expect(await bob.send("MODE #b").with("324").first?.parameters.last?.contains("s") == true)
    }

    @Test func `a channel whose last member left it before quitting elsewhere is over`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a", "#b")
        let bob = await harness.client("bob", shard: 1, in: "#a", "#b")
        _ = await bob.send("PART #b")
        let log = LogKey(harness.tenant.id, .channel, "#b")
        harness.gates[1].hold(log)
        _ = await ann.send("TOPIC #b :gone", "PART #b", "QUIT")
        #expect(await bob.hears().shorts == ["ann QUIT Quit"])
        harness.gates[1].letGo(log)
        let told = await bob.send("JOIN #b")
        #expect(told.shorts.contains("353 = #b @bob") && told.with("332").isEmpty)
    }

    @Test func `of two who take a nickname at once one gets it`() async throws {
        let harness = try CommandHarness(shards: 2)
        let clients = [await harness.client("ann"), await harness.client("bob", shard: 1)]
        for client in clients { client.begin("NICK cid") }
        #expect(await clients[0].hears().shorts == ["ann NICK cid"])
        #expect(await clients[1].hears().begin(with: ["433 cid"]))
        let strangers = [harness.stranger(), harness.stranger(shard: 1)]
        for client in strangers { client.begin("NICK dee", "USER d 0 * :D") }
        #expect(await strangers[0].hears().first?.command == "001")
        #expect(await strangers[1].hears().commands == ["433"])
    }

    /// What somebody does first, then a line that the other shard decides on what held before, and what comes of that.
    @Test(arguments: [
        ("ann", "MODE #a +m", "dee", "PRIVMSG #a :x", ["404 #a"]),
        ("ann", "MODE #a +b dee", "dee", "PRIVMSG #a :x", ["404 #a"]),
        ("ann", "KICK #a dee", "dee", "PRIVMSG #a :x", ["404 #a"]),
        ("ann", "KICK #a dee", "dee", "PART #a", ["442 #a"]),
        ("ann", "KICK #a bob", "bob", "TOPIC #a :x", ["442 #a"]),
        ("ann", "MODE #a -o bob", "bob", "TOPIC #a :x", ["482 #a"]),
        ("ann", "MODE #a -o bob", "bob", "MODE #a +i", ["482 #a"]),
        ("ann", "MODE #a -o bob", "bob", "KICK #a cid", ["482 #a"]),
        ("ann", "KICK #a cid", "bob", "KICK #a cid", ["441 cid #a"]),
        ("ann", "TOPIC #a :first", "bob", "TOPIC #a :second", ["bob TOPIC #a second"]),
        ("ann", "MODE #a +v cid", "bob", "MODE #a +v cid", []),
        ("ann", "MODE #a +l 9", "bob", "MODE #a +l 8", ["bob MODE #a +l 8"]),
        ("ann", "PRIVMSG #a :one", "bob", "PRIVMSG #a :two", []),
        ("ann", "PART #a", "bob", "MODE #a +i", ["bob MODE #a +i"]),
        ("cid", "NICK cidney", "bob", "KICK #a cid", ["401 cid"]),
        ("cid", "QUIT", "bob", "MODE #a +v cid", ["401 cid"]),
        ("cid", "PART #a", "bob", "MODE #a +ov cid dee", ["bob MODE #a +v dee", "441 cid #a"]),
        ("ann", "INVITE out #a", "bob", "INVITE out #a", ["341 out #a"]),
    ])
    func `a command holds on what is, not on what was known`(
        firstOne: String,
        first: String,
        secondOne: String,
        second: String,
        expected: [String]
    ) async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", "cid", "dee", shard: { $0 % 2 })
        _ = await harness.client("out")
        _ = await room[0].send("MODE #a +o bob")
        await room.listen()
        let clients = ["ann": room[0], "bob": room[1], "cid": room[2], "dee": room[3]]
        clients[firstOne]?.begin(first)
        clients[secondOne]?.begin(second)
        let own = await clients[secondOne]?.hears().filter { $0.nick != firstOne } ?? []
        #expect(own.begin(with: expected), "\(own)")
    }

    @Test(arguments: [
        ("MODE #a +i", "473"), ("MODE #a +k x", "475"), ("MODE #a +l 2", "471"), ("MODE #a +b dee", "474"),
    ])
    func `JOIN meets a mode that was set just before`(mode: String, expected: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        let dee = await harness.client("dee", shard: 1)
        room[0].begin(mode)
        dee.begin("JOIN #a")
        #expect(await dee.hears().commands == [expected])
    }

    @Test func `JOIN meets the end of the channel`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("MODE #a +k x")
        let bob = await harness.client("bob", shard: 1)
        #expect(await bob.send("JOIN #a").commands == ["475"])
        // The shard has let go of the channel, so it asks the store.
        await harness.advance(by: 15)
        ann.begin("PART #a")
        bob.begin("JOIN #a")
        #expect(await bob.hears().shorts.prefix(2) == ["bob JOIN #a", "353 = #a @bob"])
    }

    @Test func `a user's change meets changes of each of its channels`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", "setname", in: "#a", "#b", "#c")
        let bob = await harness.client("bob", shard: 1, "setname", in: "#a", "#b", "#c")
        _ = await ann.send("MODE #a +o bob", "MODE #b +o bob", "MODE #c +o bob")
        await [ann, bob].listen()
        for change in ["NICK anna", "SETNAME :Anna", "NICK ann"] {
            bob.begin("MODE #a +v ann", "MODE #b +v ann", "TOPIC #c :x", "MODE #a +v anna", "MODE #b -v anna")
            ann.begin(change)
            let told = await bob.hears().filter { $0.command == "NICK" || $0.command == "SETNAME" }
            #expect(told.count == 1, "\(change): \(told)")
        }
        #expect(await bob.send("WHOIS ann").first?.text == "Anna")
    }

    @Test func `a message to somebody who goes at that moment is refused or reaches them`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann")
        let bob = await harness.client("bob", shard: 1)
        _ = await ann.send("PRIVMSG bob :first")
        _ = await bob.hears()
        bob.begin("NICK robert")
        ann.begin("PRIVMSG bob :second")
        #expect(await ann.hears().begin(with: ["401 bob"]))
        bob.begin("QUIT")
        ann.begin("PRIVMSG robert :third", "INVITE robert #x", "WHOIS robert")
        #expect(await ann.hears().commands == ["401", "401", "401", "318"])
    }

    @Test func `everybody on all shards sees the same order`() async throws {
        let harness = try CommandHarness(shards: 3)
        var clients: [Client] = []
        for index in 0..<6 {
            clients.append(await harness.client("n\(index)", shard: index % 3, "echo-message", in: "#a"))
        }
        await clients.listen()
        for number in 0..<30 {
            for client in clients { client.begin("PRIVMSG #a :\(number)") }
            clients[number % 6].begin("TOPIC #a :topic \(number)")
            if number % 4 == 0 { await harness.settle() }
        }
        var orders: [[String]] = []
        for client in clients { orders.append(await client.hears().shorts.filter { !$0.hasPrefix("482") }) }
        #expect(orders[0].count >= 180 && orders.allSatisfy { $0 == orders[0] })
    }

    @Test func `a log-in under way takes part in what changes meanwhile`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("boss", password: "sesame", role: .admin)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.client("ann", in: "#a")
        await [ann, bob].listen()
        ann.begin("OPER boss sesame", "MODE #a +m")
        bob.begin("KICK #a ann :out")
        // She is out by the time that she may run any channel, and does all the same.
        #expect(await ann.hears().commands == ["KICK", "MODE", "381"])
        #expect(await bob.hears().shorts == ["bob KICK #a ann out", "ann MODE #a +m"])
    }
}
