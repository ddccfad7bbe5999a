// What is where in each tenant's archive. One worker at a time works for a tenant (`ArchiveLease`), and every change that it makes rests
// on that still being so: one that was frozen for longer than its lease changes nothing any more.
//
// A segment is made in three steps, each of which may be done again: its number is given to chunks that wait (`begin`), the object
// is put, and the chunks go with the note that it is there (`seal`). So whoever is killed in between leaves all that it takes.

import Numbers
package import Tenant

/// The archives of a cell.
package struct ArchiveRepository: Sendable {
    let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    // MARK: Whose turn it is

    /// Takes or renews the lease of a tenant's archive.
    ///
    /// - Parameters:
    ///   - tenant: Whose.
    ///   - holder: Who wants it.
    ///   - milliseconds: For how long, by the database's clock.
    /// - Returns: The lease; nil if somebody else has it, or the tenant is being erased.
    /// - Throws: ``DurableStoreError``
    package func lease(
        _ tenant: TenantID,
        as holder: String,
        for milliseconds: Int64
    ) async throws(DurableStoreError) -> ArchiveLease? {
        let now = self.database.dialect.now
        let rows = try await self.database.execute(
            """
            INSERT INTO archives (tenant, holder, held_until, term)
            SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), \(now) + $3, 1
            WHERE NOT EXISTS (SELECT 1 FROM tenants WHERE tenant = CAST($1 AS TEXT) AND state = 'erasing')
            ON CONFLICT (tenant) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until,
                term = CASE WHEN archives.holder = excluded.holder THEN archives.term ELSE archives.term + 1 END
            WHERE archives.holder = excluded.holder OR archives.held_until <= \(now)
            RETURNING term
            """,
            [.text(tenant.text), .text(holder), .integer(milliseconds)],
            in: .tenant(tenant)
        )
        guard let row = rows.first else { return nil }
        return ArchiveLease(tenant: tenant, holder: holder, term: try row.integer(0))
    }

    /// Gives a lease back, so that somebody else may have it at once.
    package func release(_ lease: ArchiveLease) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            "UPDATE archives SET held_until = 0 WHERE tenant = $1 AND holder = $2 AND term = $3 RETURNING 1",
            [.text(lease.tenant.text), .text(lease.holder), .integer(lease.term)],
            in: .tenant(lease.tenant)
        )
    }

    /// Runs a change that rests on the lease.
    ///
    /// - Returns: What the body returns; nil, and nothing was changed, if somebody else has taken over.
    func write<Answer: Sendable>(
        _ lease: ArchiveLease,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer? {
        try await self.database.write(.tenant(lease.tenant)) { connection throws(DurableStoreError) -> Answer? in
            // The row is locked until the end: who takes over waits for it.
            let held = try connection.execute(
                "UPDATE archives SET term = term WHERE tenant = $1 AND holder = $2 AND term = $3 RETURNING 1",
                [.text(lease.tenant.text), .text(lease.holder), .integer(lease.term)]
            )
            if held.isEmpty { return nil }
            return try body(connection)
        }
    }

    /// Whether a lease still holds.
    package func isHeld(_ lease: ArchiveLease) async throws(DurableStoreError) -> Bool {
        try await self.write(lease) { _ throws(DurableStoreError) in true } ?? false
    }

    // MARK: Which tenants there are

    /// The tenants that have, or had, an archive.
    package func tenants() async throws(DurableStoreError) -> Set<TenantID> {
        let rows = try await self.database.execute(
            "SELECT tenant FROM archives UNION SELECT tenant FROM archive_pending",
            in: .cell,
            .readOnly
        )
        return try Self.tenants(rows)
    }

    private static func tenants(_ rows: [SQLRow]) throws(DurableStoreError) -> Set<TenantID> {
        let names = try rows.map { row throws(DurableStoreError) in try row.text(0) }
        return Set(names.compactMap { TenantID($0) })
    }

    /// Before which time each tenant's history is in the bucket, as far as something waits, in milliseconds since 1970.
    package func firstPending() async throws(DurableStoreError) -> [TenantID: Int64] {
        let rows = try await self.database.execute(
            "SELECT tenant, MIN(first_time) FROM archive_pending GROUP BY tenant",
            in: .cell,
            .readOnly
        )
        var first: [TenantID: Int64] = [:]
        for row in rows { if let tenant = TenantID(try row.text(0)) { first[tenant] = try row.integer(1) } }
        return first
    }

    // MARK: Segments of what waits

    /// Begins a segment of what waits of a day: the oldest, up to a size and at least one chunk.
    ///
    /// - Returns: Its number; nil if nothing waits, or somebody else has taken over.
    /// - Throws: ``DurableStoreError``
    package func begin(
        _ day: Int64,
        rawBytes limit: Int,
        by lease: ArchiveLease
    ) async throws(DurableStoreError) -> Int64? {
        let claimed = try await self.write(lease) { connection throws(DurableStoreError) -> Int64? in
            let waiting = try connection.execute(
                """
                SELECT id, raw_bytes, stored_at FROM archive_pending WHERE tenant = $1 AND day = $2 AND segment IS NULL
                ORDER BY stored_at, id LIMIT 10000
                """,
                [.text(lease.tenant.text), .integer(day)]
            )
            var total = 0
            var last: SQLRow?
            for row in waiting {
                let next = total.plus(Int(try row.integer(1)))
                if last != nil && next > limit { break }
                (total, last) = (next, row)
            }
            guard let last else { return nil }
            let number = try Self.nextNumber(lease.tenant, over: connection)
            _ = try connection.execute(
                """
                UPDATE archive_pending SET segment = $3 WHERE tenant = $1 AND day = $2 AND segment IS NULL
                    AND (stored_at < $4 OR (stored_at = $4 AND id <= $5)) RETURNING 1
                """,
                [
                    .text(lease.tenant.text), .integer(day), .integer(number), .integer(try last.integer(2)),
                    .integer(try last.integer(0)),
                ]
            )
            try Self.insert(number, day, .writing, lease.tenant, over: connection)
            return number
        }
        return claimed ?? nil
    }

    /// The chunks that a segment is made of, some at a time.
    ///
    /// - Parameters:
    ///   - number: The segment's.
    ///   - tenant: Whose.
    ///   - after: The last chunk that the caller has.
    ///   - limit: How many at most.
    /// - Returns: The chunks; none if there are no more.
    /// - Throws: ``DurableStoreError``
    package func chunks(
        of number: Int64,
        _ tenant: TenantID,
        after: Int64 = 0,
        limit: Int = 64
    ) async throws(DurableStoreError) -> [PendingChunk] {
        let rows = try await self.database.execute(
            """
            SELECT id, chunk FROM archive_pending WHERE tenant = $1 AND segment = $2 AND id > $3 ORDER BY id LIMIT $4
            """,
            [.text(tenant.text), .integer(number), .integer(after), .integer(Int64(limit))],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in
            PendingChunk(id: try row.integer(0), bytes: try row.blob(1))
        }
    }

    /// What waits, whether a segment is being made of it or not, some at a time.
    ///
    /// - Parameters:
    ///   - tenant: Whose.
    ///   - after: The last chunk that the caller has.
    ///   - limit: How many at most.
    /// - Returns: The chunks; none if there are no more.
    /// - Throws: ``DurableStoreError``
    package func chunks(
        of tenant: TenantID,
        after: Int64 = 0,
        limit: Int = 16
    ) async throws(DurableStoreError) -> [PendingChunk] {
        let rows = try await self.database.execute(
            "SELECT id, chunk FROM archive_pending WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3",
            [.text(tenant.text), .integer(after), .integer(Int64(limit))],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in
            PendingChunk(id: try row.integer(0), bytes: try row.blob(1))
        }
    }

    /// Notes that a segment lies in the bucket; the chunks that it was made of go.
    ///
    /// - Parameters:
    ///   - number: Which.
    ///   - facts: What is in it.
    ///   - conversations: Of which conversations clients may read on in it.
    ///   - lease: Under which.
    /// - Returns: Whether it was noted: not if somebody else has taken over.
    /// - Throws: ``DurableStoreError``
    package func seal(
        _ number: Int64,
        _ facts: ArchiveSegmentFacts,
        of conversations: [ArchivedConversation] = [],
        by lease: ArchiveLease
    ) async throws(DurableStoreError) -> Bool {
        let tenant = lease.tenant.text
        return try await self.write(lease) { connection throws(DurableStoreError) in
            guard try Self.note(number, facts, from: .writing, to: .sealed, tenant, over: connection) else {
                return false
            }
            try Self.note(conversations, in: number, lease.tenant, over: connection)
            _ = try connection.execute(
                "DELETE FROM archive_pending WHERE tenant = $1 AND segment = $2 RETURNING 1",
                [.text(tenant), .integer(number)]
            )
            _ = try connection.execute(
                """
                UPDATE archives SET sealed_at = \(connection.dialect.now), failure = NULL, failure_detail = NULL, failed_at = NULL
                WHERE tenant = $1 RETURNING 1
                """,
                [.text(tenant)]
            )
            return true
        } ?? false
    }

    /// Notes what is in a segment, if it is in a state.
    static func note(
        _ number: Int64,
        _ facts: ArchiveSegmentFacts,
        from state: ArchiveSegment.State,
        to next: ArchiveSegment.State,
        _ tenant: String,
        over connection: any SQLConnection
    ) throws(DurableStoreError) -> Bool {
        let noted = try connection.execute(
            """
            UPDATE archive_segments SET state = $9, records = $3, raw_bytes = $4, size = $5, first_time = $6,
                last_time = $7, sha256 = $8, made_at = \(connection.dialect.now)
            WHERE tenant = $1 AND number = $2 AND state = $10 RETURNING 1
            """,
            [
                .text(tenant), .integer(number), .integer(Int64(facts.records)), .integer(Int64(facts.rawBytes)),
                .integer(Int64(clamping: facts.size)), .integer(facts.firstTime), .integer(facts.lastTime),
                .blob(facts.sha256), .text(next.rawValue), .text(state.rawValue),
            ]
        )
        return !noted.isEmpty
    }

    /// Notes that a segment comes to nothing: it is not in the bucket, and nothing waits for it.
    package func abandon(_ number: Int64, by lease: ArchiveLease) async throws(DurableStoreError) {
        _ = try await self.write(lease) { connection throws(DurableStoreError) in
            _ = try connection.execute(
                "UPDATE archive_segments SET state = 'deleted' WHERE tenant = $1 AND number = $2 RETURNING 1",
                [.text(lease.tenant.text), .integer(number)]
            )
        }
    }

    /// The next number of a tenant's segments.
    static func nextNumber(_ tenant: TenantID, over connection: any SQLConnection) throws(DurableStoreError) -> Int64 {
        let rows = try connection.execute(
            "UPDATE archives SET next_segment = next_segment + 1 WHERE tenant = $1 RETURNING next_segment - 1",
            [.text(tenant.text)]
        )
        guard let row = rows.first else { throw .invalidAnswer("no archive") }
        return try row.integer(0)
    }

    static func insert(
        _ number: Int64,
        _ day: Int64,
        _ state: ArchiveSegment.State,
        _ tenant: TenantID,
        over connection: any SQLConnection
    ) throws(DurableStoreError) {
        _ = try connection.execute(
            """
            INSERT INTO archive_segments
                (tenant, number, day, state, records, raw_bytes, size, first_time, last_time, made_at)
            VALUES ($1, $2, $3, $4, 0, 0, 0, 0, 0, \(connection.dialect.now)) RETURNING 1
            """,
            [.text(tenant.text), .integer(number), .integer(day), .text(state.rawValue)]
        )
    }
}
