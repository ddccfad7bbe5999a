import StateStore
import Tenant
import Testing

/// Old history goes, at each tenant's own time.
@Suite struct HistoryRetentionTests {
    private static let day: Int64 = 86_400_000

    @Test(arguments: Driver.allCases)
    func `what is older than its tenant keeps is forgotten, and nothing else`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let (acme, globex) = (try TenantID.acme, try TenantID.globex)
            for tenant in [acme, globex] {
                _ = try await store.history.store(
                    (1...30).map { day in
                        HistoryRecord.said(UInt64(day), in: "#tea", of: tenant, time: Int64(day) * Self.day)
                    }
                )
            }
            let retention = HistoryRetention(
                history: store.history,
                audit: store.audit,
                tenants: { [acme: .seconds(10 * 86_400)] },
                now: { 30 * Self.day },
                batch: 3,
                logger: .quiet
            )
            #expect(await retention.sweep() == 19)
            #expect(await retention.sweep() == 0)
            let left = try await store.history.latest("#tea", of: acme)
            #expect(left.map(\.id.position.sequence) == Array(20...30))
            #expect(try await store.history.size(of: globex).records == 30)
        }
    }
}
