// A tenant moves to another cell: its rows are copied from one database to the other while nobody writes them. A copy that
// was cut off goes on where it ended.

package import Tenant

/// Copies everything that one database has of a tenant into another.
///
/// Rows that are there already stay as they are. What the cell notes of a tenant (``TenantRepository``) is not copied: it
/// says what that cell does with it.
package struct TenantCopier: Sendable {
    private let source: any SQLDatabase
    private let target: any SQLDatabase
    private let batch: Int
    private static let deadline = Duration.seconds(60)

    /// - Parameters:
    ///   - source: Where the rows are.
    ///   - target: Where they are to be; its schema is as current as the source's.
    ///   - batch: How many rows are read, and stored in one transaction, at a time.
    package init(from source: DurableStore, to target: DurableStore, batch: Int = 2000) {
        self.source = source.database
        self.target = target.database
        self.batch = max(1, batch)
    }

    /// Copies what the target lacks, in the order of the rows' keys, and compares the numbers of rows.
    ///
    /// Rows are first looked for after the last one that the target has. Only if the numbers differ then, because rows
    /// came in between, everything is gone through.
    ///
    /// - Returns: How many rows of each table were copied by this call.
    /// - Throws: ``DurableStoreError/differs(_:)`` if the target has other numbers of rows than the source in the end;
    ///   what either database says otherwise.
    @discardableResult
    package func copy(_ tenant: TenantID) async throws(DurableStoreError) -> [String: Int] {
        var copied: [String: Int] = [:]
        for table in TenantTable.all where table.isData {
            let last = try await self.lastKey(of: table, tenant)
            var count = try await self.copy(table, of: tenant, after: last)
            if last != nil, try await !self.isEqual(table, tenant) {
                count += try await self.copy(table, of: tenant, after: nil)
            }
            copied[table.name] = count
        }
        try await self.verify(tenant)
        return copied
    }

    /// Copies what was added to the source after the copy: messages and counts that were on their way.
    ///
    /// The target went on meanwhile. What changes in place, accounts and channels, is as it says; only what is added and
    /// never changed may come late.
    package func copyLate(_ tenant: TenantID) async throws(DurableStoreError) {
        for table in TenantTable.all where table.isAppended { _ = try await self.copy(table, of: tenant, after: nil) }
    }

    /// Compares how many rows each table has of a tenant in both databases.
    ///
    /// - Throws: ``DurableStoreError/differs(_:)`` that names the tables.
    package func verify(_ tenant: TenantID) async throws(DurableStoreError) {
        var differences: [String] = []
        for table in TenantTable.all where table.isData {
            let (here, there) = (
                try await self.count(table, tenant, in: self.source),
                try await self.count(table, tenant, in: self.target)
            )
            if here != there { differences.append("\(table.name) has \(here) rows, its copy \(there)") }
        }
        guard differences.isEmpty else { throw .differs(differences.joined(separator: "; ")) }
    }

    private func copy(
        _ table: TenantTable,
        of tenant: TenantID,
        after last: [SQLValue]?
    ) async throws(DurableStoreError) -> Int {
        let places = table.key.compactMap { key in table.bulk.columns.firstIndex { $0.name == key } }
        var (last, copied) = (last, 0)
        while true {
            if Task.isCancelled { throw .cancelled }
            let rows = try await self.rows(of: table, tenant, after: last)
            if rows.isEmpty { return copied }
            copied += try await self.target.withTransaction(.tenant(tenant), .readWrite, deadline: Self.deadline) {
                connection throws(DurableStoreError) in
                try connection.insertNew(rows, into: table.bulk)
            }
            if rows.count < self.batch { return copied }
            last = rows.last.map { row in places.map { row[$0] } }
        }
    }

    private func rows(
        of table: TenantTable,
        _ tenant: TenantID,
        after last: [SQLValue]?
    ) async throws(DurableStoreError) -> [[SQLValue]] {
        let key = table.key.joined(separator: ", ")
        let columns = table.bulk.columns.map(\.name).joined(separator: ", ")
        var bindings: [SQLValue] = [.text(tenant.text), .integer(Int64(self.batch))]
        var condition = ""
        if let last {
            bindings += last
            condition = "AND (\(key)) > (\(last.indices.map { "$\($0 + 3)" }.joined(separator: ", ")))"
        }
        let sql = "SELECT \(columns) FROM \(table.name) WHERE tenant = $1 \(condition) ORDER BY \(key) LIMIT $2"
        return try await self.source.withTransaction(.tenant(tenant), .readOnly, deadline: Self.deadline) {
            [bindings] connection throws(DurableStoreError) in
            try connection.execute(sql, bindings).map(\.values)
        }
    }

    /// The key of the last row that the target has.
    private func lastKey(of table: TenantTable, _ tenant: TenantID) async throws(DurableStoreError) -> [SQLValue]? {
        let key = table.key.joined(separator: ", ")
        let order = table.key.map { "\($0) DESC" }.joined(separator: ", ")
        return try await self.target.execute(
            "SELECT \(key) FROM \(table.name) WHERE tenant = $1 ORDER BY \(order) LIMIT 1",
            [.text(tenant.text)],
            in: .tenant(tenant),
            .readOnly
        ).first?.values
    }

    private func isEqual(_ table: TenantTable, _ tenant: TenantID) async throws(DurableStoreError) -> Bool {
        let here = try await self.count(table, tenant, in: self.source)
        return try await self.count(table, tenant, in: self.target) == here
    }

    private func count(
        _ table: TenantTable,
        _ tenant: TenantID,
        in database: any SQLDatabase
    ) async throws(DurableStoreError) -> Int {
        let rows = try await database.withTransaction(.tenant(tenant), .readOnly, deadline: Self.deadline) {
            connection throws(DurableStoreError) in
            try connection.execute("SELECT COUNT(*) FROM \(table.name) WHERE tenant = $1", [.text(tenant.text)])
        }
        guard let count = try rows.first?.integer(0) else { throw .invalidAnswer("no count") }
        return Int(count)
    }
}
