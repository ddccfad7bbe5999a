import Archive
import Chat
import ObjectStore
import Observability
import StateStore
import Tenant
import TestSupport
import Testing

/// What clients are shown of an archive, what it costs, and what they are not shown.
@Suite struct ArchivedHistoryTests {
    private static let part = HistoryRepository.Part.latest(after: nil)

    private static func texts(
        _ whole: WholeHistory,
        _ part: HistoryRepository.Part = Self.part,
        limit: Int = 1000
    ) async throws -> [String] {
        try await whole.read("#tea", of: .acme, part, limit: limit, events: true).records(with: []).map {
            $0.text ?? ""
        }
    }

    @Test func `a page of a day of a year takes two requests, and the next one none`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let days = (0..<365).map { ArchiveDay(number: ArchiveRig.day.number + $0) }
            for chunk in 0..<5 {
                let part = days[(chunk * 73)..<((chunk + 1) * 73)]
                try await rig.store(
                    part.flatMap { day in
                        (1...30).map { ArchiveRig.said($0, in: $0 % 3 == 0 ? "#tea" : "#c\($0)", of: acme, day: day) }
                    }
                )
            }
            try await rig.seal(days, of: acme)
            try await rig.forget(before: .max, of: acme)
            let whole = rig.whole(rig.history())
            let reads = rig.bucket.reads
            let day = days[100]
            let part = HistoryRepository.Part.before(.start(of: day.end))
            #expect(try await Self.texts(whole, part, limit: 10).count == 10)
            #expect(rig.bucket.reads - reads == 2)
            #expect(try await Self.texts(whole, part, limit: 5).count == 5)
            #expect(rig.bucket.reads - reads == 2)
        }
    }

    @Test func `what was taken back is not shown, before or after it was archived, and nothing is found of it`()
        async throws
    {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let first = ArchiveRig.said(1, of: acme, text: "secret one")
            let second = ArchiveRig.said(2, of: acme, text: "secret two")
            try await rig.store([first, second, ArchiveRig.said(3, of: acme, redacts: first.stamp)])
            try await rig.seal([ArchiveRig.day], of: acme)
            // Taken back later, while nothing is archived any more.
            _ = try await rig.store.history.store([ArchiveRig.said(4, of: acme, redacts: second.stamp).content])
            try await rig.forget(before: .max, of: acme)
            let whole = rig.whole(rig.history())
            #expect(try await Self.texts(whole) == ["", ""])
            var search = HistorySearch(in: ["#tea"])
            search.text = "secret"
            #expect(try await whole.search(search, of: acme).isEmpty)
            #expect(try await rig.texts(of: acme).filter { $0.hasPrefix("secret") }.count == 2)
        }
    }

    @Test func `what only some of the members got is shown to nobody`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            try await rig.store([ArchiveRig.said(1, of: acme)])
            let plain = ArchiveRig.said(2, of: acme, text: "to hosts alone")
            let signed = ArchiveRig.said(3, of: acme, text: "to ranks alone")
            let others = [
                ArchivedRecord(log: plain.log, stamp: plain.stamp, content: plain.content, isForRanks: true),
                ArchivedRecord(
                    log: signed.log,
                    stamp: signed.stamp,
                    content: HistoryRecord(
                        acme,
                        in: "#tea",
                        id: signed.stamp,
                        prefix: "ann!a@host",
                        target: "@#tea",
                        text: signed.content.text
                    )
                ),
            ]
            try await rig.store.history.store([], archiving: ArchiveBatch(rig.tap, records: [:], others: others))
            try await rig.seal([ArchiveRig.day], of: acme)
            try await rig.forget(before: .max, of: acme)
            let whole = rig.whole(rig.history())
            #expect(try await rig.texts(of: acme).count == 3)
            #expect(try await Self.texts(whole) == ["message 1"])
            var search = HistorySearch(in: ["#tea"])
            search.text = "alone"
            #expect(try await whole.search(search, of: acme).isEmpty)
        }
    }

    @Test func `a bucket that is away, or an object that is gone, leaves clients what the history has`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            try await rig.store((1...10).map { ArchiveRig.said($0, of: acme) })
            try await rig.seal([ArchiveRig.day], of: acme)
            try await rig.forget(before: ArchiveRig.day.start + 8, of: acme)
            var limits = ArchivedHistory.Limits.patient
            limits.rest = .zero
            let older = rig.history(limits)
            let whole = rig.whole(older)
            rig.bucket.fail(.unavailable("away"))
            #expect(try await Self.texts(whole) == ["message 8", "message 9", "message 10"])
            let first = HistoryRepository.Part.after(.start(of: 0))
            #expect(try await Self.texts(whole, first) == ["message 8", "message 9", "message 10"])
            #expect(Self.count(older, "failed") == 2)
            rig.bucket.fail(nil)
            #expect(try await Self.texts(whole).count == 10)
            #expect(Self.count(older, "whole") == 1)
        }
    }

    @Test func `after a failure nobody asks for a while`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            try await rig.store((1...10).map { ArchiveRig.said($0, of: acme) })
            try await rig.seal([ArchiveRig.day], of: acme)
            try await rig.forget(before: .max, of: acme)
            let whole = rig.whole(rig.history())
            rig.bucket.fail(.unavailable("away"))
            #expect(try await Self.texts(whole).isEmpty)
            let reads = rig.bucket.reads
            #expect(try await Self.texts(whole).isEmpty)
            #expect(rig.bucket.reads == reads)
        }
    }

    @Test func `a store that does not answer costs a client no more than its time`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            try await rig.store((1...10).map { ArchiveRig.said($0, of: acme) })
            try await rig.seal([ArchiveRig.day], of: acme)
            try await rig.forget(before: ArchiveRig.day.start + 8, of: acme)
            // The time is over at once.
            let time = StoreTime(wall: { 0 }, now: { .zero }, sleep: { _ in })
            rig.bucket.hold()
            let stuck = rig.history(.init(), time: time)
            #expect(try await Self.texts(rig.whole(stuck)).count == 3)
            #expect(Self.count(stuck, "failed") == 1)
        }
    }

    @Test func `who asks while as many do as may, and as many wait, has what the history has`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            try await rig.store((1...10).map { ArchiveRig.said($0, of: acme) })
            try await rig.seal([ArchiveRig.day], of: acme)
            try await rig.forget(before: ArchiveRig.day.start + 8, of: acme)
            var limits = ArchivedHistory.Limits.patient
            (limits.width, limits.queue, limits.deadline) = (1, 0, .seconds(600))
            let older = rig.history(limits)
            let whole = rig.whole(older)
            rig.bucket.hold()
            let first = Task { try await Self.texts(whole) }
            try await until("the first to ask the bucket") { rig.bucket.isWaitedFor }
            #expect(try await Self.texts(whole).count == 3)
            #expect(Self.count(older, "busy") == 1)
            first.cancel()
            #expect(try await first.value.count == 3)
        }
    }

    @Test func `one tenant's trouble keeps no other from reading`() async throws {
        try await ArchiveRig.with { rig in
            for tenant in [try TenantID.acme, try TenantID.globex] {
                try await rig.store([ArchiveRig.said(1, of: tenant)])
                try await rig.seal([ArchiveRig.day], of: tenant)
                try await rig.forget(before: .max, of: tenant)
            }
            let whole = rig.whole(rig.history())
            rig.bucket.fail(.unavailable("away"))
            #expect(try await Self.texts(whole).isEmpty)
            rig.bucket.fail(nil)
            #expect(try await Self.texts(whole).isEmpty)
            let other = try await whole.read("#tea", of: .globex, Self.part, limit: 10, events: true)
            #expect(other.records(with: []).count == 1)
        }
    }

    @Test func `bounds are kept, and a client goes on behind them`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let days = (0..<10).map { ArchiveDay(number: ArchiveRig.day.number + $0) }
            try await rig.store(days.flatMap { day in (1...3).map { ArchiveRig.said($0, of: acme, day: day) } })
            try await rig.seal(days, of: acme)
            try await rig.forget(before: days[9].start, of: acme)
            for change in [{ $0.days = 2 }, { $0.segments = 2 }, { $0.bytes = 1000 }]
                as [(inout ArchivedHistory.Limits) -> Void]
            {
                var limits = ArchivedHistory.Limits.patient
                change(&limits)
                let older = rig.history(limits)
                let whole = rig.whole(older)
                // From the end, and from the beginning: nothing is missing in between.
                var (found, pages) = ([HistoryRecord](), 0)
                while found.count < 30, pages < 20 {
                    let part = found.first.map { HistoryRepository.Part.before($0.cursor) } ?? Self.part
                    found =
                        try await whole.read("#tea", of: acme, part, limit: 1000, events: true).records(with: [])
                        + found
                    pages += 1
                }
                #expect(found.map(\.cursor) == found.map(\.cursor).sorted() && found.count == 30 && pages > 2)
                (found, pages) = ([], 0)
                while found.count < 30, pages < 20 {
                    let part = HistoryRepository.Part.after(found.last?.cursor ?? .start(of: 0))
                    let read = try await whole.read("#tea", of: acme, part, limit: 1000, events: true)
                    // What was said just now does not come before what is missing.
                    let now = ArchiveRig.said(9, of: acme, day: days[9]).content
                    found += read.records(with: [now]).filter { $0.id != now.id }
                    #expect(read.records(with: [now]).contains(now) == (found.count == 30))
                    pages += 1
                }
                #expect(found.count == 30 && pages > 2)
                #expect(Self.count(older, "cut") > 0)
            }
        }
    }

    @Test func `what is destroyed is not read any more, and what was taken back of it is forgotten`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let days = (0..<2).map { ArchiveDay(number: ArchiveRig.day.number + $0) }
            for day in days {
                let said = ArchiveRig.said(1, of: acme, day: day)
                try await rig.store([
                    said, ArchiveRig.said(2, of: acme, day: day),
                    ArchiveRig.said(3, of: acme, day: day, redacts: said.stamp),
                ])
            }
            try await rig.seal(days, of: acme)
            try await rig.close(days, of: acme)
            try await rig.forget(before: .max, of: acme)
            let whole = rig.whole(rig.history())
            #expect(try await Self.texts(whole).count == 4)
            let lease = try await rig.lease(acme)
            _ = try await rig.archive(of: acme).expire(before: days[1], because: "retention", by: lease, now: 0)
            #expect(try await Self.texts(whole) == ["", "message 2"])
            let redactions = try await rig.store.archives.redactions(in: "#tea", of: acme, 0 ... .max)
            #expect(redactions.keys.map(\.time) == [days[1].start + 1])
        }
    }

    private static func count(_ older: ArchivedHistory, _ outcome: String) -> Int {
        let samples = older.readings.families.first?.samples ?? []
        return Int(samples.first { $0.labels.contains { $0.value == outcome } }?.value ?? -1)
    }
}
