// RAID: doors that are closed to guests for a while.

import Chat
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct RaidTests {
    private static let capabilities = "standard-replies message-tags"

    /// What somebody is told who comes.
    private func comes(_ rig: OwnershipRig, _ nick: String, account: String? = nil, shard: Int = 1) async -> [Line] {
        let client = rig.harness.stranger(shard: shard)
        if let account { _ = await client.send("PASS \(account):sesame") }
        return await client.send("NICK \(nick)", "USER \(nick) 0 * :\(nick)")
    }

    @Test(arguments: [0, 1])
    func `RAID closes the network to newcomers without an account, on all shards, and says why`(shard: Int) async throws
    {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", in: "#tea")
        let guest = await rig.harness.client("guest", shard: 1, Self.capabilities, in: "#tea")
        let moderator = await rig.operator(.moderator, shard: shard)
        let told = await moderator.send("RAID ON 10m :they come in swarms")
        #expect(told.begin(with: ["NOTE RAID RAID_ON * The doors are closed by moderator: they come in swarms"]))
        await rig.harness.advance(by: 1)
        _ = await ann.hears()

        let refused = await self.comes(rig, "new")
        #expect(refused.commands == ["ERROR"] && refused[0].text.contains("they come in swarms"), "\(refused)")
        #expect(await self.comes(rig, "bob", account: "bob").with("001").count == 1)
        // Who is there stays, and speaks where it is.
        #expect(await guest.send("PRIVMSG #tea :hello").isEmpty)
        #expect(await ann.hears().shorts.contains("guest PRIVMSG #tea hello"))
        let join = await guest.send("JOIN #new")
        #expect(join.begin(with: ["FAIL JOIN ACCOUNT_REQUIRED #new Guests cannot do this for now"]), "\(join)")
        #expect(await guest.send("PRIVMSG ann :psst").begin(with: ["FAIL PRIVMSG ACCOUNT_REQUIRED ann"]))
        #expect(await guest.send("PRIVMSG moderator :help").isEmpty)
        #expect(await moderator.hears().shorts.contains("guest PRIVMSG moderator help"))
        let registers = await guest.send("REGISTER * * longenough")
        #expect(registers.begin(with: ["FAIL REGISTER DISALLOWED"]), "\(registers)")
        #expect(await ann.send("JOIN #new").commands.contains("JOIN"))

        #expect(await moderator.send("RAID OFF").begin(with: ["NOTE RAID RAID_OFF *"]))
        await rig.harness.advance(by: 1)
        #expect(await self.comes(rig, "new").with("001").count == 1)
        #expect(await guest.send("JOIN #other").commands.contains("JOIN"))
        let kept = try await rig.store.audit.latest(of: rig.harness.tenant.id, limit: 10).map(\.entry)
        let deeds = kept.filter { $0.action == "RAID" }.map(\.detail).sorted()
        #expect(deeds == ["off", "on 600s they come in swarms"])
    }

    @Test func `closed doors open by themselves, and hold after a restart until then`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let moderator = await rig.operator(.moderator)
        _ = await moderator.send("RAID ON :swarms")
        let next = try rig.withAnotherLiveStore()
        #expect(await self.comes(next, "new").commands == ["ERROR"])
        #expect(await next.operator(.admin).send("RAID").begin(with: ["NOTE RAID RAID_ON *"]))
        await next.harness.advance(by: 3601)
        #expect(await self.comes(next, "new").with("001").count == 1)
    }

    @Test func `closed doors and a ban of everybody leave each other alone`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let moderator = await rig.operator(.moderator)
        _ = await moderator.send("UBAN REQUIRE-SASL *!*@* :log in", "RAID ON :swarms")
        let bans = await moderator.send("UBAN LIST").map { $0.parameters[1...2] }
        #expect(bans == [["REQUIRE_SASL", "*!*@*"], ["BANS_END", "1"]], "\(bans)")
        _ = await moderator.send("UBAN DEL *!*@*")
        #expect(await moderator.send("RAID").begin(with: ["NOTE RAID RAID_ON *"]))
        _ = await moderator.send("UBAN REQUIRE-SASL *!*@* :log in", "RAID OFF")
        #expect(await moderator.send("RAID").begin(with: ["NOTE RAID RAID_OFF *"]))
        #expect(await moderator.send("UBAN LIST").count == 2)
    }

    @Test func `what an administrator closed is not a moderator's to open`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let (admin, moderator) = (await rig.operator(.admin), await rig.operator(.moderator, shard: 1))
        _ = await admin.send("RAID ON :swarms")
        let told = await moderator.send("RAID OFF")
        #expect(told.begin(with: ["481 Somebody with rights that you lack has said so"]), "\(told)")
        #expect(await admin.send("RAID OFF").begin(with: ["NOTE RAID RAID_OFF *"]))
    }

    @Test func `only moderators close the network, and nobody for longer than a week`() async throws {
        let rig = try await OwnershipRig()
        let guide = await rig.operator(.guide)
        #expect(await guide.send("RAID ON :x").begin(with: ["481"]))
        #expect(await guide.send("RAID OFF").begin(with: ["481"]))
        let moderator = await rig.operator(.moderator)
        #expect(await moderator.send("RAID ON 8d :x").begin(with: ["FAIL RAID INVALID_DURATION 8d"]))
        #expect(await moderator.send("RAID MAYBE").begin(with: ["FAIL RAID INVALID_PARAMS"]))
        #expect(await moderator.send("RAID").begin(with: ["NOTE RAID RAID_OFF *"]))
        #expect(await moderator.send("UBAN LIST").count == 1)
    }

    @Test(arguments: [0, 1])
    func `who runs a channel closes it to guests, and its members are told`(shard: Int) async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", Self.capabilities, in: "#tea")
        let bob = await rig.member("bob", shard: 1, in: "#tea")
        let guest = await rig.harness.client("guest", shard: shard, Self.capabilities, in: "#tea")
        let voiced = await rig.harness.client("voiced", shard: shard, Self.capabilities, in: "#tea")
        let late = await rig.harness.client("late", shard: shard, Self.capabilities)
        _ = await ann.send("MODE #tea +v voiced")
        _ = await [bob, guest, voiced].listen()
        #expect(await bob.send("RAID #tea ON :x").begin(with: ["482 #tea"]))
        _ = await [bob, guest, voiced].listen()
        let told = await ann.send("RAID #tea ON 10m :swarms")
        #expect(told.contains { $0.short.hasPrefix("NOTE RAID RAID_ON #tea") }, "\(told)")
        let heard = await bob.hears()
        #expect(heard.count == 1 && heard[0].command == "NOTICE" && heard[0].parameters[0] == "#tea", "\(heard)")
        #expect(heard.first?.text.hasSuffix(": swarms") == true)

        let join = await late.send("JOIN #tea")
        #expect(join.begin(with: ["477 #tea Guests do not come into this channel for now: swarms"]), "\(join)")
        let speech = await guest.send("PRIVMSG #tea :hi").with("404")
        #expect(speech.begin(with: ["404 #tea"]) && speech[0].text.hasSuffix(": swarms"), "\(speech)")
        for client in [bob, voiced] { #expect(await client.send("PRIVMSG #tea :hi").with("404").isEmpty) }
        #expect(await rig.member("cid", in: "#tea").send("PRIVMSG #tea :hi").with("404").isEmpty)
        _ = await ann.send("INVITE late #tea")
        #expect(await late.send("JOIN #tea").commands.contains("JOIN"))
        #expect(await ann.send("RAID #tea").with("NOTE").begin(with: ["NOTE RAID RAID_ON #tea"]))
        _ = await ann.send("RAID #tea OFF")
        #expect(await guest.send("PRIVMSG #tea :hi").with("404").isEmpty)
    }

    @Test func `a closed channel opens by itself, and a registered one is closed after all is lost until then`()
        async throws
    {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", Self.capabilities, in: "#tea")
        _ = await ann.send("CS REGISTER #tea", "RAID #tea ON :swarms")
        _ = try await rig.kept("#tea")
        let next = try rig.withAnotherLiveStore()
        let guest = await next.harness.client("guest", shard: 1, Self.capabilities)
        #expect(await guest.send("JOIN #tea").begin(with: ["477 #tea"]))
        for _ in 0..<82 {
            _ = await guest.send("PING x")
            await next.harness.advance(by: 45)
        }
        #expect(await guest.send("JOIN #tea").commands.contains("JOIN"))
    }

    @Test func `what a moderator does to a channel by right is noted`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        _ = await rig.member("ann", in: "#tea")
        let moderator = await rig.operator(.moderator, shard: 1)
        let told = await moderator.send("RAID #tea ON 1m :swarms")
        #expect(told.begin(with: ["NOTE RAID RAID_ON #tea"]), "\(told)")
    }
}
