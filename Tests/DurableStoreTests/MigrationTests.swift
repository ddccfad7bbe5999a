import StateStore
import Tenant
import Testing

/// Migrations, on every durable driver.
@Suite struct MigrationTests {
    private static func table(_ version: Int, _ name: String) -> Migration {
        Migration(version: version, name: name) { dialect in
            "CREATE TABLE \(name) (a \(dialect.name(of: .integer))); CREATE INDEX \(name)_a ON \(name) (a)"
        }
    }

    @Test(arguments: Driver.allCases)
    func `an empty database is brought to the current schema once`(_ driver: Driver) async throws {
        try await driver.withEmptyStore { store in
            #expect(try await store.migrator.status().allSatisfy { $0.appliedAt == nil })
            await #expect(throws: DurableStoreError.schema(.older(version: 0, needed: Schema.version))) {
                try await store.migrator.requireCurrent()
            }
            #expect(try await store.migrator.up(now: 42) == Schema.migrations.map(\.version))
            #expect(try await store.migrator.up(now: 43) == [])
            #expect(try await store.migrator.status().allSatisfy { $0.appliedAt == 42 })
            try await store.migrator.requireCurrent()
        }
    }

    @Test(arguments: Driver.allCases)
    func `only what is missing is applied`(_ driver: Driver) async throws {
        try await driver.withEmptyStore { store in
            let (one, two) = (Self.table(1, "one"), Self.table(2, "two"))
            let first = try await Migrator(store.database, migrations: [one]).up(now: 1)
            #expect(first == [1])
            let migrator = Migrator(store.database, migrations: [one, two])
            let second = try await migrator.up(now: 2)
            #expect(second == [2])
            let status = try await migrator.status()
            #expect(status.map(\.appliedAt) == [1, 2])
        }
    }

    @Test(arguments: Driver.allCases)
    func `any number of processes may migrate at once`(_ driver: Driver) async throws {
        try await driver.withEmptyStore { store in
            let migrations = (1...5).map { Self.table($0, "t\($0)") }
            let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<4 {
                    group.addTask { try await Migrator(store.database, migrations: migrations).up(now: 1) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == [1, 2, 3, 4, 5])
        }
    }

    @Test(arguments: Driver.allCases)
    func `a migration that fails leaves the version before it`(_ driver: Driver) async throws {
        try await driver.withEmptyStore { store in
            let broken = Migration(version: 2, name: "broken") { _ in "CREATE TABLE half (a INTEGER); SELEKT" }
            let migrator = Migrator(store.database, migrations: [Self.table(1, "one"), broken])
            await #expect(throws: DurableStoreError.self) { try await migrator.up(now: 1) }
            let status = try await migrator.status()
            #expect(status.map(\.appliedAt) == [1, nil])
            await #expect(throws: DurableStoreError.self) {
                try await store.database.execute("SELECT * FROM half", in: .cell)
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `a database of a newer program is refused`(_ driver: Driver) async throws {
        try await driver.withEmptyStore { store in
            let (one, two) = (Self.table(1, "one"), Self.table(2, "two"))
            _ = try await Migrator(store.database, migrations: [one, two]).up(now: 1)
            let older = Migrator(store.database, migrations: [one])
            await #expect(throws: DurableStoreError.schema(.newer(version: 2, known: 1))) {
                try await older.up(now: 2)
            }
            await #expect(throws: DurableStoreError.schema(.newer(version: 2, known: 1))) {
                try await older.requireCurrent()
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `a migration that was changed after it was applied is refused`(_ driver: Driver) async throws {
        try await driver.withEmptyStore { store in
            _ = try await Migrator(store.database, migrations: [Self.table(1, "one")]).up(now: 1)
            await #expect(throws: DurableStoreError.schema(.changed(version: 1))) {
                try await Migrator(store.database, migrations: [Self.table(1, "uno")]).up(now: 2)
            }
        }
    }
}
