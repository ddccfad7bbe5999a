// QUARANTINE: who talks to operators and to nobody else.

import Chat
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct QuarantineTests {
    /// What somebody in quarantine cannot do, and what they are answered.
    private static let refused: [(line: String, answer: String)] = [
        ("PRIVMSG #a :hello", "404 #a Cannot send to channel: you are in quarantine"),
        ("@+react=x TAGMSG #a", "404 #a"), ("PRIVMSG cid :hello", "FAIL PRIVMSG IN_QUARANTINE cid"),
        ("@+react=x TAGMSG cid", "FAIL TAGMSG IN_QUARANTINE cid"), ("JOIN #b", "FAIL JOIN IN_QUARANTINE #b"),
        ("NICK other", "FAIL NICK IN_QUARANTINE other"), ("INVITE cid #a", "FAIL INVITE IN_QUARANTINE cid"),
        ("TOPIC #a :mine", "FAIL TOPIC IN_QUARANTINE #a"), ("MODE #a +m", "FAIL MODE IN_QUARANTINE #a"),
        ("SETNAME :mine", "FAIL SETNAME IN_QUARANTINE mine"), ("AWAY :mine", "FAIL AWAY IN_QUARANTINE mine"),
        ("METADATA * SET color :red", "FAIL METADATA IN_QUARANTINE"), ("KNOCK #d", "FAIL KNOCK IN_QUARANTINE #d"),
        ("RELAYMSG #a x/net :hello", "404 #a"),
    ]
    private static let capabilities = "standard-replies message-tags draft/metadata-2 setname"

    /// A guest, an account with a client, and one with clients on two shards.
    @Test(arguments: [(nil, 0), (nil, 1), ("bob", 0), ("bob", 1)] as [(String?, Int)])
    func `QUARANTINE has somebody be told why, and talk to operators and to nobody else`(
        account: String?,
        shard: Int
    ) async throws {
        let rig = try await OwnershipRig(shards: 2)
        let cid = await rig.member("cid", in: "#a", "#b", "#d")
        _ = await cid.send("MODE #d +i")
        let guide = await rig.operator(.guide)
        let bob =
            if let account { await rig.member(account, shard: shard, Self.capabilities) } else {
                await rig.harness.client("bob", shard: shard, Self.capabilities)
            }
        _ = await bob.send("JOIN #a")
        let other = account == nil ? nil : await rig.member("bob", shard: 1 - shard, Self.capabilities)
        for client in [cid, guide, bob] + [other].compactMap({ $0 }) { _ = await client.hears() }

        let told = await guide.send("QUARANTINE bob 90m :enough is enough")
        #expect(told.first?.parameters.prefix(3) == ["QUARANTINE", "IN_QUARANTINE", "bob"], "\(told)")
        await rig.harness.advance(by: 2)
        for client in [bob] + [other].compactMap({ $0 }) {
            let told = await client.hears().with("NOTICE").map(\.text)
            #expect(told.count == 2 && told[0] == "You are in quarantine: enough is enough", "\(told)")
            #expect(told.last?.contains("It holds until ") == true)
            for (line, answer) in Self.refused {
                let lines = await client.send(line)
                #expect(lines.count == 1 && lines[0].short.hasPrefix(answer), "\(line): \(lines)")
            }
            #expect(await client.send("NOTICE cid :hello", "NOTICE #a :hello").isEmpty)
            #expect(await cid.hears().isEmpty)
            #expect(await client.send("PRIVMSG guide :why?").isEmpty)
            #expect(await guide.hears().shorts == ["bob PRIVMSG guide why?"])
            _ = await guide.send("PRIVMSG bob :because")
            #expect(await client.hears().shorts.contains("guide PRIVMSG bob because"))
        }
        _ = await other?.hears()
        // An operator who may not keep people apart is nobody to talk to; who is none any more neither.
        _ = await guide.send("MODE guide -o")
        _ = await bob.hears()
        #expect(await bob.send("PRIVMSG guide :still?").begin(with: ["FAIL PRIVMSG IN_QUARANTINE guide"]))
        _ = await guide.send("OPER guide sesame")
        #expect(await guide.send("UNQUARANTINE bob").first?.parameters[1] == "QUARANTINE_ENDED")
        await rig.harness.advance(by: 2)
        #expect(await bob.hears().with("NOTICE").map(\.text) == ["You are not in quarantine any more"])
        #expect(await bob.send("PRIVMSG #a :hello", "JOIN #b").commands.contains("JOIN"))
        #expect(await cid.hears().shorts.contains("bob PRIVMSG #a hello"))
        #expect(await guide.send("UNQUARANTINE bob").begin(with: ["FAIL UNQUARANTINE NOT_IN_QUARANTINE bob"]))
    }

    @Test func `who leaves from quarantine leaves without a word`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let cid = await rig.member("cid", in: "#a", "#b")
        let guide = await rig.operator(.guide)
        let bob = await rig.harness.client("bob", shard: 1, in: "#a", "#b")
        _ = await guide.send("QUARANTINE bob")
        _ = await cid.hears()
        _ = await bob.send("PART #a :you all")
        #expect(await cid.hears().shorts == ["bob PART #a"])
        _ = await bob.send("QUIT :you all")
        #expect(await cid.hears().shorts == ["bob QUIT Quit"])
    }

    @Test func `a guest who comes back to a session is in quarantine still`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let guide = await rig.operator(.guide)
        let guest = rig.harness.stranger(shard: 1)
        let token = try #require(await guest.registers("guest").token)
        _ = await guide.send("QUARANTINE guest :x")
        await rig.harness.advance(by: 1)
        guest.wire.disconnect()
        await rig.harness.settle()
        let back = rig.harness.stranger()
        let lines = await back.registers("guest", resuming: token)
        #expect(lines.with("NOTICE").map(\.text).contains("You are in quarantine: x"), "\(lines)")
        #expect(await back.send("JOIN #x").with("JOIN").isEmpty)
        _ = await guide.send("UNQUARANTINE guest")
        await rig.harness.advance(by: 1)
        #expect(await back.send("JOIN #x").with("JOIN").count == 1)
    }

    @Test func `an account is in quarantine whenever and wherever it comes back, until UNQUARANTINE or its end`()
        async throws
    {
        let rig = try await OwnershipRig(shards: 2)
        let guide = await rig.operator(.guide)
        let bob = await rig.member("bob")
        _ = await guide.send("QUARANTINE bob 90s :x")
        _ = await bob.send("QUIT")
        let next = try rig.withAnotherLiveStore()
        let back = next.harness.stranger(shard: 1)
        // Also at once, before anything was told.
        let lines = await back.send("PASS bob:sesame", "NICK bobby", "USER b 0 * :b", "JOIN #a")
        #expect(lines.with("001").count == 1 && lines.with("JOIN").isEmpty, "\(lines)")
        #expect(lines.with("NOTICE").map(\.text).contains("You are in quarantine: x"))
        await next.harness.advance(by: 91)
        #expect(await back.send("JOIN #a").with("JOIN").count == 1)
        // By the account's name where nobody is called so.
        let boss = await next.operator(.admin)
        _ = await boss.send("QUARANTINE bobby")
        #expect(await boss.send("UNQUARANTINE bob").first?.parameters[1] == "QUARANTINE_ENDED")
    }

    @Test func `UBAN keeps apart as it keeps out, by address too`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let boss = await rig.operator(.admin)
        let (here, there) = (
            await rig.harness.client("here", shard: 1, address: "198.51.100.7"), await rig.harness.client("there")
        )
        _ = await boss.send("UBAN QUARANTINE 198.51.100.0/24 7d :slowly")
        await rig.harness.advance(by: 2)
        #expect(!here.isClosed)
        #expect(await here.send("JOIN #x").with("JOIN").isEmpty)
        #expect(await there.send("JOIN #x").with("JOIN").count == 1)
        let listed = await boss.send("UBAN LIST")
        #expect(listed.map { $0.parameters[1] } == ["QUARANTINE", "BANS_END"] && listed.first?.text == "slowly")
        _ = await boss.send("UBAN DEL 198.51.100.0/24")
        await rig.harness.advance(by: 2)
        #expect(await here.send("JOIN #x").with("JOIN").count == 1)
    }

    @Test func `QUARANTINE is not for oneself, nor for who has more rights`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let (guide, boss) = (await rig.operator(.guide), await rig.operator(.admin, shard: 1))
        #expect(await guide.send("QUARANTINE guide").begin(with: ["FAIL QUARANTINE INVALID_MASK guide"]))
        #expect(await guide.send("QUARANTINE admin").with("481").count == 1)
        let second = await rig.harness.client("second")
        _ = await second.send("OPER guide sesame")
        #expect(await guide.send("QUARANTINE second").with("481").count == 1)
        #expect(await guide.send("QUARANTINE nobody").begin(with: ["401 nobody"]))
        #expect(await guide.send("QUARANTINE admin 5x :y").begin(with: ["FAIL QUARANTINE INVALID_DURATION"]))
        // Who was kept apart before they asked for their rights is not, with them.
        _ = await boss.send("MODE admin -o")
        _ = await guide.send("QUARANTINE admin")
        _ = await boss.send("OPER admin sesame")
        await rig.harness.advance(by: 2)
        #expect(await boss.send("JOIN #x").with("JOIN").count == 1)
        _ = await boss.send("QUARANTINE guide")
        await rig.harness.advance(by: 2)
        #expect(await guide.send("JOIN #x").with("JOIN").isEmpty)
    }

    @Test func `an operator who is kept apart has no right, and frees nobody`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let admin = await rig.operator(.admin)
        let moderator = await rig.operator(.moderator, shard: 1)
        let bob = await rig.member("bob", in: "#a")
        _ = await admin.send("QUARANTINE moderator :enough")
        await rig.harness.advance(by: 2)
        _ = await moderator.hears()
        for line in ["UNQUARANTINE moderator", "WALLOPS :hear", "KILL bob :rude", "UBAN LIST", "SANICK bob robert"] {
            let told = await moderator.send(line)
            #expect(told.count == 1 && told.begin(with: ["481 "]), "\(line): \(told)")
        }
        #expect(!bob.isClosed)
        _ = await admin.send("UNQUARANTINE moderator")
        await rig.harness.advance(by: 2)
        _ = await moderator.send("KILL bob :rude")
        _ = await bob.hears()
        #expect(bob.isClosed)
    }

    @Test func `what somebody with more rights said is not a guide's to change`() async throws {
        let rig = try await OwnershipRig()
        let (admin, guide) = (await rig.operator(.admin), await rig.operator(.guide))
        _ = await rig.member("bob", in: "#a")
        _ = await rig.harness.client("guest")
        for name in ["bob", "guest"] {
            _ = await admin.send("QUARANTINE \(name) :for good")
            for line in ["QUARANTINE \(name) 1m :for a while", "UNQUARANTINE \(name)"] {
                let told = await guide.send(line)
                #expect(told.begin(with: ["481 Somebody with rights that you lack has said so"]), "\(line): \(told)")
            }
        }
        await rig.harness.advance(by: 70)
        #expect(await admin.send("UNQUARANTINE bob").commands.contains("NOTE"))
    }

    @Test func `another account is no way out`() async throws {
        let rig = try await OwnershipRig()
        let guide = await rig.operator(.guide)
        let bob = await rig.member("bob", "sasl", in: "#a")
        _ = await guide.send("QUARANTINE bob :enough")
        await rig.harness.advance(by: 2)
        _ = await bob.hears()
        #expect(await bob.send("NS IDENTIFY cid sesame").with("900").isEmpty)
        #expect(await bob.send("PRIVMSG #a :hello").begin(with: ["404 #a"]))
    }
}
