import Chat
package import Tenant

/// The audit logs of all tenants: what was done by right.
///
/// What was done in the live store comes by the feed, which has it from the very transaction in which it was done; what was done in
/// this database is written in the transaction in which it was done. So nothing is done without its row.
package struct AuditRepository: Sendable {
    /// For how long a row is kept: a year, and a month to look at it.
    package static let retention: Duration = .seconds(400 * 86_400)

    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    private static let rows = BulkTable(
        "audit_log",
        [
            .init("tenant", .text), .init("time", .integer), .init("id", .text), .init("account", .text),
            .init("nick", .text), .init("role", .text), .init("action", .text), .init("target", .text),
            .init("detail", .text),
        ]
    )

    /// Keeps records of any tenants, all or none; those that are kept already are passed over.
    ///
    /// - Throws: ``DurableStoreError``
    package func store(_ records: some Collection<AuditRecord> & Sendable) async throws(DurableStoreError) {
        guard !records.isEmpty else { return }
        try await self.database.withTransaction(.cell, .readWrite, deadline: .seconds(30)) {
            connection throws(DurableStoreError) in
            try Self.store(records, over: connection)
        }
    }

    /// Keeps records within a transaction that others began: what they are about is done in it.
    static func store(
        _ records: some Collection<AuditRecord>,
        over connection: any SQLConnection
    ) throws(DurableStoreError) {
        let rows = records.map { record -> [SQLValue] in
            let entry = record.entry
            return [
                .text(record.tenant.text), .integer(record.time), .text(record.id), .text(orNull: entry.account),
                .text(entry.nick), .text(entry.role.rawValue), .text(entry.action), .text(entry.target),
                .text(entry.detail),
            ]
        }
        _ = try connection.insertNew(rows, into: Self.rows)
    }

    /// The last records, the newest first.
    ///
    /// - Parameters:
    ///   - tenant: Of which tenant.
    ///   - pattern: Which account or nickname did it, or what was it done to, with `*` and `?`; nil for all.
    ///   - limit: How many at most.
    /// - Returns: Those.
    /// - Throws: ``DurableStoreError``
    package func latest(
        of tenant: TenantID,
        matching pattern: String? = nil,
        limit: Int
    ) async throws(DurableStoreError) -> [AuditRecord] {
        let rows = try await self.database.execute(
            """
            SELECT time, id, account, nick, role, action, target, detail FROM audit_log
            WHERE tenant = $1 AND ($2 = '' OR LOWER(COALESCE(account, '')) LIKE $2 ESCAPE '!'
                OR LOWER(nick) LIKE $2 ESCAPE '!' OR LOWER(target) LIKE $2 ESCAPE '!')
            ORDER BY time DESC, id DESC LIMIT $3
            """,
            [.text(tenant.text), .text(pattern.map(Self.like) ?? ""), .integer(Int64(clamping: limit))],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in
            let entry = AuditEntry(
                account: try row.optionalText(2),
                nick: try row.text(3),
                role: Role(stored: try row.text(4)),
                try row.text(5),
                try row.text(6),
                detail: try row.text(7)
            )
            return AuditRecord(tenant: tenant, id: try row.text(1), time: try row.integer(0), entry)
        }
    }

    /// A pattern as SQL has it.
    private static func like(_ pattern: String) -> String {
        pattern.lowercased().reduce(into: "") { text, letter in
            switch letter {
            case "*": text += "%"
            case "?": text += "_"
            case "%", "_", "!": text += "!\(letter)"
            default: text.append(letter)
            }
        }
    }

    /// Forgets some of what is older than a time; call it again until it returns less than `limit`.
    ///
    /// - Returns: How many records were forgotten.
    /// - Throws: ``DurableStoreError``
    package func delete(
        before time: Int64,
        of tenant: TenantID,
        limit: Int = 5000
    ) async throws(DurableStoreError) -> Int {
        let rows = try await self.database.execute(
            """
            DELETE FROM audit_log WHERE tenant = $1 AND (time, id) IN (
                SELECT time, id FROM audit_log WHERE tenant = $1 AND time < $2 LIMIT $3
            ) RETURNING 1
            """,
            [.text(tenant.text), .integer(time), .integer(Int64(limit))],
            in: .tenant(tenant)
        )
        return rows.count
    }
}
