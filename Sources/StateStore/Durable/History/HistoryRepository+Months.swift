// In PostgreSQL the history is a table for each month, so that what is too old for everybody goes without being looked at. A time of no
// month that was made is in a table of its own; nothing is refused for want of one. SQLite has one table for all.

package import Tenant

extension HistoryRepository {
    /// How long somebody waits at most who wants the table for itself: others wait behind it.
    private static let lockTimeout = "2s"

    /// Makes the tables of this month and the next, if they are not there.
    ///
    /// - Parameter now: Milliseconds since 1970.
    /// - Throws: ``DurableStoreError``
    package func makeMonths(now: Int64) async throws(DurableStoreError) {
        guard self.database.dialect == .postgres, now > 0 else { return }
        let this = HistoryMonth(now)
        let known = try await self.months()
        for month in [this, this.next] where !known.contains(month) { try await self.make(month) }
    }

    /// Removes the tables of months that are over for everybody.
    ///
    /// - Parameter ends: Before what time each tenant keeps nothing, in milliseconds since 1970. Where somebody has a history who
    ///   is not among them, all stay.
    /// - Returns: How many were removed.
    /// - Throws: ``DurableStoreError``
    package func dropMonths(before ends: [TenantID: Int64]) async throws(DurableStoreError) -> Int {
        guard self.database.dialect == .postgres, let end = ends.values.min() else { return 0 }
        let over = try await self.months().filter { $0.end <= end }
        guard !over.isEmpty else { return 0 }
        let rows = try await self.database.execute("SELECT DISTINCT tenant FROM conversations", in: .cell, .readOnly)
        for row in rows {
            guard let tenant = TenantID(try row.text(0)), ends[tenant] != nil else { return 0 }
        }
        for month in over {
            try await self.database.write(.cell) { connection throws(DurableStoreError) in
                try connection.executeScript(
                    "SET LOCAL lock_timeout = '\(Self.lockTimeout)'; DROP TABLE IF EXISTS \(month.table)"
                )
            }
        }
        return over.count
    }

    /// The months that have tables.
    func months() async throws(DurableStoreError) -> Set<HistoryMonth> {
        let rows = try await self.database.execute(
            """
            SELECT CAST(c.relname AS TEXT) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = to_regclass('history')
            """,
            in: .cell,
            .readOnly
        )
        var months: Set<HistoryMonth> = []
        for row in rows {
            if let month = HistoryMonth(table: try row.text(0)) { months.insert(month) }
        }
        return months
    }

    /// What came before the table was there moves into it.
    private func make(_ month: HistoryMonth) async throws(DurableStoreError) {
        let range = "time >= \(month.start) AND time < \(month.end)"
        let script = """
            SET LOCAL lock_timeout = '\(Self.lockTimeout)';
            CREATE TABLE IF NOT EXISTS \(month.table) (LIKE history INCLUDING ALL);
            WITH moved AS (DELETE FROM \(HistorySchema.otherTimes) WHERE \(range) RETURNING *)
                INSERT INTO \(month.table) SELECT * FROM moved;
            ALTER TABLE history ATTACH PARTITION \(month.table) FOR VALUES FROM (\(month.start)) TO (\(month.end));
            """
        do throws(DurableStoreError) {
            try await self.database.write(.cell) { connection throws(DurableStoreError) in
                // One at a time: another edge may be making it.
                _ = try connection.execute("SELECT pg_advisory_xact_lock($1)", [.integer(Self.lock)])
                let found = try connection.execute("SELECT 1 WHERE to_regclass($1) IS NOT NULL", [.text(month.table)])
                if found.isEmpty { try connection.executeScript(script) }
            }
        } catch .contended {
            // Somebody reads for long: next time. What comes is in the table for other times until then.
        }
    }

    /// Any number that nobody else locks.
    private static let lock: Int64 = 0x726F_6F73_7468
}
