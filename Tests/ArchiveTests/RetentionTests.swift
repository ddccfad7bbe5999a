import Archive
import Chat
import ObjectStore
import StateStore
import Tenant
import TestSupport
import Testing

/// What is too old goes, provably; what is held stays.
@Suite struct RetentionTests {
    private static let days = (0..<4).map { ArchiveDay(number: ArchiveRig.day.number + $0) }

    private func with(_ body: (ArchiveRig, TenantArchive, ArchiveLease) async throws -> Void) async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let lease = try await rig.lease(acme)
            let archive = rig.archive(of: acme)
            for day in Self.days {
                for part in 0..<2 {
                    try await rig.store(
                        (1...5).map { ArchiveRig.said(part * 10 + $0, of: acme, day: day, text: "\(day)") }
                    )
                    _ = try await archive.seal(day, by: lease)
                }
                _ = try await archive.close(day, by: lease, now: day.end)
            }
            try await archive.deleteReplaced(by: lease)
            try await body(rig, archive, lease)
        }
    }

    @Test func `days before the first that is kept are gone, and the bucket says so by itself`() async throws {
        try await self.with { rig, archive, lease in
            let acme = try TenantID.acme
            let destroyed = try await archive.expire(
                before: Self.days[2],
                because: "retention",
                by: lease,
                now: Self.days[3].end
            )
            #expect(destroyed == 2)
            #expect(Set(try await rig.texts(of: acme)) == Set(Self.days[2...].map(\.description)))
            let versions = try await rig.bucket.listVersions(
                "\(archive.paths.segments)\(Self.days[0].path)/",
                after: nil,
                limit: 10
            )
            #expect(versions.items.isEmpty)
            let report = try await ArchiveVerifier(rig.archive(of: acme, withDatabase: false)).verify()
            #expect(report.findings == [])
            #expect(report.deleted == 2)
            let proof = try #require(try await archive.manifest(5)).manifest
            #expect(proof.kind == .deletion)
            #expect(proof.reason == "retention")
            #expect(proof.day == Self.days[0].description)
            // Nothing more to do, and nothing is said twice.
            #expect(try await archive.expire(before: Self.days[2], because: "retention", by: lease, now: 0) == 0)
            #expect(try await archive.manifest(7) == nil)
        }
    }

    @Test func `wherever deleting is cut off, it goes on, and what was said of it fits`() async throws {
        for moment in [FaultyStore.Moment.before, .after] {
            for failing in 1...4 {
                try await self.with { rig, archive, lease in
                    for _ in 0..<failing { rig.bucket.failNext(moment, .unavailable("not this time")) }
                    var rounds = 0
                    while rounds < 20 {
                        rounds += 1
                        do {
                            // Another process each time.
                            _ = try await rig.archive(of: archive.tenant).expire(
                                before: Self.days[3],
                                because: "retention",
                                by: lease,
                                now: 0
                            )
                            break
                        } catch is ArchiveError {}
                    }
                    #expect(Set(try await rig.texts(of: archive.tenant)) == [Self.days[3].description])
                    let alone = rig.archive(of: archive.tenant, withDatabase: false)
                    let report = try await ArchiveVerifier(alone).verify()
                    #expect(report.findings == [], "\(moment) \(failing)")
                    #expect(report.deleted == 3)
                }
            }
        }
    }

    @Test func `a segment that comes back after it was destroyed is named`() async throws {
        try await self.with { rig, archive, lease in
            let name = SegmentName(tenant: archive.tenant, day: Self.days[0], number: 3)
            let object = try archive.paths.segment(name)
            let bytes = try await rig.bucket.get(object, limit: 1 << 20)
            _ = try await archive.expire(before: Self.days[1], because: "retention", by: lease, now: 0)
            _ = try await rig.bucket.put(object, bytes, PutOptions())
            let report = try await ArchiveVerifier(archive).verify()
            #expect(report.findings.contains { $0.problem.contains("a manifest says it was deleted") })
        }
    }

    @Test func `what is kept is a matter of the clock, of the settings and of a hold`() throws {
        var settings = ArchiveSettings.standard
        settings.retention = .seconds(2 * 86_400)
        let now = Self.days[3].start + 1000
        #expect(ArchivePolicy(settings).firstKept(now) == Self.days[1])
        // The first day goes with its last millisecond.
        #expect(ArchivePolicy(settings).firstKept(Self.days[3].start - 1) == Self.days[0])
        settings.hold = ArchiveHold()
        #expect(ArchivePolicy(settings).firstKept(now) == nil)
        #expect(ArchivePolicy.continuous.firstKept(.max) == nil)
    }

    @Test func `a bucket that keeps what is to go is told`() async throws {
        try await self.with { rig, archive, lease in
            rig.bucket.failNext(.before, .locked("until 2030"))
            await #expect(throws: ArchiveError.store(.locked("until 2030"))) {
                _ = try await archive.expire(before: Self.days[1], because: "retention", by: lease, now: 0)
            }
            // Nothing claims that it is gone.
            let report = try await ArchiveVerifier(archive).verify()
            #expect(report.isWell && report.deleted == 0)
        }
    }
}
