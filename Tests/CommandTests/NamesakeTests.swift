// A nickname's next holder may be seen before its last one's end, since channels are heard of one by one: clients that tell
// people apart by nickname keep the right picture of both.

import Simulation
import StateStore
import Tenant
import Testing

@Suite struct NamesakeTests {
    /// Eve in `#a` on one shard, and on another bob in `#a` and `#b`, and carol in `#a` alone, to whom `#a` comes later.
    private struct World {
        let harness: CommandHarness
        let eve: Client
        let bob: Client
        let carol: Client

        init() async throws {
            self.harness = try CommandHarness(shards: 2)
            self.eve = await self.harness.client("eve", in: "#a")
            self.bob = await self.harness.client("bob", shard: 1, in: "#a", "#b")
            self.carol = await self.harness.client("carol", shard: 1, in: "#a")
            await [self.eve, self.bob, self.carol].listen()
            self.harness.gates[1].hold(LogKey(self.harness.tenant.id, .channel, "#a"))
        }

        func letGo() async -> (bob: [String], carol: [String]) {
            self.harness.gates[1].letGo(LogKey(self.harness.tenant.id, .channel, "#a"))
            return (await self.bob.hears().shorts, await self.carol.hears().shorts)
        }
    }

    @Test func `who signed off leaves only the channels of its own`() async throws {
        let world = try await World()
        _ = await world.eve.send("QUIT :bye")
        _ = await world.harness.client("eve", in: "#b")
        #expect(await world.bob.hears().shorts == ["eve JOIN #b"])
        let told = await world.letGo()
        #expect(told.bob == ["eve PART #a Quit: bye"])
        #expect(told.carol == ["eve QUIT Quit: bye"])
    }

    @Test func `who is seen to come in late is not taken for the next one`() async throws {
        let harness = try CommandHarness(shards: 2)
        let log = LogKey(harness.tenant.id, .channel, "#a")
        let bob = await harness.client("bob", shard: 1, in: "#a", "#b")
        harness.gates[1].hold(log)
        _ = await harness.client("eve", in: "#a").send("QUIT :bye")
        _ = await harness.client("eve", in: "#b")
        #expect(await bob.hears().shorts == ["eve JOIN #b"])
        harness.gates[1].letGo(log)
        #expect(await bob.hears().shorts == ["eve JOIN #a", "eve PART #a Quit: bye"])
    }

    @Test func `who took another name has it in the channels of its own`() async throws {
        let world = try await World()
        _ = await world.eve.send("NICK eva", "SETNAME :Eva")
        _ = await world.harness.client("eve", in: "#b")
        #expect(await world.bob.hears().shorts == ["eve JOIN #b"])
        let told = await world.letGo()
        #expect(told.bob == ["eve PART #a", "eva JOIN #a", "eva MODE #a +o eva"])
        #expect(told.carol.first == "eve NICK eva")
        _ = await world.eve.send("PRIVMSG #a :hi")
        #expect(await world.bob.hears().shorts == ["eva PRIVMSG #a hi"])
    }

    @Test(arguments: ["NICK eva", "QUIT :bye", "PART #a|NICK eva"])
    func `who takes the name is not told that it changed or ended its own`(lines: String) async throws {
        let world = try await World()
        for line in lines.split(separator: "|") { _ = await world.eve.send(String(line)) }
        #expect(await world.bob.send("NICK eve").shorts == ["bob NICK eve"])
        let told = await world.letGo()
        #expect(told.bob == (lines == "NICK eva" ? ["eva JOIN #a", "eva MODE #a +o eva"] : []))
    }
}
