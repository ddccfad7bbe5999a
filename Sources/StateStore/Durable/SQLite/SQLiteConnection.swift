import Foundation
import GRDB

/// A connection of SQLite during a transaction.
final class SQLiteConnection: SQLConnection {
    private let database: Database

    let dialect = SQLDialect.sqlite

    init(_ database: Database) { self.database = database }

    func execute(_ sql: String, _ bindings: [SQLValue]) throws(DurableStoreError) -> [SQLRow] {
        try self.reportingFailures {
            let statement = try self.database.cachedStatement(sql: SQLitePlaceholders.translate(sql))
            let arguments = StatementArguments(try bindings.map(Self.databaseValue))
            return try Row.fetchAll(statement, arguments: arguments).map { row in
                SQLRow(row.databaseValues.map(Self.value))
            }
        }
    }

    func insertNew(_ rows: [[SQLValue]], into table: BulkTable) throws(DurableStoreError) -> Int {
        let columns = table.columns.map(\.name).joined(separator: ", ")
        let places = table.columns.map { _ in "?" }.joined(separator: ", ")
        let last =
            table.afterInsertion == nil ? [] : try self.execute("SELECT COALESCE(MAX(row), 0) FROM \(table.name)")
        let inserted = try self.reportingFailures {
            let statement = try self.database.cachedStatement(
                sql: "INSERT INTO \(table.name) (\(columns)) VALUES (\(places)) ON CONFLICT \(table.onConflict)"
            )
            let insertion = SQLiteInsertion(statement, self.database)
            var inserted = 0
            for row in rows { inserted += try insertion.insert(row) }
            return inserted
        }
        if let following = table.afterInsertion, let last = last.first { _ = try self.execute(following, last.values) }
        return inserted
    }

    func executeScript(_ sql: String) throws(DurableStoreError) {
        try self.reportingFailures { try self.database.execute(sql: sql) }
    }

    private func reportingFailures<Answer>(_ body: () throws -> Answer) throws(DurableStoreError) -> Answer {
        do {
            return try body()
        } catch let error as DurableStoreError {
            throw error
        } catch {
            throw Self.failure(error)
        }
    }

    /// What an error of SQLite means to the caller.
    static func failure(_ error: any Error) -> DurableStoreError {
        guard let error = error as? DatabaseError else { return .unavailable(reason: "\(error)") }
        let message = error.message ?? "no message"
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_UNIQUE: return .conflict(message)
        default: break
        }
        switch error.resultCode {
        case .SQLITE_INTERRUPT, .SQLITE_ABORT: return .cancelled
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_NOMEM,
            .SQLITE_READONLY:
            return .unavailable(reason: message)
        case .SQLITE_MISUSE where message.contains("closed"): return .closed
        default: return .rejected(code: "\(error.extendedResultCode.rawValue)", message: message)
        }
    }

    private static func databaseValue(_ value: SQLValue) throws(DurableStoreError) -> DatabaseValue {
        switch value {
        case .null: return .null
        case .integer(let integer): return integer.databaseValue
        case .real(let real): return real.databaseValue
        case .text(let text):
            try text.requireNoNUL()
            return text.databaseValue
        case .blob(let bytes): return Data(bytes).databaseValue
        }
    }

    private static func value(_ value: DatabaseValue) -> SQLValue {
        switch value.storage {
        case .null: .null
        case .int64(let integer): .integer(integer)
        case .double(let real): .real(real)
        case .string(let text): .text(text)
        case .blob(let data): .blob([UInt8](data))
        }
    }
}
