// MUTE: who may be there and read, and says something to operators alone.

import Chat
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct MuteTests {
    private static let capabilities = "standard-replies message-tags draft/metadata-2 setname"
    /// What somebody who is muted cannot do, and what they are answered.
    private static let refused: [(line: String, answer: String)] = [
        ("PRIVMSG #a :hello", "404 #a Cannot send to channel: you are muted"), ("@+react=x TAGMSG #a", "404 #a"),
        ("PRIVMSG cid :hello", "FAIL PRIVMSG MUTED cid You are muted: enough"), ("NICK other", "FAIL NICK MUTED other"),
        ("TOPIC #a :mine", "FAIL TOPIC MUTED #a"), ("SETNAME :mine", "FAIL SETNAME MUTED mine"),
        ("AWAY :mine", "FAIL AWAY MUTED mine"), ("METADATA * SET color :red", "FAIL METADATA MUTED"),
        ("INVITE cid #a", "FAIL INVITE MUTED cid"), ("KNOCK #d", "FAIL KNOCK MUTED #d"),
    ]

    @Test func `who is muted comes in where others do, whatever rights they have`() async throws {
        let rig = try await OwnershipRig()
        let cid = await rig.member("cid", in: "#d")
        _ = await cid.send("MODE #d +i")
        let admin = await rig.operator(.admin)
        let moderator = await rig.operator(.moderator)
        #expect(await admin.send("MUTE moderator 90m :enough").begin(with: ["NOTE MUTE MUTED moderator"]))
        await rig.harness.advance(by: 2)
        _ = await moderator.hears()
        #expect(await moderator.send("JOIN #d").map(\.command) == ["473"])
    }

    /// A guest, or an account.
    @Test(arguments: [nil, "bob"] as [String?], [0, 1])
    func `MUTE has somebody read and speak to operators alone, until UNMUTE, and MUTES shows it`(
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
        _ = await [cid, guide, bob].listen()
        let answer = await guide.send("MUTE bob 90m :enough")
        #expect(answer.begin(with: ["NOTE MUTE MUTED bob It holds until "]), "\(answer)")
        await rig.harness.advance(by: 2)
        let told = await bob.hears().with("NOTICE").map(\.text)
        #expect(told.count == 2 && told.first == "You are muted: enough", "\(told)")
        for (line, answer) in Self.refused {
            let lines = await bob.send(line)
            #expect(lines.count == 1 && lines[0].short.hasPrefix(answer), "\(line): \(lines)")
        }
        _ = await bob.send("PRIVMSG guide :why?")
        #expect(await guide.hears().shorts == ["bob PRIVMSG guide why?"])
        // They come, hear and go without a word.
        #expect(await bob.send("JOIN #b").commands.contains("JOIN"))
        _ = await cid.send("PRIVMSG #a :hear this")
        #expect(await bob.hears().shorts.contains("cid PRIVMSG #a hear this"))
        _ = await cid.hears()
        _ = await bob.send("PART #b :you all")
        #expect(await cid.hears().shorts == ["bob PART #b"])
        let listed = await guide.send("MUTES")
        #expect(listed.count == 2 && listed.last?.parameters[1...2] == ["MUTES_END", "1"], "\(listed)")
        let shown = account == nil ? ["MUTE", "bob", "*", "*"] : ["MUTE", "a:bob", "guide"]
        #expect(listed[0].parameters.dropFirst().starts(with: shown), "\(listed)")
        #expect(listed[0].text == "enough" && listed[0].parameters[5].hasSuffix("Z"), "\(listed)")

        #expect(await guide.send("UNMUTE bob").begin(with: ["NOTE UNMUTE UNMUTED bob"]))
        await rig.harness.advance(by: 2)
        #expect(await bob.hears().with("NOTICE").map(\.text) == ["You are not muted any more"])
        _ = await bob.send("PRIVMSG #a :hello")
        #expect(await cid.hears().shorts.contains("bob PRIVMSG #a hello"))
        #expect(await guide.send("UNMUTE bob").begin(with: ["FAIL UNMUTE NOT_MUTED bob"]))
        #expect(await guide.send("MUTES").begin(with: ["NOTE MUTES MUTES_END 0"]))
    }

    @Test func `MUTES shows guests wherever they are, as long as it holds, and nobody in quarantine`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let guide = await rig.operator(.guide)
        for (shard, nick) in ["one", "two", "three", "four"].enumerated() {
            _ = await rig.harness.client(nick, shard: shard % 2)
        }
        _ = await guide.send("MUTE one :hush", "MUTE two 10s :hush", "MUTE four 1h :hush", "QUARANTINE three :out")
        #expect(await Set(guide.send("MUTES").map { $0.parameters[2] }) == ["one", "two", "four", "3"])
        await rig.harness.advance(by: 11)
        #expect(await Set(guide.send("MUTES").map { $0.parameters[2] }) == ["one", "four", "2"])
    }

    @Test func `a mask is muted on all shards until its end, after a restart too`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let moderator = await rig.operator(.moderator)
        #expect(await moderator.send("MUTE loud*!*@* 60s :hush").begin(with: ["NOTE MUTE MUTED loud*!*@*"]))
        let next = try rig.withAnotherLiveStore()
        let loud = await next.harness.client("loud1", shard: 1, Self.capabilities, in: "#a")
        #expect(await loud.send("PRIVMSG #a :HEY").begin(with: ["404 #a"]))
        await next.harness.advance(by: 61)
        #expect(await loud.send("PRIVMSG #a :HEY").with("404").isEmpty)
    }

    @Test func `who may not ban mutes accounts and nicknames alone, and sees no other mutes`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let (guide, moderator) = (await rig.operator(.guide), await rig.operator(.moderator))
        _ = await moderator.send("MUTE loud*!*@* :hush")
        for mask in ["loud*!*@*", "192.0.2.0/24", "r:I*am", "a:b*"] {
            for line in ["MUTE \(mask)", "UNMUTE \(mask)"] {
                #expect(await guide.send(line).begin(with: ["481"]), "\(line)")
            }
        }
        _ = await rig.member("bob", shard: 1)
        #expect(await guide.send("MUTE a:bob :hush").begin(with: ["NOTE MUTE MUTED a:bob"]))
        #expect(await guide.send("MUTES").map { $0.parameters[2] } == ["a:bob", "1"])
        #expect(await moderator.send("MUTES").count == 3)
    }

    @Test func `quarantine weighs more than a mute, and a mute replaces none`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let guide = await rig.operator(.guide)
        _ = await rig.member("bob", shard: 1)
        _ = await rig.harness.client("guest", shard: 1)
        for nick in ["bob", "guest"] {
            _ = await guide.send("MUTE \(nick) :hush")
            #expect(await guide.send("QUARANTINE \(nick) :out").begin(with: ["NOTE QUARANTINE IN_QUARANTINE"]))
            await rig.harness.advance(by: 1)
            #expect(await guide.send("MUTE \(nick) :hush").begin(with: ["FAIL MUTE INVALID_MASK"]))
        }
        let moderator = await rig.operator(.moderator)
        #expect(await guide.send("MUTE moderator :hush").begin(with: ["481"]))
        #expect(await moderator.send("MUTE nobody :hush").begin(with: ["401 nobody"]))
        _ = await moderator.send("MUTE x!*@* :hush")
        #expect(await moderator.send("UBAN LIST").contains { $0.parameters[1...2] == ["MUTE", "x!*@*"] })
    }
}
