// Keys, and how an archive stands.

package import Tenant

extension ArchiveRepository {
    /// The keys of a tenant, the newest last, each as it was wrapped; nil for one that was destroyed.
    package func keys(
        of tenant: TenantID
    ) async throws(DurableStoreError) -> [(id: String, wrapped: [UInt8]?)] {
        let rows = try await self.database.execute(
            "SELECT id, wrapped FROM archive_keys WHERE tenant = $1 ORDER BY made_at, id",
            [.text(tenant.text)],
            in: .tenant(tenant),
            .readOnly
        )
        var keys: [(id: String, wrapped: [UInt8]?)] = []
        for row in rows { keys.append((try row.text(0), try row.optionalBlob(1))) }
        return keys
    }

    /// Keeps a key, or what it was wrapped with anew.
    ///
    /// - Returns: Whether it was kept: not if it was destroyed, or somebody else has taken over.
    /// - Throws: ``DurableStoreError``
    package func keep(
        key id: String,
        wrapped: [UInt8],
        by lease: ArchiveLease
    ) async throws(DurableStoreError) -> Bool {
        try await self.write(lease) { connection throws(DurableStoreError) in
            let kept = try connection.execute(
                """
                INSERT INTO archive_keys (tenant, id, wrapped, made_at) VALUES ($1, $2, $3, \(connection.dialect.now))
                ON CONFLICT (tenant, id) DO UPDATE SET wrapped = excluded.wrapped
                WHERE archive_keys.destroyed_at IS NULL RETURNING 1
                """,
                [.text(lease.tenant.text), .text(id), .blob(wrapped)]
            )
            return !kept.isEmpty
        } ?? false
    }

    /// Notes why nothing goes into a tenant's bucket, or that all is well again.
    ///
    /// - Parameters:
    ///   - reason: A word, as conditions have it; nil is well.
    ///   - detail: What and what to do.
    ///   - lease: Under which.
    /// - Throws: ``DurableStoreError``
    package func note(
        _ reason: String?,
        _ detail: String?,
        by lease: ArchiveLease
    ) async throws(DurableStoreError) {
        _ = try await self.write(lease) { connection throws(DurableStoreError) in
            _ = try connection.execute(
                """
                UPDATE archives SET failure = CAST($2 AS TEXT), failure_detail = CAST($3 AS TEXT),
                    failed_at = CASE WHEN CAST($2 AS TEXT) IS NULL THEN NULL ELSE COALESCE(failed_at, \(connection.dialect.now)) END
                WHERE tenant = $1 RETURNING 1
                """,
                [.text(lease.tenant.text), .text(orNull: reason), .text(orNull: detail)]
            )
        }
    }

    /// Notes what a verification found.
    ///
    /// - Parameters:
    ///   - result: In words.
    ///   - findings: How much is wrong.
    ///   - isWhole: Whether everything was looked at: what only some of it says does not end what another found.
    ///   - tenant: Whose.
    /// - Throws: ``DurableStoreError``
    package func noteVerification(
        _ result: String,
        findings: Int = 0,
        isWhole: Bool = true,
        of tenant: TenantID
    ) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            """
            UPDATE archives SET verified_at = \(self.database.dialect.now), verified_result = $2, verified_findings = $3
            WHERE tenant = $1 AND ($3 > 0 OR $4 = 1 OR COALESCE(verified_findings, 0) = 0) RETURNING 1
            """,
            [
                .text(tenant.text), .text(result), .integer(Int64(clamping: findings)), .integer(isWhole ? 1 : 0),
            ],
            in: .tenant(tenant)
        )
    }

    /// How a tenant's archive stands; nil if it never had one.
    package func standing(of tenant: TenantID) async throws(DurableStoreError) -> ArchiveStanding? {
        let id: [SQLValue] = [.text(tenant.text)]
        return try await self.database.withTransaction(.tenant(tenant), .readOnly, deadline: .seconds(10)) {
            connection throws(DurableStoreError) -> ArchiveStanding? in
            let archives = try connection.execute(
                """
                SELECT sealed_at, failure, failure_detail, failed_at, verified_at, verified_result, \(connection.dialect.now),
                    verified_findings
                FROM archives WHERE tenant = $1
                """,
                id
            )
            let segments = try connection.execute(
                """
                SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT), CAST(COALESCE(SUM(records), 0) AS BIGINT), MAX(number)
                FROM archive_segments WHERE tenant = $1 AND state = 'sealed'
                """,
                id
            )
            let manifests = try connection.execute(
                "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM archive_manifests WHERE tenant = $1",
                id
            )
            let pending = try connection.execute(
                """
                SELECT CAST(COALESCE(SUM(records), 0) AS BIGINT), CAST(COALESCE(SUM(raw_bytes), 0) AS BIGINT), MIN(stored_at)
                FROM archive_pending WHERE tenant = $1
                """,
                id
            )
            guard let archive = archives.first, let segments = segments.first, let manifests = manifests.first,
                let pending = pending.first
            else { return nil }
            var standing = ArchiveStanding()
            standing.sealedAt = try archive.optionalInteger(0)
            standing.failure = try archive.optionalText(1)
            standing.failureDetail = try archive.optionalText(2)
            standing.failedAt = try archive.optionalInteger(3)
            standing.verifiedAt = try archive.optionalInteger(4)
            standing.verifiedResult = try archive.optionalText(5)
            standing.now = try archive.integer(6)
            standing.verifiedFindings = Int(clamping: try archive.optionalInteger(7) ?? 0)
            standing.objects = Int(try segments.integer(0) + manifests.integer(0))
            standing.bytes = Int(try segments.integer(1) + manifests.integer(1))
            standing.records = Int(try segments.integer(2))
            standing.lastSegment = try segments.optionalInteger(3)
            standing.pendingRecords = Int(try pending.integer(0))
            standing.pendingBytes = Int(try pending.integer(1))
            standing.oldestPending = try pending.optionalInteger(2)
            return standing
        }
    }
}
