import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

/// PostgreSQL by way of a pooler, and sessions that lose what they had.
///
/// The conformance suites run by way of PgBouncer, too: see ``Driver/pgBouncer``.
@Suite struct PoolerTests {
    private func withPooler(
        _ mode: PgBouncer.Mode,
        sessions: Int = 1,
        connections: Int = 4,
        _ body: (DurableStore, PostgresServer, _ direct: String) async throws -> Void
    ) async throws {
        let server = try PostgresServer.shared()
        let pooler = try PgBouncer(before: server, mode, sessions: sessions)
        defer { pooler.end() }
        let direct = try server.makeDatabase()
        let store = try DurableStore.open(pooler.url(direct, of: server), connections: connections, logger: .quiet)
        do {
            try await body(store, server, direct)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    @Test(arguments: [PgBouncer.Mode.session, .transaction])
    func `many connections share one session of the server, and none leaves anything in it`(
        _ mode: PgBouncer.Mode
    ) async throws {
        // A session's client keeps it until it goes.
        try await self.withPooler(mode, connections: mode == .session ? 1 : 8) { store, _, _ in
            _ = try await store.migrator.up(now: 0)
            try await store.fill(.acme, history: 5)
            try await withThrowingTaskGroup { group in
                for number in 0..<60 {
                    group.addTask {
                        let tenant = number.isMultiple(of: 2) ? try TenantID.acme : try .globex
                        let count = try await store.accounts.count(of: tenant)
                        #expect(count == (number.isMultiple(of: 2) ? 1 : 0))
                    }
                    group.addTask { try await store.say(UInt64(number * 10 + 10)...UInt64(number * 10 + 12), .globex) }
                }
                try await group.waitForAll()
            }
            let left = try await store.database.withTransaction(.cell, .readOnly, deadline: .seconds(10)) {
                connection throws(DurableStoreError) in
                try connection.execute(
                    """
                    SELECT (SELECT COUNT(*) FROM pg_prepared_statements),
                        (SELECT COUNT(*) FROM pg_class WHERE relname LIKE 'staging%')
                    """
                )
            }
            #expect(left == [SQLRow([.integer(0), .integer(0)])])
        }
    }

    @Test func `a cancelled call ends its statement on the server behind the pooler`() async throws {
        try await self.withPooler(.transaction, sessions: 2) { store, server, direct in
            let call = Task {
                _ = try await store.database.withTransaction(.cell, .readOnly, deadline: .seconds(60)) {
                    connection throws(DurableStoreError) in
                    try connection.execute("SELECT pg_sleep(60), 'behind the pooler'")
                }
            }
            let name = try #require(direct.split(separator: "/").last)
            let active =
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '\(name)' AND query LIKE '%behind the pooler%'"
                + " AND state = 'active'"
            try await until("it runs") { try server.query(active, in: "postgres") == "1\n" }
            call.cancel()
            await #expect(throws: DurableStoreError.cancelled) { try await call.value }
            try await until("it ended") { try server.query(active, in: "postgres") == "0\n" }
        }
    }

    @Test func `a pooler without transactions is refused with a reason`() async throws {
        try await self.withPooler(.statement) { store, _, _ in
            let error = await #expect(throws: DurableStoreError.self) { try await store.migrator.status() }
            guard case .configuration(let reason) = error else {
                Issue.record("\(error?.debugDescription ?? "")")
                return
            }
            #expect(reason.contains("transaction"))
        }
    }

    private static let query = "SELECT a FROM t"

    /// How a session comes to differ from what is believed of it, and the code that the server answers then.
    enum Loss: String, CaseIterable {
        case gone = "26000"
        case planOutdated = "0A000"
        case somebodyElses = "42P05"

        func happen(to database: PostgresDatabase, _ url: String) async throws {
            switch self {
            case .gone: try await self.run("DEALLOCATE ALL", database)
            case .planOutdated: try await self.run("ALTER TABLE t ALTER COLUMN a TYPE TEXT", database)
            case .somebodyElses:
                // A connection that prepared it says under which name; then the session loses it and gets it anew.
                let names = "SELECT name FROM pg_prepared_statements WHERE statement = '\(PoolerTests.query)'"
                let rows = try await database.execute(names, in: .cell)
                let name = try #require(rows.first).text(0)
                let other = try PostgresDatabase(url: url, connections: 1, logger: .quiet)
                try await self.run("PREPARE \(name) AS \(PoolerTests.query)", other)
                let result = try await PoolerTests.read(other)
                #expect(result.runs == 2)
                await other.close()
                try await self.run("DEALLOCATE ALL", database)
            }
        }

        private func run(_ sql: String, _ database: PostgresDatabase) async throws {
            try await database.write(.cell) { connection throws(DurableStoreError) in
                try connection.executeScript(sql)
            }
        }
    }

    /// Writes a row and reads in one transaction.
    private static func read(_ database: PostgresDatabase) async throws -> (rows: [SQLRow], runs: Int) {
        let runs = Mutex(0)
        let rows = try await database.write(.cell) { connection throws(DurableStoreError) in
            runs.withLock { $0 += 1 }
            _ = try connection.execute("INSERT INTO u VALUES ($1)", [.integer(1)])
            return try connection.execute(Self.query)
        }
        return (rows, runs.withLock { $0 })
    }

    @Test(arguments: Loss.allCases)
    func `a transaction that failed for a lost statement runs again, once`(_ loss: Loss) async throws {
        let url = try PostgresServer.shared().makeDatabase()
        let database = try PostgresDatabase(url: url, connections: 1, logger: .quiet)
        try await database.write(.cell) { connection throws(DurableStoreError) in
            try connection.executeScript("CREATE TABLE t (a VARCHAR(9)); CREATE TABLE u (b BIGINT)")
            _ = try connection.execute("INSERT INTO t VALUES ($1)", [.text("x")])
        }
        let first = try await Self.read(database)
        #expect(first.runs == 1)
        try await loss.happen(to: database, url)
        let second = try await Self.read(database)
        #expect(second.rows == [SQLRow([.text("x")])])
        #expect(second.runs == 2)
        let third = try await Self.read(database)
        #expect(third.runs == 1)
        let rows = try await database.execute("SELECT COUNT(*) FROM u", in: .cell)
        #expect(rows == [SQLRow([.integer(loss == .somebodyElses ? 4 : 3)])], "each transaction counts once")
        await database.close()
    }
}
