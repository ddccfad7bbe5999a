// From when on the history has what was said: what is before is asked for elsewhere.

package import Tenant

extension HistoryRepository {
    /// When the first of what is kept of conversations was said or happened.
    ///
    /// - Parameters:
    ///   - conversations: `Conversation.text`.
    ///   - tenant: Whose.
    /// - Returns: Milliseconds since 1970; conversations of which nothing is kept are not in it.
    /// - Throws: ``DurableStoreError``
    package func starts(
        of conversations: [String],
        of tenant: TenantID
    ) async throws(DurableStoreError) -> [String: Int64] {
        if conversations.isEmpty { return [:] }
        return try await self.database.withTransaction(.tenant(tenant), .readOnly, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            var starts: [String: Int64] = [:]
            for conversation in conversations {
                let rows = try connection.execute(
                    "SELECT time FROM history WHERE tenant = $1 AND conversation = $2 ORDER BY time LIMIT 1",
                    [.text(tenant.text), .integer(Self.number(of: conversation, tenant))]
                )
                starts[conversation] = try rows.first?.integer(0)
            }
            return starts
        }
    }
}
