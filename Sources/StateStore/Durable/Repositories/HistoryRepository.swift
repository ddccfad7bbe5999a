package import Tenant

/// What was said, kept for as long as the tenant's retention says.
package struct HistoryRepository: Sendable {
    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    /// Which part of a log's history to read.
    package enum Part: Hashable, Sendable {
        /// The last records.
        case latest
        /// The last records before a place.
        case before(HistoryCursor)
        /// The first records after a place.
        case after(HistoryCursor)
    }

    private static let table = BulkTable(
        "history",
        [
            .init("tenant", .text), .init("kind", .text), .init("name", .text), .init("epoch", .integer),
            .init("sequence", .integer), .init("time", .integer), .init("payload", .blob),
        ]
    )

    /// Keeps records of any tenants, all or none.
    ///
    /// Those that are kept already are passed over.
    ///
    /// - Returns: How many were new.
    package func store(
        _ records: [HistoryRecord],
        deadline: Duration = .seconds(30)
    ) async throws(DurableStoreError) -> Int {
        guard !records.isEmpty else { return 0 }
        return try await self.database.withTransaction(.cell, .readWrite, deadline: deadline) {
            connection throws(DurableStoreError) in
            try Self.store(records, over: connection)
        }
    }

    /// Keeps records within a transaction that others began.
    static func store(
        _ records: [HistoryRecord],
        over connection: any SQLConnection
    ) throws(DurableStoreError) -> Int {
        try connection.insertNew(records.map(Self.values), into: Self.table)
    }

    /// Records of one log, oldest first.
    ///
    /// - Parameters:
    ///   - log: The log.
    ///   - part: Which of its records.
    ///   - limit: How many at most, 1 to 1000.
    /// - Returns: The records, whichever part was read.
    /// - Throws: ``DurableStoreError``
    package func read(_ log: LogKey, _ part: Part, limit: Int) async throws(DurableStoreError) -> [HistoryRecord] {
        var bindings: [SQLValue] = [
            .text(log.tenant.text), .text(log.kind.rawValue), .text(log.name),
            .integer(Int64(min(max(limit, 1), 1000))),
        ]
        let sql: String
        switch part {
        case .latest:
            sql = Self.select("", "DESC")
        case .before(let cursor):
            bindings += Self.values(cursor)
            sql = Self.select("AND (time, epoch, sequence) < ($5, $6, $7)", "DESC")
        case .after(let cursor):
            bindings += Self.values(cursor)
            sql = Self.select("AND (time, epoch, sequence) > ($5, $6, $7)", "ASC")
        }
        let rows = try await self.database.execute(sql, bindings, in: .tenant(log.tenant), .readOnly)
        let records = try rows.map { row throws(DurableStoreError) in try Self.record(row, of: log) }
        if case .after = part { return records }
        return records.reversed()
    }

    /// The record at a position of a log, or nil.
    package func find(_ position: Position, in log: LogKey) async throws(DurableStoreError) -> HistoryRecord? {
        let rows = try await self.database.execute(
            """
            SELECT epoch, sequence, time, payload FROM history
            WHERE tenant = $1 AND kind = $2 AND name = $3 AND epoch = $4 AND sequence = $5
            """,
            [.text(log.tenant.text), .text(log.kind.rawValue), .text(log.name)] + Self.values(position),
            in: .tenant(log.tenant),
            .readOnly
        )
        guard let row = rows.first else { return nil }
        return try Self.record(row, of: log)
    }

    /// Forgets some of what is older than a time, and all dead letters that are; call it again until it returns less than
    /// `limit`.
    ///
    /// - Parameters:
    ///   - time: Milliseconds since 1970.
    ///   - tenant: Whose history.
    ///   - limit: How many records at most, so that no transaction is long.
    /// - Returns: How many records were forgotten.
    /// - Throws: ``DurableStoreError``
    package func delete(
        before time: Int64,
        of tenant: TenantID,
        limit: Int = 5000
    ) async throws(DurableStoreError) -> Int {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            _ = try connection.execute(
                "DELETE FROM dead_letters WHERE tenant = $1 AND time < $2",
                [.text(tenant.text), .integer(time)]
            )
            let rows = try connection.execute(
                """
                DELETE FROM history WHERE tenant = $1 AND (kind, name, epoch, sequence) IN (
                    SELECT kind, name, epoch, sequence FROM history
                    WHERE tenant = $1 AND time < $2 ORDER BY time LIMIT $3
                ) RETURNING sequence
                """,
                [.text(tenant.text), .integer(time), .integer(Int64(limit))]
            )
            return rows.count
        }
    }

    /// How many records and payload bytes are kept of a tenant.
    package func size(of tenant: TenantID) async throws(DurableStoreError) -> (records: Int, bytes: Int) {
        let rows = try await self.database.execute(
            "SELECT COUNT(*), CAST(COALESCE(SUM(LENGTH(payload)), 0) AS BIGINT) FROM history WHERE tenant = $1",
            [.text(tenant.text)],
            in: .tenant(tenant),
            .readOnly
        )
        guard let row = rows.first else { throw .invalidAnswer("no size") }
        return (Int(try row.integer(0)), Int(try row.integer(1)))
    }

    private static func select(_ condition: String, _ order: String) -> String {
        """
        SELECT epoch, sequence, time, payload FROM history
        WHERE tenant = $1 AND kind = $2 AND name = $3 \(condition)
        ORDER BY time \(order), epoch \(order), sequence \(order) LIMIT $4
        """
    }

    private static func values(_ record: HistoryRecord) -> [SQLValue] {
        [.text(record.log.tenant.text), .text(record.log.kind.rawValue), .text(record.log.name)]
            + self.values(record.position) + [.integer(record.time), .blob(record.payload)]
    }

    private static func values(_ cursor: HistoryCursor) -> [SQLValue] {
        [.integer(cursor.time)] + self.values(cursor.position)
    }

    /// SQL has no unsigned integers: the bits are kept.
    private static func values(_ position: Position) -> [SQLValue] {
        [.integer(Int64(bitPattern: position.epoch)), .integer(Int64(bitPattern: position.sequence))]
    }

    private static func record(_ row: SQLRow, of log: LogKey) throws(DurableStoreError) -> HistoryRecord {
        HistoryRecord(
            log: log,
            position: Position(
                epoch: UInt64(bitPattern: try row.integer(0)),
                sequence: UInt64(bitPattern: try row.integer(1))
            ),
            time: try row.integer(2),
            payload: try row.blob(3)
        )
    }
}
