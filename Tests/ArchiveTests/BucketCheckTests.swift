import Archive
import ObjectStore
import StateStore
import Tenant
import Testing

/// What is noted of the bucket itself.
@Suite struct BucketCheckTests {
    private func bucket(_ rig: ArchiveRig) async throws -> ArchiveStanding? {
        try await rig.store.archives.standings([:])[.cell]
    }

    @Test(arguments: Driver.allCases)
    func `how the bucket is set up is noted, and what is wrong with it until it is well again`(
        driver: Driver
    ) async throws {
        try await ArchiveRig.with(driver) { rig in
            #expect(try await self.bucket(rig) == nil)
            let check = BucketCheck(rig.bucket, rig.store.archives, holder: "one", logger: .quiet)
            await check.look()
            let well = try #require(try await self.bucket(rig))
            #expect(well.failure == nil && well.verifiedAt != nil)
            #expect(well.verifiedResult?.hasPrefix("the bucket answers: no versions are kept") == true)
            rig.bucket.fail(.accessDenied("no such key"))
            await check.look()
            let denied = try #require(try await self.bucket(rig))
            #expect(denied.failure == "AccessDenied" && denied.failureDetail == "access denied: no such key")
            #expect(denied.failedAt != nil)
            rig.bucket.fail(.noBucket("acme"))
            await check.look()
            #expect(try await self.bucket(rig)?.failure == "BucketMissing")
            rig.bucket.fail(nil)
            await check.look()
            #expect(try await self.bucket(rig)?.failure == nil)
            // It is no tenant's.
            #expect(try await rig.store.archives.tenants().isEmpty)
        }
    }

    @Test func `one worker looks, and another once that one is gone`() async throws {
        try await ArchiveRig.with { rig in
            await BucketCheck(rig.bucket, rig.store.archives, holder: "one", logger: .quiet).look()
            let reads = rig.bucket.reads
            let other = BucketCheck(rig.bucket, rig.store.archives, holder: "two", logger: .quiet)
            await other.look()
            #expect(rig.bucket.reads == reads)
            let lease = try #require(try await rig.store.archives.lease(.cell, as: "one", for: 1000))
            try await rig.store.archives.release(lease)
            await other.look()
            #expect(rig.bucket.reads > reads)
        }
    }
}
