// Modes of channels as people on several shards meet them: who comes in, who speaks, who is seen.

import Simulation
import Testing

@Suite struct ChannelModeTests {
    // MARK: Coming in

    @Test(arguments: [("+R", "477 #a"), ("+z", "489 #a"), ("+j 1:60", "480 #a")])
    func `JOIN is refused in the words that clients know`(mode: String, expected: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("MODE #a \(mode)")
        _ = await harness.member("cid", shard: 1, in: "#a").client
        let bob = harness.stranger(shard: 1, isSecure: false)
        _ = await bob.send("NICK bob", "USER b 0 * :B")
        _ = await ann.hears()
        #expect(await bob.send("JOIN #a").begin(with: [expected]))
        #expect(await ann.hears().isEmpty)
        if mode.hasPrefix("+z") { return }
        _ = await ann.send("INVITE bob #a")
        #expect(await bob.send("JOIN #a").with("JOIN").count == 1)
    }

    @Test func `a throttle counts those who come and go, on all shards, and lets in again later`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("MODE #a +j 3:10")
        let bob = await harness.client("bob", shard: 1)
        let cid = await harness.client("cid")
        #expect(await bob.send("JOIN #a", "PART #a", "JOIN #a", "PART #a").with("JOIN").count == 2)
        #expect(await cid.send("JOIN #a", "PART #a").with("JOIN").count == 1)
        #expect(await bob.send("JOIN #a").begin(with: ["480 #a"]))
        #expect(await cid.send("JOIN #a").begin(with: ["480 #a"]))
        await harness.advance(by: 10)
        #expect(await bob.send("JOIN #a").with("JOIN").count == 1)
        _ = await ann.hears()
        #expect(await ann.send("MODE #a -j", "MODE #a").shorts.first == "ann MODE #a -j")
        #expect(await cid.send("JOIN #a").with("JOIN").count == 1)
    }

    @Test func `a throttle holds on a shard that has just heard of the channel`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("MODE #a +j 1:10")
        _ = await harness.client("bob", in: "#a")
        #expect(await harness.client("cid", shard: 1).send("JOIN #a").begin(with: ["480 #a"]))
    }

    @Test func `who connects without TLS leaves channels for those with, before being shown them`() async throws {
        let harness = try CommandHarness(shards: 3)
        let bob = await harness.client("bob", shard: 2, in: "#a")
        let ann = await harness.member("ann", in: "#a", "#b").client
        _ = await bob.hears()
        #expect(await bob.send("MODE #a +z").shorts == ["bob MODE #a +z"])
        _ = await ann.hears()
        let (phone, welcome) = await harness.member("ann", shard: 1, isSecure: false)
        #expect(welcome.with("JOIN").map(\.text) == ["#b"], "\(welcome)")
        #expect(await bob.hears().shorts == ["ann PART #a Not connected securely any more"])
        #expect(await ann.hears().with("PART").count == 1)
        #expect(await phone.send("JOIN #a").begin(with: ["489 #a"]))
        let bare = harness.stranger(isSecure: false)
        _ = await bare.send("NICK bare", "USER b 0 * :B", "JOIN #c")
        #expect(await bare.send("MODE #c +z").begin(with: ["490 #c"]))
    }

    // MARK: Forwarding

    @Test(arguments: [
        ("MODE #a +i", "bob"), ("MODE #a +l 1", "bob"), ("MODE #a +b f:#b:bob", "bob"), ("MODE #a +R", "bob"),
    ])
    func `who is kept out comes into the other channel`(mode: String, nick: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a", "#b")
        _ = await ann.send("MODE #a +f #B", mode)
        let bob = await harness.client(nick, shard: 1)
        let lines = await bob.send("JOIN #a")
        #expect(lines.begin(with: ["470 #a #", "bob JOIN #b", "353", "366"]), "\(lines)")
        #expect(await ann.hears().with("JOIN").shorts == ["bob JOIN #b"])
        #expect(await bob.send("JOIN #a").begin(with: ["470 #a #"]))
    }

    @Test func `nobody is forwarded in circles, or into a channel that is not there`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", in: "#a", "#b", "#c")
        _ = await ann.send("MODE #a +if #b", "MODE #b +if #a", "MODE #c +fi #d")
        _ = await ann.send("JOIN #d", "MODE #c +fi #d", "PART #d")
        let bob = await harness.client("bob")
        #expect(await bob.send("JOIN #a").commands == Array(repeating: "470", count: 6))
        #expect(await bob.send("JOIN #c").begin(with: ["470 #c #d", "403 #d"]))
        #expect(await bob.send("JOIN #d").first?.command == "JOIN")
    }

    @Test(arguments: ["+f #b", "+b f:#b:bob"])
    func `a channel is forwarded to by who runs it, or by all if it says so`(mode: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        let bob = await harness.client("bob", shard: 1, in: "#b")
        #expect(await ann.send("MODE #a \(mode)").begin(with: ["442 #b"]))
        _ = await ann.send("JOIN #b")
        #expect(await ann.send("MODE #a \(mode)").begin(with: ["482 #b"]))
        _ = await bob.send("MODE #b +F")
        _ = await ann.hears()
        #expect(await ann.send("MODE #a \(mode)").commands == ["MODE"])
        #expect(await ann.send("MODE #a \(mode.replacing("#b", with: "#x"))").begin(with: ["403 #x"]))
        _ = await bob.send("MODE #b -F+s")
        _ = await ann.send("PART #b", "MODE #a -f", "MODE #a -b f:#b:bob")
        #expect(await ann.send("MODE #a \(mode)").begin(with: ["403 #b"]), "a secret one looks as if it were not there")
    }

    // MARK: Speaking

    @Test(arguments: [
        ("+C", "PRIVMSG #a :\u{1}VERSION\u{1}"), ("+c", "PRIVMSG #a :\u{3}4red"), ("+M", "PRIVMSG #a :x"),
        ("+b m:bob", "PRIVMSG #a :x"), ("+b m:r:*bob", "PRIVMSG #a :x"),
    ])
    func `PRIVMSG is refused with 404, and nobody hears it`(mode: String, line: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        _ = await room[0].send("MODE #a \(mode)")
        await room.listen()
        #expect(await room[1].send(line).begin(with: ["404 #a"]))
        #expect(await room[1].send(line.replacing("PRIVMSG", with: "NOTICE")).isEmpty)
        #expect(await room[0].hears().isEmpty)
        _ = await room[0].send("MODE #a \(mode.replacing("+", with: "-"))")
        _ = await room[1].hears()
        #expect(await room[1].send(line).isEmpty)
        #expect(await room[0].hears().with("PRIVMSG").count == 1)
    }

    @Test(arguments: [("+C", "\u{1}VERSION"), ("+c", "\u{2}bold")])
    func `a message of several lines is one in this too`(mode: String, line: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        let bob = await harness.client("bob", shard: 1, "batch message-tags draft/multiline", in: "#a")
        _ = await ann.send("MODE #a \(mode)")
        _ = await bob.hears()
        let batch = [
            "BATCH +1 draft/multiline #a", "@batch=1 PRIVMSG #a :plain", "@batch=1 PRIVMSG #a :\(line)", "BATCH -1",
        ]
        for line in batch { bob.wire.send(line) }
        #expect(await bob.hears().with("404").count == 1)
        #expect(await ann.hears().with("PRIVMSG").isEmpty)
    }

    @Test func `a certificate's fingerprint is banned on every shard`() async throws {
        let harness = try CommandHarness(shards: 2)
        let digits = String(repeating: "0a", count: 32)
        let ann = await harness.client("ann", in: "#a")
        _ = await ann.send("MODE #a +b z:\(digits)")
        for fingerprint in [digits, String(repeating: "0b", count: 32), nil] {
            let bob = Client(harness: harness, wire: harness.connect(shard: 1, fingerprint: fingerprint))
            _ = await bob.send("NICK bob", "USER b 0 * :B")
            #expect(await bob.send("JOIN #a").first?.command == (fingerprint == digits ? "474" : "JOIN"))
            _ = await bob.send("QUIT")
        }
    }

    @Test func `a notice comes through where notices do, and is never answered`() async throws {
        let room = await (try CommandHarness(shards: 2)).room("#a", "ann", "bob", shard: { $0 })
        _ = await room[0].send("MODE #a +T")
        await room.listen()
        #expect(await room[1].send("NOTICE #a :x", "PRIVMSG #a :y").isEmpty)
        #expect(await room[0].hears().shorts == ["bob PRIVMSG #a y"])
        _ = await room[0].send("MODE #a -T")
        _ = await room[1].send("NOTICE #a :x")
        #expect(await room[0].hears().with("NOTICE").count == 1)
    }

    @Test func `a ban of who is in a channel holds while that is so and everybody may know`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        _ = await room[0].send("MODE #a +b c:#den")
        _ = await room[1].send("JOIN #den")
        #expect(await room[1].send("PRIVMSG #a :x").begin(with: ["404 #a"]))
        #expect(await room[1].send("PART #a", "JOIN #a").commands == ["PART", "474"])
        _ = await room[1].send("MODE #den +s")
        #expect(await room[1].send("JOIN #a").first?.command == "JOIN")
        #expect(await room[1].send("PRIVMSG #a :x").isEmpty)
    }

    @Test func `members without a rank wait between messages, on whichever shard`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        _ = await room[0].send("MODE #a +W 30")
        await room.listen()
        #expect(
            await room[1].send("PRIVMSG #a :one", "PRIVMSG #a :two").begin(with: [
                "404 #a Cannot send to channel: wait 30 seconds"
            ])
        )
        #expect(await room[0].send("PRIVMSG #a :a", "PRIVMSG #a :b").shorts == ["bob PRIVMSG #a one"])
        _ = await room[1].hears()
        await harness.advance(by: 29)
        #expect(await room[1].send("PRIVMSG #a :three").begin(with: ["404 #a Cannot send to channel: wait 1 second"]))
        await harness.advance(by: 1)
        #expect(await room[1].send("PRIVMSG #a :four").isEmpty)
        #expect(await room[0].hears().map(\.text) == ["four"])
        _ = await room[0].send("MODE #a +v bob")
        _ = await room[1].hears()
        #expect(await room[1].send("PRIVMSG #a :five").isEmpty)
    }

    @Test func `who speaks through two clients waits as one`() async throws {
        let harness = try CommandHarness(shards: 3)
        let bob = await harness.client("bob", shard: 2, in: "#a")
        let ann = await harness.member("ann", in: "#a").client
        let phone = await harness.member("ann", shard: 1).client
        _ = await bob.send("MODE #a +W 30")
        _ = await ann.send("PRIVMSG #a :one")
        _ = await phone.hears()
        #expect(await phone.send("PRIVMSG #a :two").begin(with: ["404 #a"]))
    }

    @Test func `what members without a rank say only hosts hear, and they see it themselves`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", "cid", shard: { $0 % 2 })
        let dee = await harness.client("dee", "echo-message", in: "#a")
        _ = await room[0].send("MODE #a +Uv cid")
        await (room + [dee]).listen()
        #expect(await dee.send("PRIVMSG #a :x").shorts == ["dee PRIVMSG #a x"])
        #expect(await room[0].hears().shorts == ["dee PRIVMSG #a x"])
        #expect(await room[1].hears().isEmpty)
        #expect(await room[2].hears().isEmpty)
        _ = await room[2].send("PRIVMSG #a :y")
        #expect(await room[1].hears().shorts == ["cid PRIVMSG #a y"])
    }

    // MARK: Nicknames

    @Test func `members keep their nicknames in any of their channels, but for hosts`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", shard: { $0 })
        _ = await room[1].send("JOIN #b")
        _ = await room[0].send("MODE #a +N")
        await room.listen()
        #expect(await room[1].send("NICK bobby").begin(with: ["447 #a"]))
        #expect(await room[0].send("NICK anna").shorts == ["ann NICK anna"])
        _ = await room[1].send("PART #a")
        #expect(await room[1].send("NICK bobby").shorts == ["bob NICK bobby"])
    }

    // MARK: Auditorium

    private func names(_ client: Client) async -> Set<Substring> {
        Set(await client.send("NAMES #a").with("353").flatMap { $0.text.split(separator: " ") })
    }

    @Test func `members without a rank are seen by hosts only, on whichever shard`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", "cid", shard: { $0 % 2 })
        _ = await room[0].send("MODE #a +u")
        await room.listen()
        let dee = await harness.client("dee", shard: 1)
        #expect(await dee.send("JOIN #a").with("353").map(\.text) == ["@ann dee"])
        #expect(await room[0].hears().shorts == ["dee JOIN #a"])
        #expect(await room[1].hears().isEmpty)
        #expect(await room[2].hears().isEmpty)
        #expect(await self.names(room[0]) == ["@ann", "bob", "cid", "dee"])
        #expect(await self.names(room[1]) == ["@ann", "bob"])
        #expect(await room[1].send("WHO #a").with("352").map { $0.parameters[5] }.sorted() == ["ann", "bob"])
        #expect(await room[0].send("WHO #a").with("352").count == 4)
        #expect(await room[1].send("WHOIS cid").with("319").isEmpty)
        #expect(await room[1].send("WHOIS ann").with("319").map(\.text) == ["@#a"])
        #expect(await room[0].send("WHOIS cid").with("319").map(\.text) == ["#a"])
        // Neither by inviting them nor by a ban of those who are there.
        #expect(await room[1].send("INVITE cid #a").begin(with: ["341 cid #a"]))
        #expect(await room[0].send("INVITE cid #a").begin(with: ["443 cid #a"]))
        _ = await room[1].send("JOIN #trap", "MODE #trap +b c:#a")
        #expect(await room[2].send("JOIN #trap", "PART #trap").with("474").isEmpty)
        await room.listen()
        _ = await room[2].send("PRIVMSG #a :hello")
        #expect(await room[1].hears().shorts == ["cid PRIVMSG #a hello"])
        _ = await room[0].hears()
        _ = await dee.hears()
        _ = await room[2].send("NICK cidney", "PART #a")
        _ = await dee.send("QUIT :bye")
        #expect(await room[0].hears().shorts == ["cid NICK cidney", "cidney PART #a", "dee QUIT Quit: bye"])
        #expect(await room[1].hears().isEmpty)
    }

    @Test func `who has a rank is seen by all, and everybody again when the mode is taken off`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", "cid", shard: { $0 % 2 })
        _ = await room[0].send("MODE #a +uv cid")
        await room.listen()
        #expect(await self.names(room[1]) == ["@ann", "bob", "+cid"])
        _ = await room[2].send("PART #a")
        #expect(await room[1].hears().shorts == ["cid PART #a"])
        _ = await room[2].send("JOIN #a")
        #expect(await room[1].hears().isEmpty)
        _ = await room[0].send("KICK #a cid :out")
        #expect(await room[1].hears().isEmpty)
        #expect(await room[2].hears().last?.short == "ann KICK #a cid out")
        _ = await room[2].send("JOIN #a")
        _ = await room[0].send("MODE #a -u")
        #expect(await self.names(room[1]) == ["@ann", "bob", "cid"])
    }

    @Test func `who is seen in another channel is told of there`() async throws {
        let harness = try CommandHarness(shards: 2)
        let room = await harness.room("#a", "ann", "bob", "cid", shard: { $0 % 2 })
        for client in room[1...2] { _ = await client.send("JOIN #b") }
        _ = await room[0].send("MODE #a +u")
        await room.listen()
        _ = await room[2].send("NICK cidney")
        #expect(await room[1].hears().shorts == ["cid NICK cidney"])
        _ = await room[2].send("QUIT :bye")
        #expect(await room[1].hears().shorts == ["cidney QUIT Quit: bye"])
        #expect(await room[0].hears().shorts == ["cid NICK cidney", "cidney QUIT Quit: bye"])
    }

    // MARK: Addresses

    @Test func `a tenant's operator bans addresses, and nobody else learns one`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann", in: "#a")
        let boss = await harness.boss()
        #expect(await ann.send("MODE #a +b ip:192.0.2.0/24").begin(with: ["481"]))
        #expect(await ann.send("MODE #a +b *!*@192.0.2.0/24").commands == ["MODE"])
        let bob = await harness.client("bob", shard: 1, address: "192.0.2.77")
        #expect(await bob.send("JOIN #a", "PART #a").first?.command == "JOIN")
        _ = await boss.send("MODE #a +b *!*@192.0.2.0/24")
        #expect(await bob.send("JOIN #a").begin(with: ["474 #a"]))
        #expect(await harness.client("cid", shard: 1, address: "198.51.100.1").send("JOIN #a").first?.command == "JOIN")
        #expect(
            await ann.send("MODE #a b").with("367").map { $0.parameters[2] } == [
                "*!*@192.0.2.0/24", "ip:*!*@192.0.2.0/24",
            ]
        )
        _ = await ann.send("MODE #a -b ip:192.0.2.0/24")
        #expect(await bob.send("JOIN #a").first?.command == "JOIN")
    }

    @Test func `ISUPPORT and HELP have what there is`() async throws {
        let ann = try CommandHarness().stranger()
        let support = await ann.send("NICK ann", "USER a 0 * :A").with("005").flatMap(\.parameters)
        #expect(support.contains("EXTBAN=,acfimrz") && support.contains("ACCOUNTEXTBAN=account,a"))
        #expect(
            support.contains("CHANMODES=beI,k,fjlW,cCFiJmMnNprRstTuUz"),
            "\(support.filter { $0.hasPrefix("CHANM") })"
        )
        #expect(await ann.send("HELP EXTBAN").count == 9)
        #expect(await ann.send("HELP CMODES").with("705").contains { $0.text.hasPrefix("u  ") })
    }
}
