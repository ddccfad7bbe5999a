// REPORT and REPORTS: what people tell moderators of, with what was said around it, and what becomes of it.

import Chat
import Logging
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct ReportTests {
    private static let capabilities = "standard-replies message-tags server-time"

    /// Has the history take what the feed has.
    private func keep(_ rig: OwnershipRig) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let writer = HistoryWriter(live: rig.harness.store, store: rig.store, logger: logger)
        while try await writer.moveBatch(waiting: .zero) > 0 {}
    }

    private func lines(_ told: [Line]) -> [String] { told.filter { $0.parameters[1] == "LINE" }.map(\.text) }

    /// Whether the network keeps a history, and whether the message has left the live store's last entries for it.
    @Test(arguments: [true, false], [0, 1])
    func `REPORT of a message shows moderators on any shard who said what, and what was said around it`(
        hasPast: Bool,
        shard: Int
    ) async throws {
        let rig = try await OwnershipRig(shards: 2, hasPast: hasPast)
        let ann = await rig.member("ann", Self.capabilities, in: "#tea")
        let bob = await rig.member("bob", shard: shard, Self.capabilities, in: "#tea")
        for number in 1...15 { _ = await ann.send("PRIVMSG #tea :before \(number)") }
        _ = await bob.send("PRIVMSG #tea :something nasty")
        let id = try #require(await ann.hears().first { $0.text == "something nasty" }?.tags["msgid"])
        _ = await ann.send("PRIVMSG #tea :what?")
        try await self.keep(rig)
        let moderator = await rig.operator(.moderator, shard: 1 - shard)

        let answer = await ann.send("REPORT \(id) :he is rude")
        #expect(answer.begin(with: ["NOTE REPORT REPORTED 1 "]), "\(answer)")
        #expect(await moderator.hears().map(\.text) == ["Report 1 by ann about bob (#tea): he is rude"])
        let told = await moderator.send("REPORTS SHOW 1")
        let expected = "REPORT 1 open * ann ann bob!~bob@"
        let first = try #require(told.first)
        #expect(
            first.parameters[1...3] == ["REPORT", "1", "open"] && first.parameters[5...6] == ["ann", "ann"],
            "\(expected)"
        )
        #expect(first.parameters[7].hasPrefix("bob!") && first.parameters[8] == "bob", "\(first)")
        #expect(first.parameters[9...] == ["#tea", id, "*", "he is rude"], "\(first)")
        #expect(self.lines(told) == (6...15).map { "before \($0)" } + ["something nasty", "what?"], "\(told)")
        #expect(told.last?.parameters[1] == "REPORT_END")
    }

    @Test func `what goes with a report stays when the message is taken back and the channel is gone`() async throws {
        let rig = try await OwnershipRig(shards: 2, hasPast: true)
        let ann = await rig.member("ann", Self.capabilities, in: "#tea")
        let bob = await rig.member("bob", shard: 1, Self.capabilities + " draft/message-redaction", in: "#tea")
        _ = await bob.send("PRIVMSG #tea :something nasty")
        let id = try #require(await ann.hears().first { $0.text == "something nasty" }?.tags["msgid"])
        _ = await ann.send("REPORT \(id) :rude")
        _ = await bob.send("REDACT #tea \(id)", "PART #tea")
        _ = await ann.send("PART #tea")
        try await self.keep(rig)
        let moderator = await rig.operator(.moderator)
        #expect(self.lines(await moderator.send("REPORTS SHOW 1")) == ["something nasty"])
    }

    @Test func `nobody reports what they may not read`() async throws {
        let rig = try await OwnershipRig(shards: 2, hasPast: true)
        let ann = await rig.member("ann", Self.capabilities, in: "#tea", "#late")
        let bob = await rig.member("bob", shard: 1, Self.capabilities, in: "#tea")
        let cid = await rig.member("cid", shard: 1, Self.capabilities)
        _ = await ann.send("MODE #late +J", "PRIVMSG #late :early", "PRIVMSG #tea :for us", "PRIVMSG bob :for you")
        try await self.keep(rig)
        let heard = await ann.send("CHATHISTORY LATEST #late * 5") + bob.hears()
        let mine = try #require(heard.first { $0.text == "for us" }?.tags["msgid"])
        let direct = try #require(heard.first { $0.text == "for you" }?.tags["msgid"])
        for id in [mine, direct] {
            let answer = await cid.send("REPORT \(id) :mine")
            #expect(answer.begin(with: ["FAIL REPORT UNKNOWN_MSGID \(id)"]), "\(answer)")
        }
        #expect(await cid.send("REPORT \(mine) #tea :mine").begin(with: ["442 #tea"]))
        // Whoever came later reads no more of the channel than since then.
        await rig.harness.advance(by: 2)
        _ = await cid.send("JOIN #late")
        _ = await ann.send("PRIVMSG #late :later")
        _ = await cid.send("REPORT ann #late :both")
        // Who got a direct message shows it.
        #expect(await bob.send("REPORT \(direct) :this").begin(with: ["NOTE REPORT REPORTED 2"]))
        let moderator = await rig.operator(.moderator)
        #expect(self.lines(await moderator.send("REPORTS SHOW 1")) == ["later"])
        #expect(self.lines(await moderator.send("REPORTS SHOW 2")) == ["for you"])
    }

    @Test func `REPORT takes people who are here or have an account, and no others`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", Self.capabilities)
        _ = await rig.harness.client("guest", shard: 1)
        #expect(await ann.send("REPORT guest :rude").begin(with: ["NOTE REPORT REPORTED 1"]))
        #expect(await ann.send("REPORT nobody :rude").begin(with: ["401 nobody"]))
        #expect(await ann.send("REPORT guest #none :rude").begin(with: ["442 #none"]))
        #expect(await ann.send("REPORT guest").begin(with: ["461 REPORT"]))
        #expect(await ann.send("REPORT guest :").begin(with: ["FAIL REPORT INVALID_PARAMS"]))
    }

    @Test func `who is in quarantine hears of no reports`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let (admin, moderator) = (await rig.operator(.admin), await rig.operator(.moderator, shard: 1))
        let ann = await rig.member("ann", Self.capabilities)
        _ = await admin.send("QUARANTINE moderator :enough")
        await rig.harness.advance(by: 2)
        _ = await moderator.hears()
        _ = await ann.send("REPORT admin :rude")
        await rig.harness.advance(by: 2)
        for (client, told) in [(moderator, false), (admin, true)] {
            #expect(await client.hears().contains { $0.text.hasPrefix("Report 1 by ann") } == told)
        }
    }

    @Test func `who reports a lot waits`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", Self.capabilities)
        let guest = await rig.harness.client("guest", shard: 1)
        for _ in 1...5 { _ = await ann.send("REPORT guest :rude") }
        #expect(await ann.send("REPORT guest :rude").begin(with: ["FAIL REPORT RATE_LIMITED guest"]))
        await rig.pass(310, with: [ann, guest])
        #expect(await ann.send("REPORT guest :rude").begin(with: ["NOTE REPORT REPORTED 6"]))
    }

    /// Whether the reporter is a guest, and where it is.
    @Test(arguments: [true, false], [0, 1])
    func `REPORTS are claimed once, and who reported is told what was done`(isGuest: Bool, shard: Int) async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann =
            isGuest
            ? await rig.harness.client("guest", shard: shard, Self.capabilities)
            : await rig.member("ann", shard: shard, Self.capabilities)
        _ = await rig.member("bob")
        let one = await rig.operator(.moderator)
        let other = await rig.operator(.admin, shard: 1)
        _ = await ann.send("REPORT bob :rude")
        _ = await [one, other].listen()
        #expect(await one.send("REPORTS CLAIM 1").begin(with: ["NOTE REPORTS REPORT_CLAIMED 1"]))
        #expect(await other.send("REPORTS CLAIM 1").begin(with: ["FAIL REPORTS REPORT_TAKEN"]))
        let listed = await other.send("REPORTS LIST")
        #expect(listed.first?.parameters[3] == "claimed" && listed.first?.parameters[11] == "moderator", "\(listed)")
        #expect(await other.send("REPORTS CLOSE 1 :he is banned").begin(with: ["NOTE REPORTS REPORT_CLOSED 1"]))
        await rig.harness.advance(by: 2)
        #expect(await ann.hears().with("NOTICE").map(\.text) == ["Your report 1 is closed: he is banned"])
        #expect(await one.send("REPORTS CLOSE 1 :again").begin(with: ["FAIL REPORTS REPORT_TAKEN"]))
        #expect(await one.send("REPORTS LIST").commands == ["NOTE"])
        #expect(await one.send("REPORTS LIST all").count == 2)
        #expect(await one.send("REPORTS SHOW 2").begin(with: ["FAIL REPORTS NO_SUCH_REPORT"]))
        let kept = try await rig.store.audit.latest(of: rig.harness.tenant.id, limit: 10).map(\.entry)
        let deeds = kept.filter { $0.action == "REPORTS" }.map { "\($0.nick) \($0.target) \($0.detail)" }
        #expect(deeds.sorted() == ["admin 1 close: he is banned", "moderator 1 claim"])
    }

    @Test func `an account that was away is told once, when it comes back`() async throws {
        let rig = try await OwnershipRig(shards: 2)
        let ann = await rig.member("ann", Self.capabilities)
        _ = await rig.member("bob")
        _ = await ann.send("REPORT bob :rude", "QUIT")
        let moderator = await rig.operator(.moderator, shard: 1)
        _ = await moderator.send("REPORTS CLOSE 1 :done")
        await rig.harness.advance(by: 2)
        for (shard, told) in [(1, ["Your report 1 is closed: done"]), (0, [])] {
            let back = rig.harness.stranger(shard: shard)
            var lines = await back.send("PASS ann:sesame", "NICK ann", "USER ann 0 * :ann")
            await rig.harness.advance(by: 2)
            lines += await back.hears()
            #expect(lines.with("NOTICE").map(\.text).filter { $0.hasPrefix("Your report") } == told)
            _ = await back.send("QUIT")
        }
    }

    @Test func `somebody else who gets the account's name is not told`() async throws {
        let rig = try await OwnershipRig()
        let ann = await rig.member("ann", Self.capabilities)
        _ = await rig.member("bob")
        _ = await ann.send("REPORT bob :rude", "QUIT")
        _ = try await rig.store.accounts.delete("ann", of: rig.harness.tenant.id)
        rig.renew("ann")
        let moderator = await rig.operator(.moderator)
        _ = await moderator.send("REPORTS CLOSE 1 :done")
        let back = await rig.member("ann", Self.capabilities)
        await rig.harness.advance(by: 2)
        #expect(await back.hears().with("NOTICE").map(\.text).filter { $0.hasPrefix("Your report") }.isEmpty)
    }
}
