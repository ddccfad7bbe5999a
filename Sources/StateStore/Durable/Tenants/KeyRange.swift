import Tenant

/// Rows of a tenant in the order of their keys: those after one key, up to another.
struct KeyRange: Sendable {
    let table: TenantTable
    private let tenant: TenantID
    private let first: [SQLValue]?
    private var last: [SQLValue]?

    /// - Parameters:
    ///   - table: The table.
    ///   - tenant: Whose rows.
    ///   - first: The key before the first row; nil for all rows from the beginning.
    init(_ table: TenantTable, _ tenant: TenantID, after first: [SQLValue]?) {
        self.table = table
        self.tenant = tenant
        self.first = first
    }

    /// The same, but no further than a key.
    func through(_ last: [SQLValue]?) -> KeyRange {
        var range = self
        range.last = last
        return range
    }

    /// The keys of the first rows.
    func keys(_ connection: any SQLConnection, limit: Int) throws(DurableStoreError) -> [[SQLValue]] {
        try self.rows(self.table.key, connection, limit: limit)
    }

    /// Some columns of the first rows.
    func rows(
        _ columns: [String],
        _ connection: any SQLConnection,
        limit: Int
    ) throws(DurableStoreError) -> [[SQLValue]] {
        let key = self.table.key.joined(separator: ", ")
        var bindings: [SQLValue] = [.text(self.tenant.text), .integer(Int64(limit))]
        var conditions = ["tenant = $1"]
        for (bound, comparison) in [(self.first, ">"), (self.last, "<=")] {
            guard let bound else { continue }
            let places = bound.indices.map { "$\(bindings.count + $0 + 1)" }.joined(separator: ", ")
            conditions.append("(\(key)) \(comparison) (\(places))")
            bindings += bound
        }
        return try connection.execute(
            """
            SELECT \(columns.joined(separator: ", ")) FROM \(self.table.name)
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(key) LIMIT $2
            """,
            bindings
        ).map(\.values)
    }
}
