// AWAY by several clients of one user (draft/pre-away), and changes of those who are watched (extended-monitor).

import Simulation
import Testing

@Suite struct PresenceTests {
    @Test func `an unattended client leaves the user away, until somebody is there`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", "away-notify", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        _ = await bob.hears()
        ann.wire.disconnect()
        harness.accounts.add("ann", password: "sesame")
        let robot = harness.stranger(shard: 1)
        _ = await robot.send("CAP REQ :sasl draft/pre-away", "AUTHENTICATE PLAIN")
        _ = await robot.send("AUTHENTICATE \(plain("ann", "sesame"))")
        #expect(await robot.send("AWAY *").commands == ["306"])
        #expect(await robot.send("NICK ann", "USER a 0 * :A", "CAP END").first?.command == "001")
        #expect(await bob.hears().shorts == ["ann AWAY Not here right now"])
        #expect(await bob.send("PRIVMSG ann :hi").begin(with: ["301 ann Not here"]))
        let back = await harness.member("ann", shard: 1).client
        #expect(await bob.hears().shorts == ["ann AWAY"])
        back.wire.disconnect()
        #expect(await bob.hears().shorts == ["ann AWAY Not here right now"])
        // What somebody says about it stays.
        let told = await robot.hears()
        #expect(told.commands == ["PRIVMSG", "305", "306"], "\(told)")
        #expect(await robot.send("AWAY :lunch").commands == ["306"])
        _ = await harness.member("ann", shard: 1)
        #expect(await bob.hears().shorts == ["ann AWAY lunch"])
    }

    @Test func `AWAY before registration is for those who asked for it`() async throws {
        let harness = try CommandHarness()
        let bob = await harness.client("bob")
        let plain = harness.stranger()
        #expect(await plain.send("AWAY :x").commands == ["451"])
        let ann = harness.stranger()
        #expect(await ann.send("CAP REQ :draft/pre-away", "AWAY :early").commands == ["CAP", "306"])
        _ = await ann.send("NICK ann", "USER a 0 * :A", "CAP END")
        #expect(await bob.send("PRIVMSG ann :x").shorts == ["301 ann early"])
        _ = await ann.hears()
        #expect(await ann.send("AWAY").commands == ["305"])
        #expect(await ann.send("AWAY").commands == ["305"])
        #expect(await ann.send("AWAY *").commands == ["306"])
        #expect(await bob.send("PRIVMSG ann :x").begin(with: ["301 ann Not here"]))
        let cid = await harness.client("cid")
        #expect(await cid.send("AWAY *").commands == ["306"])
        #expect(await bob.send("PRIVMSG cid :x").shorts == ["301 cid *"])
    }

    @Test(arguments: 0..<2)
    func `who watches a nickname hears of its changes, unless a channel tells of them`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("ann", password: "sesame")
        let all = "extended-monitor away-notify account-notify chghost setname"
        let bob = await harness.client("bob", shard: shard, all)
        let few = await harness.client("few", shard: shard, "extended-monitor away-notify")
        let none = await harness.client("none", shard: shard, "away-notify account-notify chghost setname")
        let ann = await harness.client("ann", "sasl setname")
        for watcher in [bob, few, none] { _ = await watcher.send("MONITOR + ann") }
        _ = await ann.send("AWAY :out", "SETNAME :Anna", "AUTHENTICATE PLAIN")
        _ = await ann.send("AUTHENTICATE \(plain("ann", "sesame"))")
        _ = await ann.send("AWAY")
        #expect(await bob.hears().map { $0.command } == ["AWAY", "SETNAME", "ACCOUNT", "CHGHOST", "AWAY"])
        #expect(await few.hears().shorts == ["ann AWAY out", "ann AWAY"])
        #expect(await none.hears().isEmpty)
        _ = await ann.send("JOIN #a")
        _ = await bob.send("JOIN #a")
        _ = await ann.send("AWAY :again")
        #expect(await bob.hears().shorts == ["ann AWAY again"])
    }
}
