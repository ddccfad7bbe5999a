package import Logging

/// What must survive: the repositories over one database.
///
/// The URL says which: `postgres://user@host/database?sslmode=verify-full` (all that libpq's connection URIs can say),
/// `sqlite:/path/to/file` (or a relative path) or `sqlite::memory:`.
///
/// The role of a PostgreSQL database must be bound by row-level security, so neither a superuser nor one with
/// `BYPASSRLS`. The tables' owner will do: migrations force the policies on it too.
package struct DurableStore: Sendable {
    package let database: any SQLDatabase
    package let accounts: AccountRepository
    package let accountChanges: AccountChangeRepository
    package let codes: AccountCodeRepository
    package let channels: ChannelRepository
    package let bans: NetworkBanRepository
    package let audit: AuditRepository
    package let reports: ReportRepository
    package let links: InviteLinkRepository
    package let held: HeldMessageRepository
    package let archives: ArchiveRepository
    package let archiveJobs: ArchiveJobRepository
    package let history: HistoryRepository
    package let readMarkers: ReadMarkerRepository
    package let deadLetters: DeadLetterRepository
    package let pushes: PushRepository
    package let ledger: LedgerRepository
    package let tenants: TenantRepository
    package let usage: TenantUsage
    package let eraser: TenantEraser
    package let migrator: Migrator

    /// Where `roost dev` and the commands that look after it keep their database.
    package static let developmentURL = "sqlite:./roost-data/roost.sqlite"

    package init(_ database: any SQLDatabase) {
        self.database = database
        self.accounts = AccountRepository(database)
        self.accountChanges = AccountChangeRepository(database)
        self.codes = AccountCodeRepository(database)
        self.channels = ChannelRepository(database)
        self.bans = NetworkBanRepository(database)
        self.audit = AuditRepository(database)
        self.reports = ReportRepository(database)
        self.links = InviteLinkRepository(database)
        self.held = HeldMessageRepository(database)
        self.archives = ArchiveRepository(database)
        self.archiveJobs = ArchiveJobRepository(database)
        self.history = HistoryRepository(database)
        self.readMarkers = ReadMarkerRepository(database)
        self.deadLetters = DeadLetterRepository(database)
        self.pushes = PushRepository(database)
        self.ledger = LedgerRepository(database)
        self.tenants = TenantRepository(database)
        self.usage = TenantUsage(database)
        self.eraser = TenantEraser(database)
        self.migrator = Migrator(database)
    }

    /// Opens the database of a URL.
    ///
    /// Nothing is sent to a PostgreSQL server before the first call.
    ///
    /// - Parameters:
    ///   - url: Which database; see ``DurableStore``. It is never logged: it may hold a password.
    ///   - connections: How many connections to a PostgreSQL server this process may have.
    ///   - isNew: Whether a file of SQLite is made if there is none.
    ///   - logger: Hears of connections that come and go.
    /// - Returns: The store, whose schema is as it was found: see ``migrator``.
    /// - Throws: ``DurableStoreError/configuration(_:)`` if the URL cannot be used.
    package static func open(
        _ url: String,
        connections: Int = 4,
        isNew: Bool = true,
        logger: Logger
    ) throws(DurableStoreError) -> DurableStore {
        if url == "sqlite::memory:" { return DurableStore(try SQLiteDatabase()) }
        if url.hasPrefix("sqlite:") {
            // `sqlite:///path` is a URL with an empty host, `sqlite:path` is what people type.
            let path = url.dropFirst("sqlite:".count)
            let file = path.hasPrefix("///") ? path.dropFirst(2) : path
            guard !file.isEmpty else { throw .configuration("the database URL sqlite: names no file") }
            return DurableStore(try SQLiteDatabase(path: String(file), isNew: isNew))
        }
        if url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") {
            return DurableStore(try PostgresDatabase(url: url, connections: connections, logger: logger))
        }
        throw .configuration("the database URL must begin with postgres://, sqlite:/ or be sqlite::memory:")
    }

    /// Ends the connections once the calls that run are done.
    package func close() async { await self.database.close() }
}
