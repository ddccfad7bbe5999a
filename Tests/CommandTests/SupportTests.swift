// What a client asks for around its start: ISUPPORT early and in batches, JOIN without names (ircv3.net extended-isupport,
// no-implicit-names).

import Edge
import NIOCore
import Simulation
import Tenant
import Testing

@Suite struct SupportTests {
    private static let extended = "batch draft/extended-isupport labeled-response"

    @Test func `ISUPPORT says before registration what it says after it`() async throws {
        let harness = try CommandHarness()
        let early = harness.stranger()
        #expect(
            await early.send("CAP REQ :\(Self.extended)", "NICK ann", "ISUPPORT").batches.map(\.type) == [
                "draft/isupport"
            ]
        )
        let batch = try #require(await early.send("ISUPPORT").batches.first)
        #expect(batch.isOver && !batch.lines.isEmpty && Set(batch.lines.commands) == ["005"])
        #expect(batch.lines.flatMap(\.parameters).contains("NETWORK=acme") || !batch.lines.isEmpty)
        let welcome = await early.send("USER ann 0 * :x", "CAP END")
        #expect(welcome.with("005").allSatisfy { $0.tags["batch"] != nil } && !welcome.with("005").isEmpty)
        #expect(
            welcome.batches.first { $0.type == "draft/isupport" }?.lines.map { $0.parameters.dropFirst() }
                == batch.lines.map { $0.parameters.dropFirst() }
        )
        let answer = await early.send("@label=x ISUPPORT")
        #expect(
            answer.batch(labelled: "x")?.type == "draft/isupport"
                && answer.filter { $0.tags["label"] != nil }.count == 1
        )
        #expect(await early.send("VERSION").batches.map(\.type) == ["draft/isupport"])
    }

    @Test func `ISUPPORT is for all who are on the network, and before that for those who asked for it`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann")
        let lines = await ann.send("ISUPPORT")
        #expect(Set(lines.commands) == ["005"] && lines.allSatisfy { $0.tags.isEmpty })
        #expect(await harness.stranger().send("ISUPPORT").commands == ["451"])
        let unbatched = await harness.stranger().send("CAP REQ draft/extended-isupport", "ISUPPORT")
        #expect(Set(unbatched.commands.dropFirst()) == ["005"])
    }

    @Test func `what changes of a tenant is told in a batch, too`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", Self.extended)
        _ = await ann.hears()
        var tenant = harness.tenant
        tenant.settings.displayName = "Other"
        await harness.apply(tenant)
        let batch = try #require(await ann.hears().batches.first)
        #expect(batch.type == "draft/isupport" && batch.lines.flatMap(\.parameters).contains("NETWORK=Other"))
    }

    @Test func `a network's picture is in its tokens, before registration too`() async throws {
        let harness = try CommandHarness()
        let early = harness.stranger()
        _ = await early.send("CAP REQ :\(Self.extended)")
        var tenant = harness.tenant
        tenant.settings.icon = "https://acme.example.com/icon.png?a=b"
        await harness.apply(tenant)
        let token = "draft/ICON=https://acme.example.com/icon.png?a\\x3Db"
        #expect(await early.send("ISUPPORT").contains { $0.parameters.contains(token) })
    }

    @Test(arguments: [true, false])
    func `who asks who it is, is told at registration, and of each change`(isAsking: Bool) async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        let ann = harness.stranger()
        _ = await ann.send(
            "CAP REQ :chghost sasl\(isAsking ? " draft/whoami" : "")",
            "NICK ann",
            "USER ann 0 * :Real Ann"
        )
        let welcome = await ann.send("CAP END")
        let place = welcome.firstIndex { $0.command == "SETNAME" }
        #expect((place != nil) == isAsking)
        guard let place else { return }
        #expect(welcome[place].short == "ann SETNAME Real Ann" && welcome[place].source.hasPrefix("ann!~ann@"))
        #expect(welcome[..<place].last?.command == "005" && welcome[(place + 1)...].first?.command == "251")
        let host = await ann.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))").with("CHGHOST").first
        #expect(host?.source == welcome[place].source)
    }

    @Test func `who sends as fast as it can is read more slowly, and never closed, as SAFERATE promises`() async throws
    {
        let harness = try CommandHarness(limits: ConnectionLimits())
        let ann = harness.stranger()
        let welcome = await ann.send("NICK ann", "USER ann 0 * :x")
        #expect(welcome.with("005").contains { $0.parameters.contains("SAFERATE") })
        await harness.advance(by: 20)
        // As much as a socket brings at once, each time that it is read from, with what TLS kept of a record before.
        let line = "PRIVMSG nobody :" + String(repeating: "x", count: 400) + "\r\n"
        let most = String(repeating: line, count: (80 << 10) / line.utf8.count)
        for _ in 0..<100 {
            if ann.wire.isRead { ann.wire.send(ByteBuffer(string: most)) }
            await harness.advance(by: 1)
        }
        #expect(!ann.isClosed && !ann.wire.isRead)
        #expect(await ann.hears().with("ERROR").isEmpty)
    }

    @Test(arguments: ["draft/no-implicit-names", "soju.im/no-implicit-names"])
    func `who wants no names with JOIN asks for them with NAMES`(capability: String) async throws {
        let harness = try CommandHarness(shards: 2)
        _ = await harness.client("bob", shard: 1, in: "#a")
        let ann = await harness.client("ann", capability)
        #expect(await ann.send("JOIN #a").shorts == ["ann JOIN #a"])
        #expect(await ann.send("NAMES #a").commands == ["353", "366"])
        _ = await ann.send("CAP REQ -\(capability)", "PART #a")
        #expect(await ann.send("JOIN #a").commands == ["JOIN", "353", "366"])
    }

    @Test func `a client that comes into its session's channels has no names either, if it wants none`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("ann", password: "sesame")
        func enter(_ capabilities: String) async -> [Line] {
            let client = harness.stranger()
            _ = await client.send("CAP REQ :\(capabilities)", "PASS ann:sesame", "NICK ann", "USER x 0 * :X")
            return await client.send("CAP END", "JOIN #a")
        }
        #expect(await enter("batch").commands.contains("353"))
        let lines = await enter("draft/no-implicit-names")
        #expect(lines.contains { $0.short == "ann JOIN #a" } && !lines.commands.contains("353"))
    }
}
