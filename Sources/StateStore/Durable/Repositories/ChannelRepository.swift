package import Tenant

/// A channel that outlives its members, as stored.
package struct RegisteredChannel: Hashable, Sendable {
    package let tenant: TenantID
    /// As its founder spells it.
    package let name: String
    /// Under the tenant's casemapping: unique in the tenant.
    package let folded: String
    /// The folded name of the account that owns it.
    package let owner: String
    /// Modes, ACCESS, PROP, topic: in the encoding of the module that keeps the rules; opaque here.
    package let fields: [UInt8]
    /// Milliseconds since 1970.
    package let createdAt: Int64
    /// Milliseconds since 1970 of the last change.
    package let updatedAt: Int64
    /// Up to where in the channel's log this is what there was.
    package let position: Position

    package init(
        tenant: TenantID,
        name: String,
        folded: String,
        owner: String,
        fields: [UInt8],
        createdAt: Int64,
        updatedAt: Int64,
        position: Position
    ) {
        self.tenant = tenant
        self.name = name
        self.folded = folded
        self.owner = owner
        self.fields = fields
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.position = position
    }
}

/// The registered channels of all tenants.
package struct ChannelRepository: Sendable {
    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    private static let columns = "name, folded, owner, fields, created_at, updated_at, epoch, sequence"

    /// Stores a channel, new or changed; the time of its creation stays.
    ///
    /// What is stored of a later state of the channel stays as it is: of two who save at once the later state wins.
    package func save(_ channel: RegisteredChannel) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            """
            INSERT INTO channels (tenant, \(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (tenant, folded) DO UPDATE SET
                name = excluded.name, owner = excluded.owner, fields = excluded.fields,
                updated_at = excluded.updated_at, epoch = excluded.epoch, sequence = excluded.sequence
            WHERE channels.epoch < excluded.epoch
                OR (channels.epoch = excluded.epoch AND channels.sequence <= excluded.sequence)
            RETURNING folded
            """,
            [
                .text(channel.tenant.text), .text(channel.name), .text(channel.folded), .text(channel.owner),
                .blob(channel.fields), .integer(channel.createdAt), .integer(channel.updatedAt),
                .integer(Int64(clamping: channel.position.epoch)),
                .integer(Int64(clamping: channel.position.sequence)),
            ],
            in: .tenant(channel.tenant)
        )
    }

    /// The channel of a folded name, or nil.
    package func find(_ folded: String, of tenant: TenantID) async throws(DurableStoreError) -> RegisteredChannel? {
        let rows = try await self.database.execute(
            "SELECT \(Self.columns) FROM channels WHERE tenant = $1 AND folded = $2",
            [.text(tenant.text), .text(folded)],
            in: .tenant(tenant),
            .readOnly
        )
        guard let row = rows.first else { return nil }
        return try Self.channel(row, of: tenant)
    }

    /// Channels in the order of their folded names, after the one that the last page ended with.
    package func list(
        of tenant: TenantID,
        after: String? = nil,
        limit: Int = 100
    ) async throws(DurableStoreError) -> [RegisteredChannel] {
        let rows = try await self.database.execute(
            "SELECT \(Self.columns) FROM channels WHERE tenant = $1 AND folded > $2 ORDER BY folded LIMIT $3",
            [.text(tenant.text), .text(after ?? ""), .integer(Int64(min(max(limit, 1), 1000)))],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Self.channel(row, of: tenant) }
    }

    /// The channels that belong to an account, in the order of their folded names.
    ///
    /// - Parameters:
    ///   - owner: The account's folded name.
    ///   - tenant: Of which tenant.
    ///   - limit: How many at most, 1 to 1000.
    /// - Returns: Those channels.
    /// - Throws: ``DurableStoreError``
    package func list(
        ownedBy owner: String,
        of tenant: TenantID,
        limit: Int = 1000
    ) async throws(DurableStoreError) -> [RegisteredChannel] {
        let rows = try await self.database.execute(
            """
            SELECT \(Self.columns) FROM channels WHERE tenant = $1 AND owner = $2 ORDER BY folded LIMIT $3
            """,
            [.text(tenant.text), .text(owner), .integer(Int64(min(max(limit, 1), 1000)))],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Self.channel(row, of: tenant) }
    }

    /// Forgets a channel.
    ///
    /// - Returns: false if there was none.
    package func delete(_ folded: String, of tenant: TenantID) async throws(DurableStoreError) -> Bool {
        let rows = try await self.database.execute(
            "DELETE FROM channels WHERE tenant = $1 AND folded = $2 RETURNING folded",
            [.text(tenant.text), .text(folded)],
            in: .tenant(tenant)
        )
        return !rows.isEmpty
    }

    private static func channel(_ row: SQLRow, of tenant: TenantID) throws(DurableStoreError) -> RegisteredChannel {
        RegisteredChannel(
            tenant: tenant,
            name: try row.text(0),
            folded: try row.text(1),
            owner: try row.text(2),
            fields: try row.blob(3),
            createdAt: try row.integer(4),
            updatedAt: try row.integer(5),
            position: Position(
                epoch: UInt64(clamping: try row.integer(6)),
                sequence: UInt64(clamping: try row.integer(7))
            )
        )
    }
}
