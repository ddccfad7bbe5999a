// Messages that wait for a moderator: kept from everybody, let through or rejected on whichever shard.

import Chat
import Checks
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct HeldTests {
    private static let capabilities = "standard-replies message-tags echo-message batch draft/multiline"

    /// What a moderator is shown of the only message that waits.
    private func id(_ moderator: Client) async throws -> String {
        let told = await moderator.send("HELD LIST")
        #expect(told.count == 2, "\(told)")
        return try #require(told.first?.parameters[2])
    }

    @Test(arguments: [0, 1])
    func `HELD RELEASE says what was held as who said it, with the time in a tag`(shard: Int) async throws {
        let rig = try await CheckTests.rig(.hold)
        let ann = await rig.member("ann", Self.capabilities, in: "#a")
        let bob = await rig.member("bob", shard: shard, Self.capabilities, in: "#a")
        let moderator = await rig.operator(.moderator, shard: 1 - shard)
        await [ann, bob, moderator].listen()
        #expect(
            await bob.send("@+react=x PRIVMSG #a :buy this").begin(with: [
                "FAIL PRIVMSG MESSAGE_HELD #a Your message waits for a moderator: a word that is not wanted here"
            ])
        )
        let notice = await moderator.hears().map(\.text)
        #expect(notice.count == 1 && notice.first?.hasPrefix("Check: #a: Hold ") == true, "\(notice)")
        #expect(await ann.hears().isEmpty)

        let listed = await moderator.send("HELD LIST")
        let id = try #require(listed.first?.parameters[2])
        #expect(listed.first?.parameters[4...] == ["bob", "bob", "#a", "spam", "buy this"], "\(listed)")
        let shown = await moderator.send("HELD SHOW \(id)")
        #expect(shown.map(\.text) == ["the word buy", "buy this", "End of the message"])
        await rig.harness.advance(by: 5)
        #expect(await moderator.send("HELD RELEASE \(id)").begin(with: ["NOTE HELD RELEASED \(id)"]))
        let heard = await ann.hears()
        #expect(heard.shorts == ["bob PRIVMSG #a buy this"])
        #expect(heard.first?.tags["+react"] == "x" && heard.first?.tags["account"] == nil)
        #expect(heard.first?.tags[ChatMessage.saidAtTag].flatMap { Int64($0) } != nil)
        let own = await bob.hears()
        #expect(own.shorts.contains("bob PRIVMSG #a buy this"), "\(own)")
        #expect(own.map(\.text).contains("A moderator has let your message to #a through"))
        #expect(await moderator.send("HELD RELEASE \(id)").begin(with: ["FAIL HELD NO_SUCH_MESSAGE \(id) "]))
        #expect(await moderator.send("HELD LIST").count == 1)
        await rig.harness.advance(by: 1)
        let kept = try await AuditTests.kept(rig).map(\.entry).filter { ["CHECK", "HELD"].contains($0.action) }
        #expect(kept.map(\.action) == ["CHECK", "HELD"] && kept[1].detail == "RELEASE \(id) bob")
    }

    @Test(arguments: [0, 1])
    func `HELD REJECT tells its sender why, and nobody else anything`(shard: Int) async throws {
        let rig = try await CheckTests.rig(.hold)
        let ann = await rig.member("ann", in: "#a")
        let bob = await rig.harness.client("bob", shard: shard, Self.capabilities, in: "#a")
        let moderator = await rig.operator(.moderator, shard: 1 - shard)
        _ = await bob.send("PRIVMSG #a :buy this")
        await [ann, bob].listen()
        let id = try await self.id(moderator.heard())
        #expect(await moderator.send("HELD REJECT \(id) :no adverts").begin(with: ["NOTE HELD REJECTED \(id)"]))
        #expect(await bob.hears().map(\.text) == ["A moderator has rejected your message to #a: no adverts"])
        #expect(await ann.hears().isEmpty)
        #expect(await moderator.send("HELD REJECT \(id)").begin(with: ["FAIL HELD NO_SUCH_MESSAGE \(id) "]))
    }

    @Test func `a message between people is let through to whom it was written, and to no namesake`() async throws {
        let rig = try await CheckTests.rig(.hold)
        let guest = await rig.harness.client("guest", shard: 1, Self.capabilities)
        let bob = await rig.harness.client("bob", Self.capabilities)
        let moderator = await rig.operator(.moderator)
        for _ in 0..<2 { _ = await bob.send("PRIVMSG guest :buy this") }
        _ = await moderator.hears()
        let ids = await moderator.send("HELD LIST").dropLast().map { $0.parameters[2] }
        #expect(ids.count == 2)
        _ = await moderator.send("HELD RELEASE \(ids[0])")
        #expect(await guest.hears().shorts == ["bob PRIVMSG guest buy this"])
        _ = await guest.send("NICK other")
        _ = await rig.harness.client("guest", shard: 1)
        #expect(await moderator.send("HELD RELEASE \(ids[1])").commands == ["401"])
        #expect(await moderator.send("HELD LIST").count == 2)
    }

    @Test func `a message to a channel is let through to that, and to none of its name`() async throws {
        let rig = try await CheckTests.rig(.hold)
        let cid = await rig.harness.client("cid", Self.capabilities, in: "#z")
        let bob = await rig.harness.client("bob", Self.capabilities, in: "#z")
        let moderator = await rig.operator(.moderator)
        _ = await bob.send("PRIVMSG #z :buy this")
        let id = try await self.id(moderator.heard())
        for one in [cid, bob] { _ = await one.send("PART #z") }
        await rig.harness.advance(by: 5)
        _ = await cid.send("JOIN #z")
        #expect(await moderator.send("HELD RELEASE \(id)").commands == ["403"])
        #expect(await cid.hears().with("PRIVMSG").isEmpty)
    }

    @Test func `several lines come as several, and who has left has said it all the same`() async throws {
        let rig = try await CheckTests.rig(.hold)
        let ann = await rig.member("ann", Self.capabilities, in: "#a")
        let bob = await rig.harness.client("bob", shard: 1, Self.capabilities, in: "#a")
        let moderator = await rig.operator(.moderator)
        for line in [
            "BATCH +1 draft/multiline #a", "@batch=1 PRIVMSG #a :buy", "@batch=1 PRIVMSG #a :this", "BATCH -1",
        ] {
            bob.begin(line)
        }
        #expect(await bob.hears().commands == ["FAIL"])
        let id = try await self.id(moderator.heard())
        #expect(
            await moderator.send("HELD SHOW \(id)").map(\.text) == [
                "the word buy", "buy", "this", "End of the message",
            ]
        )
        _ = await bob.send("QUIT")
        _ = await ann.hears()
        _ = await moderator.send("HELD RELEASE \(id)")
        #expect(await ann.hears().with("PRIVMSG").map(\.text) == ["buy", "this"])
    }

    @Test func `a network and a sender hold as many as they may, the rest is refused`() async throws {
        let rig = try await CheckTests.rig(.hold)
        let bob = await rig.harness.client("bob", Self.capabilities, in: "#a")
        _ = await bob.send("PART #a")
        _ = await rig.member("ann", in: "#a")
        _ = await bob.send("JOIN #a")
        for _ in 0..<HeldMessageRepository.mostOfSender { _ = await bob.send("PRIVMSG #a :buy this") }
        #expect(await bob.send("PRIVMSG #a :buy this").commands == ["404"])
    }

    @Test func `HELD is for those who may, and says what it takes`() async throws {
        let rig = try await CheckTests.rig(.hold)
        #expect(await rig.member("bob").send("HELD LIST").commands == ["481"])
        #expect(await rig.operator(.guide).send("HELD LIST").commands == ["481"])
        let moderator = await rig.operator(.moderator)
        for line in ["HELD SHOW", "HELD LIST x", "HELD EAT x"] {
            #expect(await moderator.send(line).begin(with: ["FAIL HELD INVALID_PARAMS"]), "\(line)")
        }
        let none = await moderator.send("HELD SHOW x")
        #expect(none.begin(with: ["FAIL HELD NO_SUCH_MESSAGE x "]), "\(none)")
    }
}

extension Client {
    /// The same client, once everything that came was read.
    fileprivate func heard() async -> Client {
        _ = await self.hears()
        return self
    }
}
