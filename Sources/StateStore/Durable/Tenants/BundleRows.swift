// A tenant on its way out of an installation: its rows, a page at a time.

package import Tenant

/// Reads what a bundle has of a tenant, in the order of the rows' keys, a page at a time.
///
/// Each page is a transaction of its own: what changes meanwhile may be in it or not.
package struct BundleRows: Sendable {
    private let tenant: TenantID
    private let database: any SQLDatabase
    private let isWithSecrets: Bool
    private let batch: Int
    private static let deadline = Duration.seconds(60)

    /// - Parameters:
    ///   - tenant: Whose.
    ///   - store: Where they are.
    ///   - withSecrets: Whether what lets somebody log in is among it.
    ///   - batch: How many rows are read, and held, at a time.
    package init(of tenant: TenantID, in store: DurableStore, withSecrets: Bool = true, batch: Int = 500) {
        self.tenant = tenant
        self.database = store.database
        self.isWithSecrets = withSecrets
        self.batch = max(1, batch)
    }

    /// Calls for each page of a table.
    ///
    /// - Parameters:
    ///   - table: Which.
    ///   - body: Gets rows, as the table's columns say.
    /// - Throws: ``DurableStoreError``, and what the body throws.
    package func read(_ table: BundleTable, _ body: ([[SQLValue]]) async throws -> Void) async throws {
        if table.isSecret && !self.isWithSecrets { return }
        var last: [SQLValue]?
        while true {
            if Task.isCancelled { throw DurableStoreError.cancelled }
            let found = try await self.page(of: table, after: last)
            let width = table.columns.count
            let rows = found.filter { !Self.isNameless($0, table) }.map { Array($0.prefix(width)) }
            if !rows.isEmpty { try await body(self.isWithSecrets ? rows : rows.map(table.withoutSecrets)) }
            guard found.count == self.batch, let end = found.last else { return }
            last = Array(end.dropFirst(width))
        }
    }

    /// Whether it is of the history and names nobody: it was swept but for this, and nobody reads it any more.
    private static func isNameless(_ row: [SQLValue], _ table: BundleTable) -> Bool {
        table.name == "history" && HistoryRepository.bundledNames.contains { row[$0] == .null }
    }

    /// Rows with their keys behind them.
    private func page(
        of table: BundleTable,
        after last: [SQLValue]?
    ) async throws(DurableStoreError) -> [[SQLValue]] {
        let (tenant, batch) = (self.tenant, self.batch)
        return try await self.database.withTransaction(.tenant(tenant), .readOnly, deadline: Self.deadline) {
            connection throws(DurableStoreError) in
            if table.name == "history" {
                return try HistoryRepository.page(of: tenant, after: last, limit: batch, connection)
            }
            let columns = table.columns.map(\.name) + table.table.key
            return try KeyRange(table.table, tenant, after: last).rows(columns, connection, limit: batch)
        }
    }
}
