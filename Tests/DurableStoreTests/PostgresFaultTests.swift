import StateStore
import Tenant
import TestSupport
import Testing

/// PostgreSQL away, slow or too busy.
///
/// These wait for a server, so for real time, and shortly.
@Suite(.serialized) struct PostgresFaultTests {
    private func open(_ url: String, connections: Int = 1, bound: Int = 1024) throws -> PostgresDatabase {
        try PostgresDatabase(url: url, connections: connections, bound: bound, logger: .quiet)
    }

    private func sleep(
        _ database: PostgresDatabase,
        seconds: Double,
        within deadline: Duration
    ) async throws(DurableStoreError) {
        _ = try await database.withTransaction(.cell, .readOnly, deadline: deadline) {
            connection throws(DurableStoreError) in
            try connection.execute("SELECT pg_sleep($1)", [.real(seconds)])
        }
    }

    @Test func `a statement ends at its deadline and the connection goes on`() async throws {
        let database = try self.open(PostgresServer.shared().makeDatabase())
        // Connected already: that takes its time on a busy machine.
        _ = try await database.execute("SELECT 1", in: .cell)
        let time = await ContinuousClock().measure {
            await #expect(throws: DurableStoreError.timedOut) {
                try await self.sleep(database, seconds: 60, within: .milliseconds(300))
            }
        }
        #expect(time < .seconds(30))
        let rows = try await database.execute("SELECT 1 + 1", in: .cell)
        #expect(rows == [SQLRow([.integer(2)])])
        await database.close()
    }

    /// What a database's server has to do that sleeps.
    private func sleepers(_ url: String) throws -> String {
        let name = try #require(url.split(separator: "/").last)
        return "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '\(name)' AND query LIKE '%pg_sleep%'"
            + " AND state = 'active'"
    }

    @Test func `a cancelled call ends at once and its statement is cancelled on the server`() async throws {
        let server = try PostgresServer()
        defer { server.end() }
        let url = try server.makeDatabase()
        let database = try self.open(url)
        let call = Task { try await self.sleep(database, seconds: 60, within: .seconds(60)) }
        try await Self.poll { try server.query(self.sleepers(url), in: "postgres") == "1\n" }
        call.cancel()
        await #expect(throws: DurableStoreError.cancelled) { try await call.value }
        // The next call has another connection, whose answers are its own.
        let rows = try await database.execute("SELECT 1 + 1", in: .cell)
        #expect(rows == [SQLRow([.integer(2)])])
        try await Self.poll { try server.query(self.sleepers(url), in: "postgres") == "0\n" }
        #expect(server.log.contains("canceling statement due to user request"), "not only a client that is gone")
        await database.close()
    }

    @Test func `a call whose server fell silent ends at its deadline, and so does its statement`() async throws {
        let server = try PostgresServer()
        defer { server.end() }
        let proxy = try await FaultProxy(to: server.port)
        let url = try server.makeDatabase()
        let database = try self.open(url.replacing(":\(server.port)", with: ":\(proxy.port)"))
        await #expect(throws: DurableStoreError.timedOut) {
            try await database.withTransaction(.cell, .readOnly, deadline: .seconds(2)) {
                connection throws(DurableStoreError) in
                // Not even the server's own limit ends it.
                try connection.executeScript("SET LOCAL statement_timeout = 0")
                proxy.set(.swallowReplies)
                try connection.executeScript("SELECT pg_sleep(60)")
            }
        }
        proxy.set(.pass)
        try await Self.poll { server.log.contains("canceling statement due to user request") }
        let rows = try await database.execute("SELECT 1 + 1", in: .cell)
        #expect(rows == [SQLRow([.integer(2)])])
        await database.close()
        await proxy.end()
    }

    @Test func `cancelling that hangs holds up nobody, and few threads do it`() async throws {
        let server = try PostgresServer.shared()
        let proxy = try await FaultProxy(to: server.port)
        let url = try server.makeDatabase()
        let database = try self.open(url.replacing(":\(server.port)", with: ":\(proxy.port)"), connections: 10)
        try await withThrowingTaskGroup { group in
            for _ in 0..<10 {
                group.addTask { try await self.sleep(database, seconds: 1, within: .seconds(30)) }
            }
            try await group.waitForAll()
        }
        #expect(proxy.accepted == 10)
        proxy.set(.stall)
        let time = await ContinuousClock().measure {
            await withTaskGroup { group in
                for _ in 0..<10 {
                    group.addTask {
                        await #expect(throws: DurableStoreError.timedOut) {
                            try await self.sleep(database, seconds: 60, within: .milliseconds(200))
                        }
                    }
                }
            }
        }
        #expect(time < .seconds(5), "\(time)")
        // Four ask for the end of a statement and get no answer; the others' connections are just closed.
        try await Self.poll { proxy.accepted >= 14 }
        #expect(proxy.accepted == 14)
        proxy.set(.pass)
        let rows = try await database.execute("SELECT 1 + 1", in: .cell)
        #expect(rows == [SQLRow([.integer(2)])])
        await database.close()
        await proxy.end()
    }

    @Test func `calls wait in a queue with a bound, each up to its deadline`() async throws {
        let database = try self.open(PostgresServer.shared().makeDatabase(), bound: 1)
        try await withThrowingTaskGroup(of: DurableStoreError?.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    do throws(DurableStoreError) {
                        try await self.sleep(database, seconds: 2, within: .milliseconds(500))
                        return nil
                    } catch { return error }
                }
            }
            let errors = try await group.reduce(into: []) { $0.append($1) }
            #expect(errors.filter { $0 == .busy }.count == 1)
            #expect(errors.filter { $0 == .timedOut }.count == 2)
        }
        await database.close()
    }

    @Test func `a server that is not there is said to be away once the deadline is over`() async throws {
        let database = try self.open("postgres://roost@127.0.0.1:\(FreePort.find())/roost")
        let error = await #expect(throws: DurableStoreError.self) {
            try await database.withTransaction(.cell, .readOnly, deadline: .milliseconds(400)) {
                connection throws(DurableStoreError) in
                try connection.execute("SELECT 1")
            }
        }
        guard case .unavailable(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("refused"))
        await database.close()
    }

    @Test func `a server that comes back within the deadline is not noticed`() async throws {
        let server = try PostgresServer(durable: true)
        defer { server.end() }
        let store = try DurableStore.open(server.makeDatabase(), connections: 2, logger: .quiet)
        _ = try await store.migrator.up(now: 0)
        try server.kill()
        async let count = store.accounts.count(of: .acme)
        try server.start()
        #expect(try await count == 0)
        await store.close()
    }

    @Test func `TLS is as the URL says`() async throws {
        let server = try PostgresServer(tls: true)
        defer { server.end() }
        let url = try server.makeDatabase()
        let isEncrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        for (mode, encrypted) in [
            ("disable", Int64(0)), ("require", 1), ("verify-full&sslrootcert=\(server.certificate)", 1),
        ] {
            let database = try self.open("\(url)?sslmode=\(mode)")
            let rows = try await database.execute(isEncrypted, in: .cell)
            #expect(rows == [SQLRow([.integer(encrypted)])])
            await database.close()
        }
        let stranger = try self.open(
            url.replacing("127.0.0.1", with: "localhost") + "?sslmode=verify-full&sslrootcert=\(server.certificate)"
        )
        let error = await #expect(throws: DurableStoreError.self) {
            try await stranger.withTransaction(.cell, .readOnly, deadline: .milliseconds(500)) {
                connection throws(DurableStoreError) in
                try connection.execute(isEncrypted)
            }
        }
        guard case .unavailable(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("certificate"))
        await stranger.close()
    }

    @Test func `closing waits for what runs and fails what waits`() async throws {
        let server = try PostgresServer.shared()
        let url = try server.makeDatabase()
        let database = try self.open(url)
        let running = Task { try await self.sleep(database, seconds: 1, within: .seconds(20)) }
        try await Self.poll { try server.query(self.sleepers(url), in: "postgres") == "1\n" }
        async let waiting: Void = self.sleep(database, seconds: 0, within: .seconds(20))
        await Task.yield()
        await database.close()
        try await running.value
        do {
            try await waiting
            Issue.record("a call was taken after the close")
        } catch let error as DurableStoreError {
            #expect(error == .closed)
        }
        let name = try #require(url.split(separator: "/").last)
        let connections = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '\(name)'"
        try await Self.poll { try server.query(connections, in: "postgres") == "0\n" }
    }

    /// Asks until it is so, for half a minute.
    private static func poll(_ condition: () throws -> Bool) async throws {
        let end = ContinuousClock.now.advanced(by: .seconds(30))
        while try !condition() {
            try #require(ContinuousClock.now < end, "it never became so")
            await Task.yield()
        }
    }
}
