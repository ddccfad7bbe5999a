// A shard is away from the store for a while, others take it for dead, and its clients hardly notice.

import Chat
import Edge
import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct CutOffTests {
    /// Ann on a shard that does not reach the store and was taken for dead, and Bob on another one.
    private func cutOff() async throws -> (harness: CommandHarness, ann: Client, bob: Client) {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        _ = await bob.hears()
        harness.gates[0].cut()
        await harness.kill(shard: 0)
        return (harness, ann, bob)
    }

    @Test func `a session is taken again once the store can be reached, however often that failed`() async throws {
        let (harness, ann, bob) = try await self.cutOff()
        await harness.advance(by: 5)
        harness.gates[0].open()
        #expect(await bob.waits(300, with: ann).isEmpty)
        #expect(!ann.isClosed)
        #expect(await bob.send("PRIVMSG ann :there?", "WHOIS ann").with("401").isEmpty)
        #expect(await ann.hears().shorts == ["bob PRIVMSG ann there?"])
    }

    @Test func `who leaves a shard that was taken for dead is told nothing twice`() async throws {
        let (harness, ann, bob) = try await self.cutOff()
        _ = await bob.send("PRIVMSG #a :one")
        #expect(await ann.hears().shorts == ["bob PRIVMSG #a one"])
        ann.wire.disconnect()
        _ = await bob.send("PRIVMSG #a :two")
        harness.gates[0].open()
        await harness.advance(by: 3)
        #expect(await harness.member("ann", shard: 1).welcome.with("PRIVMSG").map(\.text) == ["two"])
    }

    @Test func `who signs off on a shard that was taken for dead is gone once it is back`() async throws {
        let (harness, ann, bob) = try await self.cutOff()
        _ = await ann.send("QUIT :bye")
        #expect(await bob.hears().isEmpty)
        harness.gates[0].open()
        await harness.advance(by: 3)
        #expect(await bob.hears().shorts == ["ann QUIT Quit: bye"])
    }

    @Test func `who leaves while a shard takes its session again is waited for, and gone after that`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        let phone = await harness.member("ann", shard: 1).client
        _ = await bob.hears()
        await harness.kill(shard: 0)
        phone.wire.disconnect()
        await harness.settle()
        // It is on its way to the store.
        #expect(harness.gates[0].waiting > 0)
        ann.wire.disconnect()
        await harness.settle()
        harness.gates[0].open()
        #expect(await bob.waits(100).isEmpty)
        #expect(await bob.waits(50).shorts == ["ann QUIT Connection closed"])
    }

    @Test func `a sign-off that was held up does not end the session of who lost a connection since`() async throws {
        let harness = try CommandHarness(shards: 3)
        let bob = await harness.client("bob", shard: 2, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        let phone = await harness.member("ann", shard: 1).client
        _ = await bob.hears()
        harness.gates[1].shut()
        _ = await phone.send("QUIT")
        await harness.advance(by: 5)
        ann.wire.disconnect()
        await harness.settle()
        harness.gates[1].open()
        await harness.advance(by: 3)
        #expect(await bob.hears().isEmpty)
        #expect(await harness.member("ann", shard: 0).welcome.with("JOIN").count == 1)
    }

    @Test func `a store that fails while somebody comes back costs a moment and no message`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        ann.wire.disconnect()
        _ = await bob.send("PRIVMSG #a :one", "PRIVMSG ann :two")
        let back = await harness.welcomed("ann", shard: 1).client
        harness.gates[1].letOneThrough()
        await harness.settle()
        #expect(harness.gates[1].waiting == 1)
        harness.gates[1].cut()
        await harness.advance(by: 2)
        harness.gates[1].open()
        await harness.advance(by: 3)
        let heard = await back.hears()
        #expect(heard.with("PRIVMSG").map(\.text) == ["one", "two"])
        #expect(heard.filter { $0.text.contains("More was said") }.isEmpty)
    }

    @Test func `a channel is kept for somebody who takes long to be shown it`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        ann.wire.disconnect()
        await harness.settle()
        let back = await harness.welcomed("ann", shard: 1).client
        await harness.advance(by: 15)
        harness.gates[1].open()
        await harness.advance(by: 1)
        #expect(await back.hears().with("353").count == 1)
        _ = await bob.send("PRIVMSG #a :hi")
        #expect(await back.hears().shorts == ["bob PRIVMSG #a hi"])
    }

    @Test func `what was said in a channel that somebody came into as it left is told when it is back`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.member("ann").client
        harness.gates[0].hold(LogKey(harness.tenant.id, .channel, "#a"))
        _ = await ann.send("JOIN #a")
        _ = await bob.send("PRIVMSG #a :one")
        await harness.advance(by: 1)
        ann.wire.disconnect()
        await harness.settle()
        #expect(await harness.member("ann", shard: 1).welcome.with("PRIVMSG").map(\.text) == ["one"])
    }

    @Test func `who can go on elsewhere is led away when the store is away for as long as sessions wait`() async throws
    {
        let harness = try CommandHarness(shards: 2)
        let guest = await harness.client("guest", in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        _ = await guest.hears()
        harness.gates[0].cut()
        harness.shards[0].realm.storeIsAway(for: .seconds(119))
        #expect(!ann.isClosed)
        harness.shards[0].realm.storeIsAway(for: .seconds(120))
        #expect(await ann.hears().map(\.text).last?.contains("This server is cut off, connect again") == true)
        #expect(ann.isClosed)
        #expect(!guest.isClosed)
        #expect(await harness.member("ann", shard: 1).welcome.with("JOIN").count == 1)
        harness.gates[0].open()
        await harness.advance(by: 3)
        #expect(await guest.hears().isEmpty)
    }
}
