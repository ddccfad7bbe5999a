// How all archives of a cell stand, for who looks after all of them: a few statements, however many tenants there are.

package import Tenant

/// What a tenant's archive has in the bucket, of segments and manifests that the database knows.
package struct ArchiveContents: Hashable, Sendable {
    package var objects = 0
    package var bytes = 0
    package var records = 0
    /// The last segment's number; nil if there is none.
    package var lastSegment: Int64?

    package init() {}
}

/// An archive that was not verified for long.
package struct UnverifiedArchive: Hashable, Sendable {
    package let tenant: TenantID
    /// Whether something was wrong the last time.
    package let hasFindings: Bool
}

extension ArchiveRepository {
    private static let deadline = Duration.seconds(30)

    /// What is in the bucket of all tenants, summed up: it reads two tables as a whole.
    ///
    /// - Returns: By tenant; who has nothing there is left out.
    /// - Throws: ``DurableStoreError``
    package func contents() async throws(DurableStoreError) -> [TenantID: ArchiveContents] {
        try await self.database.withTransaction(.cell, .readOnly, deadline: Self.deadline) {
            connection throws(DurableStoreError) in
            let segments = try connection.execute(
                """
                SELECT tenant, COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT), CAST(COALESCE(SUM(records), 0) AS BIGINT), MAX(number)
                FROM archive_segments WHERE state = 'sealed' GROUP BY tenant
                """
            )
            let manifests = try connection.execute(
                "SELECT tenant, COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM archive_manifests GROUP BY tenant"
            )
            var contents: [TenantID: ArchiveContents] = [:]
            for row in segments {
                guard let tenant = TenantID(try row.text(0)) else { continue }
                var found = ArchiveContents()
                found.objects = Int(try row.integer(1))
                found.bytes = Int(try row.integer(2))
                found.records = Int(try row.integer(3))
                found.lastSegment = try row.optionalInteger(4)
                contents[tenant] = found
            }
            for row in manifests {
                guard let tenant = TenantID(try row.text(0)) else { continue }
                contents[tenant, default: ArchiveContents()].objects += Int(try row.integer(1))
                contents[tenant, default: ArchiveContents()].bytes += Int(try row.integer(2))
            }
            return contents
        }
    }

    /// How the archives of all tenants stand, and the bucket itself under ``TenantID/cell``.
    ///
    /// - Parameter contents: What is in the bucket, as it was summed up last: that does not have to be done each time.
    /// - Returns: By tenant; who never had an archive is left out.
    /// - Throws: ``DurableStoreError``
    package func standings(
        _ contents: [TenantID: ArchiveContents]
    ) async throws(DurableStoreError) -> [TenantID: ArchiveStanding] {
        try await self.database.withTransaction(.cell, .readOnly, deadline: Self.deadline) {
            connection throws(DurableStoreError) in
            let archives = try connection.execute(
                """
                SELECT tenant, sealed_at, failure, failure_detail, failed_at, verified_at, verified_result, \(connection.dialect.now),
                    verified_findings
                FROM archives
                """
            )
            let pending = try connection.execute(
                """
                SELECT tenant, CAST(COALESCE(SUM(records), 0) AS BIGINT), CAST(COALESCE(SUM(raw_bytes), 0) AS BIGINT),
                    MIN(stored_at), \(connection.dialect.now)
                FROM archive_pending GROUP BY tenant
                """
            )
            var standings: [TenantID: ArchiveStanding] = [:]
            for row in archives {
                let name = try row.text(0)
                guard let tenant = name == TenantID.cell.text ? .cell : TenantID(name) else { continue }
                var standing = ArchiveStanding()
                standing.sealedAt = try row.optionalInteger(1)
                standing.failure = try row.optionalText(2)
                standing.failureDetail = try row.optionalText(3)
                standing.failedAt = try row.optionalInteger(4)
                standing.verifiedAt = try row.optionalInteger(5)
                standing.verifiedResult = try row.optionalText(6)
                standing.now = try row.integer(7)
                standing.verifiedFindings = Int(clamping: try row.optionalInteger(8) ?? 0)
                standing.take(contents[tenant] ?? ArchiveContents())
                standings[tenant] = standing
            }
            // What waits for its first segment has no row of its own yet.
            for row in pending {
                guard let tenant = TenantID(try row.text(0)) else { continue }
                var standing = standings[tenant] ?? ArchiveStanding()
                standing.pendingRecords = Int(try row.integer(1))
                standing.pendingBytes = Int(try row.integer(2))
                standing.oldestPending = try row.optionalInteger(3)
                standing.now = try row.integer(4)
                standings[tenant] = standing
            }
            return standings
        }
    }

    /// The archives that have something and were not verified for some time, and for which nobody tried that in the last day.
    ///
    /// - Parameters:
    ///   - milliseconds: For how long.
    ///   - after: The last tenant that the caller has; empty for the first call.
    ///   - limit: How many at most.
    /// - Returns: Some of them, by tenant.
    /// - Throws: ``DurableStoreError``
    package func unverified(
        for milliseconds: Int64,
        after: String = "",
        limit: Int = 500
    ) async throws(DurableStoreError) -> [UnverifiedArchive] {
        let now = self.database.dialect.now
        let rows = try await self.database.execute(
            """
            SELECT tenant, COALESCE(verified_findings, 0) FROM archives a
            WHERE sealed_at IS NOT NULL AND tenant <> $1 AND tenant > $3 AND COALESCE(verified_at, 0) < \(now) - $2 AND NOT EXISTS (
                SELECT 1 FROM archive_jobs j WHERE j.tenant = a.tenant AND j.kind = 'verify'
                    AND (j.\(ArchiveJobSchema.isOpen) OR j.finished_at > \(now) - 86400000)
            ) ORDER BY tenant LIMIT $4
            """,
            [.text(TenantID.cell.text), .integer(milliseconds), .text(after), .integer(Int64(clamping: limit))],
            in: .cell,
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in
            guard let tenant = TenantID(try row.text(0)) else { throw .invalidAnswer("an archive of no tenant") }
            return UnverifiedArchive(tenant: tenant, hasFindings: try row.integer(1) > 0)
        }
    }
}

extension ArchiveStanding {
    /// Takes over what is in the bucket.
    fileprivate mutating func take(_ contents: ArchiveContents) {
        self.objects = contents.objects
        self.bytes = contents.bytes
        self.records = contents.records
        self.lastSegment = contents.lastSegment
    }
}
