// What a tenant's quotas and state refuse; they hold over all shards.

import Simulation
import Tenant
import Testing

@Suite struct QuotaTests {
    private func harness(_ set: (inout Quotas) -> Void) throws -> CommandHarness {
        var quotas = Quotas.unlimited
        set(&quotas)
        return try CommandHarness(shards: 2, quotas: quotas)
    }

    @Test func `connections hold over shards, and a place that is left is free`() async throws {
        let harness = try self.harness { $0.connections = Quota(limit: 2) }
        let ann = await harness.client("ann")
        _ = await harness.client("bob", shard: 1)
        // Who only connects takes no place.
        let late = harness.stranger(shard: 1)
        #expect(await late.send("PING x").commands == ["PONG"])
        let refused = await late.send("NICK cid", "USER c 0 * :C")
        #expect(refused.commands == ["ERROR"] && refused[0].text.contains("full"), "\(refused)")
        _ = await ann.send("QUIT")
        await harness.advance(by: 10)
        #expect(await harness.client("cid", shard: 1).send("PING x").commands == ["PONG"])
    }

    @Test func `a nickname that is taken costs no place`() async throws {
        let harness = try self.harness { $0.connections = Quota(limit: 2) }
        _ = await harness.client("ann")
        let bob = harness.stranger(shard: 1)
        _ = await bob.send("USER b 0 * :B")
        for _ in 0..<5 { #expect(await bob.send("NICK ann").commands == ["433"]) }
        #expect(await bob.send("NICK bob").first?.command == "001")
    }

    @Test func `connections of one address are counted together, IPv6 by network`() async throws {
        let harness = try self.harness { $0.connectionsPerAddress = Quota(limit: 1) }
        for (index, address) in ["192.0.2.1", "2001:db8::1"].enumerated() {
            _ = await harness.client("n\(index)", address: address)
            let other = address.contains(":") ? "2001:db8::2" : address
            let refused = await harness.stranger(shard: 1, address: other).send("NICK x", "USER x 0 * :X")
            #expect(refused.commands == ["ERROR"] && refused[0].text.contains("your address"), "\(refused)")
        }
        #expect(await harness.client("y", shard: 1, address: "192.0.2.2").send("PING x").commands == ["PONG"])
    }

    @Test func `who is refused for its address takes no place from others`() async throws {
        let harness = try self.harness {
            $0.connections = Quota(limit: 2)
            $0.connectionsPerAddress = Quota(limit: 1)
        }
        _ = await harness.client("ann")
        for _ in 0..<5 { #expect(await harness.stranger().send("NICK x", "USER x 0 * :X").commands == ["ERROR"]) }
        #expect(await harness.client("bob", address: "198.51.100.7").send("PING x").commands == ["PONG"])
    }

    // MARK: Sessions

    @Test func `a session without clients counts, and coming back to it costs nothing`() async throws {
        let harness = try self.harness { $0.sessions = Quota(limit: 2) }
        let ann = await harness.member("ann").client
        _ = await harness.client("bob", shard: 1)
        ann.wire.disconnect()
        let refused = await harness.stranger(shard: 1).send("NICK cid", "USER c 0 * :C")
        #expect(refused.commands == ["ERROR"] && refused[0].text.contains("too many sessions"), "\(refused)")
        for shard in 0..<2 { #expect(await harness.member("ann", shard: shard).welcome.with("001").count == 1) }
        #expect(await harness.member("dee").welcome.with("001").isEmpty, "with an account neither")
    }

    @Test(arguments: ["a client signs off", "nobody comes back in time", "its pod dies"])
    func `the place of a session is free once it ends`(how: String) async throws {
        let harness = try self.harness { $0.sessions = Quota(limit: 2) }
        _ = await harness.client("bob", shard: 1)
        switch how {
        case "a client signs off":
            _ = await harness.member("ann").client.send("QUIT")
        case "nobody comes back in time":
            await harness.member("ann").client.wire.disconnect()
            #expect(await harness.stranger(shard: 1).send("NICK x", "USER x 0 * :X").commands == ["ERROR"])
            await harness.advance(by: 300)
        default:
            _ = await harness.client("ann")
            await harness.kill(shard: 0)
        }
        let cid = harness.stranger(shard: 1)
        #expect(await cid.send("NICK cid", "USER c 0 * :C").with("001").count == 1)
    }

    @Test func `a session outlives its pod, and counts on`() async throws {
        let harness = try self.harness { $0.sessions = Quota(limit: 1) }
        _ = await harness.member("ann")
        await harness.kill(shard: 0)
        let late = harness.stranger(shard: 1)
        #expect(await late.send("NICK cid", "USER c 0 * :C").commands == ["ERROR"])
        #expect(await harness.member("ann", shard: 1).welcome.with("001").count == 1)
    }

    @Test func `of two who begin the last session at once, on two shards, one does`() async throws {
        let harness = try self.harness { $0.sessions = Quota(limit: 1) }
        let clients = (0..<2).map { harness.stranger(shard: $0) }
        for (index, client) in clients.enumerated() { client.begin("NICK n\(index)", "USER x 0 * :X") }
        var outcomes: [String] = []
        for client in clients { outcomes += await client.hears().commands.prefix(1) }
        #expect(outcomes.sorted() == ["001", "ERROR"])
    }

    @Test func `a nickname that is taken costs no session`() async throws {
        let harness = try self.harness { $0.sessions = Quota(limit: 2) }
        _ = await harness.client("ann")
        let bob = harness.stranger(shard: 1)
        _ = await bob.send("USER b 0 * :B")
        for _ in 0..<3 { #expect(await bob.send("NICK ann").commands == ["433"]) }
        #expect(await bob.send("NICK bob").first?.command == "001")
    }

    // MARK: Rates, channels

    @Test func `new connections a second are bounded`() async throws {
        let harness = try self.harness { $0.newConnectionsPerSecond = Quota(limit: 3) }
        let clients = (0..<5).map { harness.stranger(shard: $0 % 2) }
        var refused = 0
        for client in clients where await client.hears().contains(where: { $0.command == "ERROR" }) { refused += 1 }
        #expect(refused == 2)
        await harness.advance(by: 1)
        #expect(await harness.stranger().send("PING x").commands == ["PONG"])
    }

    @Test func `channels are bounded, those that there are stay open`() async throws {
        let harness = try self.harness { $0.channels = Quota(limit: 2) }
        let ann = await harness.client("ann", in: "#a", "#b")
        #expect(await ann.send("JOIN #c").begin(with: ["405 #c"]))
        let bob = await harness.client("bob", shard: 1)
        #expect(await bob.send("JOIN #b,#d").commands == ["JOIN", "353", "366", "405"])
        #expect(await ann.send("PART #a", "JOIN #c").commands.contains("353"))
    }

    @Test func `members of a channel are bounded, for operators too`() async throws {
        let harness = try self.harness { $0.channelMembers = Quota(limit: 2) }
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        #expect(await harness.client("cid", shard: 1).send("JOIN #a").begin(with: ["471 #a"]))
        #expect(await harness.boss().send("JOIN #a").begin(with: ["471 #a"]))
        _ = await room[1].send("PART #a")
        #expect(await harness.client("dee").send("JOIN #a").first?.command == "JOIN")
    }

    @Test func `of two who take the last place at once one gets it`() async throws {
        let harness = try self.harness { $0.channelMembers = Quota(limit: 2) }
        _ = await harness.client("owner", in: "#a")
        let clients = [await harness.client("ann"), await harness.client("bob", shard: 1)]
        for client in clients { client.begin("JOIN #a") }
        var outcomes: [String] = []
        for client in clients { outcomes += await client.hears().commands.prefix(1) }
        #expect(outcomes.sorted() == ["471", "JOIN"])
    }

    @Test func `messages a second are bounded, and said to be`() async throws {
        let harness = try self.harness { $0.messagesPerSecond = Quota(limit: 10) }
        let ann = await harness.client("ann", "standard-replies")
        let bob = await harness.client("bob", shard: 1)
        for _ in 0..<30 { ann.begin("PRIVMSG bob :x") }
        let lines = await ann.hears()
        #expect(
            lines.count == 10 && lines.allSatisfy { $0.short.hasPrefix("FAIL PRIVMSG RATE_LIMITED bob") },
            "\(lines)"
        )
        #expect(await bob.hears().count == 20)
        #expect(await ann.send("NOTICE bob :x").begin(with: ["FAIL NOTICE RATE_LIMITED bob"]))
        await harness.advance(by: 1)
        #expect(await bob.send("PRIVMSG ann :x").isEmpty)
        #expect(await ann.hears().count == 1)
    }

    @Test func `a soft quota refuses nothing`() async throws {
        let harness = try self.harness {
            $0.connections = Quota(limit: 1, mode: .soft)
            $0.sessions = Quota(limit: 1, mode: .soft)
            $0.channels = Quota(limit: 1, mode: .soft)
        }
        _ = await harness.client("ann")
        #expect(await harness.client("bob").send("JOIN #a,#b").with("353").count == 2)
    }

    // MARK: The tenant's state

    @Test func `a suspended tenant closes everybody and lets nobody in`() async throws {
        let harness = try CommandHarness(shards: 2)
        let clients = [await harness.client("ann"), await harness.client("bob", shard: 1), harness.stranger()]
        await harness.apply(try .simulated(state: .suspended))
        for client in clients {
            let lines = await client.hears()
            #expect(lines.commands == ["ERROR"] && lines[0].text.contains("suspended") && client.isClosed)
        }
        let late = harness.stranger(shard: 1)
        #expect(await late.hears().commands == ["ERROR"] && late.isClosed)
        await harness.apply(try .simulated())
        #expect(await harness.client("ann").send("PING x").commands == ["PONG"])
    }

    @Test func `a tenant that has moved tells everybody where to, and goes on when it comes back`() async throws {
        let harness = try CommandHarness(shards: 2)
        let clients = [await harness.client("ann"), await harness.client("bob", shard: 1), harness.stranger()]
        let text = "Acme has moved to 203.0.113.7: acme.example leads there soon, connect again in some minutes"
        await harness.apply(try HostedTenant.simulated().departed(saying: text))
        for client in clients + [harness.stranger(shard: 1)] {
            let lines = await client.hears()
            #expect(lines.commands == ["ERROR"] && lines[0].text.contains(text) && client.isClosed, "\(lines)")
        }
        await harness.apply(try .simulated())
        #expect(await harness.client("ann").send("PING x").commands == ["PONG"])
    }

    @Test func `a cordoned tenant keeps who is here and lets nobody in`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        let between = harness.stranger()
        await harness.apply(try .simulated(state: .cordoned))
        _ = await room[0].send("PRIVMSG #a :still here")
        #expect(await room[1].hears().shorts == ["ann PRIVMSG #a still here"])
        for client in [between, harness.stranger()] {
            let lines = await client.send("NICK x", "USER x 0 * :X")
            #expect(lines.commands == ["ERROR"] && lines[0].text.contains("no new connections"), "\(lines)")
        }
    }

    @Test func `a tenant that is gone closes everybody`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", shard: 1)
        await harness.apply(nil)
        #expect(await ann.hears().commands == ["ERROR"] && ann.isClosed)
        let late = harness.stranger(shard: 1)
        #expect(await late.hears().commands == ["ERROR"] && late.isClosed)
    }

    @Test func `what a tenant supports is told when it changes`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", shard: 1)
        var tenant = try HostedTenant.simulated()
        tenant.settings.displayName = "Acme"
        await harness.apply(tenant)
        #expect(await ann.hears().begin(with: ["005 NETWORK=Acme"]))
    }

    @Test func `where an account is required nobody comes in without`() async throws {
        var settings = AccountSettings.standard
        settings.required = true
        let harness = try CommandHarness(accounts: settings)
        harness.accounts.add("ann", password: "sesame")
        let bare = harness.stranger()
        let lines = await bare.send("CAP REQ standard-replies", "NICK ann", "USER a 0 * :A", "CAP END")
        #expect(lines.commands == ["CAP", "FAIL", "ERROR"] && lines[1].parameters[1] == "ACCOUNT_REQUIRED", "\(lines)")
        #expect(bare.isClosed)
        #expect(await harness.stranger().send("PASS sesame", "NICK ann", "USER a 0 * :A").first?.command == "001")
        let client = await harness.negotiating("bob")
        _ = await client.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))")
        #expect(await client.send("CAP END").first?.command == "001")
    }
}
