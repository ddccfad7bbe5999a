// KNOCK: asking to be let in (numerics 710 to 714; ISUPPORT KNOCK).

import Simulation
import Testing

@Suite struct KnockTests {
    @Test func `KNOCK is heard by those who run the channel, on any shard, and by nobody else`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", "cid", shard: { $0 % 2 })
        _ = await room[0].send("MODE #a +io bob")
        await room.listen()
        let dee = await harness.client("dee", shard: 1)
        #expect(await dee.send("KNOCK #A").shorts == ["711 #a Your knock has been delivered"])
        for host in room.prefix(2) {
            let told = await host.hears()
            #expect(told.count == 1)
            #expect(told.first?.description.hasPrefix(":acme.localhost 710 #a #a dee!~dee@") == true, "\(told)")
        }
        #expect(await room[2].hears().isEmpty)
        _ = await room[1].send("INVITE dee #a")
        _ = await dee.hears()
        #expect(await dee.send("JOIN #a").first?.command == "JOIN")
    }

    @Test(arguments: [
        ("+i", "711"), ("+k key", "711"), ("+n", "713"), ("+is", "403"), ("+ib *!*dee@*", "474"), ("+ip", "711"),
    ])
    func `KNOCK is for channels that are closed and known of`(modes: String, expected: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("MODE #a \(modes)")
        let lines = await harness.client("dee", shard: 1).send("KNOCK #a")
        #expect(lines.count == 1 && lines[0].command == expected && lines[0].parameters[1] == "#a")
        #expect(await ann.hears().with("710").count == (expected == "711" ? 1 : 0))
    }

    @Test(arguments: [("KNOCK", "461"), ("KNOCK #x", "403"), ("KNOCK x", "403"), ("KNOCK #own", "714")])
    func `KNOCK says what is wrong`(line: String, expected: String) async throws {
        let ann = await (try CommandHarness()).client("ann", in: "#own")
        #expect(await ann.send(line).commands == [expected])
    }

    @Test func `who knocks too often is told so`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a", "#b")
        _ = await ann.send("MODE #a +i", "MODE #b +i")
        let dee = await harness.client("dee", shard: 1)
        #expect(await dee.send("KNOCK #a", "KNOCK #a", "KNOCK #b").commands == ["711", "712", "711"])
        for number in 0..<4 {
            #expect(await harness.client("n\(number)", shard: number % 2).send("KNOCK #a").commands == ["711"])
        }
        let last = await harness.client("last")
        #expect(await last.send("KNOCK #a").begin(with: ["712 #a"]))
        #expect(await ann.hears().with("710").count == 6)
    }

    @Test func `who is silenced is not heard knocking`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("MODE #a +i", "SILENCE +dee")
        #expect(await harness.client("dee", shard: 1).send("KNOCK #a").commands == ["711"])
        #expect(await ann.hears().isEmpty)
    }
}
