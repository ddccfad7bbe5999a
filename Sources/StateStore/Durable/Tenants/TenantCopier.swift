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

    /// Copies what the target lacks, in the order of the rows' keys, and makes sure that nothing is missing.
    ///
    /// Rows are first looked for after the last one that the target has. Then both are gone through side by side, some
    /// keys at a time, and what is missing in between is copied. How far that came is noted, so that an attempt that is
    /// cut off costs the next one nothing, however large the tenant is. Of what is only ever added, what comes late to a
    /// place that was gone through is left to ``copyLate(_:)``.
    ///
    /// - Returns: How many rows of each table were copied by this call.
    /// - Throws: ``DurableStoreError/differs(_:)`` if the target has rows that the source does not have; what either
    ///   database says otherwise.
    @discardableResult
    package func copy(_ tenant: TenantID) async throws(DurableStoreError) -> [String: Int] {
        var copied: [String: Int] = [:]
        for table in TenantTable.all where table.isData {
            let last = try await self.lastKey(of: table, tenant)
            copied[table.name] = try await self.copy(table, of: tenant, after: last)
        }
        for table in TenantTable.all where table.isData {
            copied[table.name, default: 0] += try await self.confirm(table, of: tenant)
        }
        let places = ConfirmedPlaces(tenant: tenant)
        try await self.inTarget(tenant, .readWrite) { connection throws(DurableStoreError) in
            try places.forget(connection)
        }
        return copied
    }

    /// Tries whether the target takes the tenant's rows: some of each table are stored there, and taken back.
    ///
    /// - Throws: What either database says.
    package func rehearse(_ tenant: TenantID, rows limit: Int = 20) async throws(DurableStoreError) {
        let tables = TenantTable.all.filter(\.isData)
        let sample = try await self.source.withTransaction(.tenant(tenant), .readOnly, deadline: Self.deadline) {
            connection throws(DurableStoreError) in
            try tables.map { table throws(DurableStoreError) in
                try KeyRange(table, tenant, after: nil).rows(
                    table.bulk.columns.map(\.name),
                    connection,
                    limit: limit
                )
            }
        }
        let done = DurableStoreError.differs("a rehearsal, which is taken back")
        do {
            try await self.inTarget(tenant, .readWrite) { connection throws(DurableStoreError) -> Void in
                for (table, rows) in zip(tables, sample) {
                    _ = try KeyRange(table, tenant, after: nil).keys(connection, limit: 1)
                    if !rows.isEmpty { _ = try connection.insertNew(rows, into: table.bulk) }
                }
                throw done
            }
        } catch {
            if error != done { throw error }
        }
    }

    /// Copies what was added to the source after the copy: messages and counts that were on their way.
    ///
    /// The target went on meanwhile. What changes in place, accounts and channels, is as it says; only what is added and
    /// never changed may come late. What waits for the archive is in segments by now, or not: what came after the copy was begun is
    /// copied, so a line may be in two, which readers take for one.
    ///
    /// - Parameters:
    ///   - tenant: Whose.
    ///   - since: When the copy was begun, or a little before, in milliseconds since 1970.
    /// - Throws: What either database says.
    package func copyLate(_ tenant: TenantID, since: Int64) async throws(DurableStoreError) {
        for table in TenantTable.all where table.isAppended { _ = try await self.copy(table, of: tenant, after: nil) }
        for table in TenantTable.all where table.name == ArchivePending.table {
            _ = try await self.copy(table, of: tenant, after: nil) { columns, row in
                guard let place = columns.firstIndex(of: "stored_at"), case .integer(let time) = row[place] else {
                    return false
                }
                return time >= since
            }
        }
    }

    /// Goes through the keys of both.
    ///
    /// - Returns: How many rows were missing, and are copied now.
    private func confirm(_ table: TenantTable, of tenant: TenantID) async throws(DurableStoreError) -> Int {
        let places = ConfirmedPlaces(tenant: tenant)
        // What can be changed is few rows and may be changed anywhere.
        var place =
            table.isAppended
            ? try await self.inTarget(tenant, .readOnly) { connection throws(DurableStoreError) in
                try places.place(in: table, connection)
            } : nil
        var copied = 0
        var attempts = 0
        while true {
            if Task.isCancelled { throw .cancelled }
            let range = KeyRange(table, tenant, after: place)
            let wanted = try await self.source.withTransaction(.tenant(tenant), .readOnly, deadline: Self.deadline) {
                [batch = self.batch] connection throws(DurableStoreError) in
                try range.keys(connection, limit: batch)
            }
            let isLast = wanted.count < self.batch
            if try await self.has(wanted, in: isLast ? range : range.through(wanted.last), places) {
                if isLast { return copied }
                place = wanted.last
                attempts = 0
            } else {
                // Something may come to the source while it is looked at, but not all the time.
                guard attempts < 3 else { throw .differs("the copy of \(table.name) has rows that are not its own") }
                attempts += 1
                copied += try await self.copySome(of: table, tenant, after: place)
            }
        }
    }

    /// Whether the target has exactly these keys within a range; notes it if so.
    private func has(
        _ wanted: [[SQLValue]],
        in range: KeyRange,
        _ places: ConfirmedPlaces
    ) async throws(DurableStoreError) -> Bool {
        let isNoted = range.table.isAppended && !wanted.isEmpty
        return try await self.inTarget(places.tenant, isNoted ? .readWrite : .readOnly) {
            connection throws(DurableStoreError) in
            guard try range.keys(connection, limit: wanted.count + 1) == wanted else { return false }
            if isNoted, let last = wanted.last { try places.note(last, in: range.table, connection) }
            return true
        }
    }

    /// Copies what is missing of the first rows after a key.
    private func copySome(
        of table: TenantTable,
        _ tenant: TenantID,
        after place: [SQLValue]?
    ) async throws(DurableStoreError) -> Int {
        let rows = try await self.rows(of: table, tenant, after: place)
        guard !rows.isEmpty else { return 0 }
        return try await self.inTarget(tenant, .readWrite) { connection throws(DurableStoreError) in
            try connection.insertNew(rows, into: table.bulk)
        }
    }

    /// How many rows of a table are read at a time: chunks of the archive may have a megabyte each.
    private func batch(of table: TenantTable) -> Int {
        table.name == ArchivePending.table ? min(self.batch, 50) : self.batch
    }

    private func inTarget<Answer: Sendable>(
        _ tenant: TenantID,
        _ access: SQLAccess,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer {
        try await self.target.withTransaction(.tenant(tenant), access, deadline: Self.deadline, body)
    }

    private func copy(
        _ table: TenantTable,
        of tenant: TenantID,
        after last: [SQLValue]?,
        where isWanted: @escaping @Sendable (_ columns: [String], _ row: [SQLValue]) -> Bool = { _, _ in true }
    ) async throws(DurableStoreError) -> Int {
        let columns = table.bulk.columns.map(\.name)
        let places = table.key.compactMap { key in table.bulk.columns.firstIndex { $0.name == key } }
        var (last, copied) = (last, 0)
        while true {
            if Task.isCancelled { throw .cancelled }
            let rows = try await self.rows(of: table, tenant, after: last)
            if rows.isEmpty { return copied }
            let wanted = rows.filter { isWanted(columns, $0) }
            if !wanted.isEmpty {
                copied += try await self.inTarget(tenant, .readWrite) { connection throws(DurableStoreError) in
                    try connection.insertNew(wanted, into: table.bulk)
                }
            }
            if rows.count < self.batch(of: table) { return copied }
            last = rows.last.map { row in places.map { row[$0] } }
        }
    }

    private func rows(
        of table: TenantTable,
        _ tenant: TenantID,
        after last: [SQLValue]?
    ) async throws(DurableStoreError) -> [[SQLValue]] {
        let range = KeyRange(table, tenant, after: last)
        return try await self.source.withTransaction(.tenant(tenant), .readOnly, deadline: Self.deadline) {
            [batch = self.batch(of: table)] connection throws(DurableStoreError) in
            try range.rows(table.bulk.columns.map(\.name), connection, limit: batch)
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
}
