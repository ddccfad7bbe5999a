// Messages of several lines (ircv3.net/specs/extensions/multiline, client-batch; draft/multiline).

import Edge
import NIOCore
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct MultilineTests {
    private static let plain = "batch echo-message labeled-response message-tags server-time"
    private static let knowing = plain + " draft/multiline"

    private static func lines(_ target: String = "#a") -> [String] {
        [
            "BATCH +1 draft/multiline \(target)", "@batch=1 PRIVMSG \(target) hello", "@batch=1 PRIVMSG \(target) :",
            "@batch=1 privmsg \(target) :how is ",
            "@batch=1;draft/multiline-concat PRIVMSG \(target) :everyone?", "BATCH -1",
        ]
    }

    private func say(_ client: Client, _ lines: [String]) async -> [Line] {
        for line in lines { client.begin(line) }
        return await client.hears()
    }

    @Test func `BATCH with limits is offered`() async throws {
        let harness = try CommandHarness()
        let words = await harness.stranger().send("CAP LS 302").map(\.text).joined(separator: " ").split(separator: " ")
        #expect(words.contains("draft/multiline=max-bytes=4096,max-lines=32"))
        #expect(await harness.stranger().send("CAP LS").map(\.text).joined().contains(" draft/multiline "))
    }

    @Test(arguments: ["#a", "bob"])
    func `a BATCH of lines is one message for those who know it, and its lines for others`(target: String) async throws
    {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", Self.knowing, in: "#a")
        let knowing = await harness.client("bob", shard: 1, Self.knowing, in: "#a")
        await [ann, knowing].listen()
        let echo = await self.say(ann, Self.lines(target)).batches
        let heard = await knowing.hears()
        #expect(heard.batches.count == 1 && echo.count == 1, "\(heard)")
        for batch in [echo[0], heard.batches[0]] {
            #expect(batch.type == "draft/multiline" && batch.parameters == [target] && batch.isOver)
            #expect(batch.texts == ["hello", "", "how is ", "everyone?"])
            let isJoined = batch.lines.map { $0.tags["draft/multiline-concat"] != nil }
            #expect(isJoined == [false, false, false, true])
            #expect(batch.lines.allSatisfy { $0.tags["msgid"] == nil && $0.source.hasPrefix("ann!") })
        }
        let begin = try #require(heard.first)
        #expect(begin.tags["msgid"] != nil && begin.tags["time"] != nil && begin.source.hasPrefix("ann!"))
        #expect(heard.last?.command == "BATCH" && heard.last?.tags.isEmpty == true)
    }

    @Test func `who does not know a BATCH of lines gets them without blank ones, the msgid on the first`() async throws
    {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", Self.knowing, in: "#a")
        let tagged = await harness.client("bob", shard: 1, Self.plain, in: "#a")
        let bare = await harness.client("cid", shard: 1, in: "#a")
        // Of no use without batches.
        let halfway = await harness.client("dan", "draft/multiline", in: "#a")
        await [ann, tagged, bare, halfway].listen()
        var lines = Self.lines()
        lines[0] = "@label=x;+a=b " + lines[0]
        let id = await self.say(ann, lines).first?.tags["msgid"]
        let heard = await tagged.hears()
        #expect(heard.shorts == ["hello", "how is ", "everyone?"].map { "ann PRIVMSG #a \($0)" })
        #expect(heard.map { $0.tags["msgid"] } == [id, nil, nil])
        #expect(heard.allSatisfy { $0.tags["+a"] == "b" && $0.tags["time"] == heard[0].tags["time"] })
        for other in [bare, halfway] {
            let heard = await other.hears()
            #expect(heard.shorts == ["hello", "how is ", "everyone?"].map { "ann PRIVMSG #a \($0)" })
            #expect(heard.allSatisfy { $0.tags.isEmpty })
        }
    }

    @Test func `the label of a BATCH is on its echo, or on what is said of it`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", Self.knowing, in: "#a")
        let bob = await harness.client("bob", shard: 1, in: "#a")
        _ = await bob.send("AWAY :out")
        _ = await ann.hears()
        func labelled(_ target: String) -> [String] {
            ["@label=x " + Self.lines(target)[0]] + Self.lines(target).dropFirst()
        }
        let echo = await self.say(ann, labelled("#a"))
        #expect(echo.filter { $0.tags["label"] == "x" }.count == 1 && echo[0].parameters[1] == "draft/multiline")
        #expect(echo.batches.count == 1 && echo.count == 6)
        // More than the echo: both in one answer.
        let away = await self.say(ann, labelled("bob"))
        #expect(away.batches.map(\.type) == ["labeled-response", "draft/multiline"] && away[0].tags["label"] == "x")
        #expect(away.batches[0].lines.commands == ["BATCH", "BATCH", "301"] || away.count == 9, "\(away)")
        #expect(away.filter { $0.tags["label"] != nil }.count == 1)
        #expect(Answer("x", in: await self.say(ann, labelled("nobody"))).lines.commands == ["401"])
        _ = await ann.send("CAP REQ -echo-message")
        #expect(Answer("x", in: await self.say(ann, labelled("#a"))).lines.commands == ["ACK"])
        let refused = await self.say(
            ann,
            ["@label=y BATCH +1 draft/multiline #a", "@batch=1 PRIVMSG #b x", "BATCH -1"]
        )
        #expect(Answer("y", in: refused).lines.begin(with: ["FAIL BATCH MULTILINE_INVALID_TARGET #a #b"]))
    }

    private static let begin = "BATCH +1 draft/multiline #a"

    @Test(arguments: [
        ([begin, "@batch=1 PRIVMSG #b hello", "BATCH -1"], ["FAIL BATCH MULTILINE_INVALID_TARGET #a #b"]),
        ([begin, "@batch=1 PRIVMSG #a :", "@batch=1 PRIVMSG #a :", "BATCH -1"], ["FAIL BATCH MULTILINE_INVALID "]),
        ([begin, "BATCH -1"], ["FAIL BATCH MULTILINE_INVALID "]),
        (
            [begin, "@batch=1 PRIVMSG #a x", "@batch=1;draft/multiline-concat PRIVMSG #a :", "BATCH -1"],
            ["FAIL BATCH MULTILINE_INVALID "]
        ),
        ([begin, "@batch=1 PRIVMSG #a x", "@batch=1 NOTICE #a x", "BATCH -1"], ["FAIL BATCH MULTILINE_INVALID "]),
        ([begin, "@batch=1 PRIVMSG #a", "BATCH -1"], ["FAIL BATCH MULTILINE_INVALID "]),
        ([begin, "@batch=1 TOPIC #a x", "BATCH -1"], ["FAIL BATCH MULTILINE_INVALID "]),
        ([begin, "@batch=1;+a PRIVMSG #a x", "BATCH -1"], ["FAIL BATCH MULTILINE_INVALID "]),
        ([begin, "@batch=2 PRIVMSG #a x", "BATCH -1"], ["FAIL BATCH MULTILINE_INVALID "]),
        (
            [begin, "BATCH +2 draft/multiline #a", "@batch=2 PRIVMSG #a x", "BATCH -2"],
            ["FAIL BATCH MULTILINE_INVALID ", "FAIL BATCH MULTILINE_INVALID "]
        ),
        (["BATCH +_ draft/multiline #a", "@batch=_ PRIVMSG #a x", "BATCH -_"], ["FAIL BATCH INVALID_REFTAG _"]),
        (["BATCH +1 netsplit a b", "@batch=1 PRIVMSG #a x", "BATCH -1"], ["FAIL BATCH UNKNOWN_TYPE 1 netsplit"]),
        (["BATCH +1 draft/multiline"], ["FAIL BATCH MULTILINE_INVALID "]),
        (["BATCH -9"], ["FAIL BATCH INVALID_REFTAG 9"]),
        (["BATCH 1"], ["FAIL BATCH INVALID_REFTAG 1"]), (["BATCH"], ["461 BATCH"]),
    ])
    func `a BATCH that is none is refused once, and nothing of it is said`(lines: [String], expected: [String])
        async throws
    {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", Self.knowing, in: "#a")
        let bob = await harness.client("bob", in: "#a")
        await [ann, bob].listen()
        let told = await self.say(ann, lines)
        #expect(told.begin(with: expected), "\(told)")
        #expect(await bob.hears().isEmpty)
        #expect(await self.say(ann, Self.lines()).batches.count == 1)
    }

    @Test(arguments: [
        (Array(repeating: "x", count: 33), "FAIL BATCH MULTILINE_MAX_LINES 32"),
        (Array(repeating: String(repeating: "y", count: 400), count: 11), "FAIL BATCH MULTILINE_MAX_BYTES 4096"),
    ])
    func `what a BATCH may not have any more is refused as soon as it comes`(texts: [String], expected: String)
        async throws
    {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", Self.knowing, in: "#a")
        let bob = await harness.client("bob", in: "#a")
        await [ann, bob].listen()
        ann.begin(Self.begin)
        let told = await self.say(ann, texts.map { "@batch=1 PRIVMSG #a :\($0)" })
        #expect(told.begin(with: [expected]), "\(told)")
        #expect(await ann.send("@batch=1 PRIVMSG #a :more", "BATCH -1").isEmpty)
        #expect(await bob.hears().isEmpty)
        let most = await self.say(
            ann,
            [Self.begin] + texts.dropLast().map { "@batch=1 PRIVMSG #a :\($0)" } + ["BATCH -1"]
        )
        #expect(most.batches.first?.texts == [String](texts.dropLast()))
    }

    @Test func `what is no part of a BATCH ends it, but for an answer to the server`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", Self.knowing, in: "#a")
        _ = await ann.hears()
        let whole = await ann.send(
            Self.begin,
            "@batch=1 PRIVMSG #a one",
            "PONG x",
            "PING y",
            "@batch=1 PRIVMSG #a two",
            "BATCH -1"
        )
        #expect(whole.commands.first == "PONG" && whole.batches.first?.texts == ["one", "two"])
        let ended = await ann.send(Self.begin, "@batch=1 PRIVMSG #a one", "TOPIC #a :new", "BATCH -1")
        #expect(
            ended.begin(with: ["FAIL BATCH MULTILINE_INVALID ", "ann TOPIC #a new", "FAIL BATCH INVALID_REFTAG 1"])
        )
    }

    @Test func `a BATCH that is left open for too long is refused`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", Self.knowing, in: "#a")
        ann.begin(Self.begin, "@batch=1 PRIVMSG #a one")
        await harness.advance(by: 50)
        _ = await ann.send("@batch=1 PRIVMSG #a two")
        await harness.advance(by: 20)
        #expect(await ann.send("BATCH -1").begin(with: ["FAIL BATCH TIMEOUT 1"]))
    }

    @Test func `BATCH goes where PRIVMSG goes, and is refused like it`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", Self.knowing, in: "#a")
        let bob = await harness.client("bob", shard: 1, Self.knowing, in: "#a")
        await [ann, bob].listen()
        #expect(await self.say(ann, Self.lines("@#a")).batches.first?.parameters == ["@#a"])
        #expect(await bob.hears().isEmpty)
        #expect(await self.say(ann, Self.lines("#none")).begin(with: ["403 #none"]))
        _ = await ann.send("MODE #a +m")
        _ = await bob.hears()
        #expect(await self.say(bob, Self.lines()).begin(with: ["404 #a"]))
        let notice = Self.lines("nobody").map {
            $0.replacing("PRIVMSG", with: "NOTICE").replacing("privmsg", with: "NOTICE")
        }
        #expect(await self.say(ann, notice).isEmpty)
    }

    @Test func `lines that are too long behind another's name go on in one more`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", Self.knowing, in: "#a")
        let bob = await harness.client("bob", in: "#a")
        await [ann, bob].listen()
        let words = Array(repeating: "wörds", count: 70).joined(separator: " ")
        let echo = await self.say(ann, [Self.begin, "@batch=1 PRIVMSG #a :\(words)", "BATCH -1"])
        #expect(echo.batches.first?.lines.count == 2 && echo.batches.first?.texts.joined() == words)
        #expect(echo.allSatisfy { $0.description.drop { $0 != ":" }.utf8.count <= 510 })
        let heard = await bob.hears()
        #expect(heard.map(\.text).joined() == words && heard[0].text.last == " ")
    }

    @Test func `a BATCH of lines takes as much of the flood control as a few messages`() async throws {
        var limits = ConnectionLimits()
        limits.floodBurst = 10
        limits.floodRate = 1
        let harness = try CommandHarness(limits: limits)
        let ann = await harness.client("ann", Self.knowing, in: "#a")
        await harness.advance(by: 20)
        _ = await ann.hears()
        let lines = (0..<32).map { "@batch=1 PRIVMSG #a :\($0)" }
        #expect(await self.say(ann, [Self.begin] + lines + ["BATCH -1"]).batches.first?.texts.count == 32)
        #expect(await ann.send("PING x").isEmpty)
        await harness.advance(by: 2)
        #expect(await ann.hears().commands == ["PONG"])
    }

    // MARK: Later

    @Test func `a BATCH of lines is one message of the history`() async throws {
        let rig = try await PastRig(shards: 2)
        let capabilities = PastRig.capabilities
        let ann = Client(
            harness: rig.harness,
            wire: await rig.logIn("ann", capabilities: capabilities + " draft/multiline")
        )
        let bob = Client(harness: rig.harness, wire: await rig.logIn("bob", shard: 1, capabilities: capabilities))
        _ = await ann.send("JOIN #a")
        _ = await bob.send("JOIN #a")
        _ = await ann.send("PRIVMSG #a :before")
        let id = try #require(await self.say(ann, Self.lines()).first?.tags["msgid"])
        _ = await ann.send("PRIVMSG #a :behind")
        for isKept in [false, true] {
            if isKept { try await rig.keep() }
            let lines = await ann.send("CHATHISTORY LATEST #a * 3")
            let batches = lines.batches
            #expect(batches.map(\.type) == ["chathistory", "draft/multiline"], "\(lines)")
            #expect(batches[1].lines.map(\.text).joined(separator: "|") == "hello||how is everyone?")
            #expect(batches[0].lines.map(\.text).first == "before" && batches[0].lines.map(\.text).last == "behind")
            let begin = lines.first { $0.parameters.count > 1 && $0.parameters[1] == "draft/multiline" }
            #expect(begin?.tags["msgid"] == id && begin?.tags["batch"] != nil)
            _ = await bob.hears()
            let plain = await bob.send("CHATHISTORY LATEST #a * 3")
            #expect(plain.batches[0].texts == ["before", "hello", "how is everyone?", "behind"])
            #expect(plain.batches[0].lines.map { $0.tags["msgid"] == id } == [false, true, false, false])
        }
        #expect(await ann.send("REDACT #a \(id)").contains { $0.command == "FAIL" } == false)
    }

    @Test func `a BATCH of lines that was missed is told as one`() async throws {
        let harness = try CommandHarness(shards: 2)
        for account in ["ann", "bob"] { harness.accounts.add(account, password: "sesame") }
        func enter(_ account: String) async -> Client {
            let client = harness.stranger()
            _ = await client.send("CAP REQ :\(Self.knowing)", "PASS \(account):sesame", "NICK \(account)")
            _ = await client.send("USER x 0 * :X", "CAP END")
            return client
        }
        let (ann, bob) = (await enter("ann"), await enter("bob"))
        _ = await ann.send("JOIN #a")
        _ = await bob.send("JOIN #a")
        bob.wire.disconnect()
        _ = await self.say(ann, Self.lines())
        _ = await self.say(ann, Self.lines("bob"))
        let client = harness.stranger()
        _ = await client.send("CAP REQ :\(Self.knowing)", "PASS bob:sesame", "NICK bob", "USER x 0 * :X")
        let batches = await client.send("CAP END").batches.filter { $0.type != "labeled-response" }
        #expect(batches.map(\.type).filter { $0 == "draft/multiline" }.count == 2)
        for batch in batches where batch.type == "draft/multiline" {
            #expect(batch.texts == ["hello", "", "how is ", "everyone?"])
        }
        #expect(
            batches.filter { $0.type == "chathistory" }.allSatisfy {
                $0.lines.commands == ["BATCH", "BATCH"] || $0.lines.isEmpty
            }
        )
    }
}
