// RENAME (draft/channel-rename): who was in a channel is in it under its new name, wherever they are.

import Simulation
import StateStore
import Testing

@Suite struct RenameTests {
    private static let knowing = "draft/channel-rename"

    /// `ann` runs `#a`, `bob` and `bare` are there on another shard; `bare` does not know of renaming.
    private func rooms(_ harness: CommandHarness) async -> (ann: Client, bob: Client, bare: Client) {
        let ann = await harness.client("ann", Self.knowing, in: "#a")
        let bob = await harness.client("bob", shard: 1, Self.knowing, in: "#a")
        let bare = await harness.client("bare", shard: 1, in: "#a")
        _ = await ann.send("TOPIC #a :about", "MODE #a +vb bob evil!*@*", "METADATA #a SET url :https://x")
        await [ann, bob, bare].listen()
        return (ann, bob, bare)
    }

    @Test func `who knows RENAME is told of it, and others that they left and came`() async throws {
        let harness = try CommandHarness(shards: 2)
        let (ann, bob, bare) = await self.rooms(harness)
        #expect(await ann.send("RENAME #A #b :better so").shorts == ["ann RENAME #a #b better so"])
        #expect(await bob.hears().shorts == ["ann RENAME #a #b better so"])
        let lines = await bare.hears()
        #expect(lines.prefix(2).map(\.short) == ["bare PART #a better so", "bare JOIN #b"], "\(lines)")
        #expect(lines.dropFirst(2).map(\.command) == ["332", "333", "353", "366"])
        #expect(lines.with("353").first?.text.split(separator: " ").sorted() == ["+bob", "@ann", "bare"])
        // All of it came along.
        #expect(await bob.send("MODE #b b").shorts.contains { $0.contains("evil!*@*") })
        #expect(await bob.send("METADATA #b GET url").shorts == ["761 #b url * https://x"])
        #expect(await bare.send("PRIVMSG #b :hi").isEmpty)
        for client in [ann, bob] { #expect(await client.hears().shorts == ["bare PRIVMSG #b hi"]) }
        #expect(await bob.send("PRIVMSG #a :there").begin(with: ["403 #a"]))
        #expect(await ann.send("KICK #b bob :out").shorts == ["ann KICK #b bob out"])
        #expect(await bare.hears().shorts == ["ann KICK #b bob out"])
        // The old name is free for others, and the new one for the next.
        #expect(await bob.send("JOIN #a").with("353").first?.text == "@bob")
        #expect(await ann.send("RENAME #b #c").shorts == ["ann RENAME #b #c "])
        #expect(await bare.hears().prefix(2).map(\.short) == ["bare PART #b", "bare JOIN #c"])
        #expect(await ann.send("RENAME #c #b").shorts == ["ann RENAME #c #b "])
    }

    @Test func `who renames without knowing of it is told that it left and came`() async throws {
        let harness = try CommandHarness(shards: 2)
        let (ann, bob, bare) = await self.rooms(harness)
        _ = await ann.send("PART #a")
        let boss = await harness.boss()
        _ = await boss.send("JOIN #a")
        await [ann, bob, bare].listen()
        let lines = await boss.send("RENAME #a #b")
        #expect(lines.prefix(2).map(\.short) == ["boss PART #a", "boss JOIN #b"], "\(lines)")
        #expect(await bob.hears().shorts == ["boss RENAME #a #b "])
    }

    @Test func `other capitals are another name within the channel, for those who know of such`() async throws {
        let harness = try CommandHarness(shards: 2)
        let (ann, bob, bare) = await self.rooms(harness)
        #expect(await ann.send("RENAME #a #A :loud").shorts == ["ann RENAME #a #A loud"])
        #expect(await bob.hears().shorts == ["ann RENAME #a #A loud"])
        #expect(await bare.hears().isEmpty)
        _ = await bob.send("PRIVMSG #a :hi")
        for client in [ann, bare] { #expect(await client.hears().shorts == ["bob PRIVMSG #A hi"]) }
        let late = await harness.client("late", shard: 1)
        #expect(await late.send("JOIN #a").first?.short == "late JOIN #A")
        _ = await ann.hears()
        #expect(await ann.send("RENAME #a #A").isEmpty)
    }

    @Test(arguments: [
        ("ann", "RENAME #a #taken", "FAIL RENAME CHANNEL_NAME_IN_USE #a #taken "),
        ("ann", "RENAME #a &b", "FAIL RENAME CANNOT_RENAME #a &b "),
        ("ann", "RENAME #a b", "FAIL RENAME CANNOT_RENAME #a b "), ("ann", "RENAME #none #b", "403 #none"),
        ("ann", "RENAME #a", "461 RENAME"), ("ann", "RENAME #taken #b", "442 #taken"),
        ("ann", "RENAME #a #b :\(String(repeating: "x", count: 400))", "417"), ("bob", "RENAME #a #b", "482 #a"),
        ("bare", "RENAME #a #b", "482 #a"),
    ])
    func `only an owner renames a channel that has one, to a name that is free`(
        who: String,
        line: String,
        expected: String
    ) async throws {
        let harness = try CommandHarness(shards: 2)
        let (ann, bob, bare) = await self.rooms(harness)
        let clients = ["ann": ann, "bob": bob, "bare": bare]
        _ = await harness.client("taker", in: "#taken")
        _ = await ann.send("MODE #a +o bare")
        await [ann, bob, bare].listen()
        let lines = try #require(await clients[who]?.send(line))
        #expect(lines.begin(with: [expected]), "\(lines)")
        for other in [ann, bob, bare] { #expect(await other.hears().isEmpty) }
    }

    @Test func `a channel that has no owner any more is renamed by its hosts`() async throws {
        let harness = try CommandHarness(shards: 2)
        let (ann, bob, bare) = await self.rooms(harness)
        _ = await ann.send("MODE #a +o bob", "PART #a")
        await [bob, bare].listen()
        #expect(await bob.send("RENAME #a #b").shorts == ["bob RENAME #a #b "])
    }

    @Test func `what is said while a channel is renamed is told once or refused`() async throws {
        let harness = try CommandHarness(shards: 2)
        let (ann, bob, bare) = await self.rooms(harness)
        harness.gates[1].shut()
        bob.begin("PRIVMSG #a :early", "PRIVMSG #b :late")
        #expect(await ann.send("RENAME #a #b", "PRIVMSG #b :one", "PRIVMSG #b :two").shorts == ["ann RENAME #a #b "])
        harness.gates[1].open()
        await harness.advance(by: 2)
        let expected = ["ann RENAME #a #b ", "ann PRIVMSG #b one", "ann PRIVMSG #b two"]
        let heard = await bob.hears()
        #expect(heard.shorts.filter { $0.hasPrefix("ann ") } == expected, "\(heard)")
        let bared = await bare.hears().with("PRIVMSG").map(\.text).filter { $0 != "late" }
        #expect(bared == ["one", "two"])
        // Either refused, with a line that says so, or told to everybody.
        let told = await ann.hears().with("PRIVMSG").map(\.text)
        let refused = heard.filter { ["403", "404", "442"].contains($0.command) }.count
        #expect(told.count + refused == 2 && !told.contains("early"), "\(told) \(heard)")
    }

    @Test func `who goes while a channel is renamed is gone from it`() async throws {
        let harness = try CommandHarness(shards: 2)
        let (ann, bob, bare) = await self.rooms(harness)
        harness.gates[1].shut()
        bob.wire.disconnect()
        bare.begin("NICK plain")
        await harness.settle()
        _ = await ann.send("RENAME #a #b")
        harness.gates[1].open()
        await harness.advance(by: 30)
        #expect(await ann.send("NAMES #b").with("353").first?.text.split(separator: " ").sorted() == ["@ann", "plain"])
        #expect(await ann.send("RENAME #b #c", "PART #c").with("RENAME").count == 1)
        _ = await bare.send("QUIT")
        for name in ["#a", "#b", "#c"] {
            #expect(await ann.send("JOIN \(name)").with("353").first?.text == "@ann", "\(name)")
        }
    }

    @Test func `every client of a session is told, and who comes back is in the channel by its new name`() async throws
    {
        let harness = try CommandHarness(shards: 2)
        let bob = await harness.client("bob", Self.knowing, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        let phone = await harness.member("ann", shard: 1).client
        await [bob, ann, phone].listen()
        _ = await bob.send("RENAME #a #b")
        for client in [ann, phone] {
            #expect(await client.hears().prefix(2).map(\.short) == ["ann PART #a", "ann JOIN #b"])
        }
        for client in [ann, phone] { client.wire.disconnect() }
        await harness.settle()
        _ = await bob.send("PRIVMSG #b :one", "RENAME #b #c", "PRIVMSG #c :two")
        let (back, welcome) = await harness.member("ann", shard: 1)
        #expect(welcome.with("JOIN").map(\.short) == ["ann JOIN #c"])
        #expect(welcome.with("PRIVMSG").map(\.text) == ["two"])
        // It is told that there was more, which was said under the old name.
        #expect(welcome.with("NOTICE").contains { $0.text.contains("#c") }, "\(welcome)")
        _ = await bob.send("PRIVMSG #c :three")
        #expect(await back.hears().shorts == ["bob PRIVMSG #c three"])
    }

    @Test func `a channel of more members than one transaction moves keeps its name`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", Self.knowing, in: "#a")
        for number in 0..<100 { _ = await harness.client("n\(number)", shard: number % 2, in: "#a") }
        await [ann].listen()
        #expect(await ann.send("RENAME #a #b").begin(with: ["FAIL RENAME CANNOT_RENAME #a #b "]))
        #expect(await ann.send("RENAME #a #A").shorts == ["ann RENAME #a #A "])
        _ = await ann.send("KICK #a n0")
        #expect(await ann.send("RENAME #a #b").shorts == ["ann RENAME #A #b "])
    }
}
