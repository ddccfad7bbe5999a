import Archive
import Chat
import ObjectStore
import StateStore
import Tenant
import TestSupport
import Testing

/// A database that was restored to what it was some time ago goes on with the bucket that it finds.
@Suite struct RestoredDatabaseTests {
    /// A database as it was when something was sealed and something waited, and a bucket that went on from there for two days.
    private func with(_ body: (_ rig: ArchiveRig, _ restored: ArchiveRig) async throws -> Void) async throws {
        try await ArchiveRig.with { rig in
            let acme = try TenantID.acme
            let lease = try await rig.lease(acme)
            let archive = rig.archive(of: acme)
            try await rig.store((1...3).map { ArchiveRig.said($0, of: acme) })
            _ = try await archive.seal(ArchiveRig.day, by: lease)
            try await rig.store.archives.release(lease)
            try await ArchiveRig.with { other in
                try await TenantCopier(from: rig.store, to: other.store).copy(acme)
                let restored = ArchiveRig(store: other.store, bucket: rig.bucket, keys: rig.keys, folder: rig.folder)
                try await rig.store((4...6).map { ArchiveRig.said($0, of: acme) })
                let lease = try await rig.lease(acme, as: "two")
                _ = try await archive.seal(ArchiveRig.day, by: lease)
                _ = try await archive.close(ArchiveRig.day, by: lease, now: ArchiveRig.day.end)
                try await archive.deleteReplaced(by: lease)
                try await rig.store((7...9).map { ArchiveRig.said($0, of: acme, day: ArchiveRig.day.next) })
                _ = try await archive.seal(ArchiveRig.day.next, by: lease)
                try await body(rig, restored)
            }
        }
    }

    @Test func `what it did not know is taken over, and nothing new has its number`() async throws {
        try await self.with { rig, restored in
            let acme = try TenantID.acme
            let later = ArchiveRig.day.next.next
            try await restored.store((10...12).map { ArchiveRig.said($0, of: acme, day: later) })
            try await restored.service(holder: "after").look()
            #expect(Set(try await rig.texts(of: acme)) == Set((1...12).map { "message \($0)" }))
            #expect(try await rig.texts(of: acme).count == 12)
            // All days are over by the clock: everything is in manifests that fit.
            let lease = try await restored.lease(acme, as: "after")
            let archive = restored.archive(of: acme)
            for day in [ArchiveRig.day.next, later] { _ = try await archive.close(day, by: lease, now: later.end) }
            let report = try await ArchiveVerifier(restored.archive(of: acme, withDatabase: false)).verify()
            #expect(report.findings == [])
            #expect(report.records == 12)
            let numbers = try await restored.store.archives.segments(of: acme).map(\.number)
            #expect(Set(numbers).count == numbers.count)
        }
    }

    @Test func `what lies where something new was to go is kept`() async throws {
        try await self.with { rig, restored in
            let acme = try TenantID.acme
            // Nobody compared before.
            let lease = try await restored.lease(acme, as: "after")
            let archive = restored.archive(of: acme)
            try await restored.store.archives.skip(to: 4, by: lease)
            try await restored.store((10...12).map { ArchiveRig.said($0, of: acme, day: ArchiveRig.day.next) })
            #expect(try await archive.seal(ArchiveRig.day.next, by: lease) == 2)
            #expect(Set(try await rig.texts(of: acme)) == Set((1...12).map { "message \($0)" }))
        }
    }

    @Test func `another tenant of the name, or another database, gets nothing`() async throws {
        try await self.with { rig, _ in
            let acme = try TenantID.acme
            try await ArchiveRig.with { other in
                let foreign = ArchiveRig(store: other.store, bucket: rig.bucket, keys: rig.keys, folder: rig.folder)
                try await foreign.store([ArchiveRig.said(1, of: acme, day: ArchiveRig.day.next.next)])
                try await foreign.service().look()
                let standing = try #require(try await foreign.store.archives.standings([:])[acme])
                #expect(standing.failure == "Damaged")
                #expect(standing.pendingRecords == 1)
                #expect(try await foreign.store.archives.segments(of: acme) == [])
            }
        }
    }
}

extension ArchiveRepository {
    /// Has the next segments' numbers begin at one, as if those before had been given.
    fileprivate func skip(to number: Int64, by lease: ArchiveLease) async throws {
        for unused in 1..<number { _ = try await self.adopt(unused, ArchiveRig.day.number, nil, by: lease) }
    }
}
