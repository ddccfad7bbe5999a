// PRIVMSG, NOTICE and TAGMSG (RFC 2812 3.3; ircv3.net message-tags, echo-message, bot-mode).

import IRC
import NIOCore
import Simulation
import Testing

@Suite struct MessageTests {
    @Test(arguments: ["PRIVMSG", "NOTICE"])
    func `PRIVMSG and NOTICE reach channels and people on any shard, and not who sent them`(command: String)
        async throws
    {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", "cid", shard: { $0 % 2 })
        await room.listen()
        #expect(await room[0].send("\(command) #A :hello: all").isEmpty)
        for other in room.dropFirst() { #expect(await other.hears().shorts == ["ann \(command) #a hello: all"]) }
        #expect(await room[0].send("\(command) BOB hi").isEmpty)
        let heard = await room[1].hears()
        #expect(heard.shorts == ["ann \(command) bob hi"] && heard[0].source.hasPrefix("ann!~ann@"))
        #expect(await room[2].hears().isEmpty)
    }

    @Test(arguments: [
        ("PRIVMSG", "411"), ("PRIVMSG bob", "412"), ("PRIVMSG bob :", "412"), ("PRIVMSG nobody :x", "401 nobody"),
        ("PRIVMSG #x :x", "403 #x"), ("PRIVMSG #a :x", "404 #a"), ("PRIVMSG @#a :x", "404 #a"),
        ("PRIVMSG , :x", "461 PRIVMSG"),
    ])
    func `PRIVMSG says why it reached nobody, NOTICE never does`(line: String, expected: String) async throws {
        let harness = try CommandHarness()
        _ = await harness.client("owner", in: "#a")
        let ann = await harness.client("ann")
        let lines = await ann.send(line)
        #expect(lines.begin(with: [expected]), "\(lines)")
        if line != "PRIVMSG , :x" {
            #expect(await ann.send(line.replacing("PRIVMSG", with: "NOTICE")).isEmpty)
        }
    }

    @Test(arguments: [("+m", "404 #a"), ("+b bob", "404 #a")])
    func `PRIVMSG needs a voice where members are restricted`(mode: String, expected: String) async throws {
        let room = await (try CommandHarness(shards: 2)).room("#a", "ann", "bob", shard: { $0 })
        _ = await room[0].send("MODE #a \(mode)")
        await room.listen()
        #expect(await room[1].send("PRIVMSG #a :x").begin(with: [expected]))
        _ = await room[0].send("MODE #a +v bob")
        await room.listen()
        #expect(await room[1].send("PRIVMSG #a :x").isEmpty)
        #expect(await room[0].hears().shorts == ["bob PRIVMSG #a x"])
    }

    @Test func `PRIVMSG from outside reaches a channel that allows it`() async throws {
        let harness = try CommandHarness(shards: 2)
        let owner = await harness.client("owner", in: "#open")
        _ = await owner.send("MODE #open -n+p")
        let outsider = await harness.client("outsider", shard: 1, "echo-message")
        #expect(await outsider.send("PRIVMSG #open :hello").shorts == ["outsider PRIVMSG #open hello"])
        #expect(await owner.hears().shorts == ["outsider PRIVMSG #open hello"])
        #expect(await outsider.send("NAMES #open").commands == ["366"])
        #expect(await outsider.send("WHO #open").commands == ["315"])
        #expect(await owner.send("NAMES #open").with("353").first?.text == "@owner")
    }

    @Test func `PRIVMSG to a rank reaches that rank and higher`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "host", "voice", "plain", shard: { $0 % 2 })
        _ = await room[0].send("MODE #a +ov host voice")
        await room.listen()
        _ = await room[0].send("PRIVMSG @#a :hosts", "PRIVMSG +#a :voices")
        #expect(await room[1].hears().shorts == ["ann PRIVMSG @#a hosts", "ann PRIVMSG +#a voices"])
        #expect(await room[2].hears().shorts == ["ann PRIVMSG +#a voices"])
        #expect(await room[3].hears().isEmpty)
    }

    @Test(arguments: ["PRIVMSG", "NOTICE", "TAGMSG"], ["@+#a", "+@#a", "+@+#a"])
    func `a message to several ranks is one to the lowest`(verb: String, target: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", "message-tags echo-message", in: "#a")
        var room = [ann]
        for nick in ["host", "voice", "plain"] {
            room.append(await harness.client(nick, shard: 1, "message-tags", in: "#a"))
        }
        _ = await ann.send("MODE #a +ov host voice")
        await room.listen()
        let text = verb == "TAGMSG" ? "" : " x"
        #expect(await ann.send("@+x=y \(verb) \(target)\(text)").shorts == ["ann \(verb) +#a\(text)"])
        for client in room[1...2] { #expect(await client.hears().shorts == ["ann \(verb) +#a\(text)"]) }
        #expect(await room[3].hears().isEmpty)
    }

    @Test func `PRIVMSG takes a list of targets, as many as was promised`() async throws {
        let harness = try CommandHarness()
        let room = await harness.room("#a", "ann", "bob")
        #expect(await room[0].send("PRIVMSG bob,nobody,#a :x").begin(with: ["401 nobody"]))
        #expect(await room[1].hears().shorts == ["ann PRIVMSG bob x", "ann PRIVMSG #a x"])
        #expect(await room[0].send("PRIVMSG bob,bob,bob,bob,#a :x").begin(with: ["407 #a"]))
        #expect(await room[1].hears().count == 4)
    }

    @Test func `PRIVMSG says who is away, NOTICE does not`() async throws {
        let harness = try CommandHarness(shards: 2)
        for shard in 0..<2 { _ = await harness.client("bob\(shard)", shard: shard).send("AWAY :fishing") }
        let ann = await harness.client("ann")
        for nick in ["bob0", "bob1"] {
            #expect(await ann.send("PRIVMSG \(nick) :x").shorts == ["301 \(nick) fishing"])
            #expect(await ann.send("NOTICE \(nick) :x").isEmpty)
        }
    }

    @Test func `messages of one sender keep their order, whatever they go to`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        for number in 0..<50 { room[0].begin("PRIVMSG \(number % 3 == 0 ? "bob" : "#a") :\(number)") }
        #expect(await room[1].hears().map(\.text) == (0..<50).map(String.init))
    }

    @Test(arguments: [0, 1])
    func `a message goes to who has the nickname now`(shard: Int) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann")
        let bob = await harness.client("bob", shard: shard)
        let cid = await harness.client("cid", shard: shard)
        _ = await ann.send("PRIVMSG bob :first")
        #expect(await bob.hears().shorts == ["ann PRIVMSG bob first"])
        _ = await bob.send("NICK rob")
        _ = await cid.send("NICK bob")
        _ = await ann.send("PRIVMSG bob :second")
        #expect(await bob.hears().isEmpty)
        #expect(await cid.hears().shorts == ["ann PRIVMSG bob second"])
        _ = await cid.send("QUIT")
        #expect(await ann.send("PRIVMSG bob :third").begin(with: ["401 bob"]))
    }

    @Test func `messages to one nickname keep their order while it changes hands`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann")
        let bob = await harness.client("bob", shard: 1)
        let cid = await harness.client("cid", shard: 1)
        _ = await ann.send("PRIVMSG bob :0")
        harness.gates[0].shut()
        for number in 1...4 { ann.begin("PRIVMSG bob :\(number)") }
        await harness.settle()
        harness.gates[0].letOneThrough()
        #expect(await bob.send("NICK rob").with("PRIVMSG").map(\.text) == ["0", "1"])
        _ = await cid.send("NICK bob")
        harness.gates[0].open()
        await harness.settle()
        #expect(await ann.hears().isEmpty)
        #expect(await bob.hears().isEmpty)
        #expect(await cid.hears().map(\.text) == ["2", "3", "4"])
    }

    @Test func `who is somewhere else is looked up once for messages that follow each other`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann")
        let bob = await harness.client("bob", shard: 1)
        _ = await ann.send("PRIVMSG bob :first")
        harness.gates[0].shut()
        ann.begin("PRIVMSG bob :second")
        await harness.settle()
        harness.gates[0].letOneThrough()
        #expect(await bob.hears().map(\.text) == ["first", "second"])
        #expect(harness.gates[0].waiting == 0)
    }

    @Test func `PRIVMSG knows at once what changed of who is somewhere else`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann")
        let bob = await harness.client("bob", shard: 1)
        #expect(await ann.send("PRIVMSG bob :x").isEmpty)
        _ = await bob.send("AWAY :fishing")
        #expect(await ann.send("PRIVMSG bob :x").shorts == ["301 bob fishing"])
        _ = await bob.send("AWAY", "NICK Bob")
        #expect(await ann.send("PRIVMSG bob :x").isEmpty)
        #expect(await bob.hears().shorts == ["ann PRIVMSG Bob x"])
    }

    // MARK: Tags and echoes

    @Test func `clients' own tags reach those who asked for tags, nobody else sees one`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", "message-tags server-time echo-message", in: "#a")
        let bob = await harness.client("bob", shard: 1, "message-tags server-time", in: "#a")
        let timed = await harness.client("timed", "server-time", in: "#a")
        let plain = await harness.client("plain", shard: 1, in: "#a")
        await [ann, bob, timed, plain].listen()
        let echo = await ann.send("@+react=\\:smile\\s\\\\;+x;secret=no;msgid=forged;time=forged PRIVMSG #a :hello")
        let got = await bob.hears()
        #expect(echo.count == 1 && got.count == 1)
        #expect(Set(got[0].tags.keys) == ["+react", "+x", "msgid", "time"])
        #expect(got[0].tags["+react"] == "\\:smile\\s\\\\" && got[0].tags == echo[0].tags)
        #expect(got[0].tags["msgid"] != "forged" && got[0].tags["time"] == "2023-11-14T22:13:20.000Z")
        #expect(await timed.hears().map { $0.tags.keys.sorted() } == [["time"]])
        #expect(
            await plain.hears().map(\.description) == [
                got[0].description.split(separator: " ", maxSplits: 1).last.map(String.init)
            ]
        )
    }

    @Test func `TAGMSG reaches only who knows tags`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", "message-tags echo-message", in: "#a")
        let bob = await harness.client("bob", shard: 1, "message-tags", in: "#a")
        let plain = await harness.client("plain", "server-time", in: "#a")
        await [ann, bob, plain].listen()
        #expect(
            await ann.send("@+typing=active TAGMSG #a", "@+typing=done TAGMSG bob").map(\.short) == [
                "ann TAGMSG #a", "ann TAGMSG bob",
            ]
        )
        #expect(
            await bob.hears().map { "\($0.short) \($0.tags["+typing"] ?? "")" } == [
                "ann TAGMSG #a active", "ann TAGMSG bob done",
            ]
        )
        #expect(await plain.hears().isEmpty)
        #expect(await ann.send("TAGMSG #a", "@typing=x TAGMSG #a").isEmpty)
        #expect(await bob.hears().isEmpty)
        #expect(await ann.send("@+a TAGMSG").begin(with: ["411"]))
        #expect(await ann.send("@+a TAGMSG nobody").begin(with: ["401 nobody"]))
        #expect(await plain.send("@+a TAGMSG #a").isEmpty)
    }

    @Test func `an echo stands where the channel's log has the message`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", "echo-message message-tags", in: "#a")
        let bob = await harness.client("bob", shard: 1, "echo-message message-tags", in: "#a")
        await [ann, bob].listen()
        for number in 0..<20 {
            ann.begin("PRIVMSG #a :ann \(number)")
            bob.begin("PRIVMSG #a :bob \(number)")
        }
        let (first, second) = (await ann.hears(), await bob.hears())
        #expect(first.count == 40 && first.shorts == second.shorts)
        #expect(first.map { $0.tags["msgid"] } == second.map { $0.tags["msgid"] })
        #expect(Set(first.map { $0.tags["msgid"] }).count == 40)
    }

    @Test func `a message to oneself comes, and is echoed`() async throws {
        let harness = try CommandHarness()
        #expect(await harness.client("ann").send("PRIVMSG ann :note").shorts == ["ann PRIVMSG ann note"])
        let lines = await harness.client("bob", "echo-message").send("PRIVMSG bob :note")
        #expect(lines.shorts == ["bob PRIVMSG bob note", "bob PRIVMSG bob note"])
    }

    @Test func `what a bot says is marked`() async throws {
        let harness = try CommandHarness()
        let bob = await harness.client("bob", "message-tags")
        _ = await harness.client("robot").send("MODE robot +B", "PRIVMSG bob :beep")
        #expect(await bob.hears().first?.tags["bot"] == "")
    }

    // MARK: Lines that are none

    @Test func `a line that is not UTF-8 is not sent on`() async throws {
        let harness = try CommandHarness()
        let room = await harness.room("#a", "ann", "bob")
        _ = await room[0].send("CAP REQ standard-replies")
        room[0].wire.send(ByteBuffer(bytes: Array("PRIVMSG #a :gr".utf8) + [0xFC, 0xDF, 0x0D, 0x0A]))
        #expect(await room[0].hears().begin(with: ["FAIL PRIVMSG INVALID_UTF8"]))
        #expect(await room[1].hears().isEmpty)
    }

    @Test func `a line that is too long is not sent on`() async throws {
        let room = await (try CommandHarness()).room("#a", "ann", "bob")
        #expect(await room[0].send("PRIVMSG #a :" + String(repeating: "x", count: 600)).begin(with: ["417"]))
        #expect(await room[1].hears().isEmpty)
        #expect(await room[0].send("PRIVMSG #a :short").isEmpty)
        #expect(await room[1].hears().count == 1)
    }

    @Test func `a line may come in any pieces`() async throws {
        let room = await (try CommandHarness()).room("#a", "ann", "bob")
        for byte in "PRIVMSG #a :grüße\nPRIVMSG #a :zwei\r\n".utf8 { room[0].wire.send(ByteBuffer(bytes: [byte])) }
        #expect(await room[1].hears().map(\.text) == ["grüße", "zwei"])
    }
}
