import Archive
import Chat
import StateStore
import Tenant
import TestSupport
import Testing

/// What was said comes back into the history as it was, once, and what was taken back without its words.
@Suite struct RestoreTests {
    private static let next = ArchiveDay(number: ArchiveRig.day.number + 1)

    /// Two days of two channels and a direct message; on the second day something of the first is taken back.
    private func with(_ driver: Driver, _ body: (ArchiveRig, TenantID) async throws -> Void) async throws {
        try await ArchiveRig.with(driver) { rig in
            let acme = try TenantID.acme
            let first = (1...600).map { ArchiveRig.said($0, of: acme) }
            try await rig.store(first + (1...5).map { ArchiveRig.said($0, in: "#coffee", of: acme) })
            try await rig.store((1...5).map { ArchiveRig.said($0, of: acme, day: Self.next) })
            try await rig.store([
                ArchiveRig.said(6, of: acme, day: Self.next, redacts: first[2].stamp),
                ArchiveRig.said(
                    9,
                    of: acme,
                    day: Self.next,
                    redacts: ArchiveRig.said(2, of: acme, day: Self.next).stamp
                ),
            ])
            let plain = ArchiveRig.said(700, of: acme, text: "for ops")
            let forRanks = ArchivedRecord(log: plain.log, stamp: plain.stamp, content: plain.content, isForRanks: true)
            let alone = ArchiveBatch(rig.tap, records: [:], others: [forRanks])
            try await rig.store.history.store([], archiving: alone)
            try await rig.service().look()
            // What waits for its segment counts as well.
            try await rig.store([ArchiveRig.said(10, of: acme, day: Self.next, redacts: first[3].stamp)])
            try await body(rig, acme)
        }
    }

    private func history(_ rig: ArchiveRig, _ tenant: TenantID) async throws -> [[HistoryRecord]] {
        var all: [[HistoryRecord]] = []
        for name in ["#coffee", "#tea"] {
            let part = HistoryRepository.Part.latest(after: nil)
            all.append(try await rig.store.history.read(name, of: tenant, part, limit: 1000, events: true))
        }
        return all
    }

    @Test(arguments: Driver.allCases)
    func `all comes back as it was, what was taken back without its words, and a second run adds nothing`(
        driver: Driver
    ) async throws {
        try await self.with(driver) { rig, acme in
            let before = try await self.history(rig, acme)
            #expect(before.map(\.count) == [5, 605])
            #expect(before[1].filter { $0.redaction != nil }.count == 3)
            while try await rig.store.history.delete(before: .max / 2, of: acme) > 0 {}
            #expect(try await self.history(rig, acme) == [[], []])
            let job = try await rig.ask(.restore(.init()), of: acme)
            try await rig.jobs().look()
            let done = try await rig.job(job)
            #expect(done.state == .done && done.done == 613 && done.total == 613, "\(done)")
            #expect(done.message.hasPrefix("610 of 613 lines came back"), "\(done.message)")
            #expect(try await self.history(rig, acme) == before)
            let again = try await rig.ask(.restore(.init()), of: acme)
            try await rig.jobs().look()
            #expect(try await rig.job(again).message.hasPrefix("0 of 613 lines came back"))
            #expect(try await self.history(rig, acme) == before)
            // Nothing of it goes into the archive once more.
            try await rig.service().look()
            #expect(try await rig.texts(of: acme).filter { $0 == "message 600" }.count == 1)
        }
    }

    @Test func `a day of a channel comes back alone, and what is there stays taken back`() async throws {
        try await self.with(.sqlite) { rig, acme in
            while try await rig.store.history.delete(before: .max / 2, of: acme) > 0 {}
            // The history knows of one more that was taken back.
            let kept = ArchiveRig.said(5, of: acme, redacts: ArchiveRig.said(5, of: acme).stamp).content
            _ = try await rig.store.history.store([kept])
            let (from, to) = (ArchiveRig.day.start, ArchiveRig.day.end - 1)
            let job = try await rig.ask(.restore(.init(from: from, to: to, conversation: "#tea")), of: acme)
            try await rig.jobs().look()
            #expect(try await rig.job(job).message.hasPrefix("599 of 601 lines came back"))
            let found = try await self.history(rig, acme)
            #expect(found[0].isEmpty && found[1].count == 600)
            let silent = found[1].filter { $0.text == nil }.map(\.id.position.sequence)
            #expect(silent == [3, 4, 5])
        }
    }

    @Test func `what the history would delete at once is left out, and that is said`() async throws {
        try await self.with(.sqlite) { rig, acme in
            while try await rig.store.history.delete(before: .max / 2, of: acme) > 0 {}
            let old = try await rig.ask(.restore(.init(to: Self.next.end)), of: acme)
            try await rig.jobs(historyRetention: .seconds(86_400)).look()
            let refused = try await rig.job(old)
            #expect(refused.state == .failed && refused.message.contains("raise history.retention first"))
            // Until the second day.
            let now = try #require(try await rig.store.archives.standing(of: acme)).now
            let retention = Duration.milliseconds(now - Self.next.start)
            let some = try await rig.ask(.restore(.init()), of: acme)
            try await rig.jobs(historyRetention: retention + .seconds(60)).look()
            let done = try await rig.job(some)
            #expect(done.state == .done && done.message.contains("is left out: history.retention"), "\(done)")
            #expect(try await self.history(rig, acme).map(\.count) == [0, 5])
            let log = try await rig.store.archiveJobs.log(of: some.id, acme).map(\.text)
            #expect(log.contains { $0.contains("would have it deleted at once") })
        }
    }
}
