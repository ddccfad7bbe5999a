// METADATA: what users and channels say of themselves by keys (draft/metadata-2 and -3).

import Chat
import Simulation
import Testing

@Suite struct MetadataTests {
    private static let second = "batch draft/metadata-2"
    private static let third = "batch draft/metadata-3"

    @Test func `METADATA sets, gives, lists and removes what a user says of itself`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", Self.third)
        #expect(await ann.send("METADATA * SET color :#abc").shorts == ["761 ann color * #abc"])
        #expect(await ann.send("METADATA ANN SET empty :").shorts == ["761 ann empty * "])
        let bob = await harness.client("bob", shard: 1, Self.third)
        let got = try #require(await bob.send("METADATA Ann GET color $x url").batches.first)
        #expect(got.type == "metadata" && got.parameters == ["ann"] && got.isOver)
        #expect(
            got.lines.begin(with: ["761 ann color * #abc", "FAIL METADATA INVALID_KEY $x", "766 ann url The key"]),
            "\(got.lines)"
        )
        #expect(await bob.send("METADATA ann LIST").batches[0].lines.map(\.parameters[2]) == ["color", "empty"])
        #expect(await ann.send("METADATA * SET color").begin(with: ["766 ann color "]))
        #expect(await ann.send("METADATA * CLEAR").batches[0].lines.begin(with: ["766 ann empty "]))
        #expect(await bob.send("METADATA ann LIST").batches.map(\.lines.count) == [0])
    }

    @Test(arguments: [
        ("METADATA bob SET url :x", "KEY_NO_PERMISSION bob url", "KEY_NO_PERMISSION bob url"),
        ("METADATA bob CLEAR", "KEY_NO_PERMISSION bob *", "KEY_NO_PERMISSION bob *"),
        ("METADATA #a SET url :x", "KEY_NO_PERMISSION #a url", "KEY_NO_PERMISSION #a url"),
        ("METADATA #b SET url :x", "INVALID_TARGET #b", "INVALID_TARGET #b"),
        ("METADATA nobody LIST", "INVALID_TARGET nobody", "INVALID_TARGET nobody"),
        ("METADATA $x LIST", "INVALID_TARGET $x", "INVALID_TARGET $x"),
        ("METADATA bob SUBS", "INVALID_TARGET bob", "INVALID_TARGET bob"),
        ("METADATA * SET URL :x", "KEY_INVALID URL", "INVALID_KEY URL"),
        ("METADATA * SET url :\(String(repeating: "x", count: 301))", "VALUE_INVALID A value", "INVALID_VALUE url"),
        ("METADATA * EAT", "SUBCOMMAND_INVALID EAT", "INVALID_PARAMS EAT"),
    ])
    func `METADATA says what is wrong in the words of each draft`(line: String, two: String, three: String) async throws
    {
        let harness = try CommandHarness(shards: 2)
        _ = await harness.client("bob", in: "#a")
        let old = await harness.client("ann", shard: 1, Self.second)
        #expect(await old.send(line).begin(with: ["FAIL METADATA \(two)"]))
        let new = await harness.client("cid", shard: 1, Self.third)
        #expect(await new.send(line).begin(with: ["FAIL METADATA \(three)"]))
    }

    @Test func `a key that is not set is none to remove, or removed, as each draft has it`() async throws {
        let harness = try CommandHarness()
        let old = await harness.client("ann", Self.second)
        #expect(await old.send("METADATA * SET url").begin(with: ["FAIL METADATA KEY_NOT_SET ann url"]))
        let new = await harness.client("bob", Self.third)
        #expect(await new.send("METADATA * SET url").begin(with: ["766 bob url"]))
    }

    @Test func `there is an end to what one says`() async throws {
        let ann = await (try CommandHarness()).client("ann", Self.third)
        for number in 0..<Metadata.maximumKeys { _ = await ann.send("METADATA * SET k\(number) :x") }
        #expect(await ann.send("METADATA * SET more :x").begin(with: ["FAIL METADATA LIMIT_REACHED ann 16"]))
        #expect(await ann.send("METADATA * SET k1 :y").shorts == ["761 ann k1 * y"])
    }

    @Test func `those who run a channel say what it is, and its members are told, on every shard`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", Self.third, in: "#A")
        let bob = await harness.client("bob", shard: 1, Self.third)
        _ = await bob.send("METADATA * SUB url")
        _ = await bob.send("JOIN #a")
        let old = await harness.client("old", shard: 1, Self.second)
        _ = await old.send("METADATA * SUB url", "JOIN #a")
        let deaf = await harness.client("deaf", shard: 1, Self.third, in: "#a")
        await [ann, bob, old, deaf].listen()
        #expect(await ann.send("METADATA #a SET url :https://x y").shorts == ["761 #a url * https://x y"])
        #expect(await bob.hears().shorts == ["761 #A url * https://x y"])
        #expect(await old.hears().shorts == ["METADATA #A url * https://x y"])
        _ = await ann.send("METADATA #a SET color :x")
        #expect(await ann.send("METADATA #a CLEAR").batches[0].lines.map(\.parameters[2]) == ["color", "url"])
        #expect(await bob.hears().begin(with: ["766 #A url"]))
        #expect(await old.hears().shorts == ["METADATA #A url *"])
        #expect(await deaf.hears().isEmpty)
    }

    @Test func `who shares a channel with a user or watches it is told once, on every shard`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", Self.third, in: "#a", "#b")
        let bob = await harness.client("bob", shard: 1, Self.third, in: "#a", "#b")
        let cid = await harness.client("cid", shard: 1, Self.third)
        let dee = await harness.client("dee", shard: 1, Self.third)
        for client in [ann, bob, cid, dee] { _ = await client.send("METADATA * SUB color") }
        _ = await bob.send("MONITOR + ann")
        _ = await cid.send("MONITOR + ann")
        _ = await ann.hears()
        #expect(await ann.send("METADATA * SET color :red").shorts == ["761 ann color * red"])
        #expect(await bob.hears().shorts == ["761 ann color * red"])
        #expect(await cid.hears().shorts == ["761 ann color * red"])
        #expect(await dee.hears().isEmpty)
        #expect(await dee.send("MONITOR + ann").shorts.last == "761 ann color * red")
        _ = await bob.send("METADATA * UNSUB color")
        #expect(await ann.send("METADATA * SET color").commands == ["766"])
        #expect(await bob.hears().isEmpty)
        #expect(await cid.hears().begin(with: ["766 ann color"]))
    }

    @Test func `who comes in is told what is said there, and those who are in of the one who comes`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", Self.third, in: "#a")
        _ = await ann.send("METADATA * SUB color", "METADATA * SET color :red", "METADATA #a SET color :blue")
        let bob = await harness.client("bob", shard: 1, Self.third)
        _ = await bob.send("METADATA * SUB color", "METADATA * SET color :green")
        let batch = try #require(await bob.send("JOIN #a").batches.first)
        #expect(batch.parameters == ["#a"])
        #expect(
            batch.lines.shorts.sorted() == ["761 #a color * blue", "761 ann color * red", "761 bob color * green"]
        )
        #expect(await ann.hears().shorts.last == "761 bob color * green")
    }

    @Test func `SYNC tells all of a user, a channel, or everything that one is told of`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", Self.second, in: "#a")
        _ = await ann.send("METADATA * SET color :red", "METADATA * SET url :x", "METADATA #a SET color :blue")
        _ = await harness.client("cid", Self.second).send("METADATA * SET color :grey")
        let bob = await harness.client("bob", shard: 1, Self.second, in: "#a")
        _ = await bob.send("MONITOR + cid")
        #expect(await bob.send("METADATA * SUB color").shorts == ["770 color", "774 #a 0"])
        let one = await bob.send("METADATA ann SYNC").batches
        #expect(one.map(\.parameters) == [["ann"]] && one[0].lines.shorts == ["METADATA ann color * red"])
        let told = ["METADATA #a color * blue", "METADATA ann color * red"]
        #expect(await bob.send("METADATA #a SYNC").batches[0].lines.shorts == told)
        let all = await bob.send("METADATA *ALL SYNC").batches
        #expect(all.map(\.parameters) == [["*ALL"]] && all[0].lines.shorts == told + ["METADATA cid color * grey"])
        #expect(await bob.send("METADATA bob SYNC").batches.map(\.lines.count) == [0])
    }

    @Test(arguments: ["GET color", "LIST", "SYNC"], ["+i", "+k x", "+p"])
    func `a channel that is closed says nothing to those outside`(subcommand: String, modes: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", Self.third, in: "#a")
        _ = await ann.send("METADATA #a SET color :blue", "MODE #a \(modes)")
        let bob = await harness.client("bob", shard: 1, Self.third)
        #expect(await bob.send("METADATA #a \(subcommand)").begin(with: ["FAIL METADATA KEY_NO_PERMISSION #a *"]))
        _ = await ann.send("MODE #a +s")
        #expect(await bob.send("METADATA #a \(subcommand)").begin(with: ["FAIL METADATA INVALID_TARGET #a"]))
    }

    @Test func `SUB, UNSUB and SUBS are a client's own, and bounded`() async throws {
        let ann = await (try CommandHarness()).client("ann", Self.third)
        #expect(await ann.send("METADATA * SUB b $ a b").begin(with: ["FAIL METADATA INVALID_KEY $", "770 b a b"]))
        #expect(await ann.send("METADATA * UNSUB b c").shorts == ["771 b c"])
        let subs = try #require(await ann.send("METADATA * SUBS").batches.first)
        #expect(subs.type == "metadata-subs" && subs.lines.shorts == ["772 a"])
        for number in 1..<Metadata.maximumSubscriptions { _ = await ann.send("METADATA * SUB k\(number)") }
        #expect(await ann.send("METADATA * SUB x a").begin(with: ["FAIL METADATA LIMIT_REACHED x 32"]))
    }

    @Test func `what is set before registration holds from the first moment`() async throws {
        let harness = try CommandHarness(shards: 2)
        #expect(await harness.stranger().send("METADATA * SUB color").commands == ["451"])
        let watching = await harness.client("cid", shard: 1, Self.second)
        _ = await watching.send("METADATA * SUB color", "MONITOR + ann")
        let ann = harness.stranger()
        let offered = await ann.send("CAP LS 302").map(\.text).joined(separator: " ")
        #expect(offered.contains("draft/metadata-3=before-connect,max-subs=32,max-keys=16,max-value-bytes=300"))
        _ = await ann.send("CAP REQ :\(Self.third)")
        #expect(await ann.send("METADATA * SUB color").shorts == ["770 color"])
        #expect(await ann.send("METADATA * SET color :red").shorts == ["761 * color * red"])
        #expect(await ann.send("METADATA * LIST").batches[0].lines.shorts == ["761 * color * red"])
        #expect(await ann.send("METADATA bob LIST").begin(with: ["FAIL METADATA KEY_NO_PERMISSION bob *"]))
        let burst = await ann.send("NICK ann", "USER a 0 * :A", "CAP END")
        #expect(burst.batches.first { $0.type == "metadata" }?.lines.shorts == ["761 ann color * red"])
        #expect(await watching.hears().begin(with: ["730 ann!", "METADATA ann color * red"]))
        let place = try #require(burst.firstIndex { $0.command == "761" })
        #expect(burst[place...].contains { ["376", "422"].contains($0.command) })
        let bob = await harness.client("bob", shard: 1, Self.third)
        #expect(await bob.send("METADATA ann LIST").batches[0].lines.shorts == ["761 ann color * red"])
        #expect(await bob.send("WHOIS ann").with("760").shorts == ["760 ann color * red"])
    }

    @Test func `the other clients of a user are told what one of them said`() async throws {
        let harness = try CommandHarness(shards: 2)
        harness.accounts.add("ann", password: "sesame")
        let first = harness.stranger()
        let second = harness.stranger(shard: 1)
        for client in [first, second] {
            _ = await client.send("CAP REQ :\(Self.third)", "METADATA * SUB color", "PASS ann:sesame")
            _ = await client.send("NICK ann", "USER a 0 * :A", "CAP END")
        }
        await [first, second].listen()
        let third = harness.stranger()
        _ = await third.send(
            "CAP REQ :\(Self.second)",
            "METADATA * SET url :x",
            "METADATA * SET a :y",
            "PASS ann:sesame"
        )
        let burst = await third.send("NICK ann", "USER a 0 * :A", "CAP END")
        let own = ["METADATA ann a * y", "METADATA ann url * x"]
        #expect(burst.batches.first { $0.type == "metadata" }?.lines.shorts == own)
        let bob = await harness.client("bob", shard: 1, Self.third)
        #expect(await bob.send("METADATA ann LIST").batches[0].lines.shorts == ["761 ann a * y", "761 ann url * x"])
        #expect(await first.send("METADATA * SET color :red").shorts == ["761 ann color * red"])
        #expect(await second.hears().shorts == ["761 ann color * red"])
    }

    @Test func `a large channel is synced when a client asks, in turns`() async throws {
        let harness = try CommandHarness(shards: 2)
        for number in 0...100 {
            let one = await harness.client("n\(number)", shard: number % 2, Self.third, in: "#a")
            if number % 50 == 0 { _ = await one.send("METADATA * SET color :c\(number)") }
        }
        let ann = await harness.client("ann", Self.third)
        _ = await ann.send("METADATA * SUB color")
        let lines = await ann.send("JOIN #a")
        #expect(lines.with("774").shorts == ["774 #a 1"] && lines.with("761").isEmpty)
        let told = await ann.send("METADATA #a SYNC").batches
        #expect(told.allSatisfy { $0.type == "metadata" && $0.parameters == ["#a"] && $0.isOver })
        let expected = ["761 n0 color * c0", "761 n100 color * c100", "761 n50 color * c50"]
        #expect(told.flatMap(\.lines.shorts).sorted() == expected)
    }
}
