// A database that was restored knows less than the bucket has. What is there under numbers that it would give next is taken for what it is,
// and what had such a number waits for another.

import Numbers
import Tenant

extension ArchiveRepository {
    /// Takes a segment that lies in the bucket, and that this database did not know as made.
    ///
    /// What was to become the segment of that number waits again; the next number is behind it.
    ///
    /// - Parameters:
    ///   - number: Its number.
    ///   - day: Its day.
    ///   - facts: What is in it; nil for one that is gone already.
    ///   - lease: Under which.
    /// - Returns: Whether it was taken: not if it is known, or somebody else has taken over.
    /// - Throws: ``DurableStoreError``
    package func adopt(
        _ number: Int64,
        _ day: Int64,
        _ facts: ArchiveSegmentFacts?,
        by lease: ArchiveLease
    ) async throws(DurableStoreError) -> Bool {
        let tenant = lease.tenant.text
        return try await self.write(lease) { connection throws(DurableStoreError) in
            let state: ArchiveSegment.State = facts == nil ? .deleted : .sealed
            let taken = try connection.execute(
                """
                INSERT INTO archive_segments
                    (tenant, number, day, state, records, raw_bytes, size, first_time, last_time, sha256, made_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \(connection.dialect.now))
                ON CONFLICT (tenant, number) DO UPDATE SET day = excluded.day, state = excluded.state,
                    records = excluded.records, raw_bytes = excluded.raw_bytes, size = excluded.size,
                    first_time = excluded.first_time, last_time = excluded.last_time, sha256 = excluded.sha256
                WHERE archive_segments.state IN ('writing', 'merging', 'dropping') RETURNING 1
                """,
                [
                    .text(tenant), .integer(number), .integer(day), .text(state.rawValue),
                    .integer(Int64(clamping: facts?.records ?? 0)), .integer(Int64(clamping: facts?.rawBytes ?? 0)),
                    .integer(Int64(clamping: facts?.size ?? 0)), .integer(facts?.firstTime ?? 0),
                    .integer(facts?.lastTime ?? 0), facts.map { .blob($0.sha256) } ?? .null,
                ]
            )
            _ = try connection.execute(
                "UPDATE archive_pending SET segment = NULL WHERE tenant = $1 AND segment = $2 RETURNING 1",
                [.text(tenant), .integer(number)]
            )
            _ = try connection.execute(
                "UPDATE archives SET next_segment = $2 WHERE tenant = $1 AND next_segment < $2 RETURNING 1",
                [.text(tenant), .integer(number.plus(1))]
            )
            return !taken.isEmpty
        } ?? false
    }
}
