// How a message is taken back.

package import Tenant

extension HistoryRepository {
    /// Erases what a message said and how it was tagged; that there was one, and who took it back, stays.
    ///
    /// - Parameters:
    ///   - id: The message.
    ///   - conversation: `Conversation.text`.
    ///   - tenant: Whose.
    ///   - redaction: Who takes it back and why, see ``HistoryRecord/redaction``.
    /// - Returns: Whether there was such a message that had not been taken back.
    /// - Throws: ``DurableStoreError``
    package func redact(
        _ id: Stamp,
        in conversation: String,
        of tenant: TenantID,
        _ redaction: String
    ) async throws(DurableStoreError) -> Bool {
        let rows = try await self.database.execute(
            """
            UPDATE history SET text = NULL, tags = NULL, redaction = $6
            WHERE tenant = $1 AND conversation = $2 AND time = $3 AND epoch = $4 AND sequence = $5
            AND kind <= \(HistoryRecord.Kind.tagmsg.rawValue) AND redaction IS NULL RETURNING 1
            """,
            [.text(tenant.text), .integer(Self.number(of: conversation, tenant))] + Self.values(HistoryCursor(id))
                + [.text(redaction)],
            in: .tenant(tenant)
        )
        return !rows.isEmpty
    }
}
