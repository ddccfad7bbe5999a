// Several clients take part in a session at once, come and go, and each is told what there is.

import Chat
import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct SharedSessionTests {
    @Test(arguments: 0..<2)
    func `each client of a session is told how others change and leave`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        let phone = await harness.member("ann", shard: shard).client
        _ = await bob.send("NICK bobby", "AWAY", "QUIT :bye")
        for client in [ann, phone] {
            #expect(await client.hears().shorts == ["bob NICK bobby", "bobby QUIT Quit: bye"])
        }
    }

    @Test func `a new nickname holds in a channel that another client enters meanwhile`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann").client
        let phone = await harness.member("ann", shard: 1).client
        // Decided before either has heard of the other.
        harness.gates[1].shut()
        phone.begin("NICK anna")
        await harness.settle()
        ann.begin("JOIN #a")
        await harness.settle()
        harness.gates[1].open()
        await harness.advance(by: 2)
        #expect(await bob.send("WHO #a").with("352").map { $0.parameters[5] }.sorted() == ["anna", "bob"])
        _ = await ann.hears()
        _ = await phone.hears()
        #expect(await phone.send("NAMES #a").first?.text.contains("anna") == true)
    }

    @Test func `who comes back before the store knows that it was gone misses nothing`() async throws {
        let harness = try CommandHarness(shards: 3)
        let bob = await harness.client("bob", shard: 2, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        harness.gates[0].shut()
        ann.wire.disconnect()
        await harness.settle()
        _ = await bob.send("PRIVMSG #a :one", "PRIVMSG ann :two")
        let (back, welcome) = await harness.member("ann", shard: 1)
        #expect(welcome.with("PRIVMSG").map(\.text) == ["one", "two"])
        harness.gates[0].open()
        _ = await bob.send("PRIVMSG #a :three")
        #expect(await back.hears().shorts == ["bob PRIVMSG #a three"])
        #expect(await bob.waits(300, with: back).isEmpty)
    }

    @Test func `who comes back before its pod is found dead misses nothing`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        _ = await harness.member("ann", in: "#a").client
        harness.gates[0].shut()
        _ = await bob.send("PRIVMSG #a :one")
        await harness.advance(by: 3)
        let (back, welcome) = await harness.member("ann", shard: 1)
        #expect(welcome.with("PRIVMSG").map(\.text) == ["one"])
        await harness.kill(shard: 0)
        #expect(await back.hears().isEmpty)
        #expect(await bob.waits(300, with: back).isEmpty)
    }

    @Test func `who leaves before it was told all is told the rest when it is back`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        ann.wire.disconnect()
        await harness.settle()
        _ = await bob.send("PRIVMSG #a :one", "PRIVMSG ann :two")
        let (brief, heard) = await harness.welcomed("ann")
        #expect(heard.with("PRIVMSG").isEmpty)
        brief.wire.disconnect()
        harness.gates[0].open()
        await harness.settle()
        #expect(await harness.member("ann", shard: 1).welcome.with("PRIVMSG").map(\.text) == ["one", "two"])
    }

    @Test func `what is said while a client leaves amid a change comes to who is back`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        harness.gates[0].shut()
        ann.begin("AWAY :lunch")
        await harness.settle()
        ann.wire.disconnect()
        _ = await bob.send("PRIVMSG #a :one")
        harness.gates[0].open()
        await harness.settle()
        #expect(await harness.member("ann", shard: 1).welcome.with("PRIVMSG").map(\.text) == ["one"])
    }

    @Test func `a client that comes while another enters a channel is shown it once`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.member("ann").client
        let phone = harness.stranger()
        _ = await phone.send("CAP REQ :sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))")
        harness.gates[0].shut()
        ann.begin("JOIN #a")
        phone.begin("NICK ann", "USER ann 0 * :A", "CAP END")
        var heard: [Line] = []
        while harness.gates[0].waiting > 0 {
            harness.gates[0].letOneThrough()
            heard += await phone.hears()
        }
        harness.gates[0].open()
        heard += await phone.hears()
        #expect(heard.with("JOIN").count == 1)
        #expect(heard.with("353").count == 1)
    }

    @Test func `a client knows its new nickname before it leaves a channel by that name`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.member("ann", in: "#a").client
        let phone = await harness.member("ann", shard: 1).client
        let inbox = harness.inbox(of: "ann")
        harness.gates[1].hold(inbox)
        _ = await ann.send("NICK anna", "PART #a")
        var heard = await phone.hears()
        harness.gates[1].letGo(inbox)
        heard += await phone.hears()
        #expect(heard.shorts == ["ann NICK anna", "anna PART #a"])
    }

    @Test func `a client that knows its new nickname is told by that of what happened before`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.member("ann", in: "#a").client
        let phone = await harness.member("ann", shard: 1).client
        harness.gates[1].hold(harness.log(.channel, "#a"))
        _ = await ann.send("MODE #a +v ann", "NICK anna")
        var heard = await phone.hears()
        harness.gates[1].letGo(harness.log(.channel, "#a"))
        heard += await phone.hears()
        #expect(heard.shorts == ["ann NICK anna", "anna MODE #a +v anna"])
    }

    @Test func `a channel that tells a new nickname first tells it for all, and what came before is not lost`()
        async throws
    {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.client("ann", shard: 1, in: "#a", "#b")
        harness.gates[1].hold(harness.log(.channel, "#a"))
        _ = await bob.send("NICK bobby", "JOIN #b", "AWAY :gone")
        var heard = await ann.hears()
        #expect(heard.shorts == ["bob NICK bobby", "bobby JOIN #b"])
        harness.gates[1].letGo(harness.log(.channel, "#a"))
        heard = await ann.hears()
        #expect(heard.isEmpty)
        #expect(await ann.send("NAMES #a").first?.text == "@bobby ann")
    }

    @Test func `a client that has a new nickname is shown a channel by that, which was read before`() async throws {
        let harness = try CommandHarness(shards: 2)
        _ = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann").client
        let phone = await harness.member("ann", shard: 1).client
        harness.gates[1].shut()
        _ = await ann.send("JOIN #a")
        harness.gates[1].letOneThrough()
        harness.gates[1].hold(harness.log(.channel, "#a"))
        _ = await ann.send("NICK anna")
        harness.gates[1].open()
        #expect(await phone.hears().shorts.prefix(2) == ["ann NICK anna", "anna JOIN #a"])
        harness.gates[1].letGo(harness.log(.channel, "#a"))
        #expect(await phone.hears().isEmpty)
    }

    @Test func `a client that is left when another had asked to join is shown the channel`() async throws {
        let harness = try CommandHarness()
        _ = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann").client
        let phone = await harness.member("ann").client
        harness.gates[0].shut()
        phone.begin("JOIN #a")
        await harness.settle()
        phone.wire.disconnect()
        harness.gates[0].open()
        #expect(await ann.hears().commands == ["JOIN", "353", "366"])
    }

    @Test func `a channel's log that is behind brings a client into it all the same`() async throws {
        let harness = try CommandHarness(shards: 2)
        let (bob, carol) = (await harness.client("bob", in: "#a"), await harness.client("carol", shard: 1, in: "#a"))
        let ann = await harness.member("ann").client
        let phone = await harness.member("ann", shard: 1).client
        // It ends while the phone's shard still follows it, and begins again.
        _ = await carol.send("PART #a")
        _ = await bob.send("PART #a")
        harness.gates[1].hold(harness.log(.channel, "#a"))
        _ = await ann.send("JOIN #a")
        #expect(await phone.hears().isEmpty)
        harness.gates[1].letGo(harness.log(.channel, "#a"))
        await harness.advance(by: 2)
        #expect(await phone.hears().commands == ["JOIN", "353", "366"])
        #expect(await phone.send("NICK anna").shorts == ["ann NICK anna"])
    }
}

extension CommandHarness {
    fileprivate func log(_ kind: LogKey.Kind, _ name: String) -> LogKey { LogKey(self.tenant.id, kind, name) }

    /// The log of the session that goes by a nickname.
    fileprivate func inbox(of nick: String) -> LogKey {
        let claim = self.snapshot(of: self.log(.nick, nick))?.fields[FieldName(NameClaim.field)]
        return self.log(.user, claim.flatMap(NameClaim.session)?.text ?? "")
    }
}
