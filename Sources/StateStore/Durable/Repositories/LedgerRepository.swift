package import Tenant

/// A fact of usage in the ledger: what one process counted of one meter of a tenant in one window.
package struct LedgerRecord: Hashable, Sendable {
    /// Derived from the fact, never from its emission: the same fact has the same id however often it is handed over.
    package let id: String
    package let tenant: TenantID
    package let meter: String
    /// Milliseconds since 1970.
    package let start: Int64
    /// Milliseconds since 1970, excluded.
    package let end: Int64
    /// Who counted, in which of its lives: a pod's name, a dot, and what tells its lives apart and has no dot.
    package let source: String
    /// In the meter's unit.
    package let quantity: Int64

    package init(
        id: String,
        tenant: TenantID,
        meter: String,
        start: Int64,
        end: Int64,
        source: String,
        quantity: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.meter = meter
        self.start = start
        self.end = end
        self.source = source
        self.quantity = quantity
    }
}

/// What a meter came to over an interval.
package struct LedgerTotal: Hashable, Sendable {
    package let meter: String
    /// The sum over all records.
    package let sum: Int64
    /// The largest, over the windows, of the sum over all pods in one window.
    ///
    /// Of a pod that began anew within a window its largest record counts: its lives followed one another.
    package let peak: Int64

    package init(meter: String, sum: Int64, peak: Int64) {
        self.meter = meter
        self.sum = sum
        self.peak = peak
    }
}

/// The usage ledger: append-only, and each fact is in it once.
package struct LedgerRepository: Sendable {
    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    private static let table = BulkTable(
        "usage_ledger",
        [
            .init("id", .text), .init("tenant", .text), .init("meter", .text), .init("window_start", .integer),
            .init("window_end", .integer), .init("source", .text), .init("quantity", .integer),
        ]
    )

    /// The source up to its last dot, since names have dots too; what has none is taken whole.
    private static let pod =
        "CASE WHEN source LIKE '%.%' THEN rtrim(source, replace(source, '.', '')) ELSE source END"

    /// Adds records of any tenants, all or none.
    ///
    /// Those whose id is there already change nothing.
    ///
    /// - Returns: How many were new.
    package func insert(
        _ records: [LedgerRecord],
        deadline: Duration = .seconds(30)
    ) async throws(DurableStoreError) -> Int {
        guard !records.isEmpty else { return 0 }
        return try await self.database.withTransaction(.cell, .readWrite, deadline: deadline) {
            connection throws(DurableStoreError) in
            try connection.insertNew(records.map(Self.values), into: Self.table)
        }
    }

    /// What the database's clock shows, in milliseconds since 1970: the time by which usage is counted.
    package func now() async throws(DurableStoreError) -> Int64 {
        // An answer that comes late would say little.
        let rows = try await self.database.withTransaction(.cell, .readOnly, deadline: .seconds(2)) {
            connection throws(DurableStoreError) in
            try connection.execute("SELECT \(connection.dialect.now)")
        }
        guard let row = rows.first else { throw .invalidAnswer("no time") }
        return try row.integer(0)
    }

    /// What each meter came to in the windows that began in `[from, to)`, milliseconds since 1970.
    package func totals(
        of tenant: TenantID,
        from: Int64,
        to: Int64
    ) async throws(DurableStoreError) -> [LedgerTotal] {
        let rows = try await self.database.execute(
            """
            SELECT meter, CAST(SUM(total) AS BIGINT), MAX(peak) FROM (
                SELECT meter, window_start, SUM(total) AS total, CAST(SUM(peak) AS BIGINT) AS peak FROM (
                    SELECT meter, window_start, \(Self.pod) AS pod, SUM(quantity) AS total, MAX(quantity) AS peak
                    FROM usage_ledger WHERE tenant = $1 AND window_start >= $2 AND window_start < $3
                    GROUP BY meter, window_start, pod
                ) AS pods GROUP BY meter, window_start
            ) AS windows GROUP BY meter ORDER BY meter
            """,
            [.text(tenant.text), .integer(from), .integer(to)],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in
            LedgerTotal(meter: try row.text(0), sum: try row.integer(1), peak: try row.integer(2))
        }
    }

    private static func values(_ record: LedgerRecord) -> [SQLValue] {
        [
            .text(record.id), .text(record.tenant.text), .text(record.meter), .integer(record.start),
            .integer(record.end), .text(record.source), .integer(record.quantity),
        ]
    }
}
