// The history on its way to another installation: each row with what its numbers stand for, since these are made of the tenant's name.

package import Tenant

extension HistoryRepository {
    /// The columns of a row in a bundle.
    static let bundled: [BulkTable.Column] = [
        .init("conversation", .text), .init("time", .integer), .init("epoch", .integer), .init("sequence", .integer),
        .init("kind", .integer), .init("prefix", .text), .init("target", .text), .init("account", .text),
        .init("is_bot", .integer), .init("tags", .text), .init("text", .text), .init("redaction", .text),
    ]
    /// Those of them that may be null.
    static let bundledNullable: Set<String> = ["account", "tags", "text", "redaction"]
    /// Where in a row the names are that the tables of names have: the conversation, and who said it.
    static let bundledNames = [0, 5]

    /// Some rows, as ``bundled`` says, each with its key behind it.
    static func page(
        of tenant: TenantID,
        after last: [SQLValue]?,
        limit: Int,
        _ connection: any SQLConnection
    ) throws(DurableStoreError) -> [[SQLValue]] {
        let bound = last == nil ? "" : "AND (conversation, time, epoch, sequence) > ($3, $4, $5, $6)"
        return try connection.execute(
            """
            SELECT c.name, h.time, h.epoch, h.sequence, h.kind, o.prefix, o.target, o.account, o.is_bot, h.tags, h.text,
                h.redaction, h.conversation, h.time, h.epoch, h.sequence
            FROM (
                SELECT conversation, time, epoch, sequence, kind, origin, tags, text, redaction FROM history
                WHERE tenant = $1 \(bound) ORDER BY conversation, time, epoch, sequence LIMIT $2
            ) h
            LEFT JOIN conversations c ON c.tenant = $1 AND c.id = h.conversation
            LEFT JOIN history_origins o ON o.tenant = $1 AND o.id = h.origin
            ORDER BY h.conversation, h.time, h.epoch, h.sequence
            """,
            [.text(tenant.text), .integer(Int64(limit))] + (last ?? [])
        ).map(\.values)
    }

    /// The record that a row in a bundle is.
    ///
    /// - Parameters:
    ///   - row: As ``BundleTable`` of the history has it.
    ///   - tenant: Whose it is to be.
    /// - Returns: The record.
    /// - Throws: ``DurableStoreError/invalidAnswer(_:)`` if it is of no kind.
    package static func record(
        bundled row: [SQLValue],
        _ tenant: TenantID
    ) throws(DurableStoreError) -> HistoryRecord {
        let row = SQLRow(row)
        let columns: [SQLValue] = [1, 2, 3, 4, 5, 7, 8, 6, 9, 10, 11].map { row.values[$0] }
        return try Self.record(SQLRow(columns), tenant, in: try row.text(0))
    }

    /// Which of some messages are in the history, with what they say or without.
    ///
    /// - Parameters:
    ///   - messages: Their conversations and ids.
    ///   - tenant: Whose.
    ///   - orTakenBack: Whether those count of which nothing but that is left.
    /// - Returns: For each whether it is there.
    /// - Throws: ``DurableStoreError``
    package func has(
        _ messages: [(conversation: String, id: Stamp)],
        of tenant: TenantID,
        orTakenBack: Bool = true
    ) async throws(DurableStoreError) -> [Bool] {
        let condition = orTakenBack ? "" : " AND redaction IS NULL"
        let keys: [[SQLValue]] = messages.map { message in
            [.text(tenant.text), .integer(Self.number(of: message.conversation, tenant))]
                + Self.values(HistoryCursor(message.id))
        }
        return try await self.database.withTransaction(.tenant(tenant), .readOnly, deadline: .seconds(60)) {
            connection throws(DurableStoreError) in
            try keys.map { key throws(DurableStoreError) in
                try !connection.execute(
                    """
                    SELECT 1 FROM history
                    WHERE tenant = $1 AND conversation = $2 AND time = $3 AND epoch = $4 AND sequence = $5\(condition)
                    """,
                    key
                ).isEmpty
            }
        }
    }
}

extension HistoryRepository {
    /// Makes sure that a row in a bundle can be a record.
    package static func check(bundled row: [SQLValue]) throws(BundleFault) {
        guard case .integer(let kind) = row[4], HistoryRecord.Kind(rawValue: kind) != nil else {
            throw .wrongValue("kind", table: "history", wanted: "a kind of this version")
        }
    }
}
