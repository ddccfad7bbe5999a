import Crypto
package import Tenant

/// The invite links of all tenants' channels.
package struct InviteLinkRepository: Sendable {
    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    private static let columns = "hash, channel, since, creator, expires_at, uses"

    /// A code as it is kept.
    static func hash(_ code: String) -> String {
        SHA256.hash(data: Array(code.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }
        .joined()
    }

    private static func link(_ row: SQLRow) throws(DurableStoreError) -> InviteLink {
        InviteLink(
            hash: try row.text(0),
            channel: try row.text(1),
            since: try row.integer(2),
            creator: try row.text(3),
            expiresAt: try row.integer(4),
            uses: Int(clamping: try row.integer(5))
        )
    }

    /// Adds a link.
    ///
    /// Those of the tenant that have ended go first, and those of an earlier registration of the channel. What was used
    /// up stays until its end, for a use may be given back yet; but of a channel no more than it may have links.
    ///
    /// - Parameters:
    ///   - link: What is added.
    ///   - tenant: In which tenant.
    ///   - limit: How many a channel may have.
    ///   - now: Milliseconds since 1970.
    ///   - record: What the audit log says of it.
    /// - Returns: false if the channel has as many as it may that let somebody in yet.
    /// - Throws: ``DurableStoreError``
    package func add(
        _ link: InviteLink,
        in tenant: TenantID,
        limit: Int,
        now: Int64,
        noting record: AuditRecord? = nil
    ) async throws(DurableStoreError) -> Bool {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            _ = try connection.execute(
                """
                DELETE FROM invite_links WHERE tenant = $1
                AND (expires_at <= $2 OR (channel = $3 AND since <> $4)) RETURNING hash
                """,
                [.text(tenant.text), .integer(now), .text(link.channel), .integer(link.since)]
            )
            _ = try connection.execute(
                """
                DELETE FROM invite_links WHERE tenant = $1 AND channel = $2 AND uses <= 0 AND $3 < (
                    SELECT COUNT(*) FROM invite_links WHERE tenant = $1 AND channel = $2 AND uses <= 0
                ) RETURNING hash
                """,
                [.text(tenant.text), .text(link.channel), .integer(Int64(clamping: limit))]
            )
            let rows = try connection.execute(
                "SELECT COUNT(*) FROM invite_links WHERE tenant = $1 AND channel = $2 AND since = $3 AND uses > 0",
                [.text(tenant.text), .text(link.channel), .integer(link.since)]
            )
            guard try rows.first?.integer(0) ?? 0 < Int64(clamping: limit) else { return false }
            _ = try connection.execute(
                """
                INSERT INTO invite_links (tenant, hash, channel, since, creator, expires_at, uses)
                VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING hash
                """,
                [
                    .text(tenant.text), .text(link.hash), .text(link.channel), .integer(link.since),
                    .text(link.creator), .integer(link.expiresAt), .integer(Int64(link.uses)),
                ]
            )
            if let record { try AuditRepository.store([record], over: connection) }
            return true
        }
    }

    /// The links of a channel that let somebody in yet, the ones that end first first.
    ///
    /// - Throws: ``DurableStoreError``
    package func list(
        of channel: String,
        since: Int64,
        in tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> [InviteLink] {
        let rows = try await self.database.execute(
            """
            SELECT \(Self.columns) FROM invite_links
            WHERE tenant = $1 AND channel = $2 AND since = $3 AND expires_at > $4 AND uses > 0
            ORDER BY expires_at, hash
            """,
            [.text(tenant.text), .text(channel), .integer(since), .integer(now)],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Self.link(row) }
    }

    /// Has a link let nobody in any more.
    ///
    /// - Parameters:
    ///   - id: What it is called by.
    ///   - channel: Of which channel.
    ///   - since: When that was registered.
    ///   - tenant: In which tenant.
    ///   - record: What the audit log says of it.
    /// - Returns: false if there is none.
    /// - Throws: ``DurableStoreError``
    package func revoke(
        _ id: String,
        of channel: String,
        since: Int64,
        in tenant: TenantID,
        noting record: AuditRecord? = nil
    ) async throws(DurableStoreError) -> Bool {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            let rows = try connection.execute(
                """
                DELETE FROM invite_links
                WHERE tenant = $1 AND channel = $2 AND since = $3 AND SUBSTR(hash, 1, \(InviteLink.idLength)) = $4
                RETURNING hash
                """,
                [.text(tenant.text), .text(channel), .integer(since), .text(id)]
            )
            if !rows.isEmpty, let record { try AuditRepository.store([record], over: connection) }
            return !rows.isEmpty
        }
    }

    /// Takes one use of a link, as long as there is one: in the row itself, so that each is had once on however many edges.
    ///
    /// - Parameters:
    ///   - code: What somebody says.
    ///   - tenant: In which tenant.
    ///   - now: Milliseconds since 1970.
    /// - Returns: The link as it is then; nil if there is none of this code, or it lets nobody in any more.
    /// - Throws: ``DurableStoreError``
    package func take(
        _ code: String,
        in tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> InviteLink? {
        let rows = try await self.database.execute(
            """
            UPDATE invite_links SET uses = uses - 1
            WHERE tenant = $1 AND hash = $2 AND uses > 0 AND expires_at > $3 RETURNING \(Self.columns)
            """,
            [.text(tenant.text), .text(Self.hash(code)), .integer(now)],
            in: .tenant(tenant)
        )
        return try rows.first.map { row throws(DurableStoreError) in try Self.link(row) }
    }

    /// Gives a use back that let nobody in.
    ///
    /// - Throws: ``DurableStoreError``
    package func giveBack(_ link: InviteLink, in tenant: TenantID) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            "UPDATE invite_links SET uses = uses + 1 WHERE tenant = $1 AND hash = $2 RETURNING hash",
            [.text(tenant.text), .text(link.hash)],
            in: .tenant(tenant)
        )
    }
}
