package import Tenant

/// What a cell's database knows of a tenant besides its data: for an operator that has forgotten everything.
package struct StoredTenant: Hashable, Sendable {
    /// What is to become of a tenant's data.
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// It is in use.
        case active
        /// Its object was deleted; the data are kept until a date, in case it comes back.
        case retained
        /// It is being erased, and its name is not free before that is done.
        case erasing
        /// It is on its way to another cell.
        case moving
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

    /// Stores what is known of a tenant, new or changed.
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
    package func find(_ tenant: TenantID) async throws(DurableStoreError) -> StoredTenant? {
        let rows = try await self.database.execute(
            "SELECT \(Self.columns) FROM tenants WHERE tenant = $1",
            [.text(tenant.text)],
            in: .tenant(tenant),
            .readOnly
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

    /// Tenants whose data are to be erased: those whose date has come, and those that an erasure was not finished of.
    ///
    /// - Parameters:
    ///   - now: Milliseconds since 1970.
    ///   - limit: How many at most; those that wait the longest come first.
    /// - Returns: The tenants.
    /// - Throws: ``DurableStoreError``
    package func dueForErasure(at now: Int64, limit: Int = 100) async throws(DurableStoreError) -> [StoredTenant] {
        let rows = try await self.database.execute(
            """
            SELECT \(Self.columns) FROM tenants
            WHERE (state = 'erasing' AND COALESCE(erase_at, 0) <= $1)
                OR (state IN ('retained', 'moving') AND erase_at <= $1)
            ORDER BY updated_at, tenant LIMIT $2
            """,
            [.integer(now), .integer(Int64(max(limit, 1)))],
            in: .cell,
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Self.tenant(row) }
    }

    /// Forgets a tenant; its data stay.
    ///
    /// - Returns: false if nothing was known of it.
    @discardableResult
    package func delete(_ tenant: TenantID) async throws(DurableStoreError) -> Bool {
        let rows = try await self.database.execute(
            "DELETE FROM tenants WHERE tenant = $1 RETURNING tenant",
            [.text(tenant.text)],
            in: .tenant(tenant)
        )
        return !rows.isEmpty
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
