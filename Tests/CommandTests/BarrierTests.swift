// PONG says that all that was sent before has been answered (RFC 2812 3.7.2; clients find out by it what became of it).

import Simulation
import Testing

@Suite struct BarrierTests {
    private static let echoing = "batch echo-message labeled-response message-tags"

    @Test(arguments: ["", "@label=p "], ["", "@label=m "])
    func `a PING is answered behind what was sent before it, however late the store is`(ping: String, tags: String)
        async throws
    {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", Self.echoing, in: "#a")
        let bob = await harness.client("bob", shard: 1, in: "#a", "#b")
        _ = await bob.send("MODE #b +m")
        await [ann, bob].listen()
        harness.gates[0].shut()
        ann.begin("\(tags)PRIVMSG #a :one", "\(tags)PRIVMSG bob :two", "PRIVMSG #b :refused", "\(ping)PING end")
        #expect(await ann.hears().isEmpty)
        // One after the other: the PONG may not slip in between.
        var heard: [Line] = []
        while harness.gates[0].waiting > 0, heard.count < 20 {
            harness.gates[0].letOneThrough()
            heard += await ann.hears()
        }
        harness.gates[0].open()
        heard += await ann.hears()
        #expect(heard.commands == ["PRIVMSG", "PRIVMSG", "404", "PONG"], "\(heard)")
        #expect(await bob.hears().map(\.text) == ["one", "two"])
    }

    @Test func `what follows a PING waits for it, too`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", Self.echoing, in: "#a")
        _ = await ann.hears()
        harness.gates[0].shut()
        for turn in 0..<5 { ann.begin("PRIVMSG #a :\(turn)", "PING \(turn)") }
        await harness.settle()
        harness.gates[0].open()
        let lines = await ann.hears()
        #expect(lines.map(\.command) == Array(repeating: ["PRIVMSG", "PONG"], count: 5).flatMap(\.self))
        #expect(lines.map(\.text) == (0..<5).flatMap { ["\($0)", "\($0)"] })
    }

    @Test func `QUIT takes nothing with it that was said before`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        let bob = await harness.client("bob", shard: 1, in: "#a")
        await [ann, bob].listen()
        harness.gates[0].shut()
        ann.begin("PRIVMSG #a :one", "PRIVMSG #a :two")
        // It rests on a channel that another has changed by the time it gets there: it is said again.
        _ = await bob.send("TOPIC #a :new", "MODE #a +t")
        ann.begin("QUIT :bye")
        harness.gates[0].open()
        let heard = await bob.hears().shorts.suffix(3)
        #expect(heard == ["ann PRIVMSG #a one", "ann PRIVMSG #a two", "ann QUIT Quit: bye"])
    }
}
