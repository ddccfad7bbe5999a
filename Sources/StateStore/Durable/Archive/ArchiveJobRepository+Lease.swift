// What the worker that has a job writes of it.

import Numbers
package import Tenant

extension ArchiveJobRepository {
    /// How many lines are kept of a job: the first half, and the last.
    package static let lines: Int64 = 500
    /// How long a line or message is at most, in characters.
    package static let lineLimit = 1000

    private static let isDue = "state = 'waiting' AND due_at <= "
    private static let isLeft = "state = 'running' AND held_until <= "

    /// Whether a worker that goes on has its job still.
    package enum Standing: Hashable, Sendable {
        case held
        /// It is to be ended, since somebody cancelled it.
        case cancelled
        /// Another has it by now, or it is no more.
        case lost
    }

    /// Jobs that are due, or whose worker is gone, those of all tenants, the oldest first.
    ///
    /// - Parameters:
    ///   - kinds: Which the caller can do.
    ///   - limit: How many at most.
    /// - Returns: The jobs.
    /// - Throws: ``DurableStoreError``
    package func due(_ kinds: [String], limit: Int = 100) async throws(DurableStoreError) -> [ArchiveJob] {
        let now = self.database.dialect.now
        let places = kinds.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
        let rows = try await self.database.execute(
            """
            SELECT \(Self.columns) FROM archive_jobs
            WHERE \(ArchiveJobSchema.isOpen) AND ((\(Self.isDue)\(now)) OR (\(Self.isLeft)\(now))) AND kind IN (\(places))
            ORDER BY asked_at, tenant, id LIMIT $1
            """,
            [.integer(Int64(clamping: limit))] + kinds.map { .text($0) },
            in: .cell,
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Self.job(row) }
    }

    /// Takes a job that nobody has.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - tenant: Whose.
    ///   - holder: Who wants it.
    ///   - milliseconds: For how long, by the database's clock.
    ///   - isEarly: Whether it is taken before it is due.
    /// - Returns: The lease and the job; nil if somebody else has it, or it is over.
    /// - Throws: ``DurableStoreError``
    package func lease(
        _ id: String,
        of tenant: TenantID,
        as holder: String,
        for milliseconds: Int64,
        isEarly: Bool = false
    ) async throws(DurableStoreError) -> (lease: ArchiveJobLease, job: ArchiveJob)? {
        let now = self.database.dialect.now
        let rows = try await self.database.execute(
            """
            UPDATE archive_jobs SET state = 'running', holder = $3, held_until = \(now) + $4, term = term + 1, tries = tries + 1,
                started_at = COALESCE(started_at, \(now))
            WHERE tenant = $1 AND id = $2 AND ((\(isEarly ? "state = 'waiting'" : Self.isDue + now)) OR (\(Self.isLeft)\(now)))
            RETURNING \(Self.columns), term, \(now)
            """,
            [.text(tenant.text), .text(id), .text(holder), .integer(milliseconds)],
            in: .tenant(tenant)
        )
        guard let row = rows.first else { return nil }
        let lease = ArchiveJobLease(
            tenant: tenant,
            id: id,
            holder: holder,
            term: try row.integer(15),
            takenAt: try row.integer(16)
        )
        return (lease, try Self.job(row))
    }

    /// Renews the lease and notes how far the job is.
    ///
    /// - Returns: Whether to go on.
    /// - Throws: ``DurableStoreError``
    package func progress(
        _ lease: ArchiveJobLease,
        done: Int64,
        total: Int64,
        message: String,
        for milliseconds: Int64
    ) async throws(DurableStoreError) -> Standing {
        let rows = try await self.database.execute(
            """
            UPDATE archive_jobs SET held_until = \(self.database.dialect.now) + $5, done = $6, total = $7, message = $8
            WHERE \(Self.isHeld) RETURNING cancel_asked
            """,
            Self.values(lease) + [
                .integer(milliseconds), .integer(done), .integer(total), .text(Self.bounded(message)),
            ],
            in: .tenant(lease.tenant)
        )
        guard let row = rows.first else { return .lost }
        return try row.integer(0) == 0 ? .held : .cancelled
    }

    /// Adds lines to the job's log; of many those in the middle go.
    ///
    /// - Returns: Whether they were added: not if somebody else has taken over.
    /// - Throws: ``DurableStoreError``
    @discardableResult
    package func log(_ lines: [String], by lease: ArchiveJobLease) async throws(DurableStoreError) -> Bool {
        try await self.write(lease) { connection throws(DurableStoreError) in
            let last = try connection.execute(
                "SELECT COALESCE(MAX(number), 0) FROM archive_job_log WHERE tenant = $1 AND job = $2",
                [.text(lease.tenant.text), .text(lease.id)]
            )
            var number = try last.first?.integer(0) ?? 0
            for line in lines.suffix(Int(Self.lines)) {
                number = number.plus(1)
                _ = try connection.execute(
                    """
                    INSERT INTO archive_job_log (tenant, job, number, time, line)
                    VALUES ($1, $2, $3, \(connection.dialect.now), $4)
                    """,
                    [
                        .text(lease.tenant.text), .text(lease.id), .integer(number), .text(Self.bounded(line)),
                    ]
                )
            }
            _ = try connection.execute(
                "DELETE FROM archive_job_log WHERE tenant = $1 AND job = $2 AND number > $3 AND number <= $4",
                [
                    .text(lease.tenant.text), .text(lease.id), .integer(Self.lines / 2),
                    .integer(number.minus(Self.lines / 2)),
                ]
            )
        }
    }

    /// What a job said.
    package func log(of id: String, _ tenant: TenantID) async throws(DurableStoreError) -> [ArchiveJobLine] {
        let rows = try await self.database.execute(
            "SELECT number, time, line FROM archive_job_log WHERE tenant = $1 AND job = $2 ORDER BY number LIMIT $3",
            [.text(tenant.text), .text(id), .integer(Self.lines)],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in
            ArchiveJobLine(number: try row.integer(0), time: try row.integer(1), text: try row.text(2))
        }
    }

    /// Ends a job.
    ///
    /// - Parameters:
    ///   - lease: Under which.
    ///   - state: How it ended.
    ///   - message: What came of it.
    /// - Returns: Whether that was noted: not if somebody else has taken over.
    /// - Throws: ``DurableStoreError``
    package func finish(
        _ lease: ArchiveJobLease,
        _ state: ArchiveJob.State,
        _ message: String
    ) async throws(DurableStoreError) -> Bool {
        try await self.write(lease) { connection throws(DurableStoreError) in
            _ = try connection.execute(
                """
                UPDATE archive_jobs SET state = $5, message = $6, held_until = 0, finished_at = \(connection.dialect.now)
                WHERE \(Self.isHeld)
                """,
                Self.values(lease) + [.text(state.rawValue), .text(Self.bounded(message))]
            )
        }
    }

    /// Gives a job back, so that somebody takes it up after a while.
    ///
    /// - Parameters:
    ///   - lease: Under which.
    ///   - delay: After which time.
    ///   - message: Why; nil for what it said last.
    ///   - isTry: Whether this attempt counts as one.
    /// - Returns: Whether that was noted. One that somebody cancelled is over instead.
    /// - Throws: ``DurableStoreError``
    @discardableResult
    package func release(
        _ lease: ArchiveJobLease,
        for delay: Duration = .zero,
        _ message: String? = nil,
        isTry: Bool
    ) async throws(DurableStoreError) -> Bool {
        try await self.write(lease) { connection throws(DurableStoreError) in
            let now = connection.dialect.now
            _ = try connection.execute(
                """
                UPDATE archive_jobs SET state = CASE WHEN cancel_asked = 1 THEN 'cancelled' ELSE 'waiting' END,
                    finished_at = CASE WHEN cancel_asked = 1 THEN \(now) ELSE NULL END, held_until = 0, due_at = \(now) + $5,
                    tries = tries - $6, message = COALESCE(CAST($7 AS TEXT), message)
                WHERE \(Self.isHeld)
                """,
                Self.values(lease) + [
                    .integer(max(0, delay.components.seconds.times(1000))), .integer(isTry ? 0 : 1),
                    .text(orNull: message.map(Self.bounded)),
                ]
            )
        }
    }

    // MARK: Under the lease

    private static let isHeld = "tenant = $1 AND id = $2 AND holder = $3 AND term = $4 AND state = 'running'"

    private static func values(_ lease: ArchiveJobLease) -> [SQLValue] {
        [.text(lease.tenant.text), .text(lease.id), .text(lease.holder), .integer(lease.term)]
    }

    /// Runs a change that rests on the lease.
    ///
    /// - Returns: Whether it holds; else nothing was changed.
    private func write(
        _ lease: ArchiveJobLease,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Void
    ) async throws(DurableStoreError) -> Bool {
        try await self.database.write(.tenant(lease.tenant)) { connection throws(DurableStoreError) in
            // The row is locked until the end: who takes over waits for it.
            let held = try connection.execute(
                "UPDATE archive_jobs SET term = term WHERE \(Self.isHeld) RETURNING 1",
                Self.values(lease)
            )
            if held.isEmpty { return false }
            try body(connection)
            return true
        }
    }

    /// No database takes a NUL.
    private static func bounded(_ text: String) -> String {
        String(text.prefix(Self.lineLimit)).replacing("\0", with: " ")
    }
}
