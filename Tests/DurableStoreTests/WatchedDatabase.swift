import StateStore
import Synchronization

/// A database that notes which statements it is given.
final class WatchedDatabase: SQLDatabase {
    private let database: any SQLDatabase
    private let noted = Mutex<[String]>([])

    init(_ database: any SQLDatabase) { self.database = database }

    /// The statements so far, but for those that insert many rows.
    var statements: [String] { self.noted.withLock { $0 } }

    var dialect: SQLDialect { self.database.dialect }

    func withTransaction<Answer: Sendable>(
        _ scope: SQLScope,
        _ access: SQLAccess,
        deadline: Duration,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer {
        try await self.database.withTransaction(scope, access, deadline: deadline) {
            connection throws(DurableStoreError) in
            try body(Connection(connection) { sql in self.noted.withLock { $0.append(sql) } })
        }
    }

    func close() async { await self.database.close() }

    private final class Connection: SQLConnection {
        private let connection: any SQLConnection
        private let note: (String) -> Void

        init(_ connection: any SQLConnection, _ note: @escaping (String) -> Void) {
            self.connection = connection
            self.note = note
        }

        var dialect: SQLDialect { self.connection.dialect }

        func execute(_ sql: String, _ bindings: [SQLValue]) throws(DurableStoreError) -> [SQLRow] {
            self.note(sql)
            return try self.connection.execute(sql, bindings)
        }

        func insertNew(_ rows: [[SQLValue]], into table: BulkTable) throws(DurableStoreError) -> Int {
            try self.connection.insertNew(rows, into: table)
        }

        func executeScript(_ sql: String) throws(DurableStoreError) {
            self.note(sql)
            try self.connection.executeScript(sql)
        }
    }
}
