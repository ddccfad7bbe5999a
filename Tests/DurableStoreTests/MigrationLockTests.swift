import Dispatch
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

/// Migrations of tables that are in use.
@Suite struct MigrationLockTests {
    private static let migrations =
        Schema.migrations + [
            Migration(version: Schema.version + 1, name: "one more") { dialect in
                "ALTER TABLE accounts ADD COLUMN more \(dialect.name(of: .integer))"
            }
        ]

    /// Has somebody read accounts in one transaction for the time of a block, which may release it.
    private func withLongTransaction(
        _ driver: Driver,
        _ body: (DurableStore, _ release: @Sendable () -> Void) async throws -> Void
    ) async throws {
        try await driver.withStore { store in
            _ = try await store.accounts.create("alice", folded: "alice", credentials: .some, of: .acme, now: 1)
            let release = DispatchSemaphore(value: 0)
            let isHeld = Mutex(false)
            let holder = Task {
                try await store.database.withTransaction(.cell, .readOnly, deadline: .seconds(120)) {
                    connection throws(DurableStoreError) in
                    _ = try connection.execute("SELECT COUNT(*) FROM accounts")
                    isHeld.withLock { $0 = true }
                    release.wait()
                }
            }
            defer { release.signal() }
            try await until("the table is in use") { isHeld.withLock { $0 } }
            try await body(store) { release.signal() }
            try await holder.value
        }
    }

    @Test(arguments: [Driver.postgres, .pgBouncer])
    func `logins do not queue behind a migration that waits for a long transaction`(_ driver: Driver) async throws {
        try await self.withLongTransaction(driver) { store, release in
            let attempts = Mutex(0)
            let clock = NotedClock { attempts.withLock { $0 += 1 } }
            let migration = Task {
                try await Migrator(
                    store.database,
                    migrations: Self.migrations,
                    lockTimeout: .milliseconds(300),
                    clock: clock
                ).up(now: 1)
            }
            try await until("it waited for the lock, and tries again") { attempts.withLock { $0 } >= 1 }
            for _ in 0..<20 {
                let begun = ContinuousClock.now
                let account = try await store.accounts.find("alice", of: .acme)
                #expect(account?.name == "alice")
                #expect(begun.duration(to: .now) < .seconds(5))
            }
            let before = attempts.withLock { $0 }
            try await until("it goes on trying") { attempts.withLock { $0 } > before + 1 }
            #expect(try await store.migrator.status().last?.appliedAt == 0)
            release()
            #expect(try await migration.value == [Schema.version + 1])
            #expect(try await store.accounts.find("alice", of: .acme)?.name == "alice")
        }
    }

    @Test func `a migration gives up in time and says who is in its way`() async throws {
        try await self.withLongTransaction(.postgres) { store, release in
            let migrator = Migrator(
                store.database,
                migrations: Self.migrations,
                lockTimeout: .milliseconds(50),
                patience: .milliseconds(500)
            )
            let error = await #expect(throws: DurableStoreError.self) { try await migrator.up(now: 1) }
            guard case .schema(.blocked(Schema.version + 1, let holder)) = error else {
                Issue.record("\(String(describing: error))")
                return release()
            }
            #expect(holder?.contains("roost") == true)
            release()
            let versions = try await migrator.up(now: 1)
            #expect(versions == [Schema.version + 1])
        }
    }

    @Test func `a process that migrates is waited for, however long it takes`() async throws {
        let server = try PostgresServer.shared()
        let url = try server.makeDatabase()
        let store = try DurableStore.open(url, logger: .quiet)
        let release = DispatchSemaphore(value: 0)
        let isHeld = Mutex(false)
        defer { release.signal() }
        let slow = Migration(version: 1, name: "slow") { _ in
            let isFirst = isHeld.withLock { isHeld in
                defer { isHeld = true }
                return !isHeld
            }
            if isFirst { release.wait() }
            return "CREATE TABLE one (a BIGINT)"
        }
        let first = Task { try await Migrator(store.database, migrations: [slow]).up(now: 1) }
        try await until("the first migrates") { isHeld.withLock { $0 } }
        let attempts = Mutex(0)
        let second = Task {
            try await Migrator(
                store.database,
                migrations: [slow],
                patience: .zero,
                clock: NotedClock { attempts.withLock { $0 += 1 } }
            ).up(now: 1)
        }
        try await until("the second waits") { attempts.withLock { $0 } >= 3 }
        release.signal()
        #expect(try await first.value == [1])
        #expect(try await second.value == [])
        await store.close()
    }
}

/// The real clock, which tells of each sleep before it.
private struct NotedClock: Clock {
    let slept: @Sendable () -> Void

    var now: ContinuousClock.Instant { .now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        self.slept()
        try await ContinuousClock().sleep(until: deadline, tolerance: tolerance)
    }
}
