// PART, TOPIC, INVITE and KICK (RFC 2812 3.2).

import Simulation
import Testing

@Suite struct ChannelTests {
    /// Who asks in the tables below: no member, a member, or the owner.
    private func asked(_ who: String, _ line: String) async throws -> [Line] {
        let harness = try CommandHarness()
        let room = await harness.room("#a", "owner", "member")
        let out = await harness.client("out")
        let client = ["owner": room[0], "member": room[1]][who] ?? out
        return await client.send(line)
    }

    // MARK: PART

    @Test func `PART tells everybody, with the reason`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        #expect(await room[1].send("PART #A :so long").shorts == ["bob PART #a so long"])
        #expect(await room[0].hears().shorts == ["bob PART #a so long"])
        #expect(await room[0].send("NAMES #a").with("353").map(\.text) == ["@ann"])
        _ = await room[0].send("PRIVMSG #a :x")
        #expect(await room[1].hears().isEmpty)
    }

    @Test func `a channel ends with its last member, with all that was set`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("MODE #a +ik sesame", "TOPIC #a :old", "PART #a")
        let bob = await harness.client("bob", shard: 1)
        #expect(await bob.send("LIST").commands == ["321", "323"])
        #expect(await bob.send("JOIN #a").shorts.prefix(2) == ["bob JOIN #a", "353 = #a @bob"])
        #expect(await bob.send("MODE #a").first?.short == "324 #a +nt")
    }

    @Test func `PART of a list leaves each`() async throws {
        let ann = await (try CommandHarness()).client("ann", in: "#a", "#b")
        #expect(
            await ann.send("PART #a,#x,#b :bye").begin(with: ["ann PART #a bye", "403 #x", "ann PART #b bye"])
        )
    }

    @Test(arguments: [
        ("out", "PART", "461 PART"), ("out", "PART #a", "442 #a"), ("out", "PART #x", "403 #x"),
        ("out", "PART nochannel", "403 nochannel"), ("out", "TOPIC", "461 TOPIC"), ("out", "TOPIC #x", "403 #x"),
        ("out", "TOPIC #a :x", "442 #a"), ("member", "TOPIC #a :x", "482 #a"), ("owner", "TOPIC #a", "331 #a"),
        ("member", "KICK #a", "461 KICK"), ("out", "KICK #a member", "442 #a"), ("out", "KICK #x member", "403 #x"),
        ("member", "KICK #a owner", "482 #a"), ("owner", "KICK #a out", "441 out #a"),
        ("owner", "KICK #a nobody", "401 nobody"), ("out", "KICK #a nobody", "442 #a"),
        ("owner", "INVITE out", "461 INVITE"),
        ("owner", "INVITE nobody #a", "401 nobody"), ("owner", "INVITE member #a", "443 member #a"),
        ("out", "INVITE member #a", "442 #a"), ("owner", "INVITE out #x", "403 #x"),
    ])
    func `PART, TOPIC, KICK and INVITE are refused`(who: String, line: String, expected: String) async throws {
        let lines = try await self.asked(who, line)
        #expect(lines.begin(with: [expected]), "\(lines)")
    }

    // MARK: TOPIC

    @Test func `TOPIC is told to everybody and shown to who asks`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        #expect(await room[0].send("TOPIC #a :first: things").shorts == ["ann TOPIC #a first: things"])
        #expect(await room[1].hears().shorts == ["ann TOPIC #a first: things"])
        #expect(
            await room[1].send("TOPIC #a").shorts == ["332 #a first: things", "333 #a ann 1700000000"]
        )
        #expect(await room[0].send("TOPIC #a :").shorts == ["ann TOPIC #a "])
        #expect(await room[1].send("TOPIC #a").last?.command == "331")
        _ = await room[0].send("MODE #a -t")
        _ = await room[1].hears()
        #expect(await room[1].send("TOPIC #a :mine").shorts == ["bob TOPIC #a mine"])
    }

    @Test func `TOPIC of a hidden channel is not for others`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("TOPIC #a :hush")
        let bob = await harness.client("bob")
        #expect(await bob.send("TOPIC #a").first?.short == "332 #a hush")
        for mode in ["+s", "+p"] {
            _ = await ann.send("MODE #a \(mode)")
            #expect(await bob.send("TOPIC #a").begin(with: ["442 #a"]), "\(mode)")
        }
    }

    // MARK: INVITE

    @Test func `INVITE reaches somebody on another shard, who then comes in`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("MODE #a +ik sesame", "MODE #a +b bob")
        let bob = await harness.client("bob", shard: 1)
        #expect(await ann.send("INVITE bob #a").shorts == ["341 bob #a"])
        #expect(await bob.hears().shorts == ["ann INVITE bob #a"])
        #expect(await bob.send("JOIN #a").first?.command == "JOIN")
        // Once: who has left needs another.
        #expect(await bob.send("PART #a", "JOIN #a").commands == ["PART", "474"])
    }

    @Test func `INVITE into a channel by invitation only is for hosts, and told to those who could have made it`()
        async throws
    {
        let harness = try CommandHarness()
        let room = await harness.room("#a", "ann", "bob", "cid")
        let host = await harness.client("host", "invite-notify", in: "#a")
        let plain = await harness.client("plain", "invite-notify", in: "#a")
        _ = await room[0].send("MODE #a +io host")
        let dee = await harness.client("dee")
        await (room + [host, plain]).listen()
        #expect(await room[1].send("INVITE dee #a").begin(with: ["482 #a"]))
        #expect(await dee.hears().isEmpty)
        _ = await room[0].send("INVITE dee #a")
        #expect(await host.hears().shorts == ["ann INVITE dee #a"])
        #expect(await plain.hears().isEmpty)
        #expect(await room[1].hears().isEmpty)
    }

    @Test func `INVITE says who is away, and alone lists nothing`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        _ = await harness.client("bob", shard: 1).send("AWAY :fishing")
        #expect(await ann.send("INVITE bob #a").shorts == ["341 bob #a", "301 bob fishing"])
        #expect(await ann.send("INVITE").commands == ["337"])
    }

    // MARK: KICK

    @Test func `KICK takes somebody out, and everybody hears why`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", "cid", shard: { $0 % 2 })
        for client in room { _ = await client.hears() }
        #expect(await room[0].send("KICK #A BOB :too loud").shorts == ["ann KICK #a bob too loud"])
        #expect(await room[1].hears().shorts == ["ann KICK #a bob too loud"])
        #expect(await room[2].hears().shorts == ["ann KICK #a bob too loud"])
        #expect(await room[1].send("PRIVMSG #a :x").begin(with: ["404 #a"]))
        #expect(await room[1].send("WHOIS bob").with("319").isEmpty)
        #expect(await room[1].send("JOIN #a").first?.command == "JOIN")
        #expect(await room[0].send("KICK #a bob").last?.short == "ann KICK #a bob ann")
    }

    @Test func `KICK of a list takes each out`() async throws {
        let harness = try CommandHarness()
        let room = await harness.room("#a", "ann", "bob", "cid")
        await room.listen()
        #expect(
            await room[0].send("KICK #a bob,nobody,cid :out")
                .begin(with: ["ann KICK #a bob out", "401 nobody", "ann KICK #a cid out"])
        )
    }

    @Test(arguments: [
        ("#a,#b bob,cid", ["#a bob", "#b cid"]), ("#a,#b bob", ["#a bob", "#b bob"]),
        ("#a bob,cid", ["#a bob", "#a cid"]),
        ("#a,,#b bob,x,cid", ["#a bob", "#b cid"]), ("#a,#b bob,", ["#a bob"]),
    ])
    func `KICK of lists takes each out of the channel at its place, one goes with all`(
        lists: String,
        kicks: [String]
    ) async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", "cid", shard: { $0 % 2 })
        for client in room { _ = await client.send("JOIN #b") }
        await room.listen()
        let expected = kicks.map { "ann KICK \($0) out" }
        #expect(await room[0].send("KICK \(lists) :out").shorts == expected)
    }

    @Test(arguments: ["#a,#b,#c bob,cid", "#a,#b bob,cid,dee", ", ,", "#a ,"])
    func `KICK of lists that do not go together takes nobody out`(lists: String) async throws {
        let room = await (try CommandHarness()).room("#a", "ann", "bob", "cid")
        await room.listen()
        #expect(await room[0].send("KICK \(lists)").begin(with: ["461 KICK"]))
        #expect(await room[1].hears().isEmpty)
    }

    @Test func `KICK of lists takes as many as was promised`() async throws {
        let ann = await (try CommandHarness()).client("ann", in: "#a")
        let lines = await ann.send("KICK #a " + (1...9).map { "n\($0)" }.joined(separator: ","))
        #expect(lines.begin(with: ["407 n9"] + (1...8).map { "401 n\($0)" }), "\(lines)")
    }

    @Test func `KICK of an owner is for owners`() async throws {
        let harness = try CommandHarness()
        let room = await harness.room("#a", "ann", "bob")
        _ = await room[0].send("MODE #a +o bob")
        await room.listen()
        #expect(await room[1].send("KICK #a ann").begin(with: ["482 #a"]))
        #expect(await room[0].send("KICK #a ann").commands == ["KICK"])
    }
}
