// Tags that say what somebody is: bots and operators (ircv3.net bot-mode, oper-tag).

import Simulation
import Testing

@Suite struct MarkTests {
    /// What somebody does that others in `#a` are told of.
    private static let doings: [(line: String, command: String)] = [
        ("PRIVMSG #a :x", "PRIVMSG"), ("NOTICE #a :x", "NOTICE"), ("@+x TAGMSG #a", "TAGMSG"), ("TOPIC #a :x", "TOPIC"),
        ("MODE #a +m", "MODE"), ("INVITE out #a", "INVITE"), ("AWAY :x", "AWAY"), ("SETNAME :x", "SETNAME"),
        ("NICK other", "NICK"), ("PART #a", "PART"), ("JOIN #a", "JOIN"), ("QUIT", "QUIT"),
    ]

    private static let watching = "away-notify draft/oper-tag invite-notify message-tags setname"

    @Test(arguments: [0, 1])
    func `all that a bot does is marked, for those who know tags`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let watcher = await harness.client("watcher", shard: shard, Self.watching, in: "#a")
        let plain = await harness.client("plain", shard: shard, in: "#a")
        _ = await harness.client("out")
        let bot = await harness.client("robot", "message-tags", in: "#a")
        _ = await watcher.send("MODE #a +o robot")
        _ = await bot.send("MODE robot +B")
        await [watcher, plain].listen()
        for (line, command) in Self.doings {
            _ = await bot.send(line)
            let told = await watcher.hears().with(command).filter { !$0.source.hasPrefix("watcher") }
            #expect(told.count == 1 && told[0].tags["bot"] == "", "\(line): \(told)")
            #expect(told.allSatisfy { $0.tags["draft/oper"] == nil })
            #expect(await plain.hears().allSatisfy { $0.tags.isEmpty })
        }
    }

    @Test(arguments: [0, 1])
    func `all that an operator does is marked, for those who ask for that`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let watcher = await harness.client("watcher", shard: shard, Self.watching, in: "#a")
        let others = await harness.client("others", shard: shard, "message-tags", in: "#a")
        _ = await harness.client("out")
        let boss = await harness.boss("boss", "message-tags")
        _ = await boss.send("JOIN #a")
        await [watcher, others].listen()
        for (line, command) in Self.doings {
            _ = await boss.send(line)
            let told = await watcher.hears().with(command).filter { !$0.source.hasPrefix("watcher") }
            #expect(told.count == 1 && told[0].tags["draft/oper"] == "", "\(line): \(told)")
            #expect(await others.hears().allSatisfy { $0.tags["draft/oper"] == nil && $0.tags["bot"] == nil })
        }
    }

    @Test func `what operators say to people and to all is marked, and dated`() async throws {
        let harness = try CommandHarness(shards: 2)
        let watcher = await harness.client("watcher", shard: 1, "draft/oper-tag server-time")
        _ = await watcher.send("MODE watcher +w")
        let boss = await harness.boss()
        _ = await watcher.hears()
        _ = await boss.send("PRIVMSG watcher :x", "WALLOPS :x", "KILL watcher :x")
        let told = await watcher.hears()
        for command in ["PRIVMSG", "WALLOPS", "KILL"] {
            let line = told.with(command).first
            #expect(line?.tags["draft/oper"] == "" && line?.tags["time"] != nil, "\(told)")
        }
    }
}
