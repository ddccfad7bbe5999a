// RESUME TOKEN and SASL ROOST-RESUME: taking one's place in a session again, account or not.

import Chat
import Foundation
import Simulation
import StateStore
import Tenant
import Testing

extension Client {
    /// Registers with what is needed to come back.
    func registers(
        _ nick: String,
        resuming token: String? = nil,
        _ capabilities: String = ""
    ) async -> [Line] {
        var lines = await self.send("CAP REQ :roost.chat/resume \(capabilities)")
        if let token {
            lines += await self.send("AUTHENTICATE ROOST-RESUME")
            lines += await self.send("AUTHENTICATE \(Data(token.utf8).base64EncodedString())")
        }
        return lines + (await self.send("NICK \(nick)", "USER \(nick) 0 * :R", "CAP END"))
    }
}

extension [Line] {
    /// The token that came last.
    var token: String? { self.with("RESUME").last { $0.parameters[0] == "TOKEN" }?.parameters[1] }
}

@Suite struct ResumeTests {
    @Test(arguments: 0..<2)
    func `a guest comes back with a token, unseen, to what was said meanwhile`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let guest = harness.stranger()
        let token = try #require(await guest.registers("guest").token)
        _ = await guest.send("JOIN #a")
        _ = await bob.send("MODE #a +v guest")
        guest.wire.disconnect()
        #expect(await bob.hears().with("QUIT").isEmpty)
        _ = await bob.send("PRIVMSG #a :hi")
        let back = harness.stranger(shard: shard, address: "192.0.2.99")
        let lines = await back.registers("whoever", resuming: token)
        #expect(lines.with("903").count == 1 && lines.with("001").first?.parameters.first == "guest")
        #expect(lines.with("PRIVMSG").map(\.short) == ["bob PRIVMSG #a hi"])
        #expect(lines.with("353").first?.text.contains("+guest") == true)
        #expect(lines.token != nil && lines.token != token)
        #expect(await bob.hears().isEmpty)
        // Once only.
        let thief = harness.stranger()
        let refused = await thief.registers("thief", resuming: token)
        #expect(refused.with("904").count == 1 && refused.with("001").first?.parameters.first == "thief")
        // With the next one again.
        back.wire.disconnect()
        let again = harness.stranger()
        #expect(await again.registers("x", resuming: lines.token).with("001").first?.parameters.first == "guest")
    }

    @Test(arguments: 0..<2)
    func `who comes back takes the place of the connection that is still there`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let guest = harness.stranger()
        let token = try #require(await guest.registers("guest").token)
        _ = await guest.send("JOIN #a")
        _ = await bob.hears()
        let back = harness.stranger(shard: shard)
        #expect(await back.registers("x", resuming: token).with("JOIN").count == 1)
        #expect(await guest.hears().last?.text == "Closing Link: guest (Resumed by another connection)")
        #expect(guest.isClosed)
        _ = await back.send("PRIVMSG #a :here")
        #expect(await bob.hears().shorts == ["guest PRIVMSG #a here"])
        _ = await back.send("QUIT")
        #expect(await bob.hears().shorts == ["guest QUIT Quit"])
    }

    @Test(arguments: 0..<2)
    func `who says what it saw last is told the rest, though its server thinks that it is still there`(
        shard: Int
    ) async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", shard: 1, in: "#a")
        let guest = harness.stranger()
        let token = try #require(await guest.registers("guest", "server-time message-tags").token)
        _ = await guest.send("JOIN #a")
        for number in 1...3 {
            await harness.advance(by: 1)
            _ = await bob.send("PRIVMSG #a :\(number)", "PRIVMSG guest :\(number)")
        }
        let heard = await guest.hears().with("PRIVMSG")
        let seen = try #require(heard.first { $0.text == "2" && $0.parameters[0] == "#a" }?.tags["msgid"])
        let back = harness.stranger(shard: shard)
        let lines = await back.registers("x", resuming: "\(token) \(seen)", "server-time message-tags")
        let again = lines.with("PRIVMSG")
        #expect(
            again.map(\.short) == ["bob PRIVMSG #a 3", "bob PRIVMSG guest 2", "bob PRIVMSG guest 3"]
        )
        for line in again {
            #expect(heard.contains { $0.tags["msgid"] == line.tags["msgid"] && $0.short == line.short })
        }
        #expect(await bob.hears().with("QUIT").isEmpty)
    }

    @Test func `an account's client comes back without a password, and without its rights`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("boss", password: "sesame", role: .admin)
        let boss = harness.stranger()
        _ = await boss.send("CAP REQ :sasl roost.chat/resume", "AUTHENTICATE PLAIN")
        _ = await boss.send("AUTHENTICATE \(plain("boss", "sesame"))")
        let token = try #require(await boss.send("NICK boss", "USER b 0 * :B", "CAP END").token)
        _ = await boss.send("OPER boss sesame")
        boss.wire.disconnect()
        await harness.settle()
        let back = harness.stranger(shard: 1)
        let lines = await back.registers("x", resuming: token)
        #expect(lines.with("001").first?.parameters.first == "boss")
        #expect(await back.send("WALLOPS :x").commands == ["481"])
        #expect(await back.send("WHOIS boss").with("330").first?.parameters[2] == "boss")
        #expect(await back.send("WHOIS boss").with("313").isEmpty)
    }

    @Test func `a guest who does not come back in time has left`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", in: "#a")
        let guest = harness.stranger(shard: 1)
        let token = try #require(await guest.registers("guest").token)
        _ = await guest.send("JOIN #a")
        _ = await bob.hears()
        guest.wire.disconnect()
        #expect(await bob.waits(125).shorts == ["guest QUIT Connection closed"])
        let late = harness.stranger()
        #expect(await late.registers("late", resuming: token).with("904").count == 1)
    }

    @Test(arguments: ["x", String(repeating: "A", count: 48), String(repeating: "é", count: 24)])
    func `what is no token is refused`(token: String) async throws {
        let harness = try CommandHarness()
        let client = harness.stranger()
        let lines = await client.registers("ann", resuming: token)
        #expect(lines.with("904").count == 1 && lines.with("001").count == 1)
    }

    @Test func `only who asked for it may resume, and nobody who is somebody`() async throws {
        let harness = try CommandHarness()
        let plain = await harness.client("ann", "sasl")
        #expect(await plain.send("AUTHENTICATE ROOST-RESUME").commands == ["908", "904"])
        let known = harness.stranger()
        _ = await known.registers("bob")
        #expect(await known.send("AUTHENTICATE ROOST-RESUME").last?.command == "904")
    }

    @Test func `a token is replaced before it ends`() async throws {
        let harness = try CommandHarness()
        let guest = harness.stranger()
        let token = try #require(await guest.registers("guest").token)
        var next: String?
        for _ in 0..<40 where next == nil {
            await harness.advance(by: 50)
            next = await guest.send("PING x").token
        }
        let renewed = try #require(next)
        #expect(renewed != token)
        guest.wire.disconnect()
        let old = harness.stranger()
        #expect(await old.registers("old", resuming: token).with("904").count == 1)
        let back = harness.stranger()
        #expect(await back.registers("x", resuming: renewed).with("001").first?.parameters.first == "guest")
    }

    @Test func `a token is for one tenant`() async throws {
        let (one, other) = (try CommandHarness(), try CommandHarness())
        let token = try #require(await one.stranger().registers("guest").token)
        #expect(await other.stranger().registers("x", resuming: token).with("904").count == 1)
    }
}
