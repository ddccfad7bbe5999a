// A tenant that is erased has its archive erased first. Who erases the tenant asks for it, a worker does it, and that there is no row of
// the archive any more says that it is done: a worker that ends in between leaves the row, and what was asked.

package import Tenant

/// An archive that is to be erased, and for whose end.
package struct ArchiveErasure: Hashable, Sendable {
    package let tenant: TenantID
    /// Of the tenant's object.
    package let namespace: String
    package let uid: String
}

/// What is kept of an erasure: the certificate itself lies in the bucket.
package struct ErasureRecord: Hashable, Sendable {
    /// The tenant's name, which may be another's by now.
    package var name: String
    package var namespace: String
    package var uid: String
    /// By the database's clock, in milliseconds since 1970.
    package var finishedAt: Int64
    /// How many versions of objects were destroyed, with their bytes.
    package var objects: Int
    package var bytes: Int
    package var keys: Int
    /// How many a lock keeps, unreadable, until it ends.
    package var locked: Int
    /// The certificate's key in the bucket, and the SHA-256 of its bytes.
    package var object: String
    package var sha256: [UInt8]

    package init(
        _ erasure: ArchiveErasure,
        finishedAt: Int64 = 0,
        objects: Int,
        bytes: Int,
        keys: Int,
        locked: Int,
        object: String,
        sha256: [UInt8]
    ) {
        (self.name, self.namespace, self.uid) = (erasure.tenant.text, erasure.namespace, erasure.uid)
        (self.finishedAt, self.objects, self.bytes) = (finishedAt, objects, bytes)
        (self.keys, self.locked, self.object, self.sha256) = (keys, locked, object, sha256)
    }
}

extension ArchiveRepository {
    /// How far an erasure is.
    package enum ErasureState: Hashable, Sendable {
        /// There is no archive, or none any more, or nobody asked.
        case nothing
        /// A worker is to do it; why it could not so far.
        case asked(failure: String?)
    }

    private static let isAsked = """
        EXISTS (SELECT 1 FROM tenants t WHERE t.tenant = archives.tenant AND t.state = 'erasing' AND t.uid = archives.erase_asked)
        """

    /// Asks for a tenant's archive to be erased once the tenant is noted as being erased, or takes that back.
    ///
    /// - Parameters:
    ///   - tenant: Whose.
    ///   - uid: Of the object whose data goes for good; nil for a copy, whose archive is still another cell's.
    /// - Throws: ``DurableStoreError``
    package func askErasure(of tenant: TenantID, for uid: String?) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            "UPDATE archives SET erase_asked = CAST($2 AS TEXT) WHERE tenant = $1 RETURNING 1",
            [.text(tenant.text), .text(orNull: uid)],
            in: .tenant(tenant)
        )
    }

    /// Whether the bucket has anything of a tenant, as far as is known.
    package func hasAnything(of tenant: TenantID) async throws(DurableStoreError) -> Bool {
        let rows = try await self.database.execute(
            """
            SELECT 1 FROM archive_keys WHERE tenant = $1 AND wrapped IS NOT NULL
            UNION ALL SELECT 1 FROM archive_segments WHERE tenant = $1 AND state <> 'deleted' LIMIT 1
            """,
            [.text(tenant.text)],
            in: .tenant(tenant),
            .readOnly
        )
        return !rows.isEmpty
    }

    /// How far the erasure of a tenant's archive is.
    package func erasure(of tenant: TenantID) async throws(DurableStoreError) -> ErasureState {
        let rows = try await self.database.execute(
            "SELECT failure_detail FROM archives WHERE tenant = $1 AND erase_asked IS NOT NULL",
            [.text(tenant.text)],
            in: .tenant(tenant),
            .readOnly
        )
        guard let row = rows.first else { return .nothing }
        return .asked(failure: try row.optionalText(0))
    }

    /// The archives that are to be erased, in the order of their tenants' names.
    package func erasures() async throws(DurableStoreError) -> [ArchiveErasure] {
        let rows = try await self.database.execute(
            """
            SELECT t.tenant, t.namespace, t.uid FROM archives a JOIN tenants t ON t.tenant = a.tenant
            WHERE t.state = 'erasing' AND t.uid = a.erase_asked ORDER BY t.tenant LIMIT 1000
            """,
            in: .cell,
            .readOnly
        )
        var erasures: [ArchiveErasure] = []
        for row in rows {
            guard let tenant = TenantID(try row.text(0)) else { continue }
            erasures.append(ArchiveErasure(tenant: tenant, namespace: try row.text(1), uid: try row.text(2)))
        }
        return erasures
    }

    /// Takes or renews the lease of an archive that is to be erased.
    ///
    /// - Returns: The lease; nil if somebody else has it, or nothing is to be erased.
    /// - Throws: ``DurableStoreError``
    package func lease(
        _ erasure: ArchiveErasure,
        as holder: String,
        for milliseconds: Int64
    ) async throws(DurableStoreError) -> ArchiveLease? {
        let now = self.database.dialect.now
        let rows = try await self.database.execute(
            """
            UPDATE archives SET term = CASE WHEN holder = $2 THEN term ELSE term + 1 END, holder = $2, held_until = \(now) + $3
            WHERE tenant = $1 AND erase_asked = $4 AND (holder = $2 OR held_until <= \(now)) AND \(Self.isAsked)
            RETURNING term
            """,
            [.text(erasure.tenant.text), .text(holder), .integer(milliseconds), .text(erasure.uid)],
            in: .tenant(erasure.tenant)
        )
        guard let row = rows.first else { return nil }
        return ArchiveLease(tenant: erasure.tenant, holder: holder, term: try row.integer(0))
    }

    /// Notes that nothing of an archive is left that anybody could read: its keys go, and that there was one.
    ///
    /// - Parameters:
    ///   - record: What is kept of it.
    ///   - lease: Under which.
    /// - Returns: Whether it was noted: not if somebody else has taken over.
    /// - Throws: ``DurableStoreError``
    package func erased(_ record: ErasureRecord, by lease: ArchiveLease) async throws(DurableStoreError) -> Bool {
        let tenant = lease.tenant.text
        return try await self.write(lease) { connection throws(DurableStoreError) in
            let now = connection.dialect.now
            _ = try connection.execute(
                """
                UPDATE archive_keys SET wrapped = NULL, destroyed_at = \(now)
                WHERE tenant = $1 AND destroyed_at IS NULL RETURNING 1
                """,
                [.text(tenant)]
            )
            _ = try connection.execute(
                """
                INSERT INTO erasure_certificates
                    (name, uid, namespace, finished_at, objects, bytes, keys, locked, object, sha256)
                VALUES ($1, $2, $3, \(now), $4, $5, $6, $7, $8, $9)
                ON CONFLICT (name, uid) DO UPDATE SET finished_at = excluded.finished_at, objects = excluded.objects,
                    bytes = excluded.bytes, keys = excluded.keys, locked = excluded.locked, object = excluded.object,
                    sha256 = excluded.sha256
                RETURNING 1
                """,
                [
                    .text(record.name), .text(record.uid), .text(record.namespace), .integer(Int64(record.objects)),
                    .integer(Int64(record.bytes)), .integer(Int64(record.keys)), .integer(Int64(record.locked)),
                    .text(record.object), .blob(record.sha256),
                ]
            )
            _ = try connection.execute("DELETE FROM archives WHERE tenant = $1 RETURNING 1", [.text(tenant)])
            return true
        } ?? false
    }

    /// What is kept of erasures, the last first.
    ///
    /// - Parameter tenant: Under which name; nil is any.
    /// - Returns: The records, a thousand at most.
    /// - Throws: ``DurableStoreError``
    package func erasureRecords(
        named tenant: TenantID? = nil
    ) async throws(DurableStoreError) -> [ErasureRecord] {
        let rows = try await self.database.execute(
            """
            SELECT name, namespace, uid, finished_at, objects, bytes, keys, locked, object, sha256
            FROM erasure_certificates WHERE CAST($1 AS TEXT) IS NULL OR name = CAST($1 AS TEXT)
            ORDER BY finished_at DESC, uid LIMIT 1000
            """,
            [.text(orNull: tenant?.text)],
            in: .cell,
            .readOnly
        )
        var records: [ErasureRecord] = []
        for row in rows {
            guard let name = TenantID(try row.text(0)) else { continue }
            records.append(
                ErasureRecord(
                    ArchiveErasure(tenant: name, namespace: try row.text(1), uid: try row.text(2)),
                    finishedAt: try row.integer(3),
                    objects: Int(try row.integer(4)),
                    bytes: Int(try row.integer(5)),
                    keys: Int(try row.integer(6)),
                    locked: Int(try row.integer(7)),
                    object: try row.text(8),
                    sha256: try row.blob(9)
                )
            )
        }
        return records
    }
}
