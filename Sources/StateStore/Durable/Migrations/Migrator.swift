// Whoever waits for a lock has everybody who comes after him wait, too: a migration that waits for one long transaction would
// hold up all logins. So it waits for a lock no longer than nobody minds, gives way, and tries again.

import Backoff

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
    private let lockTimeout: Duration
    private let patience: Duration
    private let clock: any Clock<Duration>

    /// Names our advisory lock among those of a PostgreSQL database: "roost" in ASCII.
    private static let lock: Int64 = 0x72_6f6f_7374
    /// An index over a large history takes its time.
    private static let deadline = Duration.seconds(3600)

    /// What came of an attempt.
    private enum Attempt: Sendable {
        case applied(Int)
        /// Nothing was missing.
        case done
        /// Another process migrates.
        case taken
    }

    /// - Parameters:
    ///   - database: The database.
    ///   - migrations: All that there are, oldest first.
    ///   - lockTimeout: How long a statement waits for a table that others use before it gives way to those behind it.
    ///   - patience: For how long a migration that had to give way is tried again.
    ///   - clock: Times the waits between attempts.
    package init(
        _ database: any SQLDatabase,
        migrations: [Migration] = Schema.migrations,
        lockTimeout: Duration = .milliseconds(500),
        patience: Duration = .seconds(300),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.database = database
        self.migrations = migrations
        self.lockTimeout = lockTimeout
        self.patience = patience
        self.clock = clock
    }

    /// Applies what is missing.
    ///
    /// - Parameter now: The time to note, milliseconds since 1970.
    /// - Returns: The versions that this call applied.
    /// - Throws: ``DurableStoreError/schema(_:)`` if the database is newer than the program or of another build, or if
    ///   a table that is to be changed is in use all the time.
    package func up(now: Int64) async throws(DurableStoreError) -> [Int] {
        var versions: [Int] = []
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(10))
        var begun = ContinuousClock.now
        while true {
            let waited = begun.duration(to: .now)
            do throws(DurableStoreError) {
                switch try await self.applyNext(now: now) {
                case .done: return versions
                case .applied(let version):
                    versions.append(version)
                    backoff.succeeded()
                    begun = .now
                    continue
                case .taken: guard waited < Self.deadline else { throw .timedOut }
                }
            } catch .contended {
                guard waited < self.patience else { throw await self.blocked() }
            }
            do {
                try await self.clock.sleep(for: backoff.failed())
            } catch { throw .cancelled }
        }
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

    private func applyNext(now: Int64) async throws(DurableStoreError) -> Attempt {
        let (migrations, lockTimeout) = (self.migrations, self.lockTimeout)
        return try await self.database.withTransaction(.cell, .readWrite, deadline: Self.deadline) {
            connection throws(DurableStoreError) -> Attempt in
            guard try Self.takeLock(connection, lockTimeout) else { return .taken }
            try connection.executeScript(Self.table(connection.dialect))
            let applied = try Self.applied(connection, of: migrations)
            guard let next = migrations.first(where: { applied[$0.version] == nil }) else { return .done }
            try connection.executeScript(next.script(connection.dialect))
            _ = try connection.execute(
                "INSERT INTO roost_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
                [
                    .integer(Int64(next.version)), .text(next.name), .text(next.checksum(connection.dialect)),
                    .integer(now),
                ]
            )
            return .applied(next.version)
        }
    }

    /// Makes sure that nobody else migrates, and that no statement waits for long.
    ///
    /// - Returns: Whether that is so.
    private static func takeLock(_ connection: any SQLConnection, _ timeout: Duration) throws(DurableStoreError) -> Bool
    {
        // A transaction of SQLite that writes is alone.
        guard connection.dialect == .postgres else { return true }
        let rows = try connection.execute(
            "SELECT pg_try_advisory_xact_lock($1), set_config('lock_timeout', $2, true)",
            [.integer(Self.lock), .text("\(max(1, timeout.wholeMilliseconds))ms")]
        )
        return try rows.first?.integer(0) == 1
    }

    /// What is told once patience is over.
    private func blocked() async -> DurableStoreError {
        let version = (try? await self.status().first { $0.appliedAt == nil })?.version ?? 0
        // What is left out is of roles that ours may not look at.
        let rows = try? await self.database.execute(
            """
            SELECT CAST(pid AS BIGINT), application_name, CAST(EXTRACT(EPOCH FROM now() - xact_start) AS BIGINT)
            FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
            ORDER BY xact_start LIMIT 1
            """,
            in: .cell,
            .readOnly
        )
        guard let row = rows?.first, let pid = try? row.integer(0), let age = try? row.integer(2) else {
            return .schema(.blocked(version: version, by: nil))
        }
        let name = (try? row.optionalText(1)) ?? ""
        return .schema(.blocked(version: version, by: "process \(pid) (\(name)), in a transaction for \(age) seconds"))
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
