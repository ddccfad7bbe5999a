import StateStore
import Tenant
import Testing

/// What every durable driver does for tenants as a whole.
@Suite struct TenantConformanceTests {
    private func tenant(
        _ name: String,
        _ state: StoredTenant.State,
        eraseAt: Int64? = nil,
        updatedAt: Int64 = 1
    ) throws -> StoredTenant {
        StoredTenant(
            tenant: try #require(TenantID(name)),
            namespace: "customers",
            uid: "uid-\(name)",
            state: state,
            eraseAt: eraseAt,
            updatedAt: updatedAt
        )
    }

    // MARK: What is known of them

    @Test(arguments: Driver.allCases)
    func `what is known of a tenant is stored, changed and forgotten`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            #expect(try await store.tenants.find(.acme) == nil)
            let active = try self.tenant("acme", .active)
            try await store.tenants.upsert(active)
            #expect(try await store.tenants.find(.acme) == active)
            let retained = try self.tenant("acme", .retained, eraseAt: .max, updatedAt: 2)
            try await store.tenants.upsert(retained)
            #expect(try await store.tenants.find(.acme) == retained)
            #expect(try await store.tenants.find(.globex) == nil)
            #expect(try await store.tenants.delete(.acme))
            #expect(try await !store.tenants.delete(.acme))
            #expect(try await store.tenants.find(.acme) == nil)
        }
    }

    @Test(arguments: Driver.allCases)
    func `tenants are listed by state, and due for erasure at their date or when one was begun`(
        _ driver: Driver
    ) async throws {
        try await driver.withStore { store in
            let tenants = try [
                self.tenant("active", .active), self.tenant("moving", .moving),
                self.tenant("begun", .erasing, updatedAt: 9),
                self.tenant("due", .retained, eraseAt: 100, updatedAt: 5),
                self.tenant("later", .retained, eraseAt: 101), self.tenant("never", .retained),
            ]
            for tenant in tenants { try await store.tenants.upsert(tenant) }
            for state in StoredTenant.State.allCases {
                let listed = try await store.tenants.list(state)
                #expect(listed == tenants.filter { $0.state == state }.sorted { $0.tenant < $1.tenant })
            }
            #expect(try await store.tenants.dueForErasure(at: 99).map(\.tenant.text) == ["begun"])
            #expect(try await store.tenants.dueForErasure(at: 100).map(\.tenant.text) == ["due", "begun"])
            #expect(try await store.tenants.dueForErasure(at: 100, limit: 1).map(\.tenant.text) == ["due"])
        }
    }

    // MARK: How much they have

    @Test(arguments: Driver.allCases)
    func `accounts and bytes of history are counted for all tenants at once`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            #expect(try await store.usage.accounts().isEmpty)
            #expect(try await store.usage.historyBytes().isEmpty)
            try await store.fill(.acme, history: 10, bytes: 7)
            try await store.fill(.globex, history: 1, bytes: 5000)
            _ = try await store.accounts.create("bob", folded: "bob", credentials: .some, of: .acme, now: 1)
            #expect(try await store.usage.accounts() == [.acme: 2, .globex: 1])
            #expect(try await store.usage.historyBytes() == [.acme: 70, .globex: 5000])
        }
    }

    // MARK: Erasing

    @Test(arguments: Driver.allCases)
    func `the tables that are erased and copied are those that the database has, with all their columns`(
        _ driver: Driver
    ) async throws {
        try await driver.withStore { store in
            try await store.fill(.acme, history: 1)
            // A row in every table that has tenants: none is left out here, so none is forgotten there.
            let remains = try await store.eraser.remains(of: .acme)
            #expect(Set(remains.keys) == Set(TenantTable.all.map(\.name)))
            for table in TenantTable.all {
                let sql =
                    switch driver {
                    case .postgres:
                        """
                        SELECT CAST(column_name AS TEXT) FROM information_schema.columns
                        WHERE table_schema = current_schema() AND table_name = $1
                        """
                    case .sqliteFile, .sqliteInMemory: "SELECT name FROM pragma_table_info($1)"
                    }
                let rows = try await store.database.execute(sql, [.text(table.name)], in: .cell, .readOnly)
                let columns = try rows.map { try $0.text(0) }
                #expect(Set(columns) == Set(table.bulk.columns.map(\.name)), "\(table.name)")
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `nothing of an erased tenant is left, and everything of another`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            for tenant in try [TenantID.acme, .globex] { try await store.fill(tenant, history: 250) }
            let before = try await store.eraser.remains(of: .globex)
            #expect(before["history"] == 250)
            let eraser = TenantEraser(store.database, batch: 100)
            #expect(try await eraser.erase(.acme) == 254)
            #expect(try await eraser.remains(of: .acme).isEmpty)
            #expect(try await eraser.remains(of: .globex) == before)
            #expect(try await eraser.erase(.acme) == 0)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a table that nobody thought of shows up among the remains`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            try await store.fill(.acme, history: 1)
            _ = try await store.database.execute("CREATE TABLE forgotten (tenant TEXT, secret TEXT)", in: .cell)
            _ = try await store.database.execute("INSERT INTO forgotten VALUES ('acme', 'x'), ('acme', 'y')", in: .cell)
            try await store.eraser.erase(.acme)
            #expect(try await store.eraser.remains(of: .acme) == ["forgotten": 2])
            #expect(try await store.eraser.remains(of: .globex).isEmpty)
        }
    }

    @Test(arguments: Driver.allCases)
    func `an erasure that was cut off is known until it is done`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            try await store.fill(.acme, history: 250)
            try await store.tenants.upsert(self.tenant("acme", .erasing))
            for transactions in [0, 3, 9] {
                let broken = TenantEraser(CutOffDatabase(store.database, after: transactions), batch: 10)
                await #expect(throws: DurableStoreError.unavailable(reason: "cut off")) {
                    try await broken.erase(.acme)
                }
                #expect(try await store.tenants.dueForErasure(at: 0).map(\.tenant) == [.acme])
            }
            try await store.eraser.erase(.acme)
            #expect(try await store.eraser.remains(of: .acme).isEmpty)
            #expect(try await store.tenants.dueForErasure(at: 0).isEmpty)
        }
    }
}
