import StateStore
import Tenant
import TestSupport
import Testing

/// What PostgreSQL's row-level security keeps apart, whatever a statement says.
@Suite struct RowSecurityTests {
    private static let insert = """
        INSERT INTO accounts (tenant, folded, name, role, created_at, updated_at) VALUES ($1, 'm', 'm', 'user', 1, 1)
        """

    private func withTwoTenants(_ body: (DurableStore) async throws -> Void) async throws {
        try await Driver.postgres.withStore { store in
            for tenant in try [TenantID.acme, .globex] { try await store.fill(tenant, history: 1) }
            try await body(store)
        }
    }

    @Test(arguments: TenantTable.all.map(\.name))
    func `a tenant's transaction sees and changes no other tenant's rows`(_ table: String) async throws {
        try await self.withTwoTenants { store in
            let acme = SQLScope.tenant(try .acme)
            let seen = try await store.database.execute("SELECT tenant FROM \(table)", in: acme)
            #expect(seen == [SQLRow([.text("acme")])])
            let forged = try await store.database.execute(
                "SELECT tenant FROM \(table) WHERE tenant = 'globex' OR 1 = 1",
                in: acme
            )
            #expect(forged == [SQLRow([.text("acme")])])
            let deleted = try await store.database.execute(
                "DELETE FROM \(table) WHERE tenant = 'globex' RETURNING tenant",
                in: acme
            )
            #expect(deleted.isEmpty)
            let left = try await store.database.execute("SELECT COUNT(*) FROM \(table)", in: .cell)
            #expect(left == [SQLRow([.integer(2)])])
        }
    }

    @Test func `a tenant's transaction cannot write a row of another, nor give one away`() async throws {
        try await self.withTwoTenants { store in
            for sql in [Self.insert, "UPDATE accounts SET tenant = $1"] {
                let error = await #expect(throws: DurableStoreError.self) {
                    try await store.database.execute(sql, [.text("globex")], in: .tenant(try .acme))
                }
                guard case .rejected(code: "42501", _) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
            let count = try await store.accounts.count(of: .globex)
            #expect(count == 1)
        }
    }

    @Test func `the tenant is forgotten with the transaction`() async throws {
        let url = try PostgresServer.shared().makeDatabase()
        let store = try DurableStore.open(url, connections: 1, logger: .quiet)
        _ = try await store.migrator.up(now: 0)
        _ = try await store.accounts.create("alice", folded: "alice", credentials: .some, of: .acme, now: 1)
        _ = try await store.accounts.count(of: .acme)
        let other = try await store.database.execute("SELECT folded FROM accounts", in: .tenant(.globex))
        #expect(other.isEmpty)
        await store.close()
    }

    @Test func `a session that names no tenant sees nothing`() async throws {
        let server = try PostgresServer.shared()
        let url = try server.makeDatabase()
        let store = try DurableStore.open(url, logger: .quiet)
        _ = try await store.migrator.up(now: 0)
        _ = try await store.accounts.create("alice", folded: "alice", credentials: .some, of: .acme, now: 1)
        await store.close()
        let name = try #require(url.split(separator: "/").last).description
        for setting in ["", "SET roost.tenant = '*'; ", "SET roost.tenant = 'cell'; ", "SET roost.scope = 'acme'; "] {
            let count = try server.query("SET ROLE roost; \(setting)SELECT COUNT(*) FROM accounts", in: name)
            #expect(count.contains("0\n"))
        }
    }

    @Test func `a role that bypasses row-level security is refused`() async throws {
        let server = try PostgresServer.shared()
        let store = try DurableStore.open(server.url(of: "postgres", role: "postgres"), logger: .quiet)
        let error = await #expect(throws: DurableStoreError.self) { try await store.migrator.up(now: 0) }
        guard case .configuration = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        await store.close()
    }
}
