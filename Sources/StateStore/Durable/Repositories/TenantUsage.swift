package import Tenant

/// How much the tenants of a cell have stored, for quotas that are watched rather than enforced.
package struct TenantUsage: Sendable {
    private let database: any SQLDatabase
    /// All of the history is read.
    private static let deadline = Duration.seconds(120)

    package init(_ database: any SQLDatabase) { self.database = database }

    /// How many accounts each tenant has that has any.
    package func accounts() async throws(DurableStoreError) -> [TenantID: Int] {
        try await self.totals("SELECT tenant, COUNT(*) FROM accounts WHERE state <> 'unverified' GROUP BY tenant")
    }

    /// How many bytes of history are kept of each tenant of which any are.
    ///
    /// One pass over the table: some seconds for ten million records, so ask for it every few minutes, not more often.
    /// Lengths of texts that lie elsewhere are known without reading them.
    package func historyBytes() async throws(DurableStoreError) -> [TenantID: Int] {
        try await self.totals(
            "SELECT tenant, \(HistoryRepository.bytes(self.database.dialect)) FROM history GROUP BY tenant"
        )
    }

    private func totals(_ sql: String) async throws(DurableStoreError) -> [TenantID: Int] {
        let rows = try await self.database.withTransaction(.cell, .readOnly, deadline: Self.deadline) {
            connection throws(DurableStoreError) in
            try connection.execute(sql)
        }
        var totals: [TenantID: Int] = [:]
        for row in rows {
            guard let tenant = TenantID(try row.text(0)) else { continue }
            totals[tenant] = Int(try row.integer(1))
        }
        return totals
    }
}
