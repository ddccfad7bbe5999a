// How the driver speaks SQL for the repositories: prepared statements, and COPY for many rows.

extension PostgresConnection: SQLConnection {
    /// How much of a COPY is handed to libpq at a time.
    private static var copyChunk: Int { 256 * 1024 }

    var dialect: SQLDialect { .postgres }

    func execute(_ sql: String, _ bindings: [SQLValue]) throws(DurableStoreError) -> [SQLRow] {
        try self.result(of: sql, PostgresParameters(bindings)).rows()
    }

    func executeScript(_ sql: String) throws(DurableStoreError) {
        try self.sendScript(sql)
        _ = try self.answer()
    }

    /// By COPY into a temporary table, since COPY neither passes over rows that exist nor goes into a table with
    /// row-level security.
    func insertNew(_ rows: [[SQLValue]], into table: BulkTable) throws(DurableStoreError) -> Int {
        let names = table.columns.map(\.name).joined(separator: ", ")
        let definitions = table.columns.map { "\($0.name) \(self.dialect.name(of: $0.type))" }.joined(separator: ", ")
        let staging = "staging_\(table.name)"
        // Kept where it can be: what is made and dropped each time bloats the catalogue.
        let end = self.ownsSession ? "DELETE ROWS" : "DROP"
        try self.executeScript(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS \(staging) (\(definitions)) ON COMMIT \(end);
            TRUNCATE pg_temp.\(staging);
            COPY pg_temp.\(staging) (\(names)) FROM STDIN (FORMAT binary)
            """
        )
        try self.copy(rows)
        let inserted = try self.execute(
            """
            WITH inserted AS (
                INSERT INTO \(table.name) (\(names)) SELECT \(names) FROM pg_temp.\(staging)
                ON CONFLICT \(table.onConflict) RETURNING 1
            ) SELECT COUNT(*) FROM inserted
            """
        )
        guard let count = inserted.first else { throw .invalidAnswer("no count") }
        return Int(try count.integer(0))
    }

    private func copy(_ rows: [[SQLValue]]) throws(DurableStoreError) {
        do throws(DurableStoreError) {
            var encoder = CopyEncoder()
            for row in rows {
                try encoder.append(row)
                if encoder.bytes.count >= Self.copyChunk { try self.put(&encoder) }
            }
            encoder.end()
            try self.put(&encoder)
            try self.endCopy()
        } catch {
            // A row that cannot be sent: the server has to hear of the end before it takes anything else.
            if !self.isBroken {
                try self.endCopy(failure: "refused by the client")
                do throws(DurableStoreError) { _ = try self.answer() } catch {}
            }
            throw error
        }
        _ = try self.answer()
    }

    private func put(_ encoder: inout CopyEncoder) throws(DurableStoreError) {
        try encoder.bytes.withUnsafeBufferPointer { bytes throws(DurableStoreError) in
            try self.put(UnsafeRawBufferPointer(bytes))
        }
        encoder.bytes.removeAll(keepingCapacity: true)
    }
}
