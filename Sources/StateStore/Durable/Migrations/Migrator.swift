/// Brings a database to the schema that the program was written for.
///
/// Each migration and its entry in `roost_migrations` are one transaction under one lock, so any number of processes
/// may migrate at once and one that dies leaves a whole version behind.
package struct Migrator: Sendable {
    /// A migration, and when it was applied.
    package struct Status: Hashable, Sendable {
        package let version: Int
        package let name: String
        /// Milliseconds since 1970; nil if it is still to come.
        package let appliedAt: Int64?
    }

    private let database: any SQLDatabase
    private let migrations: [Migration]

    /// Names our advisory lock among those of a PostgreSQL database: "roost" in ASCII.
    private static let lock: Int64 = 0x72_6f6f_7374
    /// An index over a large history takes its time.
    private static let deadline = Duration.seconds(3600)

    package init(_ database: any SQLDatabase, migrations: [Migration] = Schema.migrations) {
        self.database = database
        self.migrations = migrations
    }

    /// Applies what is missing.
    ///
    /// - Parameter now: The time to note, milliseconds since 1970.
    /// - Returns: The versions that this call applied.
    /// - Throws: ``DurableStoreError/schema(_:)`` if the database is newer than the program or of another build.
    package func up(now: Int64) async throws(DurableStoreError) -> [Int] {
        var versions: [Int] = []
        while let version = try await self.applyNext(now: now) { versions.append(version) }
        return versions
    }

    /// All migrations that the program knows.
    ///
    /// - Throws: ``DurableStoreError/schema(_:)`` if the database is newer than the program or of another build.
    package func status() async throws(DurableStoreError) -> [Status] {
        let migrations = self.migrations
        let applied = try await self.database.withTransaction(.cell, .readOnly, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            try Self.applied(connection, of: migrations)
        }
        return migrations.map { .init(version: $0.version, name: $0.name, appliedAt: applied[$0.version]) }
    }

    /// Makes sure that the schema is the one that the program was written for.
    ///
    /// - Throws: ``DurableStoreError/schema(_:)`` if it is not.
    package func requireCurrent() async throws(DurableStoreError) {
        let status = try await self.status()
        let version = status.last { $0.appliedAt != nil }?.version ?? 0
        let needed = self.migrations.last?.version ?? 0
        guard version == needed else { throw .schema(.older(version: version, needed: needed)) }
    }

    private func applyNext(now: Int64) async throws(DurableStoreError) -> Int? {
        let migrations = self.migrations
        return try await self.database.withTransaction(.cell, .readWrite, deadline: Self.deadline) {
            connection throws(DurableStoreError) -> Int? in
            try Self.takeLock(connection)
            try connection.executeScript(Self.table(connection.dialect))
            let applied = try Self.applied(connection, of: migrations)
            guard let next = migrations.first(where: { applied[$0.version] == nil }) else { return nil }
            try connection.executeScript(next.script(connection.dialect))
            _ = try connection.execute(
                "INSERT INTO roost_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
                [
                    .integer(Int64(next.version)), .text(next.name), .text(next.checksum(connection.dialect)),
                    .integer(now),
                ]
            )
            return next.version
        }
    }

    private static func takeLock(_ connection: any SQLConnection) throws(DurableStoreError) {
        switch connection.dialect {
        case .postgres: _ = try connection.execute("SELECT pg_advisory_xact_lock($1)", [.integer(Self.lock)])
        case .sqlite: break  // A transaction that writes is alone.
        }
    }

    /// The times of the migrations that were applied, by version.
    private static func applied(
        _ connection: any SQLConnection,
        of migrations: [Migration]
    ) throws(DurableStoreError) -> [Int: Int64] {
        guard try Self.tableExists(connection) else { return [:] }
        let rows = try connection.execute("SELECT version, checksum, applied_at FROM roost_migrations ORDER BY version")
        var applied: [Int: Int64] = [:]
        for row in rows {
            let version = Int(try row.integer(0))
            guard let migration = migrations.first(where: { $0.version == version }) else {
                throw .schema(.newer(version: version, known: migrations.last?.version ?? 0))
            }
            guard try row.text(1) == migration.checksum(connection.dialect) else {
                throw .schema(.changed(version: version))
            }
            applied[version] = try row.integer(2)
        }
        return applied
    }

    private static func tableExists(_ connection: any SQLConnection) throws(DurableStoreError) -> Bool {
        let sql =
            switch connection.dialect {
            case .postgres: "SELECT 1 WHERE to_regclass('roost_migrations') IS NOT NULL"
            case .sqlite: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'roost_migrations'"
            }
        return try !connection.execute(sql).isEmpty
    }

    private static func table(_ dialect: SQLDialect) -> String {
        let (int, text) = (dialect.name(of: .integer), dialect.name(of: .text))
        return """
            CREATE TABLE IF NOT EXISTS roost_migrations (
                version \(int) NOT NULL PRIMARY KEY,
                name \(text) NOT NULL,
                checksum \(text) NOT NULL,
                applied_at \(int) NOT NULL
            )
            """
    }
}
