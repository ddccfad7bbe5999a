// What a client says before it hangs up, and what it is told when a server goes.

import NIOCore
import Simulation
import Testing

@Suite struct LastWordsTests {
    @Test(arguments: [0, 1])
    func `what came before a client hung up is carried out, in order`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.client("ann", shard: shard)
        for line in ["JOIN #a", "PRIVMSG #a :one", "NICK anna", "PRIVMSG #a,bob :two", "TOPIC #a :no", "QUIT :bye"] {
            ann.begin(line)
        }
        ann.wire.disconnect()
        await harness.advance(by: 2)
        #expect(
            await bob.hears().shorts == [
                "ann JOIN #a", "ann PRIVMSG #a one", "ann NICK anna", "anna PRIVMSG #a two", "anna PRIVMSG bob two",
                "anna QUIT Quit: bye",
            ]
        )
        #expect(await bob.send("LUSERS").first?.text.contains("1 users") == true)
    }

    @Test func `who hangs up before it is let in has said what it said`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let ann = harness.stranger(shard: 1)
        for line in ["NICK ann", "USER a 0 * :A", "JOIN #a", "PRIVMSG #a :hi"] { ann.begin(line) }
        ann.wire.disconnect()
        await harness.advance(by: 2)
        #expect(await bob.hears().shorts == ["ann JOIN #a", "ann PRIVMSG #a hi", "ann QUIT Connection closed"])
    }

    @Test func `half a line is none, and waits for nothing`() async throws {
        let harness = try CommandHarness()
        let room = await harness.room("#a", "ann", "bob")
        room[0].wire.send(ByteBuffer(string: "PRIVMSG #a :whole\r\nPRIVMSG #a :ha"))
        room[0].wire.disconnect()
        #expect(await room[1].hears().shorts == ["ann PRIVMSG #a whole", "ann QUIT Connection closed"])
    }

    @Test func `what cannot be carried out soon is not, and holds nobody`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.client("ann", in: "#a")
        _ = await bob.hears()
        harness.gates[0].cut()
        for line in ["PRIVMSG #a :one", "PRIVMSG #a :two"] { ann.begin(line) }
        ann.wire.disconnect()
        await harness.advance(by: 20)
        harness.gates[0].open()
        await harness.advance(by: 5)
        #expect(await bob.hears().shorts.last == "ann QUIT Connection closed")
        #expect(await bob.send("LUSERS").first?.text.contains("1 users") == true)
    }

    @Test func `what came meanwhile for who hung up is there when they come back`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        _ = await bob.hears()
        harness.gates[0].cut()
        ann.begin("PRIVMSG #a :late")
        ann.wire.disconnect()
        _ = await bob.send("PRIVMSG #a :missed")
        harness.gates[0].open()
        await harness.advance(by: 3)
        let told = await harness.member("ann", shard: 1).welcome.with("PRIVMSG").map(\.text)
        #expect(told.contains("missed"), "\(told)")
    }
}
