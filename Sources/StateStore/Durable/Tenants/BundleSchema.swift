// What a database takes of a bundle's rows. Each row is looked at before anything is written, so that no import ends in the middle for what
// is in it.

/// What is wrong with a row.
package enum BundleFault: Error, Hashable, CustomStringConvertible {
    case unknownTable(String)
    case unknownColumn(String, table: String)
    case missingColumn(String, table: String)
    /// What the column wants.
    case wrongValue(String, table: String, wanted: String)

    package var description: String {
        switch self {
        case .unknownTable(let table): "no table of a tenant is called `\(table)`"
        case .unknownColumn(let column, let table): "\(table) has no column `\(column)`"
        case .missingColumn(let column, let table): "\(table) lacks the column `\(column)`"
        case .wrongValue(let column, let table, let wanted): "\(table): `\(column)` is not \(wanted)"
        }
    }
}

/// The columns of a database's tables, as its catalogue says.
package struct BundleSchema: Sendable {
    /// A column.
    struct Column: Hashable, Sendable {
        let isNullable: Bool
        /// What it has where nothing is said; nil if something has to be.
        let fallback: SQLValue?
    }

    private let columns: [String: [String: Column]]

    /// Reads what a database says.
    package static func load(_ store: DurableStore) async throws(DurableStoreError) -> BundleSchema {
        let columns = try await store.database.withTransaction(.cell, .readOnly, deadline: .seconds(30)) {
            connection throws(DurableStoreError) in
            var columns: [String: [String: Column]] = [:]
            for table in BundleTable.all where table.name != "history" {
                columns[table.name] = try Self.columns(of: table.table, connection)
            }
            return columns
        }
        return BundleSchema(columns: columns)
    }

    private static func columns(
        of table: TenantTable,
        _ connection: any SQLConnection
    ) throws(DurableStoreError) -> [String: Column] {
        let sql =
            switch connection.dialect {
            case .postgres:
                """
                SELECT CAST(column_name AS TEXT), CASE WHEN is_nullable = 'YES' THEN 1 ELSE 0 END,
                    CAST(column_default AS TEXT)
                FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '\(table.name)'
                """
            case .sqlite:
                "SELECT name, CASE WHEN \"notnull\" = 0 THEN 1 ELSE 0 END, dflt_value FROM pragma_table_info('\(table.name)')"
            }
        var columns: [String: Column] = [:]
        for row in try connection.execute(sql) {
            let name = try row.text(0)
            guard let type = table.bulk.columns.first(where: { $0.name == name })?.type else { continue }
            let isNullable = try row.integer(1) != 0
            var fallback: SQLValue? = isNullable ? .null : nil
            if let expression = try row.optionalText(2) {
                // A text in a cast has no order.
                let sqlType = type == .text ? "TEXT" : connection.dialect.name(of: type)
                let made = try connection.execute("SELECT CAST(\(expression) AS \(sqlType))")
                fallback = made.first?.values.first
            }
            columns[name] = Column(isNullable: isNullable, fallback: fallback)
        }
        return columns
    }

    /// Takes a row if the database does.
    ///
    /// - Parameters:
    ///   - values: What its columns have, by their names.
    ///   - table: Of which table.
    ///   - isOlder: Whether columns may be missing that a later version added.
    /// - Returns: The values in the order of the table's columns.
    /// - Throws: ``BundleFault``
    package func row(
        _ values: [String: SQLValue],
        of table: BundleTable,
        isOlder: Bool
    ) throws(BundleFault) -> [SQLValue] {
        var row: [SQLValue] = []
        row.reserveCapacity(table.columns.count)
        var taken = 0
        for column in table.columns {
            let known = self.column(column.name, of: table)
            if let value = values[column.name] {
                taken += 1
                try Self.check(value, column, of: table, isNullable: known.isNullable)
                row.append(value)
            } else if isOlder, let fallback = known.fallback {
                row.append(fallback)
            } else {
                throw .missingColumn(column.name, table: table.name)
            }
        }
        if taken < values.count {
            let known = Set(table.columns.map(\.name))
            let unknown = values.keys.filter { !known.contains($0) }.min() ?? ""
            throw .unknownColumn(unknown, table: table.name)
        }
        return row
    }

    /// What a column has that a bundle leaves out.
    func fallback(of column: String, in table: BundleTable) -> SQLValue {
        self.column(column, of: table).fallback ?? .null
    }

    private func column(_ name: String, of table: BundleTable) -> Column {
        if table.name == "history" {
            let isNullable = HistoryRepository.bundledNullable.contains(name)
            return Column(isNullable: isNullable, fallback: isNullable ? .null : nil)
        }
        return self.columns[table.name]?[name] ?? Column(isNullable: false, fallback: nil)
    }

    private static func check(
        _ value: SQLValue,
        _ column: BulkTable.Column,
        of table: BundleTable,
        isNullable: Bool
    ) throws(BundleFault) {
        let (isRight, wanted) =
            switch (value, column.type) {
            case (.null, _): (isNullable, "there")
            case (_, .integer): (value.isInteger, "an integer of 64 bits")
            case (.text(let text), .text): (!text.utf8.contains(0), "a text without a NUL")
            case (_, .text): (false, "a text")
            case (.blob, .blob), (.real, .real): (true, "")
            case (_, .blob): (false, "bytes in base64")
            case (_, .real): (false, "a number")
            }
        if !isRight { throw .wrongValue(column.name, table: table.name, wanted: wanted) }
    }
}

extension SQLValue {
    fileprivate var isInteger: Bool { if case .integer = self { true } else { false } }
}
