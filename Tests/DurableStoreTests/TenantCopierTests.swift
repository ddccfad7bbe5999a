import Foundation
import StateStore
import Tenant
import TestSupport
import Testing

/// A tenant on its way from one database to another.
@Suite struct TenantCopierTests {
    /// Where from and where to.
    enum Route: String, CaseIterable, CustomTestStringConvertible {
        case sqliteToSQLite
        case postgresToPostgres
        case sqliteToPostgres
        case postgresToSQLite

        var testDescription: String { self.rawValue }

        var drivers: (Driver, Driver) {
            switch self {
            case .sqliteToSQLite: (.sqliteInMemory, .sqliteFile)
            case .postgresToPostgres: (.postgres, .postgres)
            case .sqliteToPostgres: (.sqliteInMemory, .postgres)
            case .postgresToSQLite: (.postgres, .sqliteInMemory)
            }
        }

        func withStores(_ body: (DurableStore, DurableStore) async throws -> Void) async throws {
            let (from, to) = self.drivers
            try await from.withStore { source in try await to.withStore { try await body(source, $0) } }
        }
    }

    /// Everything that is copied of a tenant.
    private func rows(_ tenant: TenantID, _ store: DurableStore) async throws -> [[SQLRow]] {
        var rows: [[SQLRow]] = []
        for table in TenantTable.all where table.isData {
            let columns = table.bulk.columns.map(\.name).joined(separator: ", ")
            rows.append(
                try await store.database.execute(
                    "SELECT \(columns) FROM \(table.name) ORDER BY \(table.key.joined(separator: ", "))",
                    in: .tenant(tenant),
                    .readOnly
                ).filter { try $0.text(0) == tenant.text }
            )
        }
        return rows
    }

    @Test(arguments: Route.allCases)
    func `everything of the tenant arrives, byte by byte, and nothing of another`(_ route: Route) async throws {
        try await route.withStores { source, target in
            for tenant in try [TenantID.acme, .globex] { try await source.fill(tenant, history: 105, bytes: 300) }
            _ = try await source.accounts.create(
                "Üb'er",
                folded: "üb'er",
                credentials: .other,
                of: .acme,
                now: .max
            )
            let copier = TenantCopier(from: source, to: target, batch: 10)
            #expect(
                try await copier.copy(.acme) == [
                    "accounts": 2, "channels": 1, "dead_letters": 1, "history": 105, "usage_ledger": 1,
                ]
            )
            #expect(try await self.rows(.acme, target) == self.rows(.acme, source))
            #expect(try await target.eraser.remains(of: .globex).isEmpty)
            #expect(try await target.tenants.find(.acme) == nil)
        }
    }

    @Test(arguments: Route.allCases)
    func `copying again copies only what is missing`(_ route: Route) async throws {
        try await route.withStores { source, target in
            try await source.fill(.acme, history: 50)
            let copier = TenantCopier(from: source, to: target, batch: 20)
            #expect(try await copier.copy(.acme)["history"] == 50)
            #expect(try await copier.copy(.acme).values.reduce(0, +) == 0)
            // Some at the end of the order, and some in the middle of it.
            try await source.say(51...60, .acme)
            #expect(try await copier.copy(.acme)["history"] == 10)
            try await source.say(1...5, .acme, in: "#a")
            #expect(try await copier.copy(.acme)["history"] == 5)
            #expect(try await self.rows(.acme, target) == self.rows(.acme, source))
        }
    }

    @Test(arguments: Route.allCases)
    func `a copy that was cut off goes on`(_ route: Route) async throws {
        try await route.withStores { source, target in
            try await source.fill(.acme, history: 200)
            for transactions in [0, 1, 5, 12] {
                let broken = DurableStore(CutOffDatabase(target.database, after: transactions))
                await #expect(throws: DurableStoreError.unavailable(reason: "cut off")) {
                    try await TenantCopier(from: source, to: broken, batch: 7).copy(.acme)
                }
            }
            let rest = try await TenantCopier(from: source, to: target, batch: 7).copy(.acme)
            #expect((1..<200).contains(rest["history"] ?? 0))
            #expect(try await self.rows(.acme, target) == self.rows(.acme, source))
        }
    }

    @Test func `a copy that has more than its source is told, table by table`() async throws {
        try await Route.sqliteToSQLite.withStores { source, target in
            try await source.fill(.acme, history: 5)
            let copier = TenantCopier(from: source, to: target)
            try await copier.copy(.acme)
            _ = try await source.history.delete(before: 3, of: .acme)
            await #expect(throws: DurableStoreError.differs("history has 3 rows, its copy 5")) {
                try await copier.copy(.acme)
            }
        }
    }

    @Test(arguments: Route.allCases)
    func `what comes late is added, and what the target changed or dropped meanwhile stays so`(
        _ route: Route
    ) async throws {
        try await route.withStores { source, target in
            try await source.fill(.acme, history: 5)
            let copier = TenantCopier(from: source, to: target, batch: 3)
            try await copier.copy(.acme)
            // The target goes on: an account is gone, something was said. At the source, messages come late.
            _ = try await target.database.execute("DELETE FROM accounts", in: .tenant(.acme))
            try await target.say(1...2, .acme, in: "#new")
            try await source.say(6...10, .acme)
            try await copier.copyLate(.acme)
            let remains = try await target.eraser.remains(of: .acme)
            #expect(remains == ["channels": 1, "dead_letters": 1, "history": 12, "usage_ledger": 1])
        }
    }

    @Test func `row-level security holds for a copy too`() async throws {
        try await Route.postgresToPostgres.withStores { source, target in
            for tenant in try [TenantID.acme, .globex] { try await source.fill(tenant, history: 3) }
            try await TenantCopier(from: source, to: target).copy(.acme)
            for table in TenantTable.all where table.isData {
                let seen = try await target.database.execute("SELECT tenant FROM \(table.name)", in: .tenant(.globex))
                #expect(seen.isEmpty)
                let own = try await target.database.execute("SELECT tenant FROM \(table.name)", in: .tenant(.acme))
                #expect(!own.isEmpty)
            }
        }
    }
}
