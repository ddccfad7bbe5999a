// SILENCE: of whom one wants to hear nothing (numerics 271, 272 and 511; ISUPPORT SILENCE).

import Simulation
import Tenant
import Testing

@Suite struct SilenceTests {
    @Test func `SILENCE adds, shows and takes off`() async throws {
        let ann = await (try CommandHarness()).client("ann")
        #expect(await ann.send("SILENCE").shorts == ["272 End of SILENCE list"])
        #expect(
            await ann.send("SILENCE +bob,*!*@*.example,Bob,-nobody").shorts == [
                "ann SILENCE +bob!*@*", "ann SILENCE +*!*@*.example",
            ]
        )
        let shown = ["271 bob!*@*", "271 *!*@*.example", "272 End of SILENCE list"]
        #expect(await ann.send("SILENCE").shorts == shown)
        #expect(await ann.send("SILENCE ANN").shorts == shown)
        #expect(await ann.send("SILENCE -BOB").shorts == ["ann SILENCE -BOB!*@*"])
        #expect(await ann.send("SILENCE").shorts == Array(shown.dropFirst()))
        #expect(await ann.send("SILENCE +").begin(with: ["NOTICE"]))
    }

    @Test(arguments: [0, 1], [0, 1])
    func `who is silenced says nothing to one, on any shard, and others do`(own: Int, other: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", shard: own, "message-tags", in: "#a")
        let bob = await harness.client("bob", shard: other, "message-tags echo-message", in: "#a", "#b")
        let cid = await harness.client("cid", shard: other)
        _ = await ann.send("SILENCE bob")
        await [ann, bob].listen()
        let echoes = await bob.send("PRIVMSG ann :x", "NOTICE ann :x", "@+x=y TAGMSG ann", "INVITE ann #b")
        #expect(echoes.commands == ["PRIVMSG", "NOTICE", "TAGMSG", "341"])
        #expect(await ann.hears().isEmpty)
        _ = await cid.send("PRIVMSG ann :mine")
        _ = await bob.send("PRIVMSG #a :to all")
        #expect(await ann.hears().map(\.text) == ["mine", "to all"])
        _ = await ann.send("PRIVMSG bob :to you", "SILENCE -bob")
        _ = await bob.send("PRIVMSG ann :again")
        #expect(await ann.hears().map(\.text) == ["again"])
    }

    @Test(arguments: [0, 1])
    func `an account is silenced under whatever host and nickname`(shard: Int) async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", "standard-replies")
        #expect(await ann.send("SILENCE +account:Bob").shorts == ["ann SILENCE +account:Bob"])
        #expect(await ann.send("SILENCE").shorts == ["271 account:Bob", "272 End of SILENCE list"])
        let bob = await rig.member("bob", shard: shard, in: "#b")
        _ = await bob.send("PRIVMSG ann :x", "NICK robert", "PRIVMSG ann :y", "INVITE ann #b")
        #expect(await ann.hears().isEmpty)
        // Whoever is called so is not the account.
        let guest = await rig.harness.client("bobby", shard: shard)
        _ = await guest.send("PRIVMSG ann :mine")
        #expect(await ann.hears().map(\.text) == ["mine"])
        _ = await ann.send("SILENCE -a:bob")
        _ = await bob.send("PRIVMSG ann :again")
        #expect(await ann.hears().map(\.text) == ["again"])
        for word in ["m:bob", "r:name", "a:"] {
            #expect(await ann.send("SILENCE +\(word)").begin(with: ["FAIL SILENCE INVALID_MASK \(word)"]))
        }
    }

    @Test func `the list is the session's, for all of its clients and who comes back`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("ann", password: "sesame")
        func client(_ shard: Int) async -> Client {
            let client = harness.stranger(shard: shard)
            _ = await client.send("PASS ann:sesame", "NICK ann", "USER ann 0 * :Ann")
            return client
        }
        let first = await client(0)
        _ = await first.send("SILENCE +bob")
        let second = await client(1)
        #expect(await second.send("SILENCE").shorts.first == "271 bob!*@*")
        _ = await second.send("SILENCE +cid")
        #expect(await first.send("SILENCE").with("271").count == 2)
        let (bob, cid) = (await harness.client("bob"), await harness.client("cid", shard: 1))
        await [first, second].listen()
        _ = await bob.send("PRIVMSG ann :x")
        _ = await cid.send("PRIVMSG ann :x")
        for one in [first, second] { #expect(await one.hears().isEmpty) }
        first.wire.disconnect()
        second.wire.disconnect()
        _ = await bob.send("PRIVMSG ann :while nobody is there")
        await harness.advance(by: 1)
        let back = harness.stranger()
        let told = await back.send("PASS ann:sesame", "NICK ann", "USER ann 0 * :Ann", "SILENCE")
        #expect(told.with("271").count == 2 && told.with("PRIVMSG").isEmpty, "\(told)")
    }

    @Test func `SILENCE takes as many as was promised`() async throws {
        let ann = await (try CommandHarness()).client("ann")
        #expect(await ann.send("VERSION").contains { $0.parameters.contains("SILENCE=32") })
        for number in 0..<32 { _ = await ann.send("SILENCE +n\(number)") }
        #expect(await ann.send("SILENCE +one").begin(with: ["511 one!*@*"]))
        #expect(await ann.send("SILENCE -n3", "SILENCE +one").count == 2)
    }
}
