// What there is to do in a cell's archives, for all tenants at once: it is asked for every few seconds.

package import Tenant

/// What a cell's archives have to do.
package struct ArchiveWork: Sendable {
    /// What one tenant's has.
    package struct Share: Hashable, Sendable {
        /// What waits, by day.
        package var pending: [PendingDay] = []
        /// The days that have segments no manifest lists.
        package var open: Set<Int64> = []
        /// Whether something was begun and is to be finished.
        package var isHalfDone = false
        /// Whether something is to be deleted.
        package var hasLeftovers = false
        /// The first day that a manifest lists segments of which are there; only where that was asked for.
        package var oldest: Int64?

        package init() {}
    }

    package var tenants: [TenantID: Share] = [:]
    /// The database's clock, in milliseconds since 1970.
    package var now: Int64 = 0

    package init() {}

    /// How much waits.
    package var records: Int { self.tenants.values.reduce(0) { $0 + $1.pending.reduce(0) { $0 + $1.records } } }
    /// When the oldest that waits was stored; nil if nothing waits.
    package var oldest: Int64? { self.tenants.values.flatMap { $0.pending.map(\.oldest) }.min() }
}

extension ArchiveRepository {
    /// What there is to do.
    ///
    /// - Parameter withOldest: Whether the first day of each tenant is looked for, too.
    /// - Returns: What each tenant has, if it has anything.
    /// - Throws: ``DurableStoreError``
    package func work(withOldest: Bool = false) async throws(DurableStoreError) -> ArchiveWork {
        try await self.database.withTransaction(.cell, .readOnly, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            var work = ArchiveWork()
            let clock = try connection.execute("SELECT \(connection.dialect.now)")
            guard let now = clock.first else { throw .invalidAnswer("no time") }
            work.now = try now.integer(0)
            let pending = try connection.execute(
                """
                SELECT tenant, day, CAST(SUM(records) AS BIGINT), CAST(SUM(raw_bytes) AS BIGINT), MIN(stored_at)
                FROM archive_pending WHERE segment IS NULL GROUP BY tenant, day ORDER BY tenant, day
                """
            )
            for row in pending {
                guard let tenant = TenantID(try row.text(0)) else { continue }
                work.tenants[tenant, default: .init()].pending.append(
                    PendingDay(
                        day: try row.integer(1),
                        records: Int(try row.integer(2)),
                        rawBytes: Int(try row.integer(3)),
                        oldest: try row.integer(4)
                    )
                )
            }
            let open = try connection.execute(
                """
                SELECT tenant, day, MAX(CASE WHEN state = 'writing' THEN 1 ELSE 0 END),
                    MAX(CASE WHEN state IN ('replaced', 'dropping') THEN 1 ELSE 0 END),
                    MAX(CASE WHEN state IN ('sealed', 'merging') THEN 1 ELSE 0 END) FROM archive_segments
                WHERE \(ArchiveSchema.isOpen) GROUP BY tenant, day
                """
            )
            for row in open {
                guard let tenant = TenantID(try row.text(0)) else { continue }
                if try row.integer(4) > 0 { work.tenants[tenant, default: .init()].open.insert(try row.integer(1)) }
                if try row.integer(2) > 0 { work.tenants[tenant, default: .init()].isHalfDone = true }
                if try row.integer(3) > 0 { work.tenants[tenant, default: .init()].hasLeftovers = true }
            }
            if withOldest {
                let oldest = try connection.execute(
                    """
                    SELECT tenant, MIN(day) FROM archive_segments WHERE state = 'sealed' AND manifest IS NOT NULL
                    GROUP BY tenant
                    """
                )
                for row in oldest {
                    guard let tenant = TenantID(try row.text(0)) else { continue }
                    work.tenants[tenant, default: .init()].oldest = try row.integer(1)
                }
            }
            return work
        }
    }
}
