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
            #expect(try await !store.tenants.delete(active))
            #expect(try await store.tenants.delete(retained))
            #expect(try await !store.tenants.delete(retained))
            #expect(try await store.tenants.find(.acme) == nil)
        }
    }

    @Test(arguments: Driver.allCases)
    func `tenants are listed by state, and page by page`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let tenants = try [
                self.tenant("a", .active), self.tenant("b", .moved, eraseAt: 100), self.tenant("c", .erasing),
                self.tenant("d", .retained, eraseAt: 101), self.tenant("e", .leaving), self.tenant("f", .arriving),
            ]
            for tenant in tenants.reversed() { try await store.tenants.upsert(tenant) }
            for state in StoredTenant.State.allCases {
                #expect(try await store.tenants.list(state) == tenants.filter { $0.state == state })
            }
            let first = try await store.tenants.list(after: nil, limit: 4)
            #expect(first == Array(tenants.prefix(4)))
            #expect(try await store.tenants.list(after: first.last?.tenant, limit: 4) == Array(tenants.dropFirst(4)))
            #expect(try await store.tenants.list(after: tenants.last?.tenant, limit: 4).isEmpty)
        }
    }

    @Test(arguments: Driver.allCases)
    func `of two who decide by the same note, one succeeds`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let (first, second) = (try self.tenant("acme", .active), try self.tenant("acme", .active, updatedAt: 2))
            #expect(try await store.tenants.replace(nil, with: first))
            #expect(try await !store.tenants.replace(nil, with: second))
            #expect(try await store.tenants.find(.acme) == first)
            let kept = try self.tenant("acme", .retained, eraseAt: 7, updatedAt: 3)
            #expect(try await store.tenants.replace(first, with: kept))
            #expect(try await !store.tenants.replace(first, with: second))
            #expect(try await store.tenants.find(.acme) == kept)
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
                    case .postgres, .pgBouncer:
                        """
                        SELECT CAST(column_name AS TEXT) FROM information_schema.columns
                        WHERE table_schema = current_schema() AND table_name = $1
                        """
                    case .sqliteFile, .sqliteInMemory: "SELECT name FROM pragma_table_info($1)"
                    }
                let rows = try await store.database.execute(sql, [.text(table.name)], in: .cell, .readOnly)
                let columns = try rows.map { try $0.text(0) }
                // A row's number in SQLite is its own.
                let known = Set(columns).subtracting(["row"])
                #expect(known == Set(table.bulk.columns.map(\.name)), "\(table.name)")
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `nothing of an erased tenant is left, and everything of another`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            for tenant in try [TenantID.acme, .globex] { try await store.fill(tenant, history: 250) }
            let before = try await store.eraser.remains(of: .globex)
            #expect(before["history"] == 250)
            let note = try self.tenant("acme", .erasing)
            try await store.tenants.upsert(note)
            let eraser = TenantEraser(store.database, batch: 100)
            #expect(try await eraser.erase(note) == 281)
            #expect(try await eraser.remains(of: .acme) == ["tenants": 1])
            #expect(try await eraser.remains(of: .globex) == before)
            #expect(try await eraser.erase(note) == 0)
        }
    }

    @Test(arguments: Driver.allCases)
    func `nothing is erased unless the note says that this object's data is`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            try await store.fill(.acme, history: 10)
            let before = try await store.eraser.remains(of: .acme)
            let erasing = try self.tenant("acme", .erasing)
            for state in StoredTenant.State.allCases where state != .erasing {
                try await store.tenants.upsert(self.tenant("acme", state))
                #expect(try await store.eraser.erase(erasing) == 0)
            }
            let others = StoredTenant(tenant: try .acme, namespace: "n", uid: "other", state: .erasing, updatedAt: 1)
            try await store.tenants.upsert(others)
            #expect(try await store.eraser.erase(erasing) == 0)
            #expect(try await store.eraser.remains(of: .acme) == before)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a table that nobody thought of shows up among the remains`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            try await store.fill(.acme, history: 1)
            _ = try await store.database.execute("CREATE TABLE forgotten (tenant TEXT, secret TEXT)", in: .cell)
            _ = try await store.database.execute("INSERT INTO forgotten VALUES ('acme', 'x'), ('acme', 'y')", in: .cell)
            let note = try self.tenant("acme", .erasing)
            try await store.tenants.upsert(note)
            try await store.eraser.erase(note)
            #expect(try await store.eraser.remains(of: .acme) == ["forgotten": 2, "tenants": 1])
            #expect(try await store.eraser.remains(of: .globex).isEmpty)
        }
    }

    @Test(arguments: Driver.allCases)
    func `an erasure that was cut off goes on`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            try await store.fill(.acme, history: 250)
            let note = try self.tenant("acme", .erasing)
            try await store.tenants.upsert(note)
            for transactions in [0, 3, 9] {
                let broken = TenantEraser(cutOff(store.database, after: transactions), batch: 10)
                await #expect(throws: DurableStoreError.unavailable(reason: "cut off")) {
                    try await broken.erase(note)
                }
                #expect(try await store.tenants.find(.acme) == note)
            }
            try await store.eraser.erase(note)
            #expect(try await store.eraser.remains(of: .acme) == ["tenants": 1])
        }
    }
}
