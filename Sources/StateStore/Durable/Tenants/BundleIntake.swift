// A tenant on its way into a database that has nothing of it. Which bundle comes is noted there first, so that an import that was cut off goes on and
// no other one begins; rows that are there are passed over.

package import Tenant

/// What came of beginning an import.
package enum BundleBeginning: Hashable, Sendable {
    case begun
    /// This bundle's import was cut off, and goes on.
    case continued
    /// An import of another bundle was cut off.
    case otherBundle
    /// Something is there already: how many rows of which tables, a thousand at most of each.
    case occupied([String: Int])
    /// The data that is noted there is not in use: it moves, or goes.
    case noted(StoredTenant.State)
}

/// Stores what a bundle has.
package struct BundleIntake: Sendable {
    /// Opens what seals an account's second factor in the bundle's installation, and seals it for this one; nil if it cannot be opened.
    package typealias Resealing = @Sendable (_ sealed: [UInt8], _ account: String) -> [UInt8]?

    private let tenant: TenantID
    /// Whose they were.
    private let source: TenantID
    private let store: DurableStore
    private let schema: BundleSchema
    private let reseal: Resealing?
    private static let deadline = Duration.seconds(60)
    /// Under what the bundle is noted, among places of copies: no table is called so.
    private static let mark = "a bundle"
    /// What comes without anybody having used the tenant.
    private static let passedOver: Set<String> = ["archives", "usage_ledger"]

    /// - Parameters:
    ///   - tenant: Whose the rows are to be.
    ///   - source: Whose they were, in the bundle.
    ///   - store: Where to.
    ///   - schema: What the database takes.
    ///   - reseal: Has second factors be of use under another secret or name; nil leaves them as they are.
    package init(
        _ tenant: TenantID,
        from source: TenantID,
        into store: DurableStore,
        _ schema: BundleSchema,
        reseal: Resealing? = nil
    ) {
        (self.tenant, self.source, self.store, self.schema) = (tenant, source, store, schema)
        self.reseal = reseal
    }

    /// Notes that a bundle comes, if nothing is there but what came of it before.
    ///
    /// - Parameter digest: Which bundle.
    /// - Returns: Whether it may come.
    /// - Throws: ``DurableStoreError``
    package func begin(_ digest: String) async throws(DurableStoreError) -> BundleBeginning {
        let tenant = self.tenant.text
        if let note = try await self.store.tenants.find(self.tenant), note.state != .active {
            return .noted(note.state)
        }
        return try await self.write { connection throws(DurableStoreError) in
            let noted = try connection.execute(
                "SELECT place FROM tenant_copies WHERE tenant = $1 AND table_name = $2",
                [.text(tenant), .text(Self.mark)]
            )
            if let known = try noted.first?.text(0) { return known == digest ? .continued : .otherBundle }
            let found = try Self.found(tenant, connection)
            guard found.isEmpty else { return .occupied(found) }
            // Of two that begin at once one waits here for the other.
            let mine = try connection.execute(
                """
                INSERT INTO tenant_copies (tenant, table_name, place) VALUES ($1, $2, $3)
                ON CONFLICT DO NOTHING RETURNING 1
                """,
                [.text(tenant), .text(Self.mark), .text(digest)]
            )
            return mine.isEmpty ? .otherBundle : .begun
        }
    }

    /// What is there of the tenant; administrators that it declares are made for it by itself.
    private static func found(
        _ tenant: String,
        _ connection: any SQLConnection
    ) throws(DurableStoreError) -> [String: Int] {
        var found: [String: Int] = [:]
        let tables = TenantTable.all.filter { ($0.isData && !Self.passedOver.contains($0.name)) }.map(\.name)
        for table in tables + ["tenant_copies"] {
            let condition = table == "accounts" ? " AND is_declared = 0" : ""
            let counted = try connection.execute(
                "SELECT COUNT(*) FROM (SELECT 1 FROM \(table) WHERE tenant = $1\(condition) LIMIT 1000) counted",
                [.text(tenant)]
            )
            guard let count = try counted.first?.integer(0) else { throw .invalidAnswer("no count") }
            if count > 0 { found[table] = Int(clamping: count) }
        }
        return found
    }

    /// Stores rows, all or none; those that are there are passed over.
    ///
    /// - Parameters:
    ///   - rows: As ``BundleSchema/row(_:of:isOlder:)`` took them.
    ///   - table: Of which table.
    /// - Returns: How many were new.
    /// - Throws: ``DurableStoreError``
    @discardableResult
    package func store(_ rows: [[SQLValue]], of table: BundleTable) async throws(DurableStoreError) -> Int {
        if table.name == "history" {
            let tenant = self.tenant
            return try await self.keep(
                rows.map { row throws(DurableStoreError) in try HistoryRepository.record(bundled: row, tenant) }
            )
        }
        let all = rows.map { self.whole($0, of: table) }
        return try await self.write { connection throws(DurableStoreError) in
            try connection.insertNew(all, into: table.table.bulk)
        }
    }

    /// Has the history keep records of the tenant; those that it has are passed over.
    package func keep(_ records: [HistoryRecord]) async throws(DurableStoreError) -> Int {
        try await self.store.history.store(records, deadline: Self.deadline)
    }

    /// Notes that everything is there.
    package func end() async throws(DurableStoreError) {
        let tenant = self.tenant.text
        try await self.write { connection throws(DurableStoreError) in
            _ = try connection.execute(
                "DELETE FROM tenant_copies WHERE tenant = $1 AND table_name = $2",
                [.text(tenant), .text(Self.mark)]
            )
        }
    }

    /// A row as its table has it, under the tenant's name here.
    private func whole(_ row: [SQLValue], of table: BundleTable) -> [SQLValue] {
        table.table.bulk.columns.map { column in
            if column.name == "tenant" { return .text(self.tenant.text) }
            guard let place = table.place(of: column.name) else {
                return self.schema.fallback(of: column.name, in: table)
            }
            switch (table.name, column.name, row[place]) {
            case ("usage_ledger", "id", .text(let id)): return .text(self.renamed(id))
            case ("accounts", "totp", .blob(let sealed)):
                guard let reseal = self.reseal, let name = table.place(of: "folded"),
                    case .text(let account) = row[name], let new = reseal(sealed, account)
                else { return row[place] }
                return .blob(new)
            default: return row[place]
            }
        }
    }

    /// The id of a fact of usage, which is made of it: it begins with the tenant's name, and no two tenants have the same.
    private func renamed(_ id: String) -> String {
        if self.tenant == self.source { return id }
        let prefix = self.source.text + "/"
        return self.tenant.text + "/" + (id.hasPrefix(prefix) ? String(id.dropFirst(prefix.count)) : id)
    }

    private func write<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer {
        try await self.store.database.withTransaction(.tenant(self.tenant), .readWrite, deadline: Self.deadline, body)
    }
}
