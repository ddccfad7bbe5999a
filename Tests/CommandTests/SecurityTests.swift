// Who is connected securely (user mode Z), as all clients of a session are and as everybody may know.

import Simulation
import Testing

@Suite struct SecurityTests {
    @Test(arguments: [true, false], [0, 1])
    func `WHOIS says on every shard who is connected securely`(isSecure: Bool, shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: shard)
        let ann = harness.stranger(isSecure: isSecure)
        _ = await ann.send("NICK ann", "USER a 0 * :A")
        #expect(await bob.send("WHOIS ann").with("671").count == (isSecure ? 1 : 0))
        #expect(await ann.send("MODE ann").shorts == ["221 \(isSecure ? "+Z" : "+")"])
    }

    @Test(arguments: ["+Z", "-Z"])
    func `MODE neither gives nor takes it`(modes: String) async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann")
        let bob = harness.stranger(isSecure: false)
        _ = await bob.send("NICK bob", "USER b 0 * :B")
        #expect(await ann.send("MODE ann \(modes)").isEmpty)
        #expect(await ann.send("MODE ann").shorts == ["221 +Z"])
        #expect(await bob.send("MODE bob \(modes)", "MODE bob").shorts == ["221 +"])
    }

    @Test(arguments: [0, 1])
    func `one client without TLS is enough, for as long as it is there`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 3)
        let bob = await harness.client("bob", shard: 2)
        let ann = await harness.member("ann").client
        #expect(await bob.send("WHOIS ann").with("671").count == 1)
        let phone = await harness.member("ann", shard: shard, isSecure: false).client
        #expect(await ann.hears().shorts == ["MODE ann -Z"])
        #expect(await bob.send("WHOIS ann").with("671").isEmpty)
        phone.wire.disconnect()
        #expect(await ann.hears().shorts == ["MODE ann +Z"])
        #expect(await bob.send("WHOIS ann").with("671").count == 1)
    }

    @Test func `who comes back otherwise is seen so`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob")
        for (shard, isSecure) in [(0, true), (1, false), (1, true), (0, false)] {
            let ann = await harness.member("ann", shard: shard, isSecure: isSecure).client
            #expect(await bob.send("WHOIS ann").with("671").count == (isSecure ? 1 : 0))
            ann.wire.disconnect()
            await harness.settle()
        }
    }
}
