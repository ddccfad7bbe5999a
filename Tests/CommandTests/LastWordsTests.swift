// What a client says before it hangs up, and what it is told when a server goes.

import Chat
import Edge
import NIOCore
import Realm
import Simulation
import Tenant
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

    /// Somebody says the last lines on a connection, and comes again on another to the same shard before they are carried out.
    ///
    /// - Returns: What the one who came again is told.
    private func comesAgain(_ gone: Client, _ lines: String..., as back: Client) async -> [Line] {
        let (harness, gate) = (back.harness, back.harness.gates[0])
        gate.shut()
        for line in lines + (1...10).map({ "AWAY :\($0)" }) { gone.begin(line) }
        gone.wire.disconnect()
        while gate.waiting > 0, harness.session(of: "ann")?.isPresent != true {
            gate.letOneThrough()
            await harness.settle()
        }
        #expect(harness.session(of: "ann")?.attachments.count == 1)
        var heard: [Line] = []
        back.begin("NICK ann", "USER ann 0 * :A", "CAP END")
        while gate.waiting > 0, harness.session(of: "ann")?.attachments.count != 2 {
            gate.letOneThrough()
            heard += await back.hears()
        }
        #expect(harness.session(of: "ann")?.attachments.count == 2)
        gate.open()
        heard += await back.hears()
        #expect(harness.session(of: "ann")?.attachments.count == 1)
        return heard
    }

    private func loggedIn(_ harness: CommandHarness) async -> Client {
        let client = harness.stranger()
        _ = await client.send("CAP REQ :sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))")
        return client
    }

    @Test(arguments: [1, 40])
    func `who hung up as it was let in is told what it missed when it comes again, once`(seconds: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        _ = await bob.send("PRIVMSG #a :told")
        #expect(await ann.hears().shorts == ["bob PRIVMSG #a told"])
        ann.wire.disconnect()
        _ = await bob.send("PRIVMSG #a,ann :missed")
        await harness.advance(by: seconds)
        let (brief, back) = (await self.loggedIn(harness), await self.loggedIn(harness))
        let heard = await self.comesAgain(brief, "NICK ann", "USER ann 0 * :A", "CAP END", as: back)
        #expect(heard.with("PRIVMSG").shorts == ["bob PRIVMSG #a missed", "bob PRIVMSG ann missed"])
        _ = await bob.send("PRIVMSG #a :last")
        #expect(await back.hears().shorts.last == "bob PRIVMSG #a last")
    }

    @Test func `who comes again while what it asked for before goes on is told nothing twice`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        let back = await self.loggedIn(harness)
        _ = await bob.send("PRIVMSG #a :told")
        #expect(await ann.hears().shorts == ["bob PRIVMSG #a told"])
        #expect(await self.comesAgain(ann, as: back).with("PRIVMSG").isEmpty)
    }

    @Test func `what another client was told after one hung up is not told again`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        let phone = await harness.member("ann").client
        harness.gates[0].shut()
        ann.begin("AWAY :one", "AWAY :two")
        ann.wire.disconnect()
        _ = await bob.send("PRIVMSG #a :told")
        #expect(await phone.hears().shorts == ["bob PRIVMSG #a told"])
        phone.wire.disconnect()
        _ = await bob.send("PRIVMSG #a :missed")
        harness.gates[0].open()
        await harness.settle()
        #expect(await harness.member("ann", shard: 1).welcome.with("PRIVMSG").map(\.text) == ["missed"])
    }
}

extension CommandHarness {
    /// The session that an account has on the first shard.
    fileprivate func session(of account: String) -> Session? {
        self.shards[0].realm.networks[self.tenant.id]?.sessions.all.first { $0.user.account == account }
    }
}
