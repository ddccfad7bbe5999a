// HostServ: hosts of accounts' own, asked for and agreed to (ADR 0008).

import Chat
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct HostTests {
    private func said(_ lines: [Line]) -> [String] { lines.filter { $0.nick == "HostServ" }.map(\.text) }

    @Test(arguments: [1, 2])
    func `HS and HOSTSERV have an account shown under the host that it asked for, at once and after it comes back`(
        shards: Int
    ) async throws {
        let rig = try await OwnershipRig(shards: shards)
        let moderator = await rig.operator(.moderator)
        let ann = await rig.member("ann", shard: shards - 1, "chghost", in: "#a")
        let bob = await rig.member("bob", "chghost", in: "#a")
        _ = await ann.hears()
        #expect(
            self.said(await ann.send("HS REQUEST Tea.Lovers")) == [
                "You asked for tea.lovers: those decide who look after the network"
            ]
        )
        #expect(self.said(await moderator.send("HOSTSERV WAITING")).first?.hasPrefix("ann  tea.lovers  ") == true)
        #expect(self.said(await moderator.send("HS ACTIVATE ann tea.lovers")) == ["ann has the host tea.lovers now"])
        await rig.harness.advance(by: 2)
        #expect(await bob.hears().with("CHGHOST").map { $0.parameters[1] } == ["tea.lovers"])
        #expect(await bob.send("WHOIS ann").with("311").map { $0.parameters[3] } == ["tea.lovers"])
        #expect(self.said(await ann.send("HS OFF")) == ["Your host is not shown"])
        await rig.harness.advance(by: 2)
        #expect(await bob.hears().with("CHGHOST").map { $0.parameters[1] } == ["user.ann"])
        #expect(self.said(await ann.send("HS ON")) == ["Your host is shown"])
        _ = await ann.send("QUIT")
        _ = await bob.hears()
        _ = await rig.member("ann", shard: shards - 1, "chghost", in: "#a")
        #expect(await bob.hears().with("JOIN").map(\.description).allSatisfy { $0.contains("@tea.lovers ") })
        #expect(self.said(await moderator.send("HS DEL ann")) == ["ann has no host of its own any more"])
        await rig.harness.advance(by: 2)
        #expect(await bob.hears().with("CHGHOST").map { $0.parameters[1] } == ["user.ann"])
    }

    @Test func `who logs in later has its host, and a guest has none`() async throws {
        let rig = try await OwnershipRig()
        let moderator = await rig.operator(.moderator)
        #expect(self.said(await moderator.send("HS SET ann staff.example")) == ["ann has the host staff.example now"])
        let eve = await rig.harness.client("eve")
        _ = await eve.send("NS IDENTIFY ann sesame")
        #expect(await eve.send("WHOIS eve").with("311").map { $0.parameters[3] } == ["staff.example"])
        let guest = await rig.harness.client("guest")
        #expect(self.said(await guest.send("HS REQUEST a.b")) == ["Log in first: hosts belong to accounts"])
    }

    @Test func `bans hold for the host that is made of the account's name, too`() async throws {
        let rig = try await OwnershipRig()
        let moderator = await rig.operator(.moderator)
        _ = await moderator.send("HS SET ann staff.example")
        let bob = await rig.member("bob", in: "#a", "#b", "#c")
        _ = await bob.send("MODE #a +b *!*@user.ann", "MODE #b +b *!*@staff.example", "MODE #c +b *!*@user.anna")
        let ann = await rig.member("ann")
        #expect(await ann.send("JOIN #a", "JOIN #b").commands == ["474", "474"])
        #expect(await ann.send("JOIN #c").commands.contains("366"))
    }

    @Test func `bans of an account's own host hold while it is not shown`() async throws {
        let rig = try await OwnershipRig()
        let moderator = await rig.operator(.moderator)
        _ = await moderator.send("HS SET ann staff.example")
        let bob = await rig.member("bob", in: "#a", "#b")
        _ = await bob.send("MODE #a +b *!*@staff.example", "MODE #b +b *!*@staff.other")
        let ann = await rig.member("ann")
        #expect(self.said(await ann.send("HS OFF")) == ["Your host is not shown"])
        await rig.harness.advance(by: 2)
        #expect(await bob.send("WHOIS ann").with("311").map { $0.parameters[3] } == ["user.ann"])
        #expect(await ann.send("JOIN #a").with("474").count == 1)
        #expect(await ann.send("JOIN #b").commands.contains("366"))
        _ = await ann.send("QUIT")
        // Who comes with it switched off is known by it, too.
        #expect(await rig.member("ann").send("JOIN #a").with("474").count == 1)
    }

    @Test func `what is agreed to is what was looked at, and the audit log says what that was`() async throws {
        let rig = try await OwnershipRig()
        let moderator = await rig.operator(.moderator)
        let ann = await rig.member("ann")
        _ = await ann.send("HS REQUEST tea.lovers", "HS REQUEST gin.lovers")
        let refused = "That host was not asked for"
        #expect(self.said(await moderator.send("HS ACTIVATE ann tea.lovers")) == [refused])
        #expect(self.said(await moderator.send("HS ACTIVATE ann Gin.Lovers")) == ["ann has the host gin.lovers now"])
        _ = await moderator.send("HS DEL ann")
        let log = try await rig.store.audit.latest(of: rig.harness.tenant.id, matching: nil, limit: 10)
        let details = log.map(\.entry).filter { $0.action == "HOSTSERV" }.map(\.detail)
        #expect(Set(details) == ["ACTIVATE gin.lovers", "DEL gin.lovers"])
    }

    @Test(arguments: [
        "tea", "192.0.2.1", "2001:db8::1", "1.2.3", "a..b", "-a.b", "a_b.c", "user.bob", "user.a.b", "local.x",
        "x.net-abc",
        "acme.localhost", "irc.acme.localhost", "tea lovers", "x.1",
    ])
    func `nobody is shown as an address, a cloak or the network itself`(host: String) async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann")
        let said = self.said(await ann.send("HS REQUEST \(host)")).first
        #expect(said?.hasPrefix("A host is two names at least") == true || said == "Write REQUEST <host>")
    }

    @Test func `what is asked for may be refused, and no two accounts have one host`() async throws {
        let rig = try await OwnershipRig()
        let moderator = await rig.operator(.moderator)
        let ann = await rig.member("ann")
        let bob = await rig.member("bob")
        _ = await ann.send("HS REQUEST tea.lovers")
        let taken = "Another account has that host, or asks for it"
        #expect(self.said(await bob.send("HS REQUEST tea.lovers")) == [taken])
        #expect(
            self.said(await moderator.send("HS REJECT ann :not this one")) == ["ann does not get what it asked for"]
        )
        #expect(
            self.said(await moderator.send("HS ACTIVATE ann tea.lovers", "HS REJECT ann", "HS DEL ann")) == [
                "That host was not asked for", "Nothing was asked for", "There is no such host",
            ]
        )
        #expect(self.said(await bob.send("HS REQUEST tea.lovers")).first?.hasPrefix("You asked for") == true)
        #expect(self.said(await moderator.send("HS WAITING")).last == "Accounts that ask for a host: 1")
        #expect(self.said(await ann.send("HS ON")) == ["There is no such host"])
        #expect(self.said(await ann.send("HS ACTIVATE bob tea.lovers", "HS WAITING")).count == 2)
        let log = try await rig.store.audit.latest(of: rig.harness.tenant.id, matching: nil, limit: 10)
        #expect(
            log.map(\.entry).contains {
                $0.action == "HOSTSERV" && $0.detail == "REJECT tea.lovers not this one" && $0.target == "ann"
            }
        )
    }

    @Test func `another account of the name has nothing of the one before`() async throws {
        let rig = try await OwnershipRig()
        let moderator = await rig.operator(.moderator)
        _ = await moderator.send("HS SET ann staff.example")
        rig.renew("ann")
        let ann = await rig.member("ann")
        #expect(await ann.send("WHOIS ann").with("311").map { $0.parameters[3] } == ["user.ann"])
    }
}
