import Tenant

/// What was changed of accounts from outside of chat, for edges to read: one row for each account and kind of change, the latest.
///
/// Edges read it again and again, of all tenants at once: it costs the same for any number of tenants. A row is written in the
/// transaction of the change itself.
package struct AccountChangeRepository: Sendable {
    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    /// A page of changes in the order of their time.
    package struct Page: Sendable {
        package let changes: [AccountChange]
        /// The place of the last row, whether that can be read or not; nil of an empty page.
        package let end: (time: Int64, serial: String)?
        /// Whether there may be more behind it.
        package let isFull: Bool
        /// What the database's clock shows, milliseconds since 1970.
        package let now: Int64
    }

    /// What was changed behind a place in the order of time.
    ///
    /// - Parameters:
    ///   - time: Changes of this time and later.
    ///   - serial: Of those of this time the ones behind this serial.
    ///   - limit: How many at most.
    ///   - deadline: How long that may take.
    /// - Returns: The next of them.
    /// - Throws: ``DurableStoreError``
    package func changes(
        from time: Int64,
        after serial: String = "",
        limit: Int = 500,
        within deadline: Duration = .seconds(3)
    ) async throws(DurableStoreError) -> Page {
        try await self.database.withTransaction(.cell, .readOnly, deadline: deadline) {
            connection throws(DurableStoreError) in
            let clock = try connection.execute("SELECT \(connection.dialect.now)")
            guard let now = try clock.first?.integer(0) else { throw .invalidAnswer("no time") }
            let rows = try connection.execute(
                """
                SELECT tenant, account, what, serial, changed_at FROM account_changes
                WHERE (changed_at, serial) > ($1, $2) ORDER BY changed_at, serial LIMIT $3
                """,
                [.integer(time), .text(serial), .integer(Int64(limit))]
            )
            let changes = try rows.map { row throws(DurableStoreError) -> AccountChange? in
                guard let tenant = TenantID(try row.text(0)) else { return nil }
                return AccountChange(
                    tenant: tenant,
                    account: try row.text(1),
                    what: AccountChange.What(rawValue: try row.text(2)),
                    serial: try row.text(3),
                    time: try row.integer(4)
                )
            }
            var end: (time: Int64, serial: String)?
            if let last = rows.last { end = (time: try last.integer(4), serial: try last.text(3)) }
            return Page(changes: changes.compactMap { $0 }, end: end, isFull: rows.count >= limit, now: now)
        }
    }

    /// Forgets what every edge has read long ago.
    ///
    /// - Parameter milliseconds: How long ago.
    /// - Throws: ``DurableStoreError``
    package func forget(olderThan milliseconds: Int64) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            "DELETE FROM account_changes WHERE changed_at < \(self.database.dialect.now) - $1 RETURNING 1",
            [.integer(milliseconds)],
            in: .cell
        )
    }

    /// Has edges be told of a change, in its transaction.
    static func note(
        _ what: AccountChange.What,
        of folded: String,
        in tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) {
        let serial = String(UInt64.random(in: .min ... .max), radix: 36)
        _ = try connection.execute(
            """
            INSERT INTO account_changes (tenant, account, what, serial, changed_at)
            VALUES ($1, $2, $3, $4, \(connection.dialect.now))
            ON CONFLICT (tenant, account, what)
            DO UPDATE SET serial = excluded.serial, changed_at = excluded.changed_at RETURNING serial
            """,
            [.text(tenant.text), .text(folded), .text(what.rawValue), .text(serial)]
        )
    }
}

extension SQLDialect {
    /// What the database's clock shows, in milliseconds since 1970.
    var now: String {
        switch self {
        case .postgres: "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
        case .sqlite: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
        }
    }
}
