// What channels begin with by their names, where a tenant says so.

import Simulation
import Tenant
import Testing

@Suite struct ChannelTemplateTests {
    private func template(_ mask: String, _ modes: String?, topic: String? = nil, locked: Bool = false)
        -> ChannelTemplate
    {
        var template = ChannelTemplate()
        (template.mask, template.modes, template.topic, template.areModesLocked) = (mask, modes, topic, locked)
        return template
    }

    private func rig(_ templates: ChannelTemplate...) async throws -> OwnershipRig {
        let rig = try await OwnershipRig()
        var tenant = rig.harness.tenant
        tenant.settings.channels.templates = templates
        await rig.harness.apply(tenant)
        return rig
    }

    @Test func `who makes a channel finds the modes and the topic that the tenant says, by its name`() async throws {
        let rig = try await self.rig(
            self.template("#help-*", "ms", topic: "Ask here"),
            self.template("#help-me", "i"),
            self.template("#Quiet", nil, topic: "Hush")
        )
        let ann = await rig.harness.client("ann", in: "#help-me", "#quiet", "#tea")
        #expect(await ann.send("MODE #help-me").with("324").map { $0.parameters[2] } == ["+ms"])
        #expect(await ann.send("TOPIC #help-me").with("332").map(\.text) == ["Ask here"])
        #expect(await ann.send("MODE #quiet").with("324").map { $0.parameters[2] } == ["+nt"])
        #expect(await ann.send("TOPIC #quiet").with("332").map(\.text) == ["Hush"])
        #expect(await ann.send("MODE #tea", "TOPIC #tea").commands == ["324", "329", "331"])
        // It is the channel of who made it all the same.
        #expect(await ann.send("MODE #help-me -s", "TOPIC #help-me :mine").commands == ["MODE", "TOPIC"])
        let bob = await rig.harness.client("bob", in: "#help-me")
        #expect(await bob.send("MODE #help-me").with("324").map { $0.parameters[2] } == ["+m"])
    }

    @Test func `whom the modes keep out that a channel begins with does not make it either`() async throws {
        let rig = try await self.rig(self.template("#safe-*", "ntz"), self.template("#known-*", "ntR"))
        let plain = rig.harness.stranger(isSecure: false)
        _ = await plain.send("NICK eve", "USER eve 0 * :Eve")
        #expect(await plain.send("JOIN #safe-a").commands == ["489"])
        #expect(await plain.send("JOIN #known-a").commands == ["477"])
        let ann = await rig.member("ann", in: "#safe-a", "#known-a")
        #expect(await ann.send("MODE #safe-a").with("324").map { Set($0.parameters[2]) } == [Set("+ntz")])
        #expect(await ann.send("MODE #known-a").with("324").map { Set($0.parameters[2]) } == [Set("+ntR")])
    }

    @Test func `modes that the tenant locks stay once somebody registers the channel`() async throws {
        let rig = try await self.rig(self.template("#help-*", "nt", locked: true))
        let ann = await rig.member("ann", in: "#help-me", "#tea")
        _ = await ann.send("MODE #help-me -n")
        #expect(await ann.send("CS REGISTER #help-me").with("MODE").map { $0.parameters[1] }.contains("+n"))
        #expect(await ann.send("MODE #help-me -t").commands == ["742"])
        _ = await ann.send("CS REGISTER #tea")
        #expect(await ann.send("MODE #tea -t").commands == ["MODE"])
    }
}
