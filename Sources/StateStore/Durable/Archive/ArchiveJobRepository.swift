// What is to be done with archives beside making them. A job is a row that any worker may take, under a lease by the database's clock;
// what a worker writes of it rests on that lease, so one that was frozen says nothing of a job that another has.

import Numbers
package import Tenant

/// The jobs of a cell's archives.
package struct ArchiveJobRepository: Sendable {
    /// How many of a tenant wait or run at most.
    package static let openLimit = 20
    /// How many that are over are kept of a tenant, and for how long.
    package static let overLimit = 100
    package static let retention = Duration.seconds(30 * 86_400)

    static let columns = """
        tenant, id, kind, parameters, state, asked_by, asked_at, due_at, started_at, finished_at, tries, done, total, message, cancel_asked
        """

    let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    /// What became of a request.
    package enum Answer: Hashable, Sendable {
        case asked(ArchiveJob)
        /// It was asked for before.
        case known(ArchiveJob)
        /// The tenant has ``openLimit`` that are to be done.
        case tooMany
    }

    /// Asks for a job.
    ///
    /// - Returns: The job, or why there is none.
    /// - Throws: ``DurableStoreError``
    package func ask(_ request: ArchiveJobRequest, of tenant: TenantID) async throws(DurableStoreError) -> Answer {
        let id = request.id ?? Self.makeID()
        return try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) -> Answer in
            // Who asks at the same time waits for the end of this.
            _ = try connection.execute(
                "UPDATE archives SET term = term WHERE tenant = $1 RETURNING 1",
                [.text(tenant.text)]
            )
            if let job = try Self.find(id, tenant, over: connection) { return .known(job) }
            if request.isAlone, let job = try Self.open(request.kind, tenant, over: connection) { return .known(job) }
            let open = try connection.execute(
                "SELECT COUNT(*) FROM archive_jobs WHERE tenant = $1 AND \(ArchiveJobSchema.isOpen)",
                [.text(tenant.text)]
            )
            guard let count = try open.first?.integer(0), count < Self.openLimit else { return .tooMany }
            let now = connection.dialect.now
            let delay = max(0, request.delay.components.seconds.times(1000))
            let rows = try connection.execute(
                """
                INSERT INTO archive_jobs (tenant, id, kind, parameters, state, asked_by, asked_at, due_at)
                VALUES ($1, $2, $3, $4, 'waiting', $5, \(now), \(now) + $6) RETURNING \(Self.columns)
                """,
                [
                    .text(tenant.text), .text(id), .text(request.kind), .text(request.parameters),
                    .text(request.askedBy), .integer(delay),
                ]
            )
            try Self.forget(tenant, over: connection)
            guard let row = rows.first else { throw .invalidAnswer("no job") }
            return .asked(try Self.job(row))
        }
    }

    /// Jobs of a tenant, the last that was asked for first.
    package func list(of tenant: TenantID, limit: Int = 200) async throws(DurableStoreError) -> [ArchiveJob] {
        let rows = try await self.database.execute(
            "SELECT \(Self.columns) FROM archive_jobs WHERE tenant = $1 ORDER BY asked_at DESC, id LIMIT $2",
            [.text(tenant.text), .integer(Int64(clamping: limit))],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Self.job(row) }
    }

    /// A job; nil if there is none, or it was forgotten.
    package func find(_ id: String, of tenant: TenantID) async throws(DurableStoreError) -> ArchiveJob? {
        try await self.database.withTransaction(.tenant(tenant), .readOnly, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            try Self.find(id, tenant, over: connection)
        }
    }

    /// Cancels a job: one that waits is over at once, one that runs once its worker hears of it.
    ///
    /// - Returns: How it is then; nil if there is none. One that was over stays as it was.
    /// - Throws: ``DurableStoreError``
    package func cancel(_ id: String, of tenant: TenantID) async throws(DurableStoreError) -> ArchiveJob? {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            let rows = try connection.execute(
                """
                UPDATE archive_jobs SET cancel_asked = 1,
                    finished_at = CASE WHEN state = 'waiting' THEN \(connection.dialect.now) ELSE finished_at END,
                    state = CASE WHEN state = 'waiting' THEN 'cancelled' ELSE state END
                WHERE tenant = $1 AND id = $2 AND \(ArchiveJobSchema.isOpen) RETURNING \(Self.columns)
                """,
                [.text(tenant.text), .text(id)]
            )
            if let row = rows.first { return try Self.job(row) }
            return try Self.find(id, tenant, over: connection)
        }
    }

    // MARK: What is forgotten

    /// Forgets jobs of all tenants that were over long ago.
    package func forget() async throws(DurableStoreError) {
        try await self.database.write(.cell) { connection throws(DurableStoreError) in
            _ = try connection.execute(
                "DELETE FROM archive_jobs WHERE finished_at < \(connection.dialect.now) - $1",
                [.integer(Self.retention.components.seconds.times(1000))]
            )
            try Self.forgetLogs(over: connection)
        }
    }

    /// Forgets those of a tenant that are more than are kept.
    private static func forget(_ tenant: TenantID, over connection: any SQLConnection) throws(DurableStoreError) {
        let gone = try connection.execute(
            """
            DELETE FROM archive_jobs WHERE tenant = $1 AND id IN (
                SELECT id FROM archive_jobs WHERE tenant = $1 AND finished_at IS NOT NULL
                ORDER BY finished_at DESC, id LIMIT 1000 OFFSET $2
            ) RETURNING 1
            """,
            [.text(tenant.text), .integer(Int64(Self.overLimit))]
        )
        if !gone.isEmpty { try Self.forgetLogs(over: connection) }
    }

    private static func forgetLogs(over connection: any SQLConnection) throws(DurableStoreError) {
        _ = try connection.execute(
            """
            DELETE FROM archive_job_log WHERE NOT EXISTS (
                SELECT 1 FROM archive_jobs j WHERE j.tenant = archive_job_log.tenant AND j.id = archive_job_log.job
            )
            """
        )
    }

    // MARK: Rows

    private static func find(
        _ id: String,
        _ tenant: TenantID,
        over connection: any SQLConnection
    ) throws(DurableStoreError) -> ArchiveJob? {
        let rows = try connection.execute(
            "SELECT \(self.columns) FROM archive_jobs WHERE tenant = $1 AND id = $2",
            [.text(tenant.text), .text(id)]
        )
        guard let row = rows.first else { return nil }
        return try self.job(row)
    }

    /// One of a kind that is to be done.
    private static func open(
        _ kind: String,
        _ tenant: TenantID,
        over connection: any SQLConnection
    ) throws(DurableStoreError) -> ArchiveJob? {
        let rows = try connection.execute(
            """
            SELECT \(self.columns) FROM archive_jobs WHERE tenant = $1 AND kind = $2 AND \(ArchiveJobSchema.isOpen)
            ORDER BY asked_at LIMIT 1
            """,
            [.text(tenant.text), .text(kind)]
        )
        guard let row = rows.first else { return nil }
        return try self.job(row)
    }

    static func job(_ row: SQLRow) throws(DurableStoreError) -> ArchiveJob {
        guard let tenant = TenantID(try row.text(0)) else { throw .invalidAnswer("a job of no tenant") }
        guard let state = ArchiveJob.State(rawValue: try row.text(4)) else {
            throw .invalidAnswer("a job in no known state")
        }
        return ArchiveJob(
            tenant: tenant,
            id: try row.text(1),
            kind: try row.text(2),
            parameters: try row.text(3),
            state: state,
            askedBy: try row.text(5),
            askedAt: try row.integer(6),
            dueAt: try row.integer(7),
            startedAt: try row.optionalInteger(8),
            finishedAt: try row.optionalInteger(9),
            tries: Int(clamping: try row.integer(10)),
            done: try row.integer(11),
            total: try row.integer(12),
            message: try row.text(13),
            isCancelAsked: try row.integer(14) != 0
        )
    }

    /// Ten letters and digits that nobody confuses.
    private static func makeID() -> String {
        let digits = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return String((0..<10).compactMap { _ in digits.randomElement() })
    }
}
