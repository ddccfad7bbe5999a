// The audit log: what was done by right, on which shard ever, once for each time it was done.

import Chat
import Logging
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct AuditTests {
    /// What the log has, the oldest first, once the feed was moved to the database, as often as that happens.
    static func kept(_ rig: OwnershipRig) async throws -> [AuditRecord] {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let writer = HistoryWriter(live: rig.harness.store, store: rig.store, logger: logger)
        while try await writer.moveBatch(waiting: .zero) > 0 {}
        return try await rig.store.audit.latest(of: rig.harness.tenant.id, limit: 1000).reversed()
    }

    /// A line of an operator, and what is kept of it: action, target and detail.
    struct Deed: CustomTestStringConvertible {
        let line: String
        let kept: String

        init(_ line: String, _ kept: String) { (self.line, self.kept) = (line, kept) }

        var testDescription: String { self.line }
    }

    static let deeds = [
        Deed("KILL bob :rude", "KILL bob rude"), Deed("KILL guest", "KILL guest admin"),
        Deed("UBAN ADD x!*@* 90m :spam", "UBAN x!*@* 5400s spam"),
        Deed("UBAN QUARANTINE x!*@* :spam", "QUARANTINE x!*@* spam"), Deed("UBAN DEL y!*@*", "UNBAN y!*@* "),
        Deed("QUARANTINE bob :calm down", "QUARANTINE a:bob calm down"),
        Deed("QUARANTINE guest 1h :calm down", "QUARANTINE guest calm down"),
        Deed("UNQUARANTINE kept", "UNQUARANTINE kept "), Deed("UNQUARANTINE cid", "UNQUARANTINE a:cid "),
        Deed("MUTE bob :hush", "MUTE a:bob hush"), Deed("MUTE guest 1h :hush", "MUTE guest hush"),
        Deed("RAID ON 10m :swarms", "RAID  on 600s swarms"), Deed("RAID #a ON 10m :swarms", "RAID #a on 600s swarms"),
        Deed("SAJOIN bob #a", "SAJOIN bob #a"), Deed("SAPART ann #a :out", "SAPART ann #a out"),
        Deed("SANICK bob robert", "SANICK bob robert"), Deed("GLOBAL :hear all", "GLOBAL  hear all"),
        Deed("WALLOPS :hear some", "WALLOPS  hear some"), Deed("REHASH", "REHASH  "),
        Deed("OPER moderator sesame", "OPER moderator moderator"),
        Deed("METADATA bob SET color :red", "METADATA bob color red"), Deed("MODE #a +m", "MODE #a +m"),
        Deed("MODE #b +k hunter2", "MODE #b +k *"), Deed("CS SET #a DESCRIPTION tea", "CHANSERV #a setDescription"),
        Deed("SAMODE #a +b x!*@*", "MODE #a +b x!*@*"), Deed("KICK #a ann :out", "KICK #a ann out"),
        Deed("TOPIC #b :hear", "TOPIC #b hear"), Deed("JOIN #a", "JOIN #a "), Deed("INVITE bob #b", "INVITE #b bob"),
        Deed("RENAME #b #d :tidy", "RENAME #b #d tidy"), Deed("RENAME #b #B", "RENAME #b #B"),
        Deed("METADATA #a SET color :red", "METADATA #a color red"), Deed("METADATA #b CLEAR", "METADATA #b *"),
        Deed("HS SET ann staff.example", "HOSTSERV ann SET staff.example"),
    ]

    @Test(arguments: Self.deeds, [0, 1])
    func `what is done by right is kept once, with who did it`(deed: Deed, shard: Int) async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", shard: 1, in: "#a", "#b")
        _ = await ann.send("MODE #a +ik sesame", "MODE #b +it", "CS REGISTER #a", "METADATA #b SET color :blue")
        _ = await rig.member("bob", shard: 1)
        _ = await rig.member("cid")
        for nick in ["guest", "kept"] { _ = await rig.harness.client(nick, shard: 1) }
        let one = await rig.operator(.admin, shard: shard)
        _ = await one.send("UBAN ADD y!*@*", "QUARANTINE kept", "QUARANTINE cid", "JOIN #b")
        await rig.harness.advance(by: 2)
        let before = try await Self.kept(rig).count
        let told = await one.send(deed.line)
        await rig.harness.advance(by: 2)
        let kept = try await Self.kept(rig).dropFirst(before).map(\.entry)
        #expect(kept.map { "\($0.action) \($0.target) \($0.detail)" } == [deed.kept], "\(told)")
        let role: Role = deed.line.hasPrefix("OPER") ? .moderator : .admin
        #expect(kept.allSatisfy { $0.account == "admin" && $0.nick == "admin" && $0.role == role })
        // What was not acknowledged comes again, and is kept once.
        #expect(try await Self.kept(rig).count == before + 1)
    }

    @Test func `what is refused is not kept, and what everybody may neither`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", in: "#a")
        _ = await rig.member("bob", shard: 1, in: "#a")
        for deed in Self.deeds where !["MODE", "KICK", "JOIN", "TOPIC"].contains(where: deed.line.hasPrefix) {
            _ = await ann.send(deed.line.replacing("moderator", with: "ann"))
        }
        let guide = await rig.operator(.guide)
        _ = await guide.send("KILL bob :x", "QUARANTINE nobody", "WALLOPS :x", "JOIN #a", "TOPIC #a :x", "MODE #a +m")
        let moderator = await rig.operator(.moderator, shard: 1)
        _ = await moderator.send("JOIN #c", "TOPIC #c :x", "MODE #c +m", "KICK #c bob", "GLOBAL :x", "SANICK bob ann")
        _ = await moderator.send("INVITE ann #c", "RENAME #c #C", "METADATA #c SET color :red")
        _ = await moderator.send("KILL nobody :x", "UBAN DEL never!*@*", "UNQUARANTINE bob", "AUDIT")
        _ = await ann.send("MODE #a +m", "KICK #a bob")
        await rig.harness.advance(by: 2)
        #expect(try await Self.kept(rig).map(\.entry.action) == ["OPER", "OPER"])
    }

    @Test(arguments: [0, 1])
    func `what a moderator takes back of others' words is kept, and what a member takes back of its own is not`(
        shard: Int
    ) async throws {
        let rig = try await PastRig(shards: 2)
        rig.harness.accounts.add("mod", password: "sesame", role: .moderator)
        let capabilities = PastRig.capabilities + " draft/message-redaction"
        let ann = Client(harness: rig.harness, wire: await rig.logIn("ann", capabilities: capabilities))
        let mod = Client(harness: rig.harness, wire: await rig.logIn("mod", shard: shard, capabilities: capabilities))
        _ = await ann.send("JOIN #a")
        _ = await mod.send("OPER mod sesame", "JOIN #a")
        var ids: [String] = []
        for word in ["rude", "slip"] {
            let said = await ann.send("PRIVMSG #a :\(word)").first { $0.command == "PRIVMSG" }
            ids.append(try #require(said?.tags["msgid"]))
        }
        _ = await ann.send("REDACT #a \(ids[1])")
        _ = await mod.hears()
        let told = await mod.send("REDACT #a \(ids[0]) :be kind")
        #expect(told.first?.command == "REDACT", "\(told)")
        await rig.harness.advance(by: 2)
        try await rig.keep()
        let kept = try await rig.store.audit.latest(of: rig.harness.tenant.id, limit: 10).map(\.entry)
        #expect(
            kept.filter { $0.action == "REDACT" }.map { "\($0.nick) \($0.target) \($0.detail)" }
                == ["mod #a \(ids[0]) be kind"],
            "\(kept)"
        )
    }

    @Test func `an entry says whose rights they were, where they are not those of who is logged in`() async throws {
        let rig = try await OwnershipRig()
        let guest = await rig.harness.client("guest")
        _ = await guest.send("OPER moderator sesame", "WALLOPS :one")
        await rig.harness.advance(by: 1)
        let own = await rig.operator(.admin)
        _ = await own.send("WALLOPS :two")
        await rig.harness.advance(by: 1)
        _ = await own.send("OPER moderator sesame", "WALLOPS :three")
        let entries = try await rig.audit().filter { $0.action == "WALLOPS" }
        #expect(entries.map(\.account) == [nil, "admin", "admin"])
        #expect(entries.map(\.detail) == ["(OPER moderator) one", "two", "(OPER moderator) three"])
    }

    @Test func `AUDIT shows the newest first, as many as asked for, and those of whom it is asked`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let (admin, moderator) = (await rig.operator(.admin), await rig.operator(.moderator, shard: 1))
        for number in 1...30 {
            await rig.harness.advance(by: 1)
            _ = await (number.isMultiple(of: 2) ? admin : moderator).send("WALLOPS :number \(number)")
        }
        _ = try await Self.kept(rig)
        _ = await moderator.hears()
        let told = await moderator.send("AUDIT")
        #expect(told.count == 21 && told.last?.parameters.prefix(3) == ["AUDIT", "AUDIT_END", "20"], "\(told)")
        #expect(told.first?.parameters.dropFirst(3) == ["admin", "admin", "admin", "WALLOPS", "*", "number 30"])
        #expect(await moderator.send("AUDIT 2").map(\.text).dropLast() == ["number 30", "number 29"])
        #expect(await moderator.send("AUDIT 2 MODER*").map(\.text).dropLast() == ["number 29", "number 27"])
        #expect(await moderator.send("AUDIT moderator").count == 17)
        #expect(await moderator.send("AUDIT 1000").count == 33)
        #expect(await moderator.send("AUDIT 5 %").count == 1)
        #expect(await moderator.send("AUDIT 0").count == 2)
    }
}
