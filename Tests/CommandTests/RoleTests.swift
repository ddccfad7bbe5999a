// What each role may do, and against whom.

import Chat
import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct RoleTests {
    /// What somebody does by right, and what shows that it was done to one of those who are there.
    struct Use: CustomTestStringConvertible {
        let right: Rights
        let line: String
        let sign: String

        init(_ right: Rights, _ line: String, _ sign: String) {
            (self.right, self.line, self.sign) = (right, line, sign)
        }

        var testDescription: String { self.line }
    }

    /// At least one for each right.
    static let uses = [
        Use(.seeHidden, "NAMES #a", "353 @ #a"), Use(.seeHidden, "STATS o", "219 o"),
        Use(.enterAnyChannel, "JOIN #a", "JOIN #a"), Use(.runAnyChannel, "MODE #a +m", "MODE #a +m"),
        Use(.runAnyChannel, "KICK #a ann", "KICK #a ann"), Use(.endSessions, "KILL bob :x", "KILL bob x"),
        Use(.announce, "WALLOPS :news", "WALLOPS news"), Use(.reload, "REHASH", "382"),
        Use(.seeAddresses, "WHOIS bob", "338 bob"), Use(.seeAddresses, "USERIP bob", "@192.0.2.1"),
        Use(.relay, "RELAYMSG #c x/net :said", "x/net PRIVMSG #c said"),
        Use(.describeOthers, "METADATA bob SET color :red", "761 bob color * red"),
        Use(.banFromNetwork, "UBAN ADD x!*@*", "BAN_ADDED"), Use(.banFromNetwork, "UBAN LIST", "BANS_END"),
        Use(.quarantine, "QUARANTINE bob", "IN_QUARANTINE"),
        Use(.quarantine, "UNQUARANTINE bob", "NOT_IN_QUARANTINE"),
        Use(.moveOthers, "SAJOIN bob #c", "bob JOIN #c"), Use(.moveOthers, "SAPART cid #c", "cid PART #c"),
        Use(.moveOthers, "SANICK bob robert", "bob NICK robert"), Use(.runAnyChannel, "SAMODE #a +m", "MODE #a +m"),
        Use(.handleReports, "REPORTS LIST", "REPORTS_END"),
        Use(.reviewMessages, "HELD LIST", "HELD_END"), Use(.reviewMessages, "CHECKS LIST", "CHECKS_END"),
        Use(.readAudit, "AUDIT", "AUDIT_END"), Use(.assignHosts, "HS WAITING", "Accounts that ask for a host"),
        Use(.addressEverybody, "GLOBAL :news", "NOTICE cid news"),
    ]

    @Test(arguments: Role.allCases, Self.uses)
    func `each role does what its rights give, and nothing else`(role: Role, use: Use) async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", in: "#a")
        let bob = await rig.member("bob", shard: 1, "standard-replies message-tags draft/metadata-2")
        let cid = await rig.member("cid", in: "#c")
        _ = await ann.send("MODE #a +isk sesame", "MODE ann +w", "MODE cid +w")
        _ = await bob.send("METADATA * SUB color")
        let one = await rig.operator(role, shard: 1, "standard-replies draft/metadata-2")
        _ = await one.send("JOIN #c")
        for client in [ann, bob, cid] { _ = await client.hears() }
        var told = await one.send(use.line)
        for client in [ann, bob, cid] { told += await client.hears() }
        let isDone = told.shorts.contains { $0.contains(use.sign) } && told.with("481").isEmpty
        #expect(isDone == role.rights.contains(use.right), "\(role): \(told)")
    }

    @Test func `each right is used by a command that is tried`() {
        let used = Self.uses.reduce(into: Rights()) { $0.formUnion($1.right) }
        #expect(used == .all)
    }

    @Test func `who is an operator is told as what, and so is who asks, wherever they are`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let asks = await rig.member("ann", shard: 1)
        for (role, text) in [
            (Role.guide, "a guide of the network"), (.moderator, "a moderator of the network"),
            (.admin, "an administrator of the network"),
        ] {
            let one = await rig.member(role.rawValue)
            let told = await one.send("OPER \(role.rawValue) sesame")
            #expect(told.with("381").map(\.text) == ["You are now \(text)"])
            #expect(await asks.send("WHOIS \(role.rawValue)").with("313").map(\.text) == ["is \(text)"])
            #expect(await one.send("WHOIS \(role.rawValue)").with("313").map(\.text) == ["is \(text)"])
            _ = await one.send("MODE \(role.rawValue) -o")
            #expect(await asks.send("WHOIS \(role.rawValue)").with("313").isEmpty)
        }
    }

    /// What is done by right to somebody.
    static let against: [Use] = [
        Use(.endSessions, "KILL * :x", "KILL"), Use(.describeOthers, "METADATA * SET color :red", "761"),
        Use(.quarantine, "QUARANTINE *", "IN_QUARANTINE"), Use(.moveOthers, "SANICK * another", "NICK another"),
        Use(.moveOthers, "SAJOIN * #c", "JOIN #c"), Use(.moveOthers, "SAPART * #c", "PART #c"),
    ]

    @Test(arguments: Self.against, [0, 1])
    func `nobody uses rights against who has more`(use: Use, shard: Int) async throws {
        for (acting, role) in [Role.guide, .moderator, .admin].flatMap({ acting in
            Role.allCases.map { (acting, $0) }
        }) where acting != role && acting.rights.contains(use.right) {
            let rig = try await OwnershipRig(shards: 2)
            let one = await rig.operator(acting, "standard-replies draft/metadata-2")
            let other = await rig.operator(role, shard: shard)
            _ = await rig.member("cid", in: "#c")
            if use.line.hasPrefix("SAPART") { _ = await other.send("JOIN #c") }
            let told = await one.send(use.line.replacing("*", with: role.rawValue)) + other.hears()
            let isDone = told.shorts.contains { $0.contains(use.sign) }
            #expect(isDone == role.rights.isSubset(of: acting.rights), "\(acting) \(role): \(told)")
            if !isDone {
                let isRefused = told.contains { ["481", "FAIL"].contains($0.command) }
                #expect(isRefused && !other.isClosed, "\(acting) \(role): \(told)")
            }
        }
    }

    @Test func `a ban does not hold for who could have set it, also before they ask for their rights`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let (moderator, admin) = (await rig.operator(.moderator), await rig.operator(.admin, shard: 1))
        let guide = await rig.operator(.guide, shard: 1)
        _ = await moderator.send("UBAN ADD a:admin", "UBAN ADD a:guide", "UBAN ADD a:boss")
        await rig.harness.advance(by: 2)
        #expect(!admin.isClosed && guide.isClosed)
        let boss = await rig.member("boss", shard: 1)
        #expect(!boss.isClosed)
        _ = await admin.send("UBAN ADD a:moderator", "UBAN ADD a:boss")
        await rig.harness.advance(by: 2)
        #expect(moderator.isClosed && !boss.isClosed)
        #expect(await rig.member("moderator").isClosed)
    }

    @Test func `a session that several take part in has the rights that were proved, and is known by its role`()
        async throws
    {
        let rig = try await OwnershipRig(shards: 2)
        let first = await rig.operator(.guide)
        let second = await rig.member("guide", shard: 1)
        rig.set(.moderator, of: "guide")
        let asks = await rig.member("ann", shard: 1)
        _ = await first.send("OPER guide sesame")
        #expect(await asks.send("WHOIS guide").with("313").map(\.text) == ["is a moderator of the network"])
        #expect(await second.send("WALLOPS :x").commands == ["481"])
        // Whose account is another by now is that when it comes back.
        first.wire.disconnect()
        second.wire.disconnect()
        await rig.harness.settle()
        rig.set(.guide, of: "guide")
        let back = await rig.member("guide", shard: 1)
        await rig.harness.settle()
        #expect(await back.send("WALLOPS :x").commands == ["481"])
        #expect(await asks.send("WHOIS guide").with("313").map(\.text) == ["is a guide of the network"])
        back.wire.disconnect()
        await rig.harness.settle()
        rig.set(.user, of: "guide")
        _ = await rig.member("guide")
        #expect(await asks.send("WHOIS guide").with("313").isEmpty)
    }
}
