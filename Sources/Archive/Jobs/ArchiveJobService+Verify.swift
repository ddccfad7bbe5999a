// Archives are verified whether anybody asks or not: each week some of the segments, and everything where the last time something was found.

import Crypto
import StateStore
import Tenant

extension ArchiveJobService {
    /// How many segments are looked at each week.
    private static let sample = 20
    private static let week: Int64 = 7 * 86_400_000
    /// Over which time the tenants' verifications are spread.
    private static let spread: UInt64 = 86_400

    /// Asks for what was not verified for a week.
    func askForVerifications() async throws(DurableStoreError) {
        var after = ""
        while true {
            let page = try await self.durable.archives.unverified(for: Self.week, after: after)
            guard let last = page.last else { return }
            for due in page { try await self.ask(due) }
            after = last.tenant.text
        }
    }

    private func ask(_ due: UnverifiedArchive) async throws(DurableStoreError) {
        guard self.place(due.tenant)?.isServed == true else { return }
        let order = ArchiveJobOrder.Verify(sample: due.hasFindings ? nil : Self.sample)
        guard var request = try? ArchiveJobOrder.verify(order).request(by: "weekly") else { return }
        request.isAlone = true
        request.delay = .seconds(Int64(clamping: Self.hash(due.tenant) % Self.spread))
        _ = try await self.durable.archiveJobs.ask(request, of: due.tenant)
    }

    /// A number of the tenant's, the same in all processes.
    private static func hash(_ tenant: TenantID) -> UInt64 {
        SHA256.hash(data: Array(tenant.text.utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
