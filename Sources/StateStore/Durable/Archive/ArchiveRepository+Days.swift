// A day that is over gets a manifest, and if several segments were made of it, larger ones in their place. The chain of manifests goes on
// only under the lease, by numbers that are given in the transaction that notes the manifest.

package import Tenant

extension ArchiveRepository {
    private static let columns =
        "number, day, state, manifest, records, raw_bytes, size, first_time, last_time, sha256"

    /// Segments of a tenant.
    ///
    /// - Parameters:
    ///   - tenant: Whose.
    ///   - days: Of which days.
    ///   - state: In which state; nil is any.
    /// - Returns: The segments, by day and number.
    /// - Throws: ``DurableStoreError``
    package func segments(
        of tenant: TenantID,
        days: ClosedRange<Int64> = 0 ... .max,
        _ state: ArchiveSegment.State? = nil
    ) async throws(DurableStoreError) -> [ArchiveSegment] {
        let rows = try await self.database.execute(
            """
            SELECT \(Self.columns) FROM archive_segments
            WHERE tenant = $1 AND day >= $2 AND day <= $3 \(state == nil ? "" : "AND state = $4")
            ORDER BY day, number
            """,
            [.text(tenant.text), .integer(days.lowerBound), .integer(days.upperBound)]
                + (state.map { [.text($0.rawValue)] } ?? []),
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Self.segment(row) }
    }

    /// Begins a segment that is made of others.
    ///
    /// - Returns: Its number; nil if somebody else has taken over.
    /// - Throws: ``DurableStoreError``
    package func beginMerged(_ day: Int64, by lease: ArchiveLease) async throws(DurableStoreError) -> Int64? {
        try await self.write(lease) { connection throws(DurableStoreError) in
            let number = try Self.nextNumber(lease.tenant, over: connection)
            try Self.insert(number, day, .merging, lease.tenant, over: connection)
            return number
        }
    }

    /// Notes what is in a segment that was made of others; a manifest is still to list it.
    ///
    /// - Returns: Whether it was noted: not if somebody else has taken over.
    /// - Throws: ``DurableStoreError``
    package func merged(
        _ number: Int64,
        _ facts: ArchiveSegmentFacts,
        by lease: ArchiveLease
    ) async throws(DurableStoreError) -> Bool {
        try await self.write(lease) { connection throws(DurableStoreError) in
            try Self.note(number, facts, from: .merging, to: .merging, lease.tenant.text, over: connection)
        } ?? false
    }

    /// Takes what was being made of other segments for something to be deleted: nobody can note it as made any more.
    ///
    /// - Returns: All that is to be deleted so; nil if somebody else has taken over.
    /// - Throws: ``DurableStoreError``
    package func drop(by lease: ArchiveLease) async throws(DurableStoreError) -> [ArchiveSegment]? {
        try await self.write(lease) { connection throws(DurableStoreError) in
            _ = try connection.execute(
                "UPDATE archive_segments SET state = 'dropping' WHERE tenant = $1 AND state = 'merging' RETURNING 1",
                [.text(lease.tenant.text)]
            )
            let rows = try connection.execute(
                """
                SELECT \(Self.columns) FROM archive_segments WHERE tenant = $1 AND state = 'dropping' ORDER BY number
                """,
                [.text(lease.tenant.text)]
            )
            return try rows.map { row throws(DurableStoreError) in try Self.segment(row) }
        }
    }

    /// The next manifest's number and the last that there is.
    ///
    /// - Returns: The number, and what the chain goes on from.
    /// - Throws: ``DurableStoreError``
    package func chainEnd(
        of tenant: TenantID
    ) async throws(DurableStoreError) -> (next: Int64, last: ArchiveManifestRow?) {
        let manifests = try await self.manifests(of: tenant, last: 1)
        return ((manifests.first?.sequence ?? 0) + 1, manifests.first)
    }

    /// Manifests, the last first.
    package func manifests(
        of tenant: TenantID,
        last limit: Int = 100_000
    ) async throws(DurableStoreError) -> [ArchiveManifestRow] {
        let rows = try await self.database.execute(
            """
            SELECT sequence, day, kind, size, sha256 FROM archive_manifests WHERE tenant = $1
            ORDER BY sequence DESC LIMIT $2
            """,
            [.text(tenant.text), .integer(Int64(limit))],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in
            ArchiveManifestRow(
                sequence: try row.integer(0),
                day: try row.integer(1),
                kind: try row.text(2),
                size: Int(try row.integer(3)),
                sha256: try row.blob(4)
            )
        }
    }

    /// Notes a manifest of a day that lies in the bucket.
    ///
    /// - Parameters:
    ///   - manifest: What it is; its number is the next, or nothing is noted.
    ///   - listed: The segments that it lists.
    ///   - replaced: Those that are in the listed ones, and are to be deleted.
    ///   - unused: Numbers that came to nothing.
    ///   - lease: Under which.
    /// - Returns: Whether it was noted.
    /// - Throws: ``DurableStoreError``
    package func close(
        _ manifest: ArchiveManifestRow,
        listing listed: [Int64],
        replacing replaced: [Int64],
        unused: [Int64],
        by lease: ArchiveLease
    ) async throws(DurableStoreError) -> Bool {
        let tenant = lease.tenant.text
        return try await self.write(lease) { connection throws(DurableStoreError) in
            guard try Self.take(manifest.sequence, tenant, over: connection) else { return false }
            try Self.insert(manifest, tenant, over: connection)
            // What each of them is now: nothing that is another's, or was given up, is listed or deleted for a manifest.
            for (numbers, state, formerly) in [
                (listed, "sealed", "manifest IS NULL AND state IN ('merging', 'sealed')"),
                // One that is made anew is in an earlier manifest.
                (replaced, "replaced", "state = 'sealed'"),
                (unused, "deleted", "manifest IS NULL AND state = 'deleted'"),
            ] {
                for number in numbers {
                    let noted = try connection.execute(
                        """
                        UPDATE archive_segments SET state = $3, manifest = $4
                        WHERE tenant = $1 AND number = $2 AND \(formerly) RETURNING 1
                        """,
                        [.text(tenant), .integer(number), .text(state), .integer(manifest.sequence)]
                    )
                    guard !noted.isEmpty else {
                        throw .invalidAnswer("the manifest \(manifest.sequence) of \(tenant) lists segment \(number)")
                    }
                }
            }
            return true
        } ?? false
    }

    /// Notes that segments are gone from the bucket.
    ///
    /// - Parameters:
    ///   - numbers: Which.
    ///   - manifest: Which manifest says so; nil for those whose lines others have.
    ///   - lease: Under which.
    /// - Returns: Whether it was noted.
    /// - Throws: ``DurableStoreError``
    package func deleted(
        _ numbers: [Int64],
        noting manifest: ArchiveManifestRow? = nil,
        by lease: ArchiveLease
    ) async throws(DurableStoreError) -> Bool {
        let tenant = lease.tenant.text
        return try await self.write(lease) { connection throws(DurableStoreError) in
            if let manifest {
                guard try Self.take(manifest.sequence, tenant, over: connection) else { return false }
                try Self.insert(manifest, tenant, over: connection)
            }
            for number in numbers {
                _ = try connection.execute(
                    "UPDATE archive_segments SET state = 'deleted' WHERE tenant = $1 AND number = $2 RETURNING 1",
                    [.text(tenant), .integer(number)]
                )
            }
            if let manifest { try Self.forget(manifest.day, tenant, over: connection) }
            return true
        } ?? false
    }

    /// Takes a manifest's number, if it is the next.
    private static func take(
        _ sequence: Int64,
        _ tenant: String,
        over connection: any SQLConnection
    ) throws(DurableStoreError) -> Bool {
        let taken = try connection.execute(
            """
            UPDATE archives SET next_manifest = next_manifest + 1 WHERE tenant = $1 AND next_manifest = $2 RETURNING 1
            """,
            [.text(tenant), .integer(sequence)]
        )
        return !taken.isEmpty
    }

    private static func insert(
        _ manifest: ArchiveManifestRow,
        _ tenant: String,
        over connection: any SQLConnection
    ) throws(DurableStoreError) {
        _ = try connection.execute(
            """
            INSERT INTO archive_manifests (tenant, sequence, day, kind, size, sha256, made_at)
            VALUES ($1, $2, $3, $4, $5, $6, \(connection.dialect.now)) RETURNING 1
            """,
            [
                .text(tenant), .integer(manifest.sequence), .integer(manifest.day), .text(manifest.kind),
                .integer(Int64(manifest.size)), .blob(manifest.sha256),
            ]
        )
    }

    static func segment(_ row: SQLRow) throws(DurableStoreError) -> ArchiveSegment {
        guard let state = ArchiveSegment.State(rawValue: try row.text(2)) else {
            throw .invalidAnswer("a segment in no known state")
        }
        return ArchiveSegment(
            number: try row.integer(0),
            day: try row.integer(1),
            state: state,
            manifest: try row.optionalInteger(3),
            facts: ArchiveSegmentFacts(
                records: Int(try row.integer(4)),
                rawBytes: Int(try row.integer(5)),
                size: Int(try row.integer(6)),
                firstTime: try row.integer(7),
                lastTime: try row.integer(8),
                sha256: try row.optionalBlob(9) ?? []
            )
        )
    }
}
