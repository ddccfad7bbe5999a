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
                    "accounts": 2, "account_certificates": 1, "account_codes": 1, "account_names": 1,
                    "account_hosts": 1, "channels": 1,
                    "conversations": 1,
                    "history_origins": 1,
                    "history": 105,
                    "network_bans": 1, "audit_log": 1, "reports": 1, "report_lines": 1, "invite_links": 1,
                    "held_messages": 1,
                    "memos": 1, "memo_ignores": 1,
                    "read_markers": 1, "push_registrations": 1, "dead_letters": 1,
                    "usage_ledger": 1, "archives": 1, "archive_keys": 1, "archive_manifests": 1, "archive_segments": 1,
                    "archive_pending": 1, "archive_jobs": 1, "archive_job_log": 1,
                    "archive_conversations": 1, "archive_redactions": 1,
                ]
            )
            #expect(try await self.rows(.acme, target) == self.rows(.acme, source))
            #expect(try await target.eraser.remains(of: .globex).isEmpty)
            #expect(try await target.tenants.find(.acme) == nil)
        }
    }

    @Test(arguments: Route.allCases)
    func `words are found in a copy, those that came late too`(_ route: Route) async throws {
        try await route.withStores { source, target in
            func say(_ number: UInt64, _ text: String) async throws {
                _ = try await source.history.store([.said(number, in: "#tea", of: .acme, by: "ann", text: text)])
            }
            func found(_ word: String) async throws -> [UInt64] {
                var search = HistorySearch(in: ["#tea"])
                search.text = word
                return try await target.history.search(search, of: .acme).map(\.id.position.sequence)
            }
            try await say(1, "the kettle is on")
            try await say(2, "which one?")
            let copier = TenantCopier(from: source, to: target, batch: 1)
            try await copier.copy(.acme)
            #expect(try await found("kettle") == [1])
            try await say(3, "the big kettle")
            try await copier.copyLate(.acme, since: 0)
            #expect(try await found("kettle") == [1, 3])
        }
    }

    @Test(arguments: Route.allCases)
    func `what waits for the archive is copied late only if it came after the copy`(_ route: Route) async throws {
        try await route.withStores { source, target in
            func add(_ id: Int64, at time: Int64) async throws {
                _ = try await source.database.execute(
                    """
                    INSERT INTO archive_pending
                        (tenant, id, day, records, raw_bytes, size, first_time, last_time, stored_at, chunk)
                    VALUES ($1, $2, 1, 1, 1, 1, 1, 1, $3, $4) RETURNING 1
                    """,
                    [.text("acme"), .integer(id), .integer(time), .blob([1])],
                    in: .tenant(.acme)
                )
            }
            func ids() async throws -> [Int64] {
                try await target.database.execute(
                    "SELECT id FROM archive_pending WHERE tenant = 'acme' ORDER BY id",
                    in: .tenant(.acme),
                    .readOnly
                ).map { try $0.integer(0) }
            }
            try await add(1, at: 100)
            let copier = TenantCopier(from: source, to: target, batch: 1)
            try await copier.copy(.acme)
            #expect(try await ids() == [1])
            // It is in a segment there by now.
            _ = try await target.database.execute(
                "DELETE FROM archive_pending WHERE tenant = 'acme' RETURNING 1",
                in: .tenant(.acme)
            )
            try await add(2, at: 300)
            try await copier.copyLate(.acme, since: 200)
            #expect(try await ids() == [2])
        }
    }

    @Test(arguments: Route.allCases)
    func `a rehearsal leaves nothing behind, and tells of each table that does not take what it is to get`(
        _ route: Route
    ) async throws {
        try await route.withStores { source, target in
            try await source.fill(.acme, history: 30)
            let copier = TenantCopier(from: source, to: target)
            for _ in 1...2 { try await copier.rehearse(.acme) }
            #expect(try await target.eraser.remains(of: .acme).isEmpty)
            // One that is empty has to be there, too.
            for tenant in try [TenantID.acme, .globex] {
                _ = try await target.database.execute("ALTER TABLE read_markers RENAME TO away", in: .cell)
                await #expect(throws: DurableStoreError.self) { try await copier.rehearse(tenant) }
                _ = try await target.database.execute("ALTER TABLE away RENAME TO read_markers", in: .cell)
            }
            try await copier.rehearse(.acme)
            _ = try await copier.copy(.acme)
            #expect(try await self.rows(.acme, target) == self.rows(.acme, source))
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
            for transactions in [0, 1, 5, 22] {
                let broken = DurableStore(cutOff(target.database, after: transactions))
                await #expect(throws: DurableStoreError.unavailable(reason: "cut off")) {
                    try await TenantCopier(from: source, to: broken, batch: 7).copy(.acme)
                }
            }
            let rest = try await TenantCopier(from: source, to: target, batch: 7).copy(.acme)
            #expect((1..<200).contains(rest["history"] ?? 0))
            #expect(try await self.rows(.acme, target) == self.rows(.acme, source))
        }
    }

    @Test(arguments: Route.allCases)
    func `a row that is missing anywhere in the copy is noticed and copied`(_ route: Route) async throws {
        try await route.withStores { source, target in
            try await source.fill(.acme, history: 100)
            for name in ["aaron", "zoe"] {
                _ = try await source.accounts.create(name, folded: name, credentials: .some, of: .acme, now: 1)
            }
            let copier = TenantCopier(from: source, to: target, batch: 10)
            try await copier.copy(.acme)
            for (table, condition) in [
                ("history", "sequence = 1"), ("history", "sequence IN (10, 11)"), ("history", "sequence = 99"),
                ("accounts", "folded = 'alice'"), ("channels", "folded = '#tea'"),
            ] {
                _ = try await target.database.execute("DELETE FROM \(table) WHERE \(condition)", in: .tenant(.acme))
                let copied = try await copier.copy(.acme)
                #expect(copied[table] == (condition.contains("IN") ? 2 : 1), "\(table): \(condition)")
                #expect(try await self.rows(.acme, target) == self.rows(.acme, source))
            }
        }
    }

    @Test(arguments: Route.allCases)
    func `a copy that has a row more than its source is told, though another is missing`(_ route: Route) async throws {
        try await route.withStores { source, target in
            try await source.fill(.acme, history: 50)
            let copier = TenantCopier(from: source, to: target, batch: 10)
            try await copier.copy(.acme)
            _ = try await source.database.execute("DELETE FROM history WHERE sequence = 31", in: .tenant(.acme))
            _ = try await target.database.execute("DELETE FROM history WHERE sequence = 32", in: .tenant(.acme))
            await #expect(throws: DurableStoreError.differs("the copy of history has rows that are not its own")) {
                try await copier.copy(.acme)
            }
        }
    }

    @Test(arguments: Route.allCases)
    func `no statement is about all rows, and an attempt goes on where the one before was cut off`(
        _ route: Route
    ) async throws {
        try await route.withStores { source, target in
            try await source.fill(.acme, history: 400)
            let watched = WatchedDatabase(target.database)
            try await TenantCopier(from: source, to: DurableStore(watched), batch: 10).copy(.acme)
            let all = watched.statements
            #expect(all.allSatisfy { !$0.contains("COUNT") && (!$0.contains("ORDER BY") || $0.contains("LIMIT")) })
            #expect(all.count > 80)
            _ = try await target.database.execute("DELETE FROM history", in: .tenant(.acme))
            // Rows of the history are copied in 41 transactions, and gone through in 41.
            var cuts = 0
            for transactions in [102, 97] {
                let broken = DurableStore(cutOff(target.database, after: transactions))
                do {
                    try await TenantCopier(from: source, to: broken, batch: 10).copy(.acme)
                } catch DurableStoreError.unavailable(reason: "cut off") { cuts += 1 }
            }
            #expect(cuts == 1, "the second attempt has less to do than a whole one")
            #expect(try await self.rows(.acme, target) == self.rows(.acme, source))
            #expect(try await target.eraser.remains(of: .acme)["tenant_copies"] == nil)
        }
    }

    @Test(arguments: Route.allCases)
    func `places among keys that are no text are noted and found again`(_ route: Route) async throws {
        try await route.withStores { source, target in
            try await source.fill(.acme, history: 1)
            let letters = try (0..<60).map { DeadLetter.refused(1, of: try .acme, in: "#\u{0}\($0)") }
            try await source.deadLetters.keep(letters)
            for transactions in stride(from: 10, to: 60, by: 4) {
                let broken = DurableStore(cutOff(target.database, after: transactions))
                do {
                    try await TenantCopier(from: source, to: broken, batch: 5).copy(.acme)
                } catch DurableStoreError.unavailable(reason: "cut off") {}
            }
            try await TenantCopier(from: source, to: target, batch: 5).copy(.acme)
            #expect(try await self.rows(.acme, target) == self.rows(.acme, source))
        }
    }

    @Test func `a place that was noted in a copy goes with its erasure`() async throws {
        try await Route.postgresToPostgres.withStores { source, target in
            try await source.fill(.acme, history: 100)
            let broken = DurableStore(cutOff(target.database, after: 82))
            await #expect(throws: DurableStoreError.unavailable(reason: "cut off")) {
                try await TenantCopier(from: source, to: broken, batch: 10).copy(.acme)
            }
            let before = try await target.eraser.remains(of: .acme)
            #expect((before["tenant_copies"] ?? 0) > 0 && before["history"] == 100)
            let note = StoredTenant(
                tenant: try .acme,
                namespace: "customers",
                uid: "uid",
                state: .erasing,
                updatedAt: 1
            )
            try await target.tenants.upsert(note)
            try await target.eraser.erase(note)
            let after = try await target.eraser.remains(of: .acme)
            #expect(after == ["tenants": 1])
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
            try await copier.copyLate(.acme, since: 0)
            let remains = try await target.eraser.remains(of: .acme)
            #expect(
                remains == [
                    "account_certificates": 1, "account_codes": 1, "account_names": 1, "account_hosts": 1,
                    "channels": 1,
                    "conversations": 2,
                    "dead_letters": 1,
                    "history": 12,
                    "history_origins": 1,
                    "network_bans": 1, "audit_log": 1, "reports": 1, "report_lines": 1, "invite_links": 1,
                    "held_messages": 1,
                    "memos": 1, "memo_ignores": 1,
                    "read_markers": 1, "push_registrations": 1, "usage_ledger": 1,
                    "archives": 1, "archive_keys": 1, "archive_manifests": 1, "archive_segments": 1,
                    "archive_pending": 1, "archive_jobs": 1, "archive_job_log": 1,
                    "archive_conversations": 1, "archive_redactions": 1,
                ]
            )
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
