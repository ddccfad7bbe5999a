// What a network's checks do with messages, on whichever shard.

import Chat
import Checks
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct CheckTests {
    private static let capabilities =
        "standard-replies message-tags echo-message batch draft/multiline labeled-response draft/relaymsg"

    /// A network in which `buy` is a word that a check looks for.
    static func rig(_ action: Check.Action, _ change: (inout Check) -> Void = { _ in }) async throws -> OwnershipRig {
        let rig = try await OwnershipRig(shards: 2)
        var check = Check()
        (check.name, check.kind, check.action, check.words) = ("spam", .words, action, ["buy"])
        check.directMessages = !action.needsChannel
        change(&check)
        await Self.apply([check], to: rig)
        return rig
    }

    static func apply(_ checks: [Check], to rig: OwnershipRig) async {
        var tenant = rig.harness.tenant
        tenant.settings.moderation.checks = checks
        await rig.harness.apply(tenant)
    }

    /// Those who are there: the owner of `#a`, a moderator elsewhere, and who says something, on this shard.
    private struct People {
        let ann: Client
        let moderator: Client
        let bob: Client
    }

    private func people(_ rig: OwnershipRig, shard: Int, _ capabilities: String = Self.capabilities) async -> People {
        let ann = await rig.member("ann", in: "#a")
        let moderator = await rig.operator(.moderator, shard: 1 - shard)
        let bob = await rig.harness.client("bob", shard: shard, capabilities, in: "#a")
        await [ann, moderator, bob].listen()
        return People(ann: ann, moderator: moderator, bob: bob)
    }

    // MARK: Each action

    @Test(arguments: [0, 1])
    func `a message that is only warned of goes through, and its sender is told`(shard: Int) async throws {
        let rig = try await Self.rig(.warn)
        let people = await self.people(rig, shard: shard)
        let told = await people.bob.send("PRIVMSG #a :Buy this")
        #expect(told.contains { $0.short.hasPrefix("WARN PRIVMSG MESSAGE_FLAGGED #a Your message was let through") })
        #expect(await people.ann.hears().shorts == ["bob PRIVMSG #a Buy this"])
        #expect(await people.moderator.hears().isEmpty)
    }

    @Test(arguments: [0, 1])
    func `a message that is refused is not heard, in channels and between people`(shard: Int) async throws {
        let rig = try await Self.rig(.refuse)
        let people = await self.people(rig, shard: shard)
        let told = await people.bob.send("PRIVMSG #a :buy this", "PRIVMSG ann :buy this", "NOTICE #a :buy this")
        #expect(
            told.begin(with: [
                "404 #a Cannot send to channel: a word that is not wanted here",
                "FAIL PRIVMSG MESSAGE_REFUSED ann Your message was not sent: a word that is not wanted here",
            ])
        )
        #expect(await people.ann.hears().isEmpty)
        _ = await people.bob.send("PRIVMSG #a :hello", "PRIVMSG ann :hello")
        #expect(await people.ann.hears().count == 2)
    }

    @Test(arguments: [0, 1])
    func `a message that is hidden is seen by its sender alone, who cannot tell`(shard: Int) async throws {
        let rig = try await Self.rig(.hide)
        let people = await self.people(rig, shard: shard)
        let told = await people.bob.send("PRIVMSG #a :buy this", "PRIVMSG ann :buy this")
        #expect(told.shorts == ["bob PRIVMSG #a buy this", "bob PRIVMSG ann buy this"])
        #expect(told.allSatisfy { $0.tags["msgid"]?.isEmpty == false })
        #expect(await people.bob.ask("x", "PRIVMSG #a :buy this").lines.shorts == ["bob PRIVMSG #a buy this"])
        #expect(await people.ann.hears().isEmpty)
    }

    @Test(arguments: [0, 1])
    func `who is muted does not speak in the channel for a time, and a moderator hears why`(shard: Int) async throws {
        let rig = try await Self.rig(.mute) { $0.duration = .seconds(60) }
        let people = await self.people(rig, shard: shard)
        _ = await people.ann.send("MODE #a +v bob")
        _ = await people.bob.hears()
        let told = await people.bob.send("PRIVMSG #a :buy this")
        #expect(told.with("404").map(\.text) == ["Cannot send to channel: a word that is not wanted here"])
        let mode = try #require(await people.ann.hears().with("MODE").first)
        #expect(mode.parameters[1] == "-v+b" && mode.parameters.last?.hasPrefix("m:*!*@") == true, "\(mode)")
        #expect(await people.moderator.hears().map(\.text) == ["Check: #a: Mute 60s bob: spam: the word buy"])
        #expect(await people.bob.send("PRIVMSG #a :hello").commands == ["404"])
        #expect(await people.ann.hears().isEmpty)
        await rig.pass(66, with: [people.ann, people.bob, people.moderator])
        #expect(await people.ann.send("MODE #a b").with("367").isEmpty)
        #expect(await people.bob.send("PRIVMSG #a :hello").with("404").isEmpty)
    }

    @Test(arguments: [Check.Action.kick, .ban], [0, 1])
    func `who is taken out is not in the channel, and comes back in once they may`(action: Check.Action, shard: Int)
        async throws
    {
        let rig = try await Self.rig(action) { $0.duration = .seconds(60) }
        let people = await self.people(rig, shard: shard)
        let told = await people.bob.send("PRIVMSG #a :buy this")
        #expect(told.with("KICK").map(\.short) == ["KICK #a bob Check: spam"], "\(told)")
        #expect(await people.ann.hears().with("PRIVMSG").isEmpty)
        let length = action == .ban ? " 60s" : ""
        let why = "Check: #a: \(action.rawValue)\(length) bob: spam: the word buy"
        #expect(await people.moderator.hears().map(\.text) == [why])
        #expect(await people.bob.send("JOIN #a").with("474").count == (action == .ban ? 1 : 0))
        await rig.pass(61, with: [people.ann, people.bob, people.moderator])
        _ = await people.bob.hears()
        if action == .ban { #expect(await people.bob.send("JOIN #a").commands.contains("JOIN")) }
        #expect(await people.ann.send("MODE #a b").with("367").isEmpty)
    }

    @Test func `a host makes a ban that ends one that stays`() async throws {
        let rig = try await Self.rig(.mute) { $0.duration = .seconds(60) }
        let people = await self.people(rig, shard: 0)
        _ = await people.bob.send("PRIVMSG #a :buy this")
        let mask = try #require(await people.ann.hears().with("MODE").first?.parameters.last)
        #expect(await people.ann.send("MODE #a +b \(mask)").with("MODE").count == 1)
        #expect(await people.ann.send("MODE #a +b \(mask)").with("MODE").isEmpty)
        await rig.pass(66, with: [people.ann, people.bob, people.moderator])
        #expect(await people.ann.send("MODE #a b").with("367").count == 1)
    }

    @Test func `what a check did is in the audit log once`() async throws {
        let rig = try await Self.rig(.kick)
        let people = await self.people(rig, shard: 1)
        _ = await people.bob.send("PRIVMSG #a :buy this")
        await rig.harness.advance(by: 1)
        let kept = try await AuditTests.kept(rig).map(\.entry).filter { $0.action == "CHECK" }
        #expect(kept.map(\.detail) == ["Kick bob: spam: the word buy"])
        #expect(kept.first?.target == "#a" && kept.first?.account == nil)
    }

    // MARK: For whom, and what of

    @Test func `who runs the channel, and who has a role, is exempt`() async throws {
        let rig = try await Self.rig(.refuse)
        let people = await self.people(rig, shard: 1)
        #expect(await people.ann.send("PRIVMSG #a :buy this").with("404").isEmpty)
        _ = await people.moderator.send("JOIN #a")
        #expect(await people.moderator.send("PRIVMSG #a :buy this").with("404").isEmpty)
        #expect(await people.bob.hears().with("PRIVMSG").count == 2)
    }

    @Test func `several lines are one text, and a bridge's people are looked at, not the bridge`() async throws {
        let rig = try await Self.rig(.kick) { ($0.words, $0.exempt.rank) = (["buy now"], .host) }
        let people = await self.people(rig, shard: 0)
        let batch = ["BATCH +1 draft/multiline #a", "@batch=1 PRIVMSG #a :buy", "@batch=1 PRIVMSG #a :now", "BATCH -1"]
        for line in batch { people.bob.begin(line) }
        #expect(await people.bob.hears().with("KICK").count == 1)
        let bridge = await rig.member("cid", shard: 1, Self.capabilities, in: "#b")
        _ = await rig.member("bob", in: "#b")
        let told = await bridge.send("RELAYMSG #b x/net :buy now", "RELAYMSG #b y/net :hello")
        #expect(told.with("404").count == 1 && told.with("KICK").isEmpty, "\(told)")
        #expect(told.shorts.last == "x/net PRIVMSG #b hello" || told.shorts.last?.hasSuffix("hello") == true)
    }

    @Test func `what tags say is looked at, but for the states of typing`() async throws {
        let rig = try await Self.rig(.refuse)
        let people = await self.people(rig, shard: 0)
        let told = await people.bob.send(
            "@+typing=active TAGMSG #a",
            #"@+draft/react=buy\snow TAGMSG #a"#,
            "@+draft/react=x TAGMSG #a"
        )
        #expect(told.with("404").count == 1, "\(told)")
    }

    @Test func `what a dry run hits goes through, and is counted`() async throws {
        let rig = try await Self.rig(.ban) { $0.dryRun = true }
        let people = await self.people(rig, shard: 0)
        _ = await people.bob.send("PRIVMSG #a :buy this", "PRIVMSG #a :buy that")
        #expect(await people.ann.hears().count == 2)
        let told = await people.moderator.send("CHECKS LIST")
        #expect(
            told.begin(with: ["NOTE CHECKS CHECK spam Words Ban dry 2 channels exempt", "NOTE CHECKS CHECKS_END 1"]),
            "\(told)"
        )
    }

    /// A network that lets two messages through in a time, and somebody in a channel of Ann's.
    private func withRate() async throws -> (OwnershipRig, Client) {
        let rig = try await OwnershipRig()
        var check = Check()
        (check.name, check.kind, check.action, check.limit) = ("flood", .rate, .refuse, 2)
        await Self.apply([check], to: rig)
        _ = await rig.member("ann", in: "#a")
        return (rig, await rig.harness.client("bob", Self.capabilities, in: "#a"))
    }

    @Test func `who says too much too fast is refused until it is slower, and typing is not counted`() async throws {
        let (rig, bob) = try await self.withRate()
        for _ in 0..<5 { _ = await bob.send("@+typing=active TAGMSG #a") }
        let told = await bob.send("PRIVMSG #a :1", "PRIVMSG #a :2", "PRIVMSG #a :3")
        #expect(told.commands == ["PRIVMSG", "PRIVMSG", "404"])
        await rig.harness.advance(by: 11)
        #expect(await bob.send("PRIVMSG #a :4").commands == ["PRIVMSG"])
    }

    @Test func `a guest who comes back is who said it all`() async throws {
        let (rig, bob) = try await self.withRate()
        _ = await bob.send("PRIVMSG #a :1", "PRIVMSG #a :2", "PRIVMSG #a :3")
        _ = await bob.send("QUIT")
        let rob = await rig.harness.client("rob", Self.capabilities, in: "#a")
        #expect(await rob.send("PRIVMSG #a :4").commands == ["404"])
        let other = await rig.harness.client("other", Self.capabilities, address: "198.51.100.1", in: "#a")
        #expect(await other.send("PRIVMSG #a :5").commands == ["PRIVMSG"])
    }

    @Test func `words are found in letters that look like theirs`() async throws {
        let rig = try await Self.rig(.refuse) { $0.words = ["paypal"] }
        let people = await self.people(rig, shard: 0)
        #expect(await people.bob.send("PRIVMSG #a :your p\u{430}yp\u{430}l account").commands == ["404"])
    }

    @Test func `other checks hold at once, and none cost nothing`() async throws {
        let rig = try await Self.rig(.refuse)
        let people = await self.people(rig, shard: 1)
        await Self.apply([], to: rig)
        #expect(await people.bob.send("PRIVMSG #a :buy this").with("404").isEmpty)
        #expect(await people.moderator.send("CHECKS LIST").begin(with: ["NOTE CHECKS CHECKS_END 0"]))
    }

    // MARK: CHECKS

    @Test func `CHECKS TEST says what would happen, and nothing does`() async throws {
        let rig = try await Self.rig(.refuse)
        let people = await self.people(rig, shard: 0)
        #expect(
            await people.moderator.send("CHECKS TEST #a :BUY it").begin(with: [
                "NOTE CHECKS HIT spam Refuse on the word buy", "NOTE CHECKS WOULD Refuse",
            ])
        )
        #expect(await people.moderator.send("CHECKS TEST ann :hello").begin(with: ["NOTE CHECKS WOULD Pass"]))
        #expect(await people.moderator.send("CHECKS TEST #a").begin(with: ["FAIL CHECKS INVALID_PARAMS"]))
        #expect(await people.moderator.send("CHECKS LIST").first?.short.contains(" on 0 ") == true)
        #expect(await people.bob.send("CHECKS LIST").commands == ["481"])
        #expect(await people.ann.hears().isEmpty)
    }
}
