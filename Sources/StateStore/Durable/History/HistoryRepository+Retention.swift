// How what is too old goes, row by row.

package import Tenant

extension HistoryRepository {
    /// For how many days longer than its last row a conversation is known, so that what comes late finds it.
    private static let patience: Int64 = 7

    /// Forgets some of what is older than a time, and all dead letters that are; call it again until it returns less than
    /// `limit`.
    ///
    /// It walks the conversations: of each the oldest come first in the one index that there is.
    ///
    /// - Parameters:
    ///   - time: Milliseconds since 1970.
    ///   - tenant: Whose history.
    ///   - limit: How many records at most, so that no transaction is long.
    /// - Returns: How many records were forgotten.
    /// - Throws: ``DurableStoreError``
    package func delete(
        before time: Int64,
        of tenant: TenantID,
        limit: Int = 5000
    ) async throws(DurableStoreError) -> Int {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            _ = try connection.execute(
                "DELETE FROM dead_letters WHERE tenant = $1 AND time < $2",
                [.text(tenant.text), .integer(time)]
            )
            let rows = try connection.execute(
                """
                DELETE FROM history WHERE tenant = $1 AND (conversation, time, epoch, sequence) IN (
                    SELECT h.conversation, h.time, h.epoch, h.sequence FROM conversations c
                    JOIN history h ON h.tenant = $1 AND h.conversation = c.id AND h.time < $2
                    WHERE c.tenant = $1 LIMIT $3
                ) RETURNING 1
                """,
                [.text(tenant.text), .integer(time), .integer(Int64(limit))]
            )
            guard rows.count < limit else { return rows.count }
            for table in ["conversations", "history_origins"] {
                _ = try connection.execute(
                    "DELETE FROM \(table) WHERE tenant = $1 AND day < $2",
                    [.text(tenant.text), .integer(time / Self.day - Self.patience)]
                )
            }
            return rows.count
        }
    }
}
