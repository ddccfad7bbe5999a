import Archive
import StateStore
import Tenant
import Testing

/// How all archives of a cell stand, in a few statements.
@Suite struct StandingsTests {
    @Test(arguments: Driver.allCases)
    func `all at once is what each says by itself`(driver: Driver) async throws {
        try await ArchiveRig.with(driver) { rig in
            let (acme, globex) = (try TenantID.acme, try TenantID.globex)
            let archives = rig.store.archives
            let nothing = try await archives.standings(archives.contents())
            #expect(nothing.isEmpty)
            try await rig.store((1...30).map { ArchiveRig.said($0, of: acme) })
            try await rig.service().look()
            _ = try await rig.archive(of: acme).close(ArchiveRig.day, by: rig.lease(acme), now: 0)
            try await rig.store((31...34).map { ArchiveRig.said($0, of: acme) })
            let lease = try await rig.lease(acme)
            try await archives.note("AccessDenied", "say please", by: lease)
            try await archives.noteVerification("well", of: acme)
            // Of who has no segment yet it is known what waits.
            try await rig.store([ArchiveRig.said(1, of: globex)])
            let all = try await archives.standings(archives.contents())
            var (found, single) = (try #require(all[acme]), try #require(try await archives.standing(of: acme)))
            // The clock went on in between.
            (found.now, single.now) = (0, 0)
            #expect(found == single)
            #expect(found.objects == 2 && found.bytes > 0 && found.records == 30 && found.pendingRecords == 4)
            #expect(found.failure == "AccessDenied" && found.verifiedResult == "well")
            let other = try #require(all[globex])
            #expect(other.pendingRecords == 1 && other.oldestPending != nil && other.sealedAt == nil)
            #expect(Set(all.keys) == [acme, globex])
        }
    }
}
