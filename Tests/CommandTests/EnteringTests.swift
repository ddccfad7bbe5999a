// A client is shown the channels that its session came into by another client's doing, and what was said there since.

import Simulation
import StateStore
import Testing

@Suite struct EnteringTests {
    @Test(arguments: 0..<4)
    func `a channel that another client enters while this one logs in is shown after the welcome`(calls: Int)
        async throws
    {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.member("ann").client
        let carol = await harness.client("carol", shard: 1)
        let phone = harness.stranger(shard: 1)
        _ = await phone.send("CAP REQ :sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))")
        harness.gates[1].shut()
        phone.begin("NICK ann", "USER ann 0 * :A", "CAP END")
        for _ in 0..<calls { harness.gates[1].letOneThrough() }
        // Carol brings the channel to the phone's shard, where it is read after ann came in.
        carol.begin("JOIN #a")
        harness.gates[1].letOneThrough()
        await harness.settle()
        _ = await ann.send("JOIN #a")
        harness.gates[1].open()
        let heard = await phone.hears()
        #expect(heard.commands.first == "001")
        #expect(heard.with("JOIN").shorts.filter { $0.hasPrefix("ann") } == ["ann JOIN #a"])
        #expect(heard.with("366").count == 1)
    }

    @Test func `what is said before a client hears that another has entered a channel comes to it, too`() async throws {
        let harness = try CommandHarness(shards: 3)
        let bob = await harness.client("bob", shard: 2, in: "#a")
        let ann = await harness.member("ann").client
        let phone = await harness.member("ann", shard: 1).client
        _ = await bob.send("PRIVMSG #a :before")
        harness.gates[1].shut()
        _ = await ann.send("JOIN #a")
        _ = await bob.send("PRIVMSG #a :one")
        #expect(await phone.hears().isEmpty)
        harness.gates[1].letOneThrough()
        await harness.settle()
        _ = await bob.send("PRIVMSG #a :two")
        harness.gates[1].open()
        let heard = await phone.hears()
        #expect(heard.with("JOIN").shorts == ["ann JOIN #a"])
        #expect(heard.with("PRIVMSG").map(\.text) == ["one", "two"])
        _ = await bob.send("PRIVMSG #a :three")
        #expect(await phone.hears().shorts == ["bob PRIVMSG #a three"])
    }

    @Test func `who came in and is not told so by the store is shown the channel all the same`() async throws {
        let harness = try CommandHarness(shards: 2)
        _ = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.client("ann")
        harness.gates[0].loseAnswer()
        ann.begin("JOIN #a")
        await harness.settle()
        harness.gates[0].giveUp()
        let heard = await ann.hears()
        #expect(heard.with("JOIN").shorts == ["ann JOIN #a"])
        #expect(heard.with("353").map { $0.text.split(separator: " ").count } == [2])
        #expect(heard.commands.last == "366")
    }

    @Test(arguments: 0..<2)
    func `a client that comes back is told nothing from before its session came into a channel`(shard: Int) async throws
    {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = await harness.member("ann").client
        _ = await bob.send("PRIVMSG #a :of ann")
        _ = await ann.send("JOIN #a")
        _ = await bob.send("PRIVMSG #a :hello ann")
        let (_, welcome) = await harness.member("ann", shard: shard)
        #expect(welcome.with("PRIVMSG").map(\.text) == ["hello ann"])
    }
}
