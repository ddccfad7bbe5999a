package import Chat
package import Tenant

/// The bans of a tenant's network.
package struct NetworkBans: Hashable, Sendable {
    /// Another text whenever they are others, in one process.
    package let version: String
    /// In the order in which they were set.
    package let bans: [NetworkBan]

    package init(version: String, bans: [NetworkBan]) {
        self.version = version
        self.bans = bans
    }
}

/// What came of setting a ban.
package enum BanSetting: Hashable, Sendable {
    case set
    /// There are as many as there may be.
    case isFull
    /// One of the same mask holds, and is not to be replaced.
    case isKept
}

/// The bans of all tenants' networks.
package struct NetworkBanRepository: Sendable {
    let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    /// All bans of a tenant, those that hold no more included.
    ///
    /// - Parameters:
    ///   - tenant: Of which tenant.
    ///   - version: The version that is known already.
    /// - Returns: nil if that is what there is.
    /// - Throws: ``DurableStoreError``
    package func list(
        of tenant: TenantID,
        unless version: String?
    ) async throws(DurableStoreError) -> NetworkBans? {
        let rows = try await self.database.execute(
            """
            SELECT \(Self.columns) FROM network_bans WHERE tenant = $1 ORDER BY set_at, mask
            """,
            [.text(tenant.text)],
            in: .tenant(tenant),
            .readOnly
        )
        var bans: [NetworkBan] = []
        for row in rows { if let ban = try Self.ban(row) { bans.append(ban) } }
        let found = "\(bans.hashValue)"
        return found == version ? nil : NetworkBans(version: found, bans: bans)
    }

    private static let columns = "mask, reason, setter, role, set_at, until, effect"

    /// What a later version wrote means nobody to this one.
    private static func ban(_ row: SQLRow) throws(DurableStoreError) -> NetworkBan? {
        guard let effect = NetworkBan.Effect(rawValue: try row.text(6)) else { return nil }
        return NetworkBan(
            mask: try row.text(0),
            effect,
            reason: try row.text(1),
            setter: try row.text(2),
            role: Role(stored: try row.text(3)),
            time: try row.integer(4),
            until: try row.optionalInteger(5)
        )
    }

    /// Sets a ban, in place of one of the same mask.
    ///
    /// - Parameters:
    ///   - ban: What is set.
    ///   - tenant: Of which tenant.
    ///   - limit: How many a tenant may have; those that hold no more go first.
    ///   - record: What the audit log says of it.
    ///   - mayReplace: Whether it may take the place of one that holds.
    /// - Returns: What came of it.
    /// - Throws: ``DurableStoreError``
    package func set(
        _ ban: NetworkBan,
        of tenant: TenantID,
        limit: Int,
        noting record: AuditRecord? = nil,
        over mayReplace: @escaping @Sendable (NetworkBan) -> Bool = { _ in true }
    ) async throws(DurableStoreError) -> BanSetting {
        try await self.database.withTransaction(.tenant(tenant), .readWrite, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            let known = try connection.execute(
                "SELECT \(Self.columns) FROM network_bans WHERE tenant = $1 AND mask = $2",
                [.text(tenant.text), .text(ban.mask)]
            )
            if let row = known.first, let known = try Self.ban(row), known.holds(at: ban.time), !mayReplace(known) {
                return .isKept
            }
            _ = try connection.execute(
                "DELETE FROM network_bans WHERE tenant = $1 AND (mask = $2 OR until <= $3) RETURNING mask",
                [.text(tenant.text), .text(ban.mask), .integer(ban.time)]
            )
            let counted = try connection.execute(
                "SELECT COUNT(*) FROM network_bans WHERE tenant = $1",
                [.text(tenant.text)]
            )
            guard try counted.first?.integer(0) ?? 0 < Int64(clamping: limit) else { return .isFull }
            _ = try connection.execute(
                """
                INSERT INTO network_bans (tenant, mask, reason, setter, role, set_at, until, effect)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT (tenant, mask) DO UPDATE SET
                    reason = excluded.reason, setter = excluded.setter, role = excluded.role, set_at = excluded.set_at,
                    until = excluded.until, effect = excluded.effect
                RETURNING mask
                """,
                [
                    .text(tenant.text), .text(ban.mask), .text(ban.reason), .text(ban.setter),
                    .text(ban.role.rawValue), .integer(ban.time), ban.until.map { .integer($0) } ?? .null,
                    .text(ban.effect.rawValue),
                ]
            )
            if let record { try AuditRepository.store([record], over: connection) }
            return .set
        }
    }

    /// Lifts a ban.
    ///
    /// - Parameters:
    ///   - mask: Which.
    ///   - effect: What it has to do; nil for any.
    ///   - tenant: Of which tenant.
    ///   - record: What the audit log says of it.
    /// - Returns: false if there is none of this mask.
    /// - Throws: ``DurableStoreError``
    package func lift(
        _ mask: String,
        _ effect: NetworkBan.Effect? = nil,
        of tenant: TenantID,
        noting record: AuditRecord? = nil
    ) async throws(DurableStoreError) -> Bool {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            let rows = try connection.execute(
                """
                DELETE FROM network_bans WHERE tenant = $1 AND mask = $2 AND (effect = $3 OR $3 = '') RETURNING mask
                """,
                [.text(tenant.text), .text(mask), .text(effect?.rawValue ?? "")]
            )
            if !rows.isEmpty, let record { try AuditRepository.store([record], over: connection) }
            return !rows.isEmpty
        }
    }
}
