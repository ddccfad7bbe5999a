import Chat
import NIOCore
package import Tenant

/// The messages of all tenants that wait for a moderator.
///
/// One that is let through is claimed first, so that two moderators do not both let it through, and removed once it was said: who ends
/// in between leaves it to be claimed again a minute later.
package struct HeldMessageRepository: Sendable {
    /// How many of one sender may wait.
    package static let mostOfSender = 20
    /// After how long a claim lapses, in milliseconds.
    private static let claim: Int64 = 60_000

    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    private static let columns =
        "id, time, expires_at, sender, nick, account, target, recipient, check_name, reason, entry, "
        + "channel_created, host"

    /// Keeps a message; those that have waited too long go first.
    ///
    /// - Parameters:
    ///   - message: What is held.
    ///   - tenant: Of which tenant.
    ///   - limit: How many may wait.
    ///   - record: What the audit log says of it.
    /// - Returns: What came of it.
    /// - Throws: ``DurableStoreError``
    package func add(
        _ message: HeldMessage,
        of tenant: TenantID,
        limit: Int,
        noting record: AuditRecord? = nil
    ) async throws(DurableStoreError) -> Holding {
        try await self.database.withTransaction(.tenant(tenant), .readWrite, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            _ = try connection.execute(
                "DELETE FROM held_messages WHERE tenant = $1 AND expires_at <= $2 RETURNING id",
                [.text(tenant.text), .integer(message.time)]
            )
            let counted = try connection.execute(
                """
                SELECT COUNT(*), COALESCE(SUM(CASE WHEN sender = $2 OR account = $3 OR host = $4
                    THEN 1 ELSE 0 END), 0)
                FROM held_messages WHERE tenant = $1
                """,
                [
                    .text(tenant.text), .text(message.sender.text), .text(message.account ?? ""),
                    .text(message.host ?? ""),
                ]
            )
            guard let counts = counted.first else { throw .invalidAnswer("no count") }
            guard try counts.integer(0) < Int64(clamping: limit) else { return .isFull }
            guard try counts.integer(1) < Int64(Self.mostOfSender) else { return .senderHasTooMany }
            _ = try connection.execute(
                """
                INSERT INTO held_messages (tenant, \(Self.columns))
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id
                """,
                [
                    .text(tenant.text), .text(message.id), .integer(message.time), .integer(message.expires),
                    .text(message.sender.text), .text(message.nick), .text(orNull: message.account),
                    .text(message.target), .text(orNull: message.recipient?.text), .text(message.check),
                    .text(message.reason), .blob(Array(message.message.entry.readableBytesView)),
                    message.channelCreated.map { SQLValue.integer($0) } ?? .null, .text(orNull: message.host),
                ]
            )
            if let record { try AuditRepository.store([record], over: connection) }
            return .held
        }
    }

    /// Those that wait, the oldest first.
    ///
    /// - Parameters:
    ///   - tenant: Of which tenant.
    ///   - now: Milliseconds since 1970.
    ///   - limit: How many at most.
    /// - Returns: Those.
    /// - Throws: ``DurableStoreError``
    package func list(
        of tenant: TenantID,
        now: Int64,
        limit: Int
    ) async throws(DurableStoreError) -> [HeldMessage] {
        let rows = try await self.database.execute(
            """
            SELECT \(Self.columns) FROM held_messages WHERE tenant = $1 AND expires_at > $2
            ORDER BY time, id LIMIT $3
            """,
            [.text(tenant.text), .integer(now), .integer(Int64(clamping: limit))],
            in: .tenant(tenant),
            .readOnly
        )
        var messages: [HeldMessage] = []
        for row in rows { if let message = try Self.message(row) { messages.append(message) } }
        return messages
    }

    /// One that waits; nil if there is none of this id.
    ///
    /// - Throws: ``DurableStoreError``
    package func find(_ id: String, of tenant: TenantID, now: Int64) async throws(DurableStoreError) -> HeldMessage? {
        let rows = try await self.database.execute(
            "SELECT \(Self.columns) FROM held_messages WHERE tenant = $1 AND id = $2 AND expires_at > $3",
            [.text(tenant.text), .text(id), .integer(now)],
            in: .tenant(tenant),
            .readOnly
        )
        guard let row = rows.first else { return nil }
        return try Self.message(row)
    }

    /// The same, claimed by who is about to let it through; nil also if somebody else is.
    ///
    /// - Throws: ``DurableStoreError``
    package func claim(_ id: String, of tenant: TenantID, now: Int64) async throws(DurableStoreError) -> HeldMessage? {
        let rows = try await self.database.execute(
            """
            UPDATE held_messages SET claimed_at = $3
            WHERE tenant = $1 AND id = $2 AND expires_at > $3 AND (claimed_at IS NULL OR claimed_at <= $4)
            RETURNING \(Self.columns)
            """,
            [.text(tenant.text), .text(id), .integer(now), .integer(now - Self.claim)],
            in: .tenant(tenant)
        )
        guard let row = rows.first else { return nil }
        return try Self.message(row)
    }

    /// It was not let through after all.
    ///
    /// - Throws: ``DurableStoreError``
    package func unclaim(_ id: String, of tenant: TenantID) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            "UPDATE held_messages SET claimed_at = NULL WHERE tenant = $1 AND id = $2 RETURNING id",
            [.text(tenant.text), .text(id)],
            in: .tenant(tenant)
        )
    }

    /// Removes one that was looked at.
    ///
    /// One that somebody is about to let through is not there for anybody else.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - tenant: Of which tenant.
    ///   - now: Milliseconds since 1970; nil for who has claimed it.
    ///   - record: What the audit log says of it, unless it says so already.
    /// - Returns: It; nil if there is none any more.
    /// - Throws: ``DurableStoreError``
    package func remove(
        _ id: String,
        of tenant: TenantID,
        now: Int64? = nil,
        noting record: AuditRecord? = nil
    ) async throws(DurableStoreError) -> HeldMessage? {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            let rows = try connection.execute(
                """
                DELETE FROM held_messages
                WHERE tenant = $1 AND id = $2 AND (claimed_at IS NULL OR claimed_at <= $3)
                RETURNING \(Self.columns)
                """,
                [.text(tenant.text), .text(id), .integer(now.map { $0 - Self.claim } ?? .max)]
            )
            guard let row = rows.first else { return nil }
            if let record { try AuditRepository.store([record], over: connection) }
            return try Self.message(row)
        }
    }

    /// Those of an account go with it, and those to it: who is called so later is another.
    static func remove(
        of account: String,
        in tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) {
        _ = try connection.execute(
            "DELETE FROM held_messages WHERE tenant = $1 AND (account = $2 OR recipient = $3) RETURNING id",
            [.text(tenant.text), .text(account), .text(Conversation.Party.account(account).text)]
        )
    }

    /// Forgets those that have waited too long; of any tenant.
    ///
    /// - Throws: ``DurableStoreError``
    package func deleteExpired(of tenant: TenantID, now: Int64) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            "DELETE FROM held_messages WHERE tenant = $1 AND expires_at <= $2 RETURNING id",
            [.text(tenant.text), .integer(now)],
            in: .tenant(tenant)
        )
    }

    /// What a later version wrote, or is damaged, is passed over.
    private static func message(_ row: SQLRow) throws(DurableStoreError) -> HeldMessage? {
        guard let sender = SessionID(text: try row.text(3)),
            let message = ChatMessage(entry: ByteBuffer(bytes: try row.blob(10)))
        else { return nil }
        return HeldMessage(
            id: try row.text(0),
            time: try row.integer(1),
            expires: try row.integer(2),
            sender: sender,
            nick: try row.text(4),
            account: try row.optionalText(5),
            host: try row.optionalText(12),
            target: try row.text(6),
            recipient: try row.optionalText(7).flatMap { Conversation.Party(text: $0) },
            channelCreated: try row.optionalInteger(11),
            check: try row.text(8),
            reason: try row.text(9),
            message
        )
    }
}
