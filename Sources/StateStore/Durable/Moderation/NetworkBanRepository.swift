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

/// The bans of all tenants' networks.
package struct NetworkBanRepository: Sendable {
    private let database: any SQLDatabase

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
            SELECT mask, reason, setter, role, set_at, until, effect FROM network_bans WHERE tenant = $1 ORDER BY set_at, mask
            """,
            [.text(tenant.text)],
            in: .tenant(tenant),
            .readOnly
        )
        var bans: [NetworkBan] = []
        for row in rows {
            // What a later version wrote means nobody to this one.
            guard let effect = NetworkBan.Effect(rawValue: try row.text(6)) else { continue }
            let ban = NetworkBan(
                mask: try row.text(0),
                effect,
                reason: try row.text(1),
                setter: try row.text(2),
                role: Role(stored: try row.text(3)),
                time: try row.integer(4),
                until: try row.optionalInteger(5)
            )
            if let ban { bans.append(ban) }
        }
        let found = "\(bans.hashValue)"
        return found == version ? nil : NetworkBans(version: found, bans: bans)
    }

    /// Sets a ban, in place of one of the same mask.
    ///
    /// - Parameters:
    ///   - ban: What is set.
    ///   - tenant: Of which tenant.
    ///   - limit: How many a tenant may have; those that hold no more go first.
    ///   - record: What the audit log says of it.
    /// - Returns: false if there are as many.
    /// - Throws: ``DurableStoreError``
    package func set(
        _ ban: NetworkBan,
        of tenant: TenantID,
        limit: Int,
        noting record: AuditRecord? = nil
    ) async throws(DurableStoreError) -> Bool {
        try await self.database.withTransaction(.tenant(tenant), .readWrite, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            _ = try connection.execute(
                "DELETE FROM network_bans WHERE tenant = $1 AND (mask = $2 OR until <= $3) RETURNING mask",
                [.text(tenant.text), .text(ban.mask), .integer(ban.time)]
            )
            let counted = try connection.execute(
                "SELECT COUNT(*) FROM network_bans WHERE tenant = $1",
                [.text(tenant.text)]
            )
            guard try counted.first?.integer(0) ?? 0 < Int64(clamping: limit) else { return false }
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
            return true
        }
    }

    /// Lifts a ban.
    ///
    /// - Parameters:
    ///   - mask: Which.
    ///   - tenant: Of which tenant.
    ///   - record: What the audit log says of it.
    /// - Returns: false if there is none of this mask.
    /// - Throws: ``DurableStoreError``
    package func lift(
        _ mask: String,
        of tenant: TenantID,
        noting record: AuditRecord? = nil
    ) async throws(DurableStoreError) -> Bool {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            let rows = try connection.execute(
                "DELETE FROM network_bans WHERE tenant = $1 AND mask = $2 RETURNING mask",
                [.text(tenant.text), .text(mask)]
            )
            if !rows.isEmpty, let record { try AuditRepository.store([record], over: connection) }
            return !rows.isEmpty
        }
    }
}
