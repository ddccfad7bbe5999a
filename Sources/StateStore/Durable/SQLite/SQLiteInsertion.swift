import GRDB
import GRDBSQLite

/// A statement that is run once for each of many rows: bound and stepped without a list of arguments in between, which would be
/// most of what a row costs.
struct SQLiteInsertion {
    private let handle: OpaquePointer
    private let connection: OpaquePointer?
    /// SQLite keeps a copy.
    private static let copied = unsafeBitCast(OpaquePointer(bitPattern: -1), to: sqlite3_destructor_type.self)

    init(_ statement: Statement, _ database: Database) {
        self.handle = statement.sqliteStatement
        self.connection = database.sqliteConnection
    }

    /// Inserts a row.
    ///
    /// - Returns: How many rows were new, or changed: one or none.
    /// - Throws: `DatabaseError`, or a refusal of a text that no driver takes.
    func insert(_ row: [SQLValue]) throws -> Int {
        defer {
            sqlite3_reset(self.handle)
            sqlite3_clear_bindings(self.handle)
        }
        for (index, value) in row.enumerated() {
            let code = try self.bind(value, at: CInt(index + 1))
            guard code == SQLITE_OK else { throw self.failure(code) }
        }
        let code = sqlite3_step(self.handle)
        guard code == SQLITE_DONE else { throw self.failure(code) }
        return Int(sqlite3_changes(self.connection))
    }

    private func bind(_ value: SQLValue, at index: CInt) throws -> CInt {
        switch value {
        case .null: return sqlite3_bind_null(self.handle, index)
        case .integer(let integer): return sqlite3_bind_int64(self.handle, index, integer)
        case .real(let real): return sqlite3_bind_double(self.handle, index, real)
        case .text(var text):
            try text.requireNoNUL()
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { text in
                    // A text of no bytes has no address; it is no null for that.
                    guard let start = text.baseAddress else {
                        return sqlite3_bind_text(self.handle, index, "", 0, Self.copied)
                    }
                    return sqlite3_bind_text(self.handle, index, start, CInt(text.count), Self.copied)
                }
            }
        case .blob(let blob):
            if blob.isEmpty { return sqlite3_bind_zeroblob(self.handle, index, 0) }
            return blob.withUnsafeBytes { bytes in
                sqlite3_bind_blob(self.handle, index, bytes.baseAddress, CInt(bytes.count), Self.copied)
            }
        }
    }

    private func failure(_ code: CInt) -> DatabaseError {
        let extended = sqlite3_extended_errcode(self.connection)
        let message = sqlite3_errmsg(self.connection).map { String(cString: $0) }
        return DatabaseError(
            resultCode: ResultCode(rawValue: extended == SQLITE_OK ? code : extended),
            message: message
        )
    }
}
