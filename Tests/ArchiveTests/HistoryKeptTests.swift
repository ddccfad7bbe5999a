import Archive
import ObjectStore
import StateStore
import Tenant
import TestSupport
import Testing

/// The history of a tenant that archives goes only when the bucket has it.
@Suite struct HistoryKeptTests {
    @Test(arguments: Driver.allCases)
    func `what is too old stays in the history until it is archived`(_ driver: Driver) async throws {
        try await ArchiveRig.with(driver) { rig in
            let (acme, globex) = (try TenantID.acme, try TenantID.globex)
            let next = ArchiveRig.day.next
            // Something is in the bucket already, something waits, and another tenant archives nothing.
            try await rig.store((1...3).map { ArchiveRig.said($0, of: acme) })
            try await rig.service().look()
            try await rig.store((1...4).map { ArchiveRig.said($0, of: acme, day: next) })
            _ = try await rig.store.history.store((1...5).map { ArchiveRig.said($0, of: globex).content })
            let retention = HistoryRetention(
                history: rig.store.history,
                audit: rig.store.audit,
                archives: rig.store.archives,
                tenants: { [acme: .seconds(60), globex: .seconds(60)] },
                now: { next.end + 3_600_000 },
                logger: .quiet
            )
            await retention.sweep()
            #expect(try await rig.store.history.size(of: acme).records == 4)
            #expect(try await rig.store.history.size(of: globex).records == 0)
            // The bucket is away, and nothing goes.
            rig.bucket.fail(.unavailable("away"))
            try await rig.service().look()
            await retention.sweep()
            #expect(try await rig.store.history.size(of: acme).records == 4)
            rig.bucket.fail(nil)
            try await rig.service().look()
            await retention.sweep()
            #expect(try await rig.store.history.size(of: acme).records == 0)
            #expect(try await rig.texts(of: acme).count == 7)
        }
    }
}
