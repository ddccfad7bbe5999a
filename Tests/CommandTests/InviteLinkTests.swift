// INVITELINK: codes that let people into registered channels.

import Chat
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct InviteLinkTests {
    private static let capabilities = "standard-replies"

    private func owned() async throws -> (rig: OwnershipRig, ann: Client) {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", Self.capabilities, in: "#tea")
        _ = await ann.send("CS REGISTER #tea", "MODE #tea +ikR sesame")
        return (rig, ann)
    }

    /// The code of a new link.
    private func code(_ client: Client, _ rest: String = "") async throws -> String {
        let told = await client.send("INVITELINK CREATE #tea\(rest)")
        let line = try #require(told.first { $0.parameters.count > 4 }, "\(told)")
        #expect(line.parameters[1...2] == ["LINK_CREATED", "#tea"])
        return line.parameters[4]
    }

    @Test(arguments: [0, 1])
    func `INVITELINK lets so many in past +i, +k and +R, on all shards, and no more`(shard: Int) async throws {
        let (rig, ann) = try await self.owned()
        let code = try await self.code(ann, " 2 12h")
        #expect(code.count == 32)
        for nick in ["one", "two"] {
            let client = await rig.harness.client(nick, shard: shard, Self.capabilities)
            #expect(await client.send("JOIN #tea").with("JOIN").isEmpty)
            let told = await client.send("INVITELINK USE \(code)")
            #expect(told.commands.contains("JOIN") && told.commands.contains("366"), "\(told)")
            // Who is in already takes no use.
            let answer = nick == "one" ? "443 one #tea" : "FAIL INVITELINK NO_SUCH_LINK"
            #expect(await client.send("INVITELINK USE \(code)").begin(with: [answer]))
        }
        let late = await rig.harness.client("late", shard: 1 - shard, Self.capabilities)
        #expect(await late.send("INVITELINK USE \(code)").begin(with: ["FAIL INVITELINK NO_SUCH_LINK"]))
        #expect(await ann.send("INVITELINK LIST #tea").with("NOTE").count == 1)
    }

    /// A registered channel goes to no other name, and its links stay what they were.
    @Test func `links hold when a channel is spelled otherwise`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", Self.capabilities + " draft/channel-rename", in: "#tea")
        _ = await ann.send("CS REGISTER #tea", "MODE #tea +i")
        let code = try await self.code(ann)
        #expect(await ann.send("RENAME #tea #coffee").begin(with: ["FAIL RENAME CANNOT_RENAME #tea #coffee"]))
        #expect(await ann.send("RENAME #tea #Tea").commands == ["RENAME"])
        let client = await rig.harness.client("one", shard: 1, Self.capabilities)
        #expect(await client.send("INVITELINK USE \(code)").commands.contains("JOIN"))
    }

    @Test func `a link lets nobody in that is banned, and that is no use of it`() async throws {
        let (rig, ann) = try await self.owned()
        let code = try await self.code(ann)
        _ = await ann.send("MODE #tea +b bad!*@*")
        let bad = await rig.harness.client("bad", shard: 1, Self.capabilities)
        #expect(await bad.send("INVITELINK USE \(code)").begin(with: ["474 #tea"]))
        let listed = await ann.send("INVITELINK LIST #tea").with("NOTE")
        #expect(listed.count == 2 && listed[0].parameters[4] == "1", "\(listed)")
        let good = await rig.harness.client("good", shard: 1, Self.capabilities)
        #expect(await good.send("INVITELINK USE \(code)").commands.contains("JOIN"))
    }

    @Test func `who is forwarded for a ban is told of that alone`() async throws {
        let (rig, ann) = try await self.owned()
        _ = await ann.send("JOIN #out")
        let code = try await self.code(ann)
        let forwards = await ann.send("MODE #tea +b f:#out:bad!*@*")
        #expect(forwards.commands.contains("MODE"), "\(forwards)")
        let bad = await rig.harness.client("bad", shard: 1, Self.capabilities)
        #expect(await bad.send("INVITELINK USE \(code)").begin(with: ["474 #tea"]))
    }

    @Test func `what a moderator does by right is noted`() async throws {
        let (rig, ann) = try await self.owned()
        _ = try await self.code(ann)
        let moderator = await rig.operator(.moderator)
        _ = await moderator.send("JOIN #tea")
        _ = try await self.code(moderator)
        let kept = try await rig.store.audit.latest(of: rig.harness.tenant.id, limit: 10).map(\.entry)
        let deeds = kept.filter { $0.action == "INVITELINK" }
        #expect(deeds.map(\.nick) == ["moderator"] && deeds[0].detail.hasPrefix("create "), "\(deeds)")
    }

    @Test func `links end, and are revoked`() async throws {
        let (rig, ann) = try await self.owned()
        let short = try await self.code(ann, " 1m")
        let revoked = try await self.code(ann, " 5")
        let guest = await rig.harness.client("guest", shard: 1, Self.capabilities)
        let listed = await ann.send("INVITELINK LIST #tea").with("NOTE")
        let id = try #require(listed.first { $0.parameters.count > 4 && $0.parameters[4] == "5" }?.parameters[3])
        #expect(!revoked.contains(id))
        #expect(await ann.send("INVITELINK REVOKE #tea \(id)").begin(with: ["NOTE INVITELINK LINK_REVOKED #tea"]))
        #expect(await ann.send("INVITELINK REVOKE #tea \(id)").begin(with: ["FAIL INVITELINK NO_SUCH_LINK"]))
        await rig.pass(61, with: [ann, guest])
        _ = await guest.hears()
        for code in [short, revoked, "nonsense"] {
            #expect(await guest.send("INVITELINK USE \(code)").begin(with: ["FAIL INVITELINK NO_SUCH_LINK"]))
        }
    }

    @Test func `links are made by who runs a registered channel, and end with that`() async throws {
        let (rig, ann) = try await self.owned()
        let code = try await self.code(ann)
        let bob = await rig.member("bob", shard: 1, Self.capabilities, in: "#own")
        #expect(await bob.send("INVITELINK CREATE #tea").begin(with: ["442 #tea"]))
        #expect(await bob.send("INVITELINK LIST #tea").begin(with: ["442 #tea"]))
        let told = await bob.send("INVITELINK CREATE #own")
        #expect(told.count == 1 && told[0].command == "FAIL", "\(told)")
        for line in ["CREATE #tea 0", "CREATE #tea 1001", "CREATE #tea 31d", "CREATE #tea x", "NOTHING #tea"] {
            #expect(await ann.send("INVITELINK \(line)").begin(with: ["FAIL INVITELINK INVALID_PARAMS"]), "\(line)")
        }
        // What somebody registers later under the name is another channel.
        await rig.harness.advance(by: 1)
        _ = await ann.send("CS DROP #tea", "CS REGISTER #tea")
        #expect(await bob.send("INVITELINK USE \(code)").begin(with: ["FAIL INVITELINK NO_SUCH_LINK"]))
    }

    @Test func `who tries many codes waits`() async throws {
        let (rig, _) = try await self.owned()
        let guest = await rig.harness.client("guest", shard: 1, Self.capabilities)
        for number in 0..<10 { _ = await guest.send("INVITELINK USE \(number)") }
        #expect(await guest.send("INVITELINK USE x").begin(with: ["FAIL INVITELINK RATE_LIMITED"]))
    }
}
