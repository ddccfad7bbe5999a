import Archive
import ObjectStore
import StateStore
import Tenant
import TestSupport
import Testing

/// The history and the archive together answer as a history would that forgets nothing.
@Suite struct WholeHistoryTests {
    /// A part as a client sees it in the end: without what was taken back.
    private static func compare(
        _ rig: ArchiveRig,
        _ all: DurableStore,
        _ said: RandomConversations,
        _ tenant: TenantID,
        _ random: inout SeededNumbers
    ) async throws {
        var limits = ArchivedHistory.Limits.patient
        limits.stretch = Bool.random(using: &random) ? 1 : 4 << 20
        limits.cache = Bool.random(using: &random) ? 0 : 64 << 20
        let older = rig.history(limits)
        let whole = rig.whole(older)
        for _ in 0..<40 {
            let name = RandomConversations.names[Int.random(in: 0..<3, using: &random)]
            let (part, limit) = (said.part(&random), [1, 2, 5, 20, 1000][Int.random(in: 0..<5, using: &random)])
            let events = Bool.random(using: &random)
            let expected = try await all.history.read(name, of: tenant, part, limit: limit, events: events)
            let found = try await whole.read(name, of: tenant, part, limit: limit, events: events)
            #expect(found.records(with: []) == expected, "\(name) \(part) \(limit) \(events)")
        }
        for text in ["one", "two THREE", "vier vier", "six", "ight", ""] {
            var search = HistorySearch(
                in: Array(RandomConversations.names.prefix(Int.random(in: 1...3, using: &random)))
            )
            search.text = text
            search.limit = [1, 7, 200][Int.random(in: 0..<3, using: &random)]
            search.sender = Bool.random(using: &random) ? "BOB" : nil
            search.after = Bool.random(using: &random) ? said.place(&random).time : nil
            search.before = Bool.random(using: &random) ? said.place(&random).time : nil
            let found = try await whole.search(search, of: tenant)
            var everything = search
            everything.limit = 1000
            // Which are the last, SQLite says by the order in which they were stored.
            let expected = Set(try await all.history.search(everything, of: tenant))
            #expect(Set(found).isSubset(of: expected), "\(search)")
            #expect(found.count == min(search.limit, expected.count), "\(search)")
        }
    }

    @Test(arguments: Driver.allCases, [UInt64](1...6))
    func `every part and every search is as if nothing had been forgotten`(driver: Driver, seed: UInt64) async throws {
        try await ArchiveRig.with(driver) { rig in
            let acme = try TenantID.acme
            var random = SeededNumbers(seed)
            let all = try DurableStore.open("sqlite::memory:", logger: .quiet)
            _ = try await all.migrator.up(now: 0)
            let said = RandomConversations(120, of: acme, &random)
            var rest = said.records[...]
            while !rest.isEmpty {
                let batch = Array(rest.prefix(Int.random(in: 1...30, using: &random)))
                rest = rest.dropFirst(batch.count)
                try await rig.store(batch)
                _ = try await all.history.store(batch.map(\.content))
                try await rig.seal(RandomConversations.days, of: acme)
            }
            try await rig.close(RandomConversations.days.prefix(Int.random(in: 0...3, using: &random)), of: acme)
            for _ in 0..<3 {
                try await rig.forget(before: said.place(&random).time, of: acme)
                try await Self.compare(rig, all, said, acme, &random)
            }
            try await rig.forget(before: .max, of: acme)
            try await Self.compare(rig, all, said, acme, &random)
            await all.close()
        }
    }

    @Test func `a page that the history has whole asks nobody else`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            try await rig.store((1...20).map { ArchiveRig.said($0, of: acme) })
            try await rig.seal([ArchiveRig.day], of: acme)
            try await rig.forget(before: ArchiveRig.day.start + 11, of: acme)
            let whole = rig.whole(rig.history())
            let reads = rig.bucket.reads
            let last = HistoryCursor(ArchiveRig.said(20, of: acme).stamp)
            for part in [
                .latest(after: nil), .before(last), .after(HistoryCursor(ArchiveRig.said(11, of: acme).stamp)),
                .latest(after: .end(of: ArchiveRig.day.start + 15)),
            ] as [HistoryRepository.Part] {
                #expect(try await whole.read("#tea", of: acme, part, limit: 5, events: true).records.isEmpty == false)
            }
            // Short, but the history begins before where the part does.
            let since = HistoryRepository.Part.latest(after: .end(of: ArchiveRig.day.start + 15))
            #expect(try await whole.read("#tea", of: acme, since, limit: 50, events: true).records.count == 5)
            #expect(rig.bucket.reads == reads)
            // Whose plan has it not, and a conversation of which nothing is archived.
            let none = WholeHistory(rig.store.history, older: rig.history(), readsOn: { _ in false })
            #expect(
                try await none.read("#tea", of: acme, .latest(after: nil), limit: 50, events: true).records.count == 10
            )
            _ = try await whole.read("#other", of: acme, .latest(after: nil), limit: 50, events: true)
            #expect(rig.bucket.reads == reads)
            let part = HistoryRepository.Part.latest(after: nil)
            #expect(try await whole.read("#tea", of: acme, part, limit: 50, events: true).records.count == 20)
            #expect(rig.bucket.reads > reads)
        }
    }
}
