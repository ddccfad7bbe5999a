package import Tenant

/// Up to where the people of an account have read each conversation, on whichever client.
package struct ReadMarkerRepository: Sendable {
    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    /// The time up to which a conversation was read.
    ///
    /// - Parameters:
    ///   - conversation: `Conversation.text`.
    ///   - account: The account's folded name.
    ///   - tenant: Whose account.
    /// - Returns: Milliseconds since 1970; nil if nobody said so.
    /// - Throws: ``DurableStoreError``
    package func time(
        of conversation: String,
        by account: String,
        of tenant: TenantID
    ) async throws(DurableStoreError) -> Int64? {
        let rows = try await self.database.execute(
            "SELECT time FROM read_markers WHERE tenant = $1 AND account = $2 AND conversation = $3",
            [.text(tenant.text), .text(account), .text(conversation)],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.first?.integer(0)
    }

    /// Notes that a conversation was read up to a time: a marker only moves forward.
    ///
    /// - Returns: Where it is now, which is later if another client was further.
    package func advance(
        _ conversation: String,
        to time: Int64,
        by account: String,
        of tenant: TenantID
    ) async throws(DurableStoreError) -> Int64 {
        let greater = self.database.dialect == .postgres ? "GREATEST" : "MAX"
        let rows = try await self.database.execute(
            """
            INSERT INTO read_markers (tenant, account, conversation, time) VALUES ($1, $2, $3, $4)
            ON CONFLICT (tenant, account, conversation)
            DO UPDATE SET time = \(greater)(read_markers.time, excluded.time) RETURNING time
            """,
            [.text(tenant.text), .text(account), .text(conversation), .integer(time)],
            in: .tenant(tenant)
        )
        guard let row = rows.first else { throw .invalidAnswer("no marker") }
        return try row.integer(0)
    }
}
