// A process ends, however it does, and another one goes on with what it had.

import Foundation
import Simulation
import Testing

@Suite struct RestartTests {
    /// Somebody who comes back by a token.
    private func guest(_ nick: String, in harness: CommandHarness, resuming token: String? = nil) async -> [Line] {
        let client = harness.stranger()
        var lines = await client.send("CAP REQ :roost.chat/resume")
        if let token {
            lines += await client.send("AUTHENTICATE ROOST-RESUME")
            lines += await client.send("AUTHENTICATE \(Data(token.utf8).base64EncodedString())")
        }
        lines += await client.send("NICK \(nick)", "USER \(nick) 0 * :R", "CAP END")
        return lines + (await client.send("JOIN #a"))
    }

    @Test(arguments: [false, true], 1...2)
    func `an account is in its channel again, with its rank, and is told what was said while it was away`(
        wasThere: Bool,
        shards: Int
    ) async throws {
        let first = try CommandHarness(shards: shards)
        let ann = await first.member("ann", shard: shards - 1, in: "#a").client
        let bob = await first.client("bob", in: "#a")
        _ = await ann.send("TOPIC #a :news", "MODE #a +nt", "MODE #a +b *!*@bad", "MODE #a +v bob")
        _ = await bob.send("PRIVMSG #a :before")
        if !wasThere {
            ann.wire.disconnect()
            _ = await bob.send("PRIVMSG #a :one", "PRIVMSG ann :two", "PRIVMSG #a :three")
        }
        let second = try await first.restarted(shards: shards)
        let (back, welcome) = await second.member("ann", as: "other", shard: shards - 1)
        #expect(welcome.first?.command == "001" && welcome.first?.parameters.first == "ann")
        #expect(welcome.with("JOIN").map(\.short) == ["ann JOIN #a"])
        #expect(welcome.with("332").map(\.text) == ["news"])
        #expect(welcome.with("353").map(\.text) == ["@ann"])
        let missed = wasThere ? [] : ["bob PRIVMSG #a one", "bob PRIVMSG #a three", "bob PRIVMSG ann two"]
        #expect(welcome.with("PRIVMSG").map(\.short) == missed)
        #expect(welcome.with("NOTICE").isEmpty)
        #expect(await back.send("MODE #a b").with("367").map { $0.parameters[2] } == ["*!*@bad"])
        #expect(await back.send("MODE #a +m").shorts == ["ann MODE #a +m"])
    }

    @Test func `who leaves again after a restart is told the rest after the next, each time`() async throws {
        var harness = try CommandHarness()
        var ann = await harness.member("ann", in: "#a").client
        for round in 1...3 {
            let bob = await harness.client("bob", in: "#a")
            ann.wire.disconnect()
            _ = await bob.send("PRIVMSG #a :\(round)", "PRIVMSG ann :\(round)")
            harness = try await harness.restarted()
            let (back, welcome) = await harness.member("ann")
            #expect(welcome.with("PRIVMSG").map(\.short) == ["bob PRIVMSG #a \(round)", "bob PRIVMSG ann \(round)"])
            #expect(welcome.with("NOTICE").isEmpty)
            ann = back
        }
    }

    @Test func `a guest is gone, and its nickname is free at once`() async throws {
        let first = try CommandHarness()
        _ = await first.member("ann", in: "#a")
        let bob = await first.client("bob", in: "#a", "#b")
        _ = await bob.send("PRIVMSG ann :hi")
        let second = try await first.restarted()
        let next = await second.client("bob")
        #expect(await next.send("NAMES #a").first?.text == "@ann")
        #expect(await next.send("LUSERS").first?.text.contains("2 users") == true)
        // A channel of guests alone stays for a while, for those who ran it, and is in no list.
        #expect(await next.send("LIST").with("322").map { $0.parameters[1] } == ["#a"])
        #expect(await next.send("JOIN #b").with("353").map(\.text) == ["@bob"])
    }

    @Test func `a channel whose owner is away is not owned by whoever comes first`() async throws {
        let first = try CommandHarness()
        _ = await first.member("ann", in: "#a")
        let second = try await first.restarted()
        let bob = await second.client("bob")
        #expect(
            await bob.send("JOIN #a").with("353").map { $0.text.split(separator: " ").sorted() } == [["@ann", "bob"]]
        )
        #expect(await bob.send("MODE #a +m").commands == ["482"])
        #expect(await second.member("ann").welcome.with("353").first?.text.contains("@ann") == true)
        #expect(await bob.hears().isEmpty)
    }

    @Test func `a session waits for its whole grace again, and then it ends`() async throws {
        let first = try CommandHarness()
        let ann = await first.member("ann", in: "#a").client
        ann.wire.disconnect()
        await first.advance(by: 100)
        let second = try await first.restarted()
        let bob = await second.client("bob", in: "#a")
        #expect(await bob.waits(119).isEmpty)
        #expect(await bob.waits(3).shorts == ["ann QUIT Connection closed"])
    }

    @Test func `who has a token comes back with it, and through several restarts`() async throws {
        var harness = try CommandHarness()
        _ = await harness.member("ann", in: "#a")
        var lines = await self.guest("guest", in: harness)
        for _ in 1...3 {
            harness = try await harness.restarted()
            let token = try #require(lines.with("RESUME").last { $0.parameters[0] == "TOKEN" }?.parameters[1])
            lines = await self.guest("whoever", in: harness, resuming: token)
            #expect(lines.with("001").first?.parameters.first == "guest")
            #expect(lines.with("353").first?.text.contains("guest") == true)
        }
    }

    @Test func `what is said after a restart has other ids than what was said before`() async throws {
        let first = try CommandHarness()
        let ann = await first.member("ann", "message-tags echo-message", in: "#a").client
        var ids: [String?] = []
        // The second process does not know of what came after it was made.
        let second = try await first.restarted()
        ids.append(await ann.send("PRIVMSG #a :lost").first?.tags["msgid"])
        let back = await second.member("ann", "message-tags echo-message").client
        ids.append(await back.send("PRIVMSG #a :kept").first?.tags["msgid"])
        #expect(Set(ids).count == 2 && !ids.contains(nil))
    }
}
