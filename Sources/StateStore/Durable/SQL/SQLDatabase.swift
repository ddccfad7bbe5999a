// The driver protocol under the repositories. A transaction's body is synchronous and runs where its connection lives,
// off the event loops: nothing can hold a transaction open across an await, and a driver needs no locks within one.

package import Tenant

/// A database that the repositories speak SQL to.
///
/// Statements use the part of SQL that PostgreSQL and SQLite share, with `$1`, `$2`, … for values; what differs is in
/// ``SQLDialect``.
package protocol SQLDatabase: Sendable {
    var dialect: SQLDialect { get }

    /// Runs `body` in one transaction: committed when it returns, rolled back when it throws.
    ///
    /// - Parameters:
    ///   - scope: Whose rows the transaction may touch.
    ///   - access: Whether it may write.
    ///   - deadline: How long the call may take in all, waiting for a connection included.
    ///   - body: Runs on the connection's own thread, and once more if the database lost a statement that was prepared
    ///     and everything was rolled back: it has no effects but on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; ``DurableStoreError/busy`` if too many calls wait,
    ///   ``DurableStoreError/timedOut`` or ``DurableStoreError/unavailable(reason:)`` when the deadline passes.
    func withTransaction<Answer: Sendable>(
        _ scope: SQLScope,
        _ access: SQLAccess,
        deadline: Duration,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer

    /// Ends the connections once the calls that run are done; calls that wait fail with ``DurableStoreError/closed``.
    ///
    /// Calls that a server does not answer for too long then end in the same way.
    func close() async
}

/// A connection during a transaction.
///
/// Used only within the body that it was given to.
package protocol SQLConnection: AnyObject {
    var dialect: SQLDialect { get }

    /// Runs one statement.
    ///
    /// - Parameters:
    ///   - sql: One statement, the same text for every call: drivers keep it prepared.
    ///   - bindings: The values of `$1`, `$2`, …
    /// - Returns: The rows, of a `SELECT` or a `RETURNING`.
    /// - Throws: What the database made of it; the transaction cannot go on then.
    func execute(_ sql: String, _ bindings: [SQLValue]) throws(DurableStoreError) -> [SQLRow]

    /// Inserts many rows at once; with those that a unique key of the table has already it does as the table says.
    ///
    /// - Returns: How many rows were new, or changed.
    func insertNew(_ rows: [[SQLValue]], into table: BulkTable) throws(DurableStoreError) -> Int

    /// Runs statements without values or answers, separated by semicolons: migrations.
    func executeScript(_ sql: String) throws(DurableStoreError)
}

/// A table that rows are inserted into in bulk, and the columns that get the values, in order.
package struct BulkTable: Hashable, Sendable {
    /// A column's name and type.
    package struct Column: Hashable, Sendable {
        package let name: String
        package let type: SQLType

        package init(_ name: String, _ type: SQLType) {
            self.name = name
            self.type = type
        }
    }

    package let name: String
    package let columns: [Column]
    /// What happens to a row that is there already: `DO NOTHING`, or a unique key and what is changed then.
    ///
    /// If it changes something, no two rows of one key may come in one call.
    package let onConflict: String
    /// What SQLite is to run behind an insertion, with the last number that a row had before (`MAX(row)`) as `$1`; nil for nothing.
    let afterInsertion: String?

    package init(
        _ name: String,
        _ columns: [Column],
        onConflict: String = "DO NOTHING",
        afterInsertion: String? = nil
    ) {
        self.name = name
        self.columns = columns
        self.onConflict = onConflict
        self.afterInsertion = afterInsertion
    }
}

/// Whose rows a transaction may read and write.
///
/// PostgreSQL enforces it by row-level security; in SQLite, which serves a single process of ours and knows no such
/// thing, only the repositories' own conditions do.
package enum SQLScope: Hashable, Sendable {
    case tenant(TenantID)
    /// All rows of all tenants: for the services that work for the whole cell (history, ledger, migrations).
    case cell
}

/// What a transaction may do.
package enum SQLAccess: Hashable, Sendable {
    case readOnly
    case readWrite
}

/// Where the databases differ.
package enum SQLDialect: Hashable, Sendable {
    case postgres
    case sqlite

    /// How the type of a column is spelled.
    ///
    /// Texts compare by their bytes in both.
    package func name(of type: SQLType) -> String {
        switch (self, type) {
        case (.postgres, .integer): "BIGINT"
        case (.postgres, .real): "DOUBLE PRECISION"
        case (.postgres, .blob): "BYTEA"
        case (.sqlite, .integer): "INTEGER"
        case (.sqlite, .real): "REAL"
        case (.sqlite, .blob): "BLOB"
        case (.postgres, .text): "TEXT COLLATE \"C\""
        case (.sqlite, .text): "TEXT"
        }
    }
}

extension SQLDatabase {
    /// How long a call takes at most unless it says otherwise.
    package static var usualDeadline: Duration { .seconds(10) }

    /// Runs `body` in one transaction that may write, within the usual deadline.
    package func write<Answer: Sendable>(
        _ scope: SQLScope,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer {
        try await self.withTransaction(scope, .readWrite, deadline: Self.usualDeadline, body)
    }

    /// Runs one statement in a transaction of its own.
    package func execute(
        _ sql: String,
        _ bindings: [SQLValue] = [],
        in scope: SQLScope,
        _ access: SQLAccess = .readWrite,
        deadline: Duration? = nil
    ) async throws(DurableStoreError) -> [SQLRow] {
        try await self.withTransaction(scope, access, deadline: deadline ?? Self.usualDeadline) {
            connection throws(DurableStoreError) in
            try connection.execute(sql, bindings)
        }
    }
}

extension SQLConnection {
    /// Runs one statement without values.
    package func execute(_ sql: String) throws(DurableStoreError) -> [SQLRow] { try self.execute(sql, []) }
}
