package import Tenant

/// Deletes all data that a database has of a tenant.
package struct TenantEraser: Sendable {
    private let database: any SQLDatabase
    private let batch: Int
    /// How long one transaction may take.
    private static let deadline = Duration.seconds(30)

    /// - Parameters:
    ///   - database: Where the rows are.
    ///   - batch: How many rows one transaction deletes at most, so that none is long.
    package init(_ database: any SQLDatabase, batch: Int = 5000) {
        self.database = database
        self.batch = max(1, batch)
    }

    /// Deletes all data of a tenant, as long as the cell notes (``TenantRepository``) that the data of this very object is
    /// being erased; the note stays.
    ///
    /// Each transaction looks at the note: whoever gets the name meanwhile loses nothing. An erasure that was cut off
    /// anywhere goes on with the next call.
    ///
    /// - Parameter note: What the cell notes of the tenant: that it is being erased.
    /// - Returns: How many rows were deleted.
    /// - Throws: ``DurableStoreError``
    @discardableResult
    package func erase(_ note: StoredTenant) async throws(DurableStoreError) -> Int {
        var deleted = 0
        for table in TenantTable.all where table.isErased {
            while true {
                if Task.isCancelled { throw .cancelled }
                let count = try await self.eraseSome(table, of: note)
                deleted += count
                if count < self.batch { break }
            }
        }
        return deleted
    }

    private func eraseSome(_ table: TenantTable, of note: StoredTenant) async throws(DurableStoreError) -> Int {
        let key = table.key.joined(separator: ", ")
        let sql = """
            DELETE FROM \(table.name) WHERE tenant = $1 AND (\(key)) IN (
                SELECT \(key) FROM \(table.name) WHERE tenant = $1 LIMIT $2
            ) AND EXISTS (SELECT 1 FROM tenants WHERE tenant = $1 AND uid = $3 AND state = 'erasing')
            RETURNING 1
            """
        let bindings: [SQLValue] = [.text(note.tenant.text), .integer(Int64(self.batch)), .text(note.uid)]
        return try await self.database.withTransaction(.tenant(note.tenant), .readWrite, deadline: Self.deadline) {
            connection throws(DurableStoreError) in
            try connection.execute(sql, bindings).count
        }
    }

    /// How many rows of a tenant there are, by table, in every table that has a column `tenant`.
    ///
    /// The database's own catalogue says which tables those are, so one that the erasure forgot is counted too. Tables
    /// without any row of the tenant are left out.
    package func remains(of tenant: TenantID) async throws(DurableStoreError) -> [String: Int] {
        try await self.database.withTransaction(.cell, .readOnly, deadline: Self.deadline) {
            connection throws(DurableStoreError) in
            var remains: [String: Int] = [:]
            for table in try TenantTable.found(connection) {
                let rows = try connection.execute(
                    "SELECT COUNT(*) FROM \(table) WHERE tenant = $1",
                    [.text(tenant.text)]
                )
                guard let count = try rows.first?.integer(0) else { throw .invalidAnswer("no count") }
                if count > 0 { remains[table] = Int(count) }
            }
            return remains
        }
    }
}
