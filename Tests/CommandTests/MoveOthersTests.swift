// SAJOIN, SAPART, SANICK, SAMODE and GLOBAL.

import Chat
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct MoveOthersTests {
    @Test(arguments: [(nil, 0), (nil, 1), ("bob", 0), ("bob", 1)] as [(String?, Int)])
    func `SAJOIN and SAPART take somebody into channels and out of them, wherever they are`(
        account: String?,
        shard: Int
    ) async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", shard: 1, in: "#a", "#b")
        _ = await ann.send("MODE #a +ik sesame", "MODE #a +b *!*@*")
        let boss = await rig.operator(.moderator)
        let bob =
            if let account { await rig.member(account, shard: shard) } else {
                await rig.harness.client("bob", shard: shard)
            }
        let other = account == nil ? nil : await rig.member("bob", shard: 1 - shard)
        for client in [ann, boss, bob] + [other].compactMap({ $0 }) { _ = await client.hears() }
        #expect(await boss.send("SAJOIN bob #A,#b").isEmpty)
        for client in [bob] + [other].compactMap({ $0 }) {
            let told = await client.hears()
            #expect(told.with("JOIN").shorts == ["bob JOIN #a", "bob JOIN #b"], "\(told)")
            #expect(told.with("366").count == 2)
        }
        #expect(await ann.hears().shorts == ["bob JOIN #a", "bob JOIN #b"])
        #expect(await boss.send("SAJOIN bob #a").begin(with: ["443 bob #a"]))
        #expect(await boss.send("SAJOIN bob #none").begin(with: ["403 #none"]))
        #expect(await boss.send("SAJOIN nobody #a").begin(with: ["401 nobody"]))
        _ = await bob.send("PRIVMSG #b :hello")
        #expect(await ann.hears().shorts == ["bob PRIVMSG #b hello"])

        #expect(await boss.send("SAPART bob #a,#b :out with you").isEmpty)
        for client in [ann, bob] + [other].compactMap({ $0 }) {
            let told = await client.hears().with("PART").shorts
            #expect(told == ["bob PART #a out with you", "bob PART #b out with you"])
        }
        #expect(await boss.send("SAPART bob #a").begin(with: ["441 bob #a"]))
        #expect(await bob.send("PRIVMSG #a :hello").begin(with: ["404 #a"]))
        #expect(await boss.send("SAPART ann #b").isEmpty)
        #expect(await boss.send("SAJOIN bob #b").begin(with: ["403 #b"]))
    }

    @Test(arguments: [(nil, 0), (nil, 1), ("bob", 0), ("bob", 1)] as [(String?, Int)])
    func `SANICK gives somebody another nickname, wherever they are`(account: String?, shard: Int) async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", shard: 1, in: "#a")
        let boss = await rig.operator(.moderator)
        let bob =
            if let account { await rig.member(account, shard: shard, in: "#a") } else {
                await rig.harness.client("bob", shard: shard, in: "#a")
            }
        let other = account == nil ? nil : await rig.member("bob", shard: 1 - shard)
        // Whatever a channel says of that.
        _ = await ann.send("MODE #a +N")
        for client in [ann, boss, bob] + [other].compactMap({ $0 }) { _ = await client.hears() }
        #expect(await boss.send("SANICK bob Robert").isEmpty)
        for client in [ann, bob] + [other].compactMap({ $0 }) {
            #expect(await client.hears().shorts == ["bob NICK Robert"])
        }
        #expect(await boss.send("WHOIS bob").begin(with: ["401 bob", "318 bob"]))
        _ = await boss.send("PRIVMSG robert :hello")
        #expect(await bob.hears().shorts == ["moderator PRIVMSG Robert hello"])
        // In another spelling, and once more the same.
        #expect(await boss.send("SANICK robert ROBERT", "SANICK robert ROBERT").isEmpty)
        #expect(await ann.hears().shorts == ["Robert NICK ROBERT"])
        #expect(await boss.send("SANICK robert ann").begin(with: ["433 ann"]))
        #expect(await boss.send("SANICK robert NickServ").begin(with: ["432 NickServ"]))
        #expect(await boss.send("SANICK robert 1x").begin(with: ["432 1x"]))
        #expect(await boss.send("SANICK nobody x").begin(with: ["401 nobody"]))
        // The old one is free.
        #expect(await rig.harness.client("bob").send("PING x").commands == ["PONG"])
    }

    @Test func `who is moved while no client is there finds that when they come back`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", in: "#a", "#b")
        let boss = await rig.operator(.admin)
        let bob = await rig.member("bob", shard: 1, in: "#a")
        bob.wire.disconnect()
        await rig.harness.settle()
        #expect(await boss.send("SANICK bob robert", "SAJOIN robert #b", "SAPART robert #a").isEmpty)
        _ = await ann.hears()
        let back = rig.harness.stranger()
        let lines = await back.send("PASS bob:sesame", "NICK bob", "USER b 0 * :b")
        #expect(lines.with("001").first?.parameters.first == "robert", "\(lines)")
        #expect(lines.with("JOIN").shorts == ["robert JOIN #b"])
        _ = await back.send("PRIVMSG #b :here")
        #expect(await ann.hears().shorts == ["robert PRIVMSG #b here"])
    }

    @Test func `two who move somebody at a time both get their way`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        _ = await rig.member("ann", in: "#a", "#b")
        let (boss, other) = (await rig.operator(.admin), await rig.operator(.moderator, shard: 1))
        let bob = await rig.member("bob", shard: 1)
        boss.begin("SAJOIN bob #a", "SANICK bob robert")
        other.begin("SAJOIN bob #b")
        bob.begin("AWAY :busy")
        await rig.harness.advance(by: 2)
        #expect(await boss.hears().isEmpty)
        #expect(await other.hears().isEmpty)
        let words = await boss.send("WHOIS robert").with("319").first?.text.split(separator: " ").map(String.init)
        #expect(words.map(Set.init) == ["#a", "#b"])
    }

    @Test func `SAMODE is MODE for who runs any channel`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", shard: 1, in: "#a")
        #expect(await ann.send("SAMODE #a +m").begin(with: ["481"]))
        let boss = await rig.operator(.moderator)
        #expect(await boss.send("SAMODE #a +mv ann").isEmpty)
        #expect(await ann.hears().shorts == ["moderator MODE #a +mv ann"])
        #expect(await boss.send("SAMODE #none +m").begin(with: ["403 #none"]))
        #expect(await boss.send("SAMODE #a").begin(with: ["461 SAMODE"]))
    }

    @Test func `GLOBAL is told to everybody on all shards, by the server`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let (ann, bob) = (await rig.member("ann"), await rig.harness.client("bob", shard: 1))
        let boss = await rig.operator(.admin)
        _ = await ann.hears()
        let told = await boss.send("GLOBAL :we move at noon")
        for lines in [told, await ann.hears(), await bob.hears()] {
            #expect(lines.commands == ["NOTICE"] && lines[0].text == "we move at noon")
            #expect(lines[0].source == rig.harness.tenant.serverName)
        }
        #expect(await boss.send("GLOBAL").begin(with: ["461 GLOBAL"]))
        #expect(await boss.send("GLOBAL :\(String(repeating: "x", count: 400))").begin(with: ["417"]))
    }
}
