// Sessions of accounts outlive their connections, and several clients take part in one (draft/persistence, ergo's manual on
// multiclient and always-on).

import Realm
import Simulation
import StateStore
import Tenant
import Testing

extension CommandHarness {
    /// A client that logs in before it registers.
    func member(
        _ account: String,
        as nick: String? = nil,
        shard: Int = 0,
        _ capabilities: String = "",
        isSecure: Bool = true,
        in channels: String...
    ) async -> (client: Client, welcome: [Line]) {
        self.accounts.add(account, password: "sesame")
        let client = self.stranger(shard: shard, isSecure: isSecure)
        _ = await client.send("CAP REQ :sasl \(capabilities)", "AUTHENTICATE PLAIN")
        _ = await client.send("AUTHENTICATE \(plain(account, "sesame"))")
        let nick = nick ?? account
        let welcome = await client.send("NICK \(nick)", "USER \(nick) 0 * :Real \(nick)", "CAP END")
        for channel in channels { _ = await client.send("JOIN \(channel)") }
        return (client, welcome)
    }

    /// Somebody who logs in to an account, as far as `001`: what follows waits for the store, behind the shard's gate.
    func welcomed(_ account: String, shard: Int = 0) async -> (client: Client, heard: [Line]) {
        let (client, gate) = (self.stranger(shard: shard), self.gates[shard])
        _ = await client.send("CAP REQ :sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE \(plain(account, "sesame"))")
        gate.shut()
        client.begin("NICK \(account)", "USER \(account) 0 * :A", "CAP END")
        var heard: [Line] = []
        while !heard.contains(where: { $0.command == "001" }), gate.waiting > 0 {
            gate.letOneThrough()
            heard += await client.hears()
        }
        return (client, heard)
    }
}

extension Client {
    /// Lets time pass, and says now and then that it is there, as do others.
    ///
    /// - Returns: what all of them are told of others meanwhile.
    func waits(_ seconds: Int, with others: Client...) async -> [Line] {
        var lines: [Line] = []
        for part in stride(from: 0, to: seconds, by: 50) {
            await self.harness.advance(by: min(50, seconds - part))
            for client in [self] + others {
                lines += await client.send("PING x").filter { !["PING", "PONG"].contains($0.command) }
            }
        }
        return lines
    }
}

@Suite struct SessionTests {
    @Test(arguments: 0..<2)
    func `a second client of an account is shown what the first is in`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", in: "#a", "#b").client
        _ = await ann.send("TOPIC #b :news")
        _ = await bob.hears()
        let (phone, welcome) = await harness.member("ann", as: "other", shard: shard)
        #expect(welcome.first?.command == "001" && welcome.first?.parameters.first == "ann")
        #expect(welcome.with("JOIN").map(\.short) == ["ann JOIN #a", "ann JOIN #b"])
        #expect(welcome.with("332").first?.text == "news")
        #expect(welcome.with("353").map { $0.text.split(separator: " ").sorted() } == [["@bob", "ann"], ["@ann"]])
        #expect(await bob.hears().isEmpty)
        #expect(await ann.hears().isEmpty)
        #expect(await bob.send("WHO #a").with("352").count == 2)
        // What one does the other is told.
        #expect(await ann.send("JOIN #c").map(\.command).prefix(1) == ["JOIN"])
        let heard = await phone.hears()
        #expect(heard.with("JOIN").map(\.short) == ["ann JOIN #c"] && heard.with("353").map(\.text) == ["@ann"])
        #expect(await phone.send("NICK anna").shorts == ["ann NICK anna"])
        #expect(await ann.hears().shorts == ["ann NICK anna"])
        #expect(await ann.send("PART #b").shorts == ["anna PART #b"])
        #expect(await phone.hears().shorts == ["anna PART #b"])
    }

    @Test(arguments: 0..<2, ["", "echo-message"])
    func `what one client says the others hear`(shard: Int, capabilities: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", capabilities, in: "#a").client
        let phone = await harness.member("ann", shard: shard).client
        let own = capabilities.isEmpty ? [] : ["ann PRIVMSG #a hi", "ann PRIVMSG bob psst"]
        #expect(await ann.send("PRIVMSG #a :hi", "PRIVMSG bob :psst").shorts == own)
        #expect(await phone.hears().shorts == ["ann PRIVMSG #a hi", "ann PRIVMSG bob psst"])
        #expect(await bob.hears().with("PRIVMSG").count == 2)
        _ = await bob.send("PRIVMSG #a :hello", "PRIVMSG ann :yes?")
        for client in [ann, phone] {
            #expect(await client.hears().shorts == ["bob PRIVMSG #a hello", "bob PRIVMSG ann yes?"])
        }
        // To oneself: a message, and whoever else is there hears it once.
        #expect(await phone.send("PRIVMSG ann :note").shorts == ["ann PRIVMSG ann note"])
        #expect(await ann.hears().shorts == ["ann PRIVMSG ann note"])
    }

    @Test(arguments: 0..<2)
    func `who lost the connection comes back unseen`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        _ = await bob.send("MODE #a +v ann", "MONITOR + ann")
        ann.wire.disconnect()
        #expect(await bob.waits(100).isEmpty)
        #expect(await bob.send("NICK ann").commands == ["433"])
        #expect(await harness.client("cid", shard: shard).send("NAMES #a").first?.text.contains("+ann") == true)
        let (back, welcome) = await harness.member("ann", as: "nobody", shard: shard)
        #expect(welcome.first?.parameters.first == "ann")
        #expect(welcome.with("353").map { $0.text.split(separator: " ").sorted() } == [["+ann", "@bob"]])
        #expect(await bob.hears().isEmpty)
        _ = await bob.send("PRIVMSG #a :there?")
        #expect(await back.hears().shorts == ["bob PRIVMSG #a there?"])
        #expect(await back.waits(300, with: bob).isEmpty)
        #expect(await bob.send("ISON ann").first?.text == "ann")
    }

    @Test func `who does not come back in time has left, with the reason`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", shard: 1, in: "#a").client
        _ = await bob.send("MONITOR + ann")
        ann.wire.disconnect()
        #expect(await bob.waits(119).isEmpty)
        #expect(await bob.waits(3).shorts.sorted() == ["731 ann", "ann QUIT Connection closed"])
        #expect(await bob.send("LUSERS").first?.text.contains("1 users") == true)
        // All of it is gone: it begins anew.
        let welcome = await harness.member("ann").welcome
        #expect(welcome.with("JOIN").isEmpty && welcome.first?.command == "001")
    }

    @Test(arguments: 0..<2)
    func `QUIT signs off, but not while another client is there`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        let phone = await harness.member("ann", shard: shard).client
        _ = await bob.hears()
        #expect(await phone.send("QUIT :bye").last?.command == "ERROR")
        #expect(await bob.hears().isEmpty)
        #expect(await ann.send("PRIVMSG #a :still here").isEmpty)
        #expect(await bob.hears().count == 1)
        _ = await ann.send("QUIT :bye")
        #expect(await bob.hears().shorts == ["ann QUIT Quit: bye"])
        #expect(await bob.send("NICK ann").with("NICK").shorts == ["bob NICK ann"])
    }

    @Test func `the last two clients may leave at once`() async throws {
        let harness = try CommandHarness(shards: 3)
        let bob = await harness.client("bob", shard: 2, in: "#a")
        let clients = [
            await harness.member("ann", in: "#a").client, await harness.member("ann", shard: 1).client,
        ]
        _ = await bob.hears()
        for gate in harness.gates.prefix(2) { gate.shut() }
        for client in clients { client.wire.disconnect() }
        for gate in harness.gates.prefix(2) { gate.open() }
        #expect(await bob.waits(110).isEmpty)
        #expect(await bob.waits(15).shorts == ["ann QUIT Connection closed"])
    }

    @Test(arguments: 0..<2)
    func `where an account has one client, the latest takes the place of the one before`(shard: Int) async throws {
        var settings = SessionSettings()
        settings.multipleClients = false
        let harness = try CommandHarness(shards: 2, persistence: settings)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        _ = await bob.hears()
        let (phone, welcome) = await harness.member("ann", shard: shard)
        #expect(welcome.with("JOIN").count == 1)
        #expect(await ann.hears().last?.text == "Closing Link: ann (Replaced by another connection)")
        #expect(ann.isClosed)
        #expect(await phone.send("PRIVMSG #a :hi").isEmpty)
        #expect(await bob.hears().shorts == ["ann PRIVMSG #a hi"])
    }

    @Test func `without a grace a session ends with its last client`() async throws {
        var settings = SessionSettings()
        settings.resumeGrace = .zero
        let harness = try CommandHarness(shards: 2, persistence: settings)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        let phone = await harness.member("ann", shard: 1).client
        _ = await bob.hears()
        ann.wire.disconnect()
        #expect(await bob.hears().isEmpty)
        phone.wire.disconnect()
        #expect(await bob.hears().shorts == ["ann QUIT Connection closed"])
    }

    @Test func `KILL ends a session with all its clients`() async throws {
        let harness = try CommandHarness(shards: 2)
        let boss = await harness.boss()
        let clients = [
            await harness.member("ann", in: "#a").client, await harness.member("ann", shard: 1).client,
        ]
        _ = await boss.send("JOIN #a")
        #expect(await boss.send("KILL ann :spam").with("QUIT").map(\.text) == ["Killed (boss (spam))"])
        for client in clients { #expect(await client.hears().last?.command == "ERROR") }
        #expect(await boss.send("LUSERS").first?.text.contains("1 users") == true)
    }

    @Test func `a pod's death is nobody's QUIT`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        let guest = await harness.client("guest", in: "#a")
        _ = await bob.hears()
        await harness.kill(shard: 0)
        _ = (ann, guest)
        #expect(await bob.hears().shorts == ["guest QUIT Connection lost"])
        #expect(await bob.waits(100).isEmpty)
        let (_, welcome) = await harness.member("ann", shard: 1)
        #expect(welcome.with("JOIN").map(\.short) == ["ann JOIN #a"])
        #expect(await bob.hears().isEmpty)
    }

    @Test func `who does not come back after a pod's death has left`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        _ = await harness.member("ann", in: "#a").client
        _ = await bob.hears()
        await harness.kill(shard: 0)
        #expect(await bob.waits(125).shorts == ["ann QUIT Connection lost"])
        #expect(await bob.send("LUSERS").first?.text.contains("1 users") == true)
    }

    @Test func `who is elsewhere too does not notice a pod's death`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        _ = await harness.member("ann", in: "#a").client
        let phone = await harness.member("ann", shard: 1).client
        _ = await bob.hears()
        await harness.kill(shard: 0)
        #expect(await bob.waits(300, with: phone).isEmpty)
        phone.wire.disconnect()
        #expect(await bob.waits(125).shorts == ["ann QUIT Connection closed"])
    }

    @Test func `who logs in later has the account's session, unless there is one`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("ann", password: "sesame")
        harness.accounts.add("bob", password: "sesame")
        let cid = await harness.client("cid", in: "#a")
        var guests: [Client] = []
        for nick in ["one", "two"] {
            let guest = await harness.client(nick, "sasl", in: "#a")
            let lines = await guest.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))")
            #expect(lines.with("903").count == 1)
            guests.append(guest)
        }
        let lines = await guests[0].send("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("bob", "sesame"))")
        #expect(lines.with("903").count == 1)
        #expect(await cid.send("WHOIS one").with("330").first?.parameters[2] == "bob")
        _ = await cid.hears()
        for guest in guests { guest.wire.disconnect() }
        #expect(await cid.hears().shorts == ["two QUIT Connection closed"])
        #expect(await harness.member("bob", shard: 1).welcome.first?.parameters.first == "one")
        #expect(await harness.member("ann", shard: 1).welcome.first?.parameters.first == "ann")
        #expect(await cid.hears().isEmpty)
    }

    // MARK: What was missed

    @Test(arguments: 0..<2, [[], ["batch", "server-time", "message-tags"]])
    func `who comes back is told what was said meanwhile, once and in order`(
        shard: Int,
        capabilities: [String]
    ) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a", "#b")
        let ann = await harness.member("ann", in: "#a", "#b").client
        _ = await bob.send("PRIVMSG #a :before", "PRIVMSG ann :before")
        #expect(await ann.hears().with("PRIVMSG").count == 2)
        ann.wire.disconnect()
        await harness.settle()
        _ = await bob.send("PRIVMSG #a :one", "TOPIC #a :x", "PRIVMSG ann :psst", "PRIVMSG #a :two", "NOTICE #b :hey")
        await harness.advance(by: 30)
        let (back, welcome) = await harness.member("ann", shard: shard, capabilities.joined(separator: " "))
        let said = welcome.filter { ["PRIVMSG", "NOTICE"].contains($0.command) && $0.source.contains("!") }
        #expect(
            said.map(\.short) == [
                "bob PRIVMSG #a one", "bob PRIVMSG #a two", "bob NOTICE #b hey", "bob PRIVMSG ann psst",
            ]
        )
        let batches = welcome.with("BATCH").filter { $0.parameters.count > 1 }
        if capabilities.isEmpty {
            #expect(batches.isEmpty)
        } else {
            #expect(
                batches.map { $0.parameters.dropFirst().joined(separator: " ") } == [
                    "chathistory #a", "chathistory #b", "chathistory bob",
                ]
            )
            for line in said { #expect(line.tags["time"] != nil && line.tags["msgid"] != nil) }
            let of = said.map { line in batches.first { $0.parameters[0] == "+" + (line.tags["batch"] ?? "") }?.text }
            #expect(of == ["#a", "#a", "#b", "bob"])
        }
        #expect(!welcome.contains { $0.text.contains("More was said") })
        _ = await bob.send("PRIVMSG #a :three", "PRIVMSG ann :four")
        #expect(await back.hears().shorts == ["bob PRIVMSG #a three", "bob PRIVMSG ann four"])
    }

    @Test func `who missed more than is told hears that`() async throws {
        var limits = SessionLimits()
        limits.missedMessages = 5
        let harness = try CommandHarness(shards: 2, sessions: limits)
        let bob = await harness.client("bob", in: "#a", "#b")
        let ann = await harness.member("ann", shard: 1, in: "#a", "#b").client
        ann.wire.disconnect()
        await harness.settle()
        for number in 1...9 { _ = await bob.send("PRIVMSG #a :\(number)") }
        for number in 1...5 { _ = await bob.send("PRIVMSG #b :\(number)") }
        let welcome = await harness.member("ann").welcome
        #expect(welcome.with("PRIVMSG").filter { $0.parameters[0] == "#a" }.map(\.text) == ["5", "6", "7", "8", "9"])
        #expect(welcome.with("PRIVMSG").filter { $0.parameters[0] == "#b" }.count == 5)
        #expect(
            welcome.filter { $0.text.contains("More was said") }.map(\.text) == [
                "More was said in #a while you were away than is shown here"
            ]
        )
    }

    @Test func `who fell silent is told what came since it was heard last`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", shard: 1, in: "#a").client
        _ = await bob.waits(30)
        _ = await bob.send("PRIVMSG #a :into the void")
        _ = await bob.waits(100)
        #expect(ann.isClosed)
        _ = await bob.send("PRIVMSG #a :after")
        let welcome = await harness.member("ann").welcome
        #expect(welcome.with("PRIVMSG").map(\.text) == ["into the void", "after"])
    }

    @Test func `what is said while somebody is back but not shown all yet comes once`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        ann.wire.disconnect()
        await harness.settle()
        var number = 0
        func say() async {
            number += 1
            _ = await bob.send("PRIVMSG #a :\(number)", "PRIVMSG ann :to \(number)")
        }
        await say()
        let back = harness.stranger()
        _ = await back.send("CAP REQ :sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))")
        harness.gates[0].shut()
        back.begin("NICK ann", "USER ann 0 * :A", "CAP END")
        await harness.settle()
        var heard: [Line] = []
        while harness.gates[0].waiting > 0 {
            await say()
            harness.gates[0].letOneThrough()
            await harness.settle()
            heard += await back.hears()
        }
        harness.gates[0].open()
        await say()
        heard += await back.hears()
        #expect(number > 6)
        let all = (1...number).map { String($0) }
        #expect(heard.with("PRIVMSG").filter { $0.parameters[0] == "#a" }.map(\.text) == all)
        #expect(heard.with("PRIVMSG").filter { $0.parameters[0] == "ann" }.map(\.text) == all.map { "to " + $0 })
    }
}
