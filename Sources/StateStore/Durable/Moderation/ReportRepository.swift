import Chat
import Numbers
package import Tenant

/// What came of taking a report on, or of closing it.
package enum ReportStep: Hashable, Sendable {
    case done(Report)
    case noSuchReport
    /// It is closed, or somebody else has it.
    case taken(Report)
}

/// The reports of all tenants, each with a bounded number of lines.
///
/// Who filed one is named by account or session, and no more once the account is deleted: somebody else who gets the name is not told
/// what became of it. What is said of whom it is about stays, for it is what was seen.
package struct ReportRepository: Sendable {
    /// For how long one that is closed is kept at least, unless there is no room: as long as the audit log.
    package static let retention: Duration = .seconds(400 * 86_400)
    /// How long a guest who has left is waited for to be told, in milliseconds.
    private static let guestWait: Int64 = 86_400_000
    private static let lock: Int64 = 0x72_6570_6f72_7473

    let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    private static let columns = """
        id, filed_at, reporter, reporter_nick, reporter_account, subject, subject_account, place, message, reason, state,
        handler, handled_at, outcome
        """

    /// Files a report.
    ///
    /// - Parameters:
    ///   - report: What is reported; it gets its number here.
    ///   - lines: What was said around it.
    ///   - tenant: In which tenant.
    ///   - limit: How many reports a tenant may have; the oldest that are closed go first.
    /// - Returns: Its number; nil if there are as many as there may be that are not closed.
    /// - Throws: ``DurableStoreError``
    package func file(
        _ report: Report,
        _ lines: [ReportLine],
        of tenant: TenantID,
        limit: Int
    ) async throws(DurableStoreError) -> Int64? {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            if connection.dialect == .postgres {
                _ = try connection.execute(
                    "SELECT pg_advisory_xact_lock(hashtextextended($1, $2))",
                    [.text(tenant.text), .integer(Self.lock)]
                )
            }
            try Self.makeRoom(of: tenant, limit, before: report.time, on: connection)
            let rows = try connection.execute(
                "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM reports WHERE tenant = $1",
                [.text(tenant.text)]
            )
            guard let row = rows.first else { throw .invalidAnswer("no count") }
            guard try row.integer(0) < Int64(clamping: limit) else { return nil }
            let id = try row.integer(1) + 1
            _ = try connection.execute(
                """
                INSERT INTO reports (tenant, id, filed_at, reporter, reporter_nick, reporter_account, subject,
                    subject_account, place, message, reason, state, told)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', 0) RETURNING id
                """,
                [
                    .text(tenant.text), .integer(id), .integer(report.time), .text(report.reporter),
                    .text(report.reporterNick), .text(orNull: report.reporterAccount), .text(report.subject),
                    .text(orNull: report.subjectAccount), .text(orNull: report.place), .text(orNull: report.message),
                    .text(report.reason),
                ]
            )
            for (number, line) in lines.enumerated() {
                _ = try connection.execute(
                    """
                    INSERT INTO report_lines (tenant, report, number, time, message, prefix, account, text)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING number
                    """,
                    [
                        .text(tenant.text), .integer(id), .integer(Int64(number)), .integer(line.time),
                        .text(line.message), .text(line.prefix), .text(orNull: line.account), .text(line.text),
                    ]
                )
            }
            return id
        }
    }

    /// Removes reports that were closed before a time, with their lines.
    ///
    /// The newest of all stays, so that no number is given twice.
    ///
    /// - Parameters:
    ///   - tenant: Of which tenant.
    ///   - end: Milliseconds since 1970.
    /// - Throws: ``DurableStoreError``
    package func prune(of tenant: TenantID, before end: Int64) async throws(DurableStoreError) {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            let ended = try connection.execute(
                """
                DELETE FROM reports WHERE tenant = $1 AND state = 'closed' AND handled_at < $2
                AND id < (SELECT MAX(id) FROM reports WHERE tenant = $1) RETURNING id
                """,
                [.text(tenant.text), .integer(end)]
            )
            try Self.removeLines(of: ended, of: tenant, on: connection)
        }
    }

    /// Closed ones go that are older than they are kept, and the oldest of them where there is no room; never
    /// the newest of all.
    private static func makeRoom(
        of tenant: TenantID,
        _ limit: Int,
        before now: Int64,
        on connection: any SQLConnection
    ) throws(DurableStoreError) {
        let end = now.minus(Self.retention.components.seconds.times(1000))
        let ended = try connection.execute(
            """
            DELETE FROM reports WHERE tenant = $1 AND state = 'closed' AND (handled_at < $2 OR id IN (
                SELECT id FROM reports WHERE tenant = $1 AND state = 'closed' ORDER BY id LIMIT (
                    SELECT CASE WHEN COUNT(*) < $3 THEN 0 ELSE COUNT(*) - $3 + 1 END FROM reports WHERE tenant = $1
                )
            )) AND id < (SELECT MAX(id) FROM reports WHERE tenant = $1) RETURNING id
            """,
            [.text(tenant.text), .integer(end), .integer(Int64(clamping: limit))]
        )
        try Self.removeLines(of: ended, of: tenant, on: connection)
    }

    private static func removeLines(
        of reports: [SQLRow],
        of tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) {
        for row in reports {
            _ = try connection.execute(
                "DELETE FROM report_lines WHERE tenant = $1 AND report = $2 RETURNING number",
                [.text(tenant.text), .integer(try row.integer(0))]
            )
        }
    }

    /// The last reports, the newest first.
    ///
    /// - Parameters:
    ///   - tenant: Of which tenant.
    ///   - closed: Whether those that are closed are among them.
    ///   - limit: How many at most.
    /// - Returns: Those.
    /// - Throws: ``DurableStoreError``
    package func list(
        of tenant: TenantID,
        closed: Bool,
        limit: Int
    ) async throws(DurableStoreError) -> [Report] {
        let rows = try await self.database.execute(
            """
            SELECT \(Self.columns) FROM reports WHERE tenant = $1 AND (state <> 'closed' OR $2 = 1)
            ORDER BY id DESC LIMIT $3
            """,
            [.text(tenant.text), .integer(closed ? 1 : 0), .integer(Int64(clamping: limit))],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Report(row) }
    }

    /// A report with what was said around it, oldest first.
    ///
    /// - Returns: nil if there is none of this number.
    /// - Throws: ``DurableStoreError``
    package func find(
        _ id: Int64,
        of tenant: TenantID
    ) async throws(DurableStoreError) -> (report: Report, lines: [ReportLine])? {
        try await self.database.withTransaction(.tenant(tenant), .readOnly, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            guard let report = try Self.report(id, of: tenant, on: connection) else { return nil }
            let rows = try connection.execute(
                """
                SELECT time, message, prefix, account, text FROM report_lines WHERE tenant = $1 AND report = $2
                ORDER BY number
                """,
                [.text(tenant.text), .integer(id)]
            )
            let lines = try rows.map { row throws(DurableStoreError) in
                ReportLine(
                    time: try row.integer(0),
                    message: try row.text(1),
                    prefix: try row.text(2),
                    account: try row.optionalText(3),
                    text: try row.text(4)
                )
            }
            return (report, lines)
        }
    }

    private static func report(
        _ id: Int64,
        of tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) -> Report? {
        let rows = try connection.execute(
            "SELECT \(Self.columns) FROM reports WHERE tenant = $1 AND id = $2",
            [.text(tenant.text), .integer(id)]
        )
        return try rows.first.map { row throws(DurableStoreError) in try Report(row) }
    }

    /// Takes a report on that nobody has.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - handler: Who takes it.
    ///   - now: Milliseconds since 1970.
    ///   - record: What the audit log says of it; its tenant is the report's.
    /// - Returns: What came of it.
    /// - Throws: ``DurableStoreError``
    package func claim(
        _ id: Int64,
        by handler: String,
        now: Int64,
        noting record: AuditRecord
    ) async throws(DurableStoreError) -> ReportStep {
        try await self.step(
            id,
            "state = 'claimed', handler = $3, handled_at = $4, outcome = $5",
            from: "state = 'open'",
            [.text(handler), .integer(now), .null],
            noting: record
        )
    }

    /// Closes a report, whoever has it.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - handler: Who closes it.
    ///   - outcome: What was done.
    ///   - now: Milliseconds since 1970.
    ///   - record: What the audit log says of it; its tenant is the report's.
    /// - Returns: What came of it.
    /// - Throws: ``DurableStoreError``
    package func close(
        _ id: Int64,
        by handler: String,
        outcome: String,
        now: Int64,
        noting record: AuditRecord
    ) async throws(DurableStoreError) -> ReportStep {
        try await self.step(
            id,
            "state = 'closed', handler = $3, handled_at = $4, outcome = $5",
            from: "state <> 'closed'",
            [.text(handler), .integer(now), .text(outcome)],
            noting: record
        )
    }

    private func step(
        _ id: Int64,
        _ change: String,
        from condition: String,
        _ values: [SQLValue],
        noting record: AuditRecord
    ) async throws(DurableStoreError) -> ReportStep {
        let tenant = record.tenant
        return try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            let changed = try connection.execute(
                "UPDATE reports SET \(change) WHERE tenant = $1 AND id = $2 AND \(condition) RETURNING id",
                [.text(tenant.text), .integer(id)] + values
            )
            guard let report = try Self.report(id, of: tenant, on: connection) else { return .noSuchReport }
            if changed.isEmpty { return .taken(report) }
            try AuditRepository.store([record], over: connection)
            return .done(report)
        }
    }

    // MARK: Who is to be told

    /// What was closed and the reporter was not told of: what was closed last, a bounded number.
    ///
    /// - Parameters:
    ///   - tenant: Of which tenant.
    ///   - now: Milliseconds since 1970: guests who have left do not come back later than a day after.
    ///   - limit: How many at most.
    /// - Returns: Those.
    /// - Throws: ``DurableStoreError``
    package func untold(
        of tenant: TenantID,
        now: Int64,
        limit: Int
    ) async throws(DurableStoreError) -> [Report] {
        let rows = try await self.database.execute(
            """
            SELECT \(Self.columns) FROM reports WHERE tenant = $1 AND state = 'closed' AND told = 0
            AND (reporter LIKE 'a%' OR (reporter LIKE 'g%' AND handled_at > $2))
            ORDER BY handled_at DESC, id DESC LIMIT $3
            """,
            [.text(tenant.text), .integer(now - Self.guestWait), .integer(Int64(clamping: limit))],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Report(row) }
    }

    /// Takes it on to tell a reporter: once for each report, whoever else would.
    ///
    /// - Parameters:
    ///   - id: Which report.
    ///   - reporter: Who is to be told. Somebody else who has the name of a deleted account did not file it.
    ///   - tenant: Of which tenant.
    /// - Returns: Whether nobody has, and it is theirs.
    /// - Throws: ``DurableStoreError``
    package func tell(_ id: Int64, to reporter: String, of tenant: TenantID) async throws(DurableStoreError) -> Bool {
        let rows = try await self.database.execute(
            "UPDATE reports SET told = 1 WHERE tenant = $1 AND id = $2 AND reporter = $3 AND told = 0 RETURNING id",
            [.text(tenant.text), .integer(id), .text(reporter)],
            in: .tenant(tenant)
        )
        return !rows.isEmpty
    }

    /// An account is deleted: nobody is told any more what became of what it reported.
    static func forget(
        _ account: String,
        in tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) {
        _ = try connection.execute(
            "UPDATE reports SET reporter = '' WHERE tenant = $1 AND reporter = $2 RETURNING id",
            [.text(tenant.text), .text(Conversation.Party.account(account).text)]
        )
    }
}
