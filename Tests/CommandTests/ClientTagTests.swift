// Tags that clients give their messages (ircv3.net message-tags; client-tags typing, reply, react, channel-context).

import Simulation
import Tenant
import Testing

@Suite struct ClientTagTests {
    @Test(arguments: [
        "+reply=abc", "+draft/reply=abc", "+reply=abc;+draft/react=👍", "+draft/reply=abc;+draft/react=👍",
        "+reply=abc;+draft/unreact=lol", "+draft/channel-context=#a", "+channel-context=#a", "+vendor.example/x=y",
    ])
    func `whatever a client says of its message is passed on with it`(tags: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", "message-tags", in: "#a")
        let bob = await harness.client("bob", shard: 1, "message-tags", in: "#a")
        await [ann, bob].listen()
        for line in ["PRIVMSG #a :x", "NOTICE bob :x", "TAGMSG #a", "TAGMSG bob"] {
            _ = await ann.send("@\(tags) \(line)")
            let heard = await bob.hears()
            #expect(heard.count == 1, "\(line)")
            for tag in tags.split(separator: ";") {
                let parts = tag.split(separator: "=").map(String.init)
                #expect(heard.first?.tags[parts[0]] == parts[1])
            }
        }
    }

    @Test func `reactions are kept, that somebody is typing is not`() async throws {
        let rig = try await PastRig(shards: 2)
        let capabilities = PastRig.capabilities + " draft/event-playback"
        let ann = Client(harness: rig.harness, wire: await rig.logIn("ann", capabilities: capabilities))
        _ = await ann.send("JOIN #a", "@+typing=active TAGMSG #a", "@+reply=x;+draft/react=👍 TAGMSG #a")
        _ = await ann.send("@+draft/typing=done;+typing=done TAGMSG #a", "@+reply=x;+draft/unreact=👍 TAGMSG #a")
        for isKept in [false, true] {
            if isKept { try await rig.keep() }
            let past = await ann.send("CHATHISTORY LATEST #a * 50").with("TAGMSG")
            #expect(past.map { $0.tags["+draft/react"] ?? $0.tags["+draft/unreact"] } == ["👍", "👍"])
            #expect(past.last?.tags["+draft/unreact"] != nil && past.allSatisfy { $0.tags["+reply"] == "x" })
        }
    }

    @Test func `too much typing is dropped without a word, for each target by itself`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", everyCapability, in: "#a")
        let bob = await harness.client("bob", shard: 1, "message-tags", in: "#a")
        await [ann, bob].listen()
        let typing = "@+typing=active TAGMSG"
        for _ in 0..<20 { ann.begin("\(typing) #a") }
        #expect(await ann.hears().commands.allSatisfy { $0 == "TAGMSG" })
        #expect(await bob.hears().count == 4)
        #expect(await ann.ask("x", "\(typing) #A").lines.commands == ["ACK"])
        // Others hear of it, and what is more than that it is typed is passed on.
        _ = await ann.send("\(typing) bob", "@+draft/react=x;+typing=done TAGMSG #a")
        #expect(await bob.hears().commands == ["TAGMSG", "TAGMSG"])
        // As often as clients do it, it is never dropped.
        await harness.advance(by: 30)
        _ = await bob.hears()
        for _ in 0..<20 {
            _ = await ann.send("\(typing) #a")
            #expect(await bob.hears().with("TAGMSG").count == 1)
            await harness.advance(by: 3)
        }
    }

    @Test func `tags over the limit are refused`() async throws {
        let ann = await (try CommandHarness()).client("ann", "message-tags", in: "#a")
        let long = String(repeating: "x", count: 4096)
        #expect(await ann.send("@+a=\(long) TAGMSG #a", "@+a=\(long) PRIVMSG #a :x").commands == ["417", "417"])
    }
    @Test(arguments: [
        (["typing"], "typing", ["+draft/react"]), (["*"], "*", []), (["*", "-typing"], "*,-typing", ["+typing"]),
    ])
    func `what a network does not pass on it says in CLIENTTAGDENY`(
        denied: [String],
        token: String,
        passed: [String]
    ) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", "message-tags draft/multiline batch", in: "#a")
        let bob = await harness.client("bob", shard: 1, "message-tags", in: "#a")
        await [ann, bob].listen()
        var tenant = harness.tenant
        tenant.settings.clientTagDeny = denied
        await harness.apply(tenant)
        #expect(await ann.hears().with("005").first?.parameters.contains("CLIENTTAGDENY=\(token)") == true)
        _ = await bob.hears()
        _ = await ann.send("@+typing=active;+draft/react=x PRIVMSG #a :x", "@+typing=active;+draft/react=x TAGMSG #a")
        _ = await ann.send(
            "@+typing=active;+draft/react=x BATCH +1 draft/multiline #a",
            "@batch=1 PRIVMSG #a x",
            "BATCH -1"
        )
        let heard = await bob.hears()
        #expect(heard.commands == (passed.isEmpty ? ["PRIVMSG", "PRIVMSG"] : ["PRIVMSG", "TAGMSG", "PRIVMSG"]))
        for line in heard { #expect(Set(line.tags.keys).subtracting(["msgid"]) == Set(passed)) }
        _ = await ann.send("@+typing=active;+draft/react=x RELAYMSG #a M/D :x")
        #expect(Set(await bob.hears().first?.tags.keys.filter { $0.hasPrefix("+") } ?? []) == Set(passed))
    }
}
