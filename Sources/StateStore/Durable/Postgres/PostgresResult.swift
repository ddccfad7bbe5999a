import CLibPQ

/// A result of libpq, freed with this object.
final class PostgresResult {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(self.handle) }

    /// Whether the server waits for the bytes of a COPY.
    var wantsCopy: Bool { PQresultStatus(self.handle) == PGRES_COPY_IN }

    /// The name of the command that was done, e.g.
    ///
    /// `COMMIT`.
    var command: String { PQcmdStatus(self.handle).map { String(cString: $0) } ?? "" }

    /// Whether the server ends the connection with this.
    var endsConnection: Bool { ["FATAL", "PANIC"].contains(self.field("V")) }

    /// Whether the server refuses to write: it is a standby, or became one.
    var isReadOnlyServer: Bool { self.field("C") == "25006" }

    /// What an error of the server means to the caller, by the class of its code.
    ///
    /// https://www.postgresql.org/docs/current/errcodes-appendix.html
    var failure: DurableStoreError? {
        switch PQresultStatus(self.handle) {
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR: break
        default: return nil
        }
        let code = self.field("C") ?? ""
        let message = self.field("M") ?? "no message"
        switch code {
        case "23505": return .conflict(message)
        case "57014": return .timedOut
        case "40001", "40P01", "55P03": return .contended(message)
        case "25006", "": return .unavailable(reason: message)
        case _ where ["08", "53", "57", "58"].contains(code.prefix(2)): return .unavailable(reason: message)
        default: return .rejected(code: code, message: message)
        }
    }

    private func field(_ letter: Unicode.Scalar) -> String? {
        PQresultErrorField(self.handle, Int32(letter.value)).map { String(cString: $0) }
    }

    /// The rows, which came in binary format.
    func rows() throws(DurableStoreError) -> [SQLRow] {
        let columns = PQnfields(self.handle)
        var rows: [SQLRow] = []
        rows.reserveCapacity(Int(PQntuples(self.handle)))
        for row in 0..<PQntuples(self.handle) {
            var values: [SQLValue] = []
            values.reserveCapacity(Int(columns))
            for column in 0..<columns { values.append(try self.value(row, column)) }
            rows.append(SQLRow(values))
        }
        return rows
    }

    /// The types are those that our statements yield, by their numbers in `pg_type`.
    private func value(_ row: Int32, _ column: Int32) throws(DurableStoreError) -> SQLValue {
        guard PQgetisnull(self.handle, row, column) == 0, let start = PQgetvalue(self.handle, row, column) else {
            return .null
        }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(self.handle, row, column)))
        switch (PQftype(self.handle, column), bytes.count) {
        case (20, 8): return .integer(Int64(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))))
        case (23, 4): return .integer(Int64(Int32(bitPattern: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)))))
        case (21, 2): return .integer(Int64(Int16(bitPattern: UInt16(bigEndian: bytes.loadUnaligned(as: UInt16.self)))))
        case (16, 1): return .integer(Int64(bytes[0]))
        case (701, 8): return .real(Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))))
        case (17, _): return .blob([UInt8](bytes))
        case (25, _), (1043, _), (19, _), (705, _): return .text(String(decoding: bytes, as: UTF8.self))
        case (2278, _): return .null
        case (let type, _): throw .invalidAnswer("column \(column) is of the type \(type), which nothing here reads")
        }
    }
}
