package import Tenant

/// What a cell's database notes of a tenant besides its data: whose data lies there, and what it is worth.
///
/// There is no data without a note, and whoever looks at all cells' notes knows where a tenant's data is, even if nothing
/// else is left to know it from.
package struct StoredTenant: Hashable, Sendable {
    /// What a tenant's data in this database is.
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// The tenant's data, and in use.
        case active
        /// The tenant's data, while another cell gets a copy; nobody uses it.
        case leaving
        /// A copy that is not complete yet.
        case arriving
        /// A copy that was left behind, until a date, for what comes late.
        case moved
        /// The data of a tenant whose object was deleted, until a date, in case it comes back.
        case retained
        /// Being erased; with a date, it was erased and is looked at again then.
        case erasing

        /// Whether this is the data itself, which an object of the same name and namespace may have again; copies and what is
        /// being erased are given to nobody.
        package var isOriginal: Bool {
            switch self {
            case .active, .leaving, .retained: true
            case .arriving, .moved, .erasing: false
            }
        }
    }

    package let tenant: TenantID
    /// Of the tenant's object: nobody else's object of the same name gets its data.
    package let namespace: String
    /// The `metadata.uid` of the object.
    package let uid: String
    package let state: State
    /// From when on its data are to be erased, milliseconds since 1970; nil for never.
    package let eraseAt: Int64?
    /// Milliseconds since 1970 of the last change.
    package let updatedAt: Int64

    package init(
        tenant: TenantID,
        namespace: String,
        uid: String,
        state: State,
        eraseAt: Int64? = nil,
        updatedAt: Int64
    ) {
        self.tenant = tenant
        self.namespace = namespace
        self.uid = uid
        self.state = state
        self.eraseAt = eraseAt
        self.updatedAt = updatedAt
    }
}

/// Which tenants a cell has data of, and what is to become of those.
package struct TenantRepository: Sendable {
    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    private static let columns = "tenant, namespace, uid, state, erase_at, updated_at"

    /// Notes something of a tenant, whatever was noted before.
    package func upsert(_ tenant: StoredTenant) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            """
            INSERT INTO tenants (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (tenant) DO UPDATE SET
                namespace = excluded.namespace, uid = excluded.uid, state = excluded.state,
                erase_at = excluded.erase_at, updated_at = excluded.updated_at
            """,
            [
                .text(tenant.tenant.text), .text(tenant.namespace), .text(tenant.uid), .text(tenant.state.rawValue),
                tenant.eraseAt.map { .integer($0) } ?? .null, .integer(tenant.updatedAt),
            ],
            in: .tenant(tenant.tenant)
        )
    }

    /// What is known of a tenant, or nil.
    ///
    /// - Parameters:
    ///   - tenant: Whom to look for.
    ///   - deadline: How long that may take; nil for the usual time.
    /// - Returns: The note.
    /// - Throws: ``DurableStoreError``
    package func find(
        _ tenant: TenantID,
        within deadline: Duration? = nil
    ) async throws(DurableStoreError) -> StoredTenant? {
        let rows = try await self.database.execute(
            "SELECT \(Self.columns) FROM tenants WHERE tenant = $1",
            [.text(tenant.text)],
            in: .tenant(tenant),
            .readOnly,
            deadline: deadline
        )
        guard let row = rows.first else { return nil }
        return try Self.tenant(row)
    }

    /// All tenants of a state, in the order of their names.
    package func list(_ state: StoredTenant.State) async throws(DurableStoreError) -> [StoredTenant] {
        let rows = try await self.database.execute(
            "SELECT \(Self.columns) FROM tenants WHERE state = $1 ORDER BY tenant",
            [.text(state.rawValue)],
            in: .cell,
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Self.tenant(row) }
    }

    /// All tenants in the order of their names, some at a time.
    ///
    /// - Parameters:
    ///   - last: The last one of those that were listed before.
    ///   - limit: How many at most.
    /// - Returns: The tenants after that one.
    /// - Throws: ``DurableStoreError``
    package func list(after last: TenantID?, limit: Int = 1000) async throws(DurableStoreError) -> [StoredTenant] {
        let rows = try await self.database.execute(
            "SELECT \(Self.columns) FROM tenants WHERE tenant > $1 ORDER BY tenant LIMIT $2",
            [.text(last?.text ?? ""), .integer(Int64(max(limit, 1)))],
            in: .cell,
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Self.tenant(row) }
    }

    /// Notes something of a tenant if what is noted of it is what was seen: of two who decide by the same note, one succeeds.
    ///
    /// - Parameters:
    ///   - known: What was seen, nil for nothing.
    ///   - new: What is to be noted, of the same tenant.
    /// - Returns: false if something else is noted by now.
    /// - Throws: ``DurableStoreError``
    package func replace(
        _ known: StoredTenant?,
        with new: StoredTenant
    ) async throws(DurableStoreError) -> Bool {
        var bindings: [SQLValue] = [
            .text(new.tenant.text), .text(new.namespace), .text(new.uid), .text(new.state.rawValue),
            new.eraseAt.map { .integer($0) } ?? .null, .integer(new.updatedAt),
        ]
        var sql = """
            INSERT INTO tenants (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (tenant) DO NOTHING RETURNING tenant
            """
        if let known {
            bindings += Self.bindings(known)
            sql = """
                UPDATE tenants SET namespace = $2, uid = $3, state = $4, erase_at = $5, updated_at = $6
                WHERE tenant = $1 AND uid = $7 AND state = $8 AND updated_at = $9 RETURNING tenant
                """
        }
        return try await !self.database.execute(sql, bindings, in: .tenant(new.tenant)).isEmpty
    }

    /// Forgets a tenant, if what is noted of it is what was seen; its data stay.
    ///
    /// - Returns: false if something else is noted by now, or nothing.
    @discardableResult
    package func delete(_ known: StoredTenant) async throws(DurableStoreError) -> Bool {
        let rows = try await self.database.execute(
            "DELETE FROM tenants WHERE tenant = $1 AND uid = $2 AND state = $3 AND updated_at = $4 RETURNING tenant",
            [.text(known.tenant.text)] + Self.bindings(known),
            in: .tenant(known.tenant)
        )
        return !rows.isEmpty
    }

    /// What a note is recognized by.
    private static func bindings(_ known: StoredTenant) -> [SQLValue] {
        [.text(known.uid), .text(known.state.rawValue), .integer(known.updatedAt)]
    }

    private static func tenant(_ row: SQLRow) throws(DurableStoreError) -> StoredTenant {
        guard let tenant = TenantID(try row.text(0)) else { throw .invalidAnswer("a tenant without a usable name") }
        guard let state = StoredTenant.State(rawValue: try row.text(3)) else {
            throw .invalidAnswer("an unknown state")
        }
        return StoredTenant(
            tenant: tenant,
            namespace: try row.text(1),
            uid: try row.text(2),
            state: state,
            eraseAt: try row.optionalInteger(4),
            updatedAt: try row.integer(5)
        )
    }
}
