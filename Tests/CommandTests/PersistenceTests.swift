// PERSISTENCE (draft/persistence, as ergo has it): accounts that stay on the network while no client is there.

import Realm
import Simulation
import Tenant
import Testing

@Suite struct PersistenceTests {
    @Test(arguments: 0..<2)
    func `PERSISTENCE SET ON keeps who asks on the network, away, until they are back`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", "away-notify", in: "#a")
        let (ann, welcome) = await harness.member("ann", "draft/persistence", in: "#a")
        #expect(welcome.with("PERSISTENCE").map(\.text) == ["OFF"])
        #expect(await ann.send("PERSISTENCE SET ON").shorts == ["PERSISTENCE STATUS ON ON"])
        _ = await bob.hears()
        // Also by QUIT.
        _ = await ann.send("QUIT :bye")
        #expect(await bob.waits(119).isEmpty)
        #expect(await bob.waits(5).shorts == ["ann AWAY Not here right now"])
        #expect(await bob.send("PRIVMSG ann :hi").begin(with: ["301 ann Not here"]))
        #expect(await bob.waits(600).isEmpty)
        let (back, again) = await harness.member("ann", shard: shard, "draft/persistence")
        #expect(again.with("JOIN").count == 1 && again.with("PERSISTENCE").map(\.short) == ["PERSISTENCE STATUS ON ON"])
        #expect(again.with("PRIVMSG").map(\.text) == ["hi"])
        #expect(await bob.hears().shorts == ["ann AWAY"])
        #expect(await back.send("PERSISTENCE SET OFF", "QUIT").first?.short == "PERSISTENCE STATUS OFF OFF")
        #expect(await bob.hears().shorts == ["ann QUIT Quit"])
    }

    @Test func `it holds for the account, also after its session has ended`() async throws {
        let harness = try CommandHarness(shards: 2)
        let boss = await harness.boss()
        let ann = await harness.member("ann", "draft/persistence", in: "#a").client
        let phone = await harness.member("ann", "draft/persistence").client
        _ = await phone.hears()
        _ = await ann.send("PERSISTENCE SET ON")
        #expect(await phone.hears().shorts == ["PERSISTENCE STATUS ON ON"])
        _ = await boss.send("JOIN #a", "KILL ann :spam")
        _ = await boss.hears()
        #expect(await boss.send("ISON ann").first?.text == "")
        let back = await harness.member("ann", "draft/persistence", in: "#a").client
        #expect(await back.send("PERSISTENCE GET").shorts == ["PERSISTENCE STATUS ON ON"])
        back.wire.disconnect()
        _ = await boss.hears()
        #expect(await boss.waits(400).with("QUIT").isEmpty)
        #expect(await boss.send("ISON ann").first?.text == "ann")
    }

    @Test func `it ends when the plan's time is over`() async throws {
        var settings = SessionSettings()
        settings.askedAlwaysOn = .seconds(300)
        let harness = try CommandHarness(shards: 2, persistence: settings)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        _ = await ann.send("PERSISTENCE SET ON")
        _ = await bob.hears()
        ann.wire.disconnect()
        #expect(await bob.waits(299).isEmpty)
        #expect(await bob.waits(10).shorts == ["ann QUIT Connection closed"])
    }

    @Test func `where the tenant does not allow it, it is asked for and does not hold`() async throws {
        var settings = SessionSettings()
        settings.askedAlwaysOn = .zero
        let harness = try CommandHarness(persistence: settings)
        let ann = await harness.member("ann").client
        #expect(await ann.send("PERSISTENCE SET ON").shorts == ["PERSISTENCE STATUS ON OFF"])
    }

    @Test func `a guest cannot ask for it, and what makes no sense is refused`() async throws {
        let harness = try CommandHarness()
        let guest = await harness.client("guest", "standard-replies")
        #expect(await guest.send("PERSISTENCE GET").begin(with: ["FAIL PERSISTENCE ACCOUNT_REQUIRED"]))
        #expect(await guest.send("PERSISTENCE SET ON").begin(with: ["FAIL PERSISTENCE ACCOUNT_REQUIRED"]))
        let ann = await harness.member("ann", "standard-replies").client
        for line in ["PERSISTENCE SET", "PERSISTENCE SET MAYBE", "PERSISTENCE X"] {
            #expect(await ann.send(line).begin(with: ["FAIL PERSISTENCE INVALID_PARAMS"]))
        }
        harness.accounts.failure = .unavailable
        #expect(await ann.send("PERSISTENCE SET ON").begin(with: ["FAIL PERSISTENCE TEMPORARILY_UNAVAILABLE"]))
    }
}
