// What a tenant lets people do who have no account.

import Chat
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct GuestTests {
    private static let capabilities = "standard-replies message-tags"

    /// The tenant lets guests do something else from now on.
    private func change(_ rig: OwnershipRig, _ change: (inout GuestSettings) -> Void) async {
        var tenant = rig.harness.tenant
        change(&tenant.settings.guests)
        await rig.harness.apply(tenant)
    }

    @Test func `guests do what others do where nothing is said`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        _ = await rig.member("ann")
        let guest = await rig.harness.client("guest", shard: 1, Self.capabilities, in: "#new")
        #expect(await guest.send("PRIVMSG ann :see https://x.example", "PRIVMSG #new :www.x.example").isEmpty)
    }

    @Test func `guests write to operators alone where direct messages are off`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann")
        let guide = await rig.operator(.guide)
        let guest = await rig.harness.client("guest", shard: 1, Self.capabilities, in: "#new")
        await self.change(rig) { $0.directMessages = false }
        #expect(await guest.send("PRIVMSG ann :psst").begin(with: ["FAIL PRIVMSG ACCOUNT_REQUIRED ann"]))
        #expect(await guest.send("NOTICE ann :psst").isEmpty)
        #expect(await ann.hears().with("NOTICE").isEmpty)
        #expect(await guest.send("INVITE ann #new").begin(with: ["FAIL INVITE ACCOUNT_REQUIRED ann"]))
        _ = await guide.hears()
        #expect(await guest.send("PRIVMSG guide :help", "PRIVMSG #new :hello", "PRIVMSG guest :me").count == 1)
        #expect(await guide.hears().shorts == ["guest PRIVMSG guide help"])
        _ = await ann.send("PRIVMSG guest :hello")
        #expect(await guest.hears().shorts == ["ann PRIVMSG guest hello"])
        #expect(await ann.send("PRIVMSG guest :hello").isEmpty)
    }

    @Test(arguments: ["https://x.example", "see HTTP://x.example/y", "go to www.x.example"])
    func `guests send no links until they have been there for a while`(text: String) async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", in: "#tea")
        let guest = await rig.harness.client("guest", shard: 1, Self.capabilities, in: "#tea")
        await self.change(rig) { $0.linksAfter = .seconds(90) }
        for target in ["#tea", "ann"] {
            let told = await guest.send("PRIVMSG \(target) :\(text)")
            #expect(told.begin(with: ["FAIL PRIVMSG ACCOUNT_REQUIRED \(target)"]) && told[0].text.contains("2 minutes"))
        }
        #expect(await guest.send("PRIVMSG #tea :no link: a://", "PRIVMSG #tea :awww.").count == 0)
        _ = await ann.hears()
        #expect(await ann.send("PRIVMSG #tea :\(text)").isEmpty)
        _ = await guest.send("PART #tea :\(text)", "JOIN #tea", "PART #tea :bye", "JOIN #tea")
        let leaves = await ann.hears().with("PART").shorts
        #expect(leaves == ["guest PART #tea", "guest PART #tea bye"], "\(leaves)")
        await rig.pass(90, with: [guest])
        #expect(await guest.send("PRIVMSG #tea :\(text)").isEmpty)
    }

    @Test func `guests begin no channels, and are in so many`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        _ = await rig.member("ann", in: "#a", "#b", "#c", "#d")
        let guest = await rig.harness.client("guest", shard: 1, Self.capabilities)
        await self.change(rig) {
            $0.createChannels = false
            $0.maximumChannels = 2
        }
        #expect(await guest.send("JOIN #new").begin(with: ["FAIL JOIN ACCOUNT_REQUIRED #new"]))
        for channel in ["#a", "#b"] { #expect(await guest.send("JOIN \(channel)").commands.contains("JOIN")) }
        let told = await guest.send("JOIN #c")
        #expect(told.begin(with: ["FAIL JOIN ACCOUNT_REQUIRED #c Guests are in 2 channels at most"]), "\(told)")
        _ = await guest.send("PART #a")
        #expect(await guest.send("JOIN #c").commands.contains("JOIN"))
    }
}
