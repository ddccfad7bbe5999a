// Channels that belong to accounts: they stay, come back, and know their people.

import Simulation
import StateStore
import Tenant
import Testing

@Suite struct ChannelOwnershipTests {
    private static let everything = [
        "TOPIC #Tea :leaves and water", "MODE #Tea +smk-n secret", "MODE #Tea +l 30", "MODE #Tea +f #other",
        "MODE #Tea +b *!*@bad", "MODE #Tea +e *!*@good", "MODE #Tea +I *!*@friend",
    ]

    /// Ann's channel with all that it may have, which Bob is a host of.
    private func tea(_ rig: OwnershipRig) async -> Client {
        let ann = await rig.member("ann", in: "#Tea", "#other")
        #expect(await ann.send("CS REGISTER #tea").map(\.short).contains("ChanServ NOTICE ann #tea belongs to you now"))
        for line in Self.everything { _ = await ann.send(line) }
        _ = await ann.send("CS ACCESS #tea ADD bob host", "CS AMODE #tea +v cid", "CS SET #tea SUCCESSOR bob")
        return ann
    }

    private func state(_ client: Client) async -> [String] {
        var lines = await client.send("MODE #tea", "MODE #tea b", "MODE #tea e", "MODE #tea I", "TOPIC #tea")
        lines += await client.send("CS INFO #tea", "CS ACCESS #tea LIST")
        return lines.map(\.short)
    }

    @Test(arguments: [1, 2])
    func `all of a registered channel is there before the first one joins when the live store was lost`(
        shards: Int
    ) async throws {
        let rig = try await OwnershipRig(shards: shards)
        let ann = await self.tea(rig)
        let before = await self.state(ann)
        #expect(before.contains("324 #Tea +mrstlkf 30 secret #other"), "\(before)")
        #expect(before.filter { $0.contains("bad") || $0.contains("good") || $0.contains("friend") }.count == 3)
        #expect(before.contains { $0.hasSuffix("host bob (ann, \($0.suffix(21))") })
        #expect(try await rig.kept("#tea") != nil)

        let next = try rig.withAnotherLiveStore()
        let bob = await next.member("bob", shard: shards - 1)
        // Nobody is there; and who comes first is what its account is, and nothing more.
        #expect(await bob.send("JOIN #tea").with("475").count == 1)
        let joined = await bob.send("JOIN #tea secret")
        #expect(joined.with("353").map(\.text) == ["@bob"], "\(joined)")
        let cid = await next.member("cid")
        #expect(await cid.send("JOIN #tea secret").with("353").map(\.text) == ["@bob +cid"])
        let other = await next.harness.client("eve")
        #expect(await other.send("JOIN #tea secret").with("353").map(\.text) == ["@bob +cid eve"])
        let back = await next.member("ann")
        // The founder comes in without the key, and whatever else.
        let names = await back.send("JOIN #tea").with("353").flatMap { $0.text.split(separator: " ") }
        #expect(names.sorted() == ["+cid", "@ann", "@bob", "eve"])
        #expect(await self.state(back) == before)
    }

    @Test func `a registered channel stays when the last one leaves, however that is`() async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann", in: "#a", "#b", "#c")
        _ = await ann.send("CS REGISTER #a", "CS REGISTER #b", "CS REGISTER #c", "TOPIC #a :one", "TOPIC #b :two")
        _ = await ann.send("PART #a", "TOPIC #c :three", "CS DROP #c")
        _ = await ann.send("QUIT")
        let eve = await rig.harness.client("eve")
        for (channel, topic) in [("#a", ["one"]), ("#b", ["two"]), ("#c", [])] {
            let joined = await eve.send("JOIN \(channel)")
            #expect(joined.with("332").map(\.text) == topic)
            #expect(joined.with("353").map(\.text) == [topic.isEmpty ? "@eve" : "eve"])
        }
    }

    @Test func `a registered channel stays when the pod of its last member dies`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", in: "#a")
        _ = await rig.harness.client("guest", in: "#a")
        _ = await ann.send("CS REGISTER #a", "PART #a")
        let eve = await rig.harness.client("eve", shard: 1)
        await rig.harness.kill(shard: 0)
        #expect(await eve.send("JOIN #a").with("353").map(\.text) == ["eve"])
    }

    @Test func `a process that goes on with what another one had goes on with its channels`() async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann", in: "#a")
        _ = await ann.send("CS REGISTER #a", "TOPIC #a :one")
        let next = try await rig.harness.restarted()
        let eve = await next.client("eve")
        let joined = await eve.send("JOIN #a")
        #expect(joined.with("332").map(\.text) == ["one"] && joined.with("353").map(\.text) == ["@ann eve"])
        // What the one before had no time to keep, this one keeps.
        await next.advance(by: 3)
        #expect(try await rig.store.channels.find("#a", of: rig.harness.tenant.id)?.owner == "ann")
    }

    @Test func `what an older image of the live store has not, the database has`() async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann", in: "#a", "#b")
        _ = await ann.send("CS REGISTER #b", "CS DROP #b")
        _ = try await rig.kept("#b")
        let older = rig.harness.store.takeImage()
        _ = await ann.send("CS REGISTER #a", "TOPIC #a :one", "JOIN #c", "CS REGISTER #c", "TOPIC #c :three", "PART #c")
        #expect(try await rig.kept("#a") != nil)
        let next = try rig.from(older)
        let eve = await next.harness.client("eve")
        // Ann's session is in the one still; the other was begun after the image.
        #expect(await eve.send("JOIN #a").with("332").map(\.text) == ["one"])
        #expect(await eve.send("JOIN #c").with("353").map(\.text) == ["eve"])
        #expect(
            await eve.send("MODE #a", "MODE #b", "MODE #c").with("324").map { $0.parameters[2] } == [
                "+nrt", "+nt", "+nrt",
            ]
        )
    }

    @Test func `what is given to an account is not given to the next one of its name`() async throws {
        let rig = try await OwnershipRig()
        let ann = await self.tea(rig)
        _ = await ann.send("MODE #tea -k secret", "PART #tea")
        rig.renew("bob")
        rig.renew("ann")
        let bob = await rig.member("bob")
        #expect(await bob.send("JOIN #tea").with("353").map(\.text) == ["bob"])
        #expect(await bob.send("CS UP #tea").last?.text == "Your account has no rank in this channel")
        #expect(await bob.send("CS DROP #tea").last?.text == "Only the founder of the channel does this")
        #expect(await bob.send("NS LISTCHANS").last?.text == "No channel belongs to you")
    }

    @Test func `who may do what about a channel's people`() async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann", in: "#a")
        _ = await ann.send("CS REGISTER #a", "CS ACCESS #a ADD bob owner", "CS ACCESS #a ADD cid host")
        let bob = await rig.member("bob", in: "#a")
        let cid = await rig.member("cid", in: "#a")
        let eve = await rig.harness.client("eve", in: "#a")
        let boss = await rig.member("boss")
        _ = await boss.send("OPER boss sesame")
        let (founder, owner) = (
            "Only the founder of the channel does this", "Only who owns the channel by its registration does this"
        )
        for (client, line, answer) in [
            (eve, "ACCESS #a ADD boss voice", owner), (cid, "ACCESS #a ADD boss voice", owner),
            (cid, "ACCESS #a DEL bob", founder), (bob, "ACCESS #a ADD boss owner", founder),
            (bob, "ACCESS #a ADD boss voice", "boss is voice in #a from now on"),
            (bob, "ACCESS #a DEL boss", "boss has no rank in #a any more"),
            (bob, "ACCESS #a DEL ann", "The founder is an owner already"), (bob, "DROP #a", founder),
            (bob, "SET #a FOUNDER bob", founder), (bob, "SET #a SUCCESSOR bob", founder),
            (ann, "ACCESS #a ADD nobody voice", "There is no account nobody"),
            (ann, "SET #a SUCCESSOR ann", "The founder cannot be the successor"),
            (boss, "ACCESS #a ADD boss voice", "boss is voice in #a from now on"),
            // What is one's own anybody gives up.
            (cid, "ACCESS #a DEL cid", "cid has no rank in #a any more"),
            (eve, "ACCESS #none LIST", "#none is not registered"),
            (eve, "REGISTER #a", "Log in first: channels belong to accounts"),
            (cid, "REGISTER #a", "The channel is registered already"),
        ] {
            #expect(await client.send("CS \(line)").with("NOTICE").map(\.text) == [answer], "\(line)")
        }
    }

    @Test func `what an account is in a channel, those of it who are there are at once, and others see it`()
        async throws
    {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", in: "#a")
        let bob = await rig.member("bob", shard: 1, in: "#a")
        await [ann, bob].listen()
        #expect(
            await ann.send("CS REGISTER #a").map(\.short) == [
                "ann MODE #a +r", "ChanServ NOTICE ann #a belongs to you now",
            ]
        )
        #expect(await bob.hears().map(\.short) == ["ann MODE #a +r"])
        _ = await ann.send("CS ACCESS #a ADD bob host")
        #expect(await bob.hears().map(\.short) == ["ann MODE #a +o bob"])
        _ = await ann.send("CS ACCESS #a ADD bob voice")
        #expect(await bob.hears().map(\.short) == ["ann MODE #a -o+v bob bob"])
        _ = await ann.send("MODE #a -v bob")
        _ = await bob.hears()
        #expect(
            await bob.send("CS UP #a").map(\.short) == [
                "bob MODE #a +v bob", "ChanServ NOTICE bob You have your rank in #a",
            ]
        )
        _ = await ann.send("CS ACCESS #a DEL bob")
        #expect(await bob.hears().map(\.short) == ["ann MODE #a -v bob"])
    }

    @Test func `a channel is given away, and goes to the successor with its founder's account`() async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann", in: "#a", "#b")
        _ = await ann.send("CS REGISTER #a", "CS REGISTER #b", "CS SET #a FOUNDER bob")
        let bob = await rig.member("bob", in: "#a")
        #expect(await bob.send("NS LISTCHANS").last?.text == "No channel belongs to you")
        await rig.harness.advance(by: 2)
        #expect(await bob.send("NS LISTCHANS").last?.text == "Your channels: #a")
        #expect(await ann.send("CS DROP #a").last?.text == "Only the founder of the channel does this")
        _ = await bob.send("CS SET #a SUCCESSOR cid")
        #expect(await bob.send("NS DROP wrong").with("NOTICE").map(\.text) == ["Password incorrect"])
        // One that is no part of the account's session.
        let guest = await rig.harness.client("guest")
        _ = await guest.send("NS IDENTIFY bob sesame")
        #expect(await bob.send("NS DROP sesame").with("NOTICE").map(\.text) == ["Your account is no more"])
        await rig.harness.advance(by: 2)
        #expect(bob.isClosed && guest.isClosed)
        let cid = await rig.member("cid")
        #expect(await cid.send("NS LISTCHANS").last?.text == "Your channels: #a")
        #expect(await cid.send("CS DROP #a").last?.text == "#a belongs to nobody now")
        #expect(try await rig.kept("#a") == nil)
        #expect(try await rig.kept("#b") != nil)
    }

    @Test func `while the database is away channels are changed, and kept when it is back`() async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann", in: "#a")
        _ = await ann.send("CS REGISTER #a")
        let first = try #require(try await rig.kept("#a"))
        _ = try await rig.store.database.execute("ALTER TABLE channels RENAME TO gone", in: .cell)
        _ = await ann.send("TOPIC #a :news")
        await rig.harness.advance(by: 5)
        #expect(await ann.send("TOPIC #a").last?.command == "333")
        _ = try await rig.store.database.execute("ALTER TABLE gone RENAME TO channels", in: .cell)
        let second = try #require(try await rig.kept("#a"))
        #expect(first.fields != second.fields)
    }

    @Test func `of a secret channel nobody outside learns anything, and its people all`() async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann", in: "#a")
        _ = await ann.send("CS REGISTER #a", "CS ACCESS #a ADD bob voice", "MODE #a +s", "PART #a")
        let eve = await rig.member("cid")
        for line in ["DROP #", "ACCESS # ADD cid host", "UP #", "SET # FOUNDER cid", "REGISTER #", "INFO #"] {
            var lines: [[String]] = []
            for name in ["#a", "#b"] {
                let told = await eve.send("CS \(line.replacing("#", with: name))")
                lines.append(told.map { $0.text.replacing(name, with: "#") })
            }
            #expect(lines[0] == lines[1] && !lines[0].isEmpty, "\(line): \(lines)")
        }
        let bob = await rig.member("bob")
        #expect(await bob.send("CS INFO #a").map(\.text).contains("#a belongs to ann"))
        #expect(await ann.send("CS ACCESS #a LIST").last?.text == "Accounts with a rank in #a: 2")
    }

    @Test func `an operator's account that goes takes nobody else's channels along`() async throws {
        let rig = try await OwnershipRig()
        let boss = await rig.member("boss", in: "#a")
        _ = await boss.send("OPER boss sesame", "CS REGISTER #a")
        #expect(try await rig.kept("#a") != nil)
        _ = await boss.send("CS SET #a FOUNDER bob", "NS DROP sesame")
        await rig.harness.advance(by: 3)
        let bob = await rig.member("bob")
        #expect(await bob.send("NS LISTCHANS").last?.text == "Your channels: #a")
    }

    @Test func `a name is renamed to only once all that is registered is there`() async throws {
        let rig = try await OwnershipRig()
        _ = await self.tea(rig)
        #expect(try await rig.kept("#tea") != nil)
        let next = try rig.withAnotherLiveStore()
        let eve = await next.harness.client("eve", "standard-replies draft/channel-rename", in: "#eve")
        #expect(
            await eve.send("RENAME #eve #tea :mine").map { $0.parameters.prefix(2) } == [
                ["RENAME", "CHANNEL_NAME_IN_USE"]
            ]
        )
    }

    @Test func `nobody takes a name that may be registered while the database cannot say`() async throws {
        let rig = try await OwnershipRig()
        _ = await self.tea(rig)
        #expect(try await rig.kept("#tea") != nil)
        let next = try rig.withAnotherLiveStore()
        _ = try await rig.store.database.execute("ALTER TABLE channels RENAME TO gone", in: .cell)
        let eve = await next.harness.client("eve", "standard-replies")
        #expect(await eve.send("JOIN #tea").map { $0.parameters.prefix(2) } == [["JOIN", "TEMPORARILY_UNAVAILABLE"]])
        _ = try await rig.store.database.execute("ALTER TABLE gone RENAME TO channels", in: .cell)
        #expect(await eve.send("JOIN #tea").with("475").count == 1)
        #expect(await eve.send("JOIN #new").with("353").map(\.text) == ["@eve"])
    }
}
