import Archive
import Chat
import ObjectStore
import StateStore
import Tenant
import TestSupport
import Testing

/// From what waits to closed days, with workers that end at any moment, and a bucket that fails.
@Suite struct SealingTests {
    @Test(arguments: Driver.allCases)
    func `what is said lies in the bucket once, and the history may forget it`(driver: Driver) async throws {
        try await ArchiveRig.with(driver) { rig in
            let acme = try TenantID.acme
            try await rig.store((1...300).map { ArchiveRig.said($0, in: "#c\($0 % 3)", of: acme) })
            #expect(try await rig.store.archives.firstPending()[acme] == ArchiveRig.day.start + 1)
            try await rig.service().look()
            #expect(try await rig.store.archives.firstPending().isEmpty)
            let texts = try await rig.texts(of: acme)
            #expect(texts.count == 300)
            #expect(Set(texts) == Set((1...300).map { "message \($0)" }))
            let standing = try #require(try await rig.store.archives.standing(of: acme))
            #expect(standing.records == 300)
            #expect(standing.pendingRecords == 0)
            #expect(standing.failure == nil)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a day of many segments becomes one order of lines under one manifest`(driver: Driver) async throws {
        try await ArchiveRig.with(driver) { rig in
            let acme = try TenantID.acme
            let lease = try await rig.lease(acme)
            for part in 0..<5 {
                try await rig.store((1...20).map { ArchiveRig.said(part + $0 * 5, in: "#c\($0 % 2)", of: acme) })
                #expect(try await rig.archive(of: acme).seal(ArchiveRig.day, by: lease) == 1)
            }
            let archive = rig.archive(of: acme)
            #expect(try await archive.close(ArchiveRig.day, by: lease, now: 0))
            #expect(try await archive.close(ArchiveRig.day, by: lease, now: 0) == false)
            try await archive.deleteReplaced(by: lease)
            let manifest = try #require(try await archive.manifest(1)).manifest
            #expect(manifest.records == 100)
            #expect(manifest.segments.count == 1)
            #expect(manifest.replaced == [1, 2, 3, 4, 5])
            #expect(manifest.logs.map(\.records).sorted() == [50, 50])
            let numbers = (0..<5).flatMap { part in (1...20).map { (channel: $0 % 2, number: part + $0 * 5) } }
            let expected = (0..<2).flatMap { channel in
                numbers.filter { $0.channel == channel }.map(\.number).sorted()
            }
            #expect(try await rig.texts(of: acme) == expected.map { "message \($0)" })
            let report = try await ArchiveVerifier(rig.archive(of: acme, withDatabase: false)).verify()
            #expect(report.findings == [])
            #expect(report.records == 100)
        }
    }

    @Test func `names with any characters stand in the order of their bytes, before and after a merge`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let lease = try await rig.lease(acme)
            let names = ["#a\"b", "#a#c", "#a!d", "#a\\e", "#a]f", "#aé", "#a"]
            for part in 0..<2 {
                try await rig.store(
                    names.enumerated().map {
                        ArchiveRig.said($0.offset + part * 10, in: $0.element, of: acme, text: $0.element)
                    }
                )
                _ = try await rig.archive(of: acme).seal(ArchiveRig.day, by: lease)
            }
            let archive = rig.archive(of: acme)
            #expect(try await ArchiveVerifier(archive).verify().findings == [])
            #expect(try await archive.close(ArchiveRig.day, by: lease, now: 0))
            try await archive.deleteReplaced(by: lease)
            #expect(try await ArchiveVerifier(archive).verify().findings == [])
            let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            #expect(try await rig.texts(of: acme) == sorted.flatMap { [$0, $0] })
        }
    }

    @Test func `a merged day has larger segments where it is large`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let lease = try await rig.lease(acme)
            let text = String(repeating: "x", count: 10_000)
            for part in 0..<4 {
                try await rig.store((1...25).map { ArchiveRig.said(part * 100 + $0, of: acme, text: text) })
                _ = try await rig.archive(of: acme).seal(ArchiveRig.day, by: lease)
            }
            #expect(try await rig.archive(of: acme).close(ArchiveRig.day, by: lease, now: 0, limit: 400_000))
            let manifest = try #require(try await rig.archive(of: acme).manifest(1)).manifest
            #expect(manifest.segments.count == 3)
            #expect(manifest.segments.allSatisfy { $0.rawBytes < 400_000 + 20_000 })
            #expect(manifest.records == 100)
        }
    }

    @Test func `wherever a worker is killed, every line is there once in the end`() async throws {
        // Every put and deletion of a day fails once, before or after it was done; and the worker that goes on is another.
        for moment in [FaultyStore.Moment.before, .after] {
            for failing in 0..<9 {
                try await ArchiveRig.with { rig in
                    let acme = try TenantID.acme
                    var holder = 0
                    func until(_ body: (TenantArchive, ArchiveLease) async throws -> Void) async throws {
                        for _ in 0..<20 {
                            holder += 1
                            let lease = try await rig.lease(acme, as: "worker \(holder)")
                            do {
                                try await body(rig.archive(of: acme), lease)
                                try await rig.store.archives.release(lease)
                                return
                            } catch is ArchiveError { try await rig.store.archives.release(lease) }
                        }
                        Issue.record("it does not end")
                    }
                    for _ in 0..<failing { rig.bucket.failNext(moment, .unavailable("not this time")) }
                    for part in 0..<3 {
                        try await rig.store((1...10).map { ArchiveRig.said(part * 10 + $0, of: acme) })
                        try await until { archive, lease in
                            try await archive.resume(by: lease)
                            _ = try await archive.seal(ArchiveRig.day, by: lease)
                        }
                    }
                    for _ in 0..<failing { rig.bucket.failNext(moment, .unavailable("not this time")) }
                    try await until { archive, lease in
                        while try await archive.close(ArchiveRig.day, by: lease, now: 0) {}
                    }
                    try await until { archive, lease in try await archive.deleteReplaced(by: lease) }
                    let texts = try await rig.texts(of: acme)
                    #expect(texts == (1...30).map { "message \($0)" }, "\(moment) \(failing)")
                    let report = try await ArchiveVerifier(rig.archive(of: acme, withDatabase: false)).verify()
                    #expect(report.findings == [], "\(moment) \(failing)")
                }
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `two workers at once make nothing twice`(driver: Driver) async throws {
        try await ArchiveRig.with(driver) { rig in
            let tenants = try (1...6).map { try #require(TenantID("t\($0)")) }
            for tenant in tenants { try await rig.store((1...50).map { ArchiveRig.said($0, of: tenant) }) }
            let workers = ["one", "two", "three"].map { rig.service(holder: $0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in workers { group.addTask { for _ in 0..<4 { try await worker.look() } } }
                try await group.waitForAll()
            }
            for tenant in tenants {
                #expect(try await rig.texts(of: tenant) == (1...50).map { "message \($0)" })
                let report = try await ArchiveVerifier(rig.archive(of: tenant, withDatabase: false)).verify()
                #expect(report.findings == [])
            }
        }
    }

    @Test func `who was frozen while another took over changes nothing`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            try await rig.store((1...10).map { ArchiveRig.said($0, of: acme) })
            let former = try #require(try await rig.store.archives.lease(acme, as: "former", for: 0))
            let began = try #require(
                try await rig.store.archives.begin(ArchiveRig.day.number, rawBytes: .max, by: former)
            )
            #expect(began == 1)
            let lease = try await rig.lease(acme)
            #expect(lease.term == former.term + 1)
            try await rig.archive(of: acme).resume(by: lease)
            // What the former one would note now is not noted, and it can begin nothing.
            let facts = ArchiveSegmentFacts(
                records: 0,
                rawBytes: 0,
                size: 0,
                firstTime: 0,
                lastTime: 0,
                sha256: []
            )
            #expect(try await rig.store.archives.seal(began, facts, by: former) == false)
            await #expect(throws: ArchiveError.leaseLost) {
                _ = try await rig.archive(of: acme).close(ArchiveRig.day, by: former, now: 0)
            }
            let next = try await rig.store.archives.begin(ArchiveRig.day.number, rawBytes: .max, by: former)
            #expect(next == nil)
            #expect(try await rig.texts(of: acme) == (1...10).map { "message \($0)" })
        }
    }

    @Test(arguments: Driver.allCases)
    func `a bucket that is away is told with its reason, and all goes on when it is back`(driver: Driver) async throws {
        try await ArchiveRig.with(driver) { rig in
            let acme = try TenantID.acme
            rig.bucket.fail(.accessDenied("no right to put"))
            let worker = rig.service()
            for batch in 0..<5 {
                try await rig.store((1...10).map { ArchiveRig.said(batch * 10 + $0, of: acme) })
                try await worker.look()
            }
            let standing = try #require(try await rig.store.archives.standing(of: acme))
            #expect(standing.failure == "AccessDenied")
            #expect(standing.failureDetail?.contains("no right to put") == true)
            #expect(standing.pendingRecords == 50)
            #expect(standing.records == 0)
            rig.bucket.fail(nil)
            // Another worker, which has not been told to wait.
            try await rig.service(holder: "one").look()
            let after = try #require(try await rig.store.archives.standing(of: acme))
            #expect(after.failure == nil)
            #expect(after.pendingRecords == 0)
            #expect(try await rig.texts(of: acme) == (1...50).map { "message \($0)" })
        }
    }

    @Test func `what comes late has a manifest of its own for the same day`() async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            try await rig.store([ArchiveRig.said(1, of: acme), ArchiveRig.said(3, of: acme)])
            let worker = rig.service()
            try await worker.look()
            try await worker.look()
            try await rig.store([ArchiveRig.said(2, of: acme)])
            try await worker.look()
            try await worker.look()
            let archive = rig.archive(of: acme, withDatabase: false)
            let first = try #require(try await archive.manifest(1)).manifest
            let second = try #require(try await archive.manifest(2)).manifest
            #expect(first.day == second.day)
            #expect([first.records, second.records] == [2, 1])
            #expect(try await ArchiveVerifier(archive).verify().findings == [])
        }
    }

    @Test(arguments: Driver.allCases)
    func `a batch that is stored again after its segment was made is not archived again`(driver: Driver) async throws {
        try await ArchiveRig.with(driver) { rig in
            let acme = try TenantID.acme
            let records = (1...10).map { ArchiveRig.said($0, of: acme) }
            try await rig.store(records)
            try await rig.service().look()
            try await rig.store(records + [ArchiveRig.said(11, of: acme)])
            try await rig.service().look()
            #expect(try await rig.texts(of: acme).sorted() == (1...11).map { "message \($0)" }.sorted())
        }
    }

    @Test(arguments: Driver.allCases)
    func `history that is too old stays until the archive has it`(driver: Driver) async throws {
        try await ArchiveRig.with(driver) { rig in
            let acme = try TenantID.acme
            try await rig.store((1...10).map { ArchiveRig.said($0, of: acme) })
            let retention = HistoryRetention(
                history: rig.store.history,
                audit: rig.store.audit,
                archives: rig.store.archives,
                tenants: { [acme: .seconds(60)] },
                now: { ArchiveRig.day.end },
                logger: .quiet
            )
            #expect(await retention.sweep() == 0)
            #expect(try await rig.store.history.size(of: acme).records == 10)
            try await rig.service().look()
            #expect(await retention.sweep() == 10)
            #expect(try await rig.store.history.size(of: acme).records == 0)
            #expect(try await rig.texts(of: acme).count == 10)
        }
    }

    @Test func `who archives nothing has nothing that waits`() async throws {
        try await ArchiveRig.with { rig in
            let (acme, globex) = (try TenantID.acme, try TenantID.globex)
            let records = [ArchiveRig.said(1, of: acme), ArchiveRig.said(1, of: globex)]
            let batch = ArchiveBatch(rig.tap, records: [1: records[1]])
            try await rig.store.history.store(records.map(\.content), archiving: batch)
            #expect(Set(try await rig.store.archives.firstPending().keys) == [globex])
            for tenant in [acme, globex] {
                let kept = try await rig.store.history.read(
                    "#tea",
                    of: tenant,
                    .latest(after: nil),
                    limit: 10,
                    events: true
                )
                #expect(kept.count == 1)
            }
        }
    }
}
