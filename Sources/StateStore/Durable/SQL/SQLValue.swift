import Foundation

/// A value on its way into or out of a database, in the types that PostgreSQL and SQLite share.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    /// A text, or null.
    package static func text(orNull text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
}

/// The type of a column, as both databases spell it differently.
package enum SQLType: Hashable, Sendable {
    case integer
    case real
    case text
    case blob
}

/// One row of an answer.
///
/// Columns are read by place, as the statement names them.
package struct SQLRow: Hashable, Sendable {
    package let values: [SQLValue]

    package init(_ values: [SQLValue]) { self.values = values }

    /// The integer in a column.
    ///
    /// - Throws: ``DurableStoreError/invalidAnswer(_:)`` if there is none.
    package func integer(_ column: Int) throws(DurableStoreError) -> Int64 {
        guard case .integer(let value)? = self.value(column) else { throw self.mismatch(column, "an integer") }
        return value
    }

    /// The text in a column.
    ///
    /// - Throws: ``DurableStoreError/invalidAnswer(_:)`` if there is none.
    package func text(_ column: Int) throws(DurableStoreError) -> String {
        guard case .text(let value)? = self.value(column) else { throw self.mismatch(column, "a text") }
        return value
    }

    /// The text in a column, or nil for null.
    ///
    /// - Throws: ``DurableStoreError/invalidAnswer(_:)`` if it is something else.
    package func optionalText(_ column: Int) throws(DurableStoreError) -> String? {
        if case .null? = self.value(column) { return nil }
        return try self.text(column)
    }

    /// The integer in a column, or nil for null.
    ///
    /// - Throws: ``DurableStoreError/invalidAnswer(_:)`` if it is something else.
    package func optionalInteger(_ column: Int) throws(DurableStoreError) -> Int64? {
        if case .null? = self.value(column) { return nil }
        return try self.integer(column)
    }

    /// The bytes in a column.
    ///
    /// - Throws: ``DurableStoreError/invalidAnswer(_:)`` if there are none.
    package func blob(_ column: Int) throws(DurableStoreError) -> [UInt8] {
        guard case .blob(let value)? = self.value(column) else { throw self.mismatch(column, "bytes") }
        return value
    }

    /// The bytes in a column, or nil for null.
    ///
    /// - Throws: ``DurableStoreError/invalidAnswer(_:)`` if it is something else.
    package func optionalBlob(_ column: Int) throws(DurableStoreError) -> [UInt8]? {
        if case .null? = self.value(column) { return nil }
        return try self.blob(column)
    }

    private func value(_ column: Int) -> SQLValue? {
        self.values.indices.contains(column) ? self.values[column] : nil
    }

    private func mismatch(_ column: Int, _ wanted: String) -> DurableStoreError {
        .invalidAnswer("column \(column) of \(self.values.count) is not \(wanted)")
    }
}

extension String {
    /// PostgreSQL has no text with a NUL in it, so no driver takes one.
    ///
    /// - Throws: ``DurableStoreError/rejected(code:message:)`` with PostgreSQL's code for it.
    func requireNoNUL() throws(DurableStoreError) {
        let hasNUL = self.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
        }
        guard !(hasNUL ?? self.utf8.contains(0)) else {
            throw .rejected(code: "22021", message: "a text contains a NUL")
        }
    }
}
