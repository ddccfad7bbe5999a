package import Tenant

/// The devices of accounts (draft/webpush): a row for each account and endpoint.
///
/// A row counts for nothing when its time is over, when it was made for another VAPID key than the tenant has now, or before there
/// was this account: a name may come to somebody else. Times are milliseconds since 1970, accounts are folded names.
package struct PushRepository: Sendable {
    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    /// What holds of a row `r`, with tenant, time and VAPID key as the first three values.
    private static let isInForce = """
        r.tenant = $1 AND r.expires_at > $2 AND r.vapid = $3 AND EXISTS (
            SELECT 1 FROM accounts a WHERE a.tenant = r.tenant AND a.folded = r.account AND a.created_at <= r.registered_at
        )
        """

    /// Adds a device, or takes the place of what there is of its endpoint.
    ///
    /// - Parameters:
    ///   - registration: The device.
    ///   - account: Whose.
    ///   - tenant: Of which tenant.
    ///   - vapid: The tenant's public key, which the client was told.
    ///   - now: When it comes.
    ///   - end: Until when it counts.
    ///   - limit: How many an account may have.
    /// - Returns: false if the account has as many as it may.
    /// - Throws: ``DurableStoreError/conflict(_:)`` if there is no such account.
    package func register(
        _ registration: PushRegistration,
        of account: String,
        in tenant: TenantID,
        for vapid: String,
        now: Int64,
        until end: Int64,
        limit: Int
    ) async throws(DurableStoreError) -> Bool {
        try await self.database.withTransaction(.tenant(tenant), .readWrite, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            // Two that come at once wait for each other here.
            let accounts = try connection.execute(
                "UPDATE accounts SET updated_at = updated_at WHERE tenant = $1 AND folded = $2 RETURNING created_at",
                [.text(tenant.text), .text(account)]
            )
            guard let created = try accounts.first?.integer(0) else { throw .conflict("there is no such account") }
            _ = try connection.execute(
                """
                DELETE FROM push_registrations WHERE tenant = $1 AND account = $2
                    AND (expires_at <= $3 OR vapid <> $4 OR registered_at < $5 OR endpoint = $6) RETURNING 1
                """,
                [
                    .text(tenant.text), .text(account), .integer(now), .text(vapid), .integer(created),
                    .text(registration.endpoint.text),
                ]
            )
            let counted = try connection.execute(
                "SELECT COUNT(*) FROM push_registrations WHERE tenant = $1 AND account = $2",
                [.text(tenant.text), .text(account)]
            )
            guard try counted.first?.integer(0) ?? 0 < Int64(limit) else { return false }
            _ = try connection.execute(
                """
                INSERT INTO push_registrations
                    (tenant, account, endpoint, public_key, secret, capabilities, vapid, registered_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING 1
                """,
                [
                    .text(tenant.text), .text(account), .text(registration.endpoint.text),
                    .blob(registration.keys.publicKey), .blob(registration.keys.secret),
                    .text(registration.capabilities.joined(separator: " ")), .text(vapid), .integer(max(now, created)),
                    .integer(end),
                ]
            )
            return true
        }
    }

    /// Forgets a device; nothing happens if there is none.
    package func unregister(
        _ endpoint: String,
        of account: String,
        in tenant: TenantID
    ) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            "DELETE FROM push_registrations WHERE tenant = $1 AND account = $2 AND endpoint = $3 RETURNING 1",
            [.text(tenant.text), .text(account), .text(endpoint)],
            in: .tenant(tenant)
        )
    }

    /// Forgets all devices of an account.
    package func unregisterAll(of account: String, in tenant: TenantID) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            "DELETE FROM push_registrations WHERE tenant = $1 AND account = $2 RETURNING 1",
            [.text(tenant.text), .text(account)],
            in: .tenant(tenant)
        )
    }

    /// The devices of an account.
    package func registrations(
        of account: String,
        in tenant: TenantID,
        for vapid: String,
        now: Int64
    ) async throws(DurableStoreError) -> [PushRegistration] {
        let rows = try await self.database.execute(
            """
            SELECT r.endpoint, r.public_key, r.secret, r.capabilities FROM push_registrations r
            WHERE \(Self.isInForce) AND r.account = $4 ORDER BY r.endpoint
            """,
            [.text(tenant.text), .integer(now), .text(vapid), .text(account)],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Self.registration(row) }.compactMap { $0 }
    }

    /// - Returns: nil for what a stricter version than the one that wrote it takes for none.
    private static func registration(_ row: SQLRow) throws(DurableStoreError) -> PushRegistration? {
        guard let endpoint = PushEndpoint(try row.text(0)),
            let keys = PushKeys(publicKey: try row.blob(1), secret: try row.blob(2))
        else { return nil }
        let capabilities = try row.text(3).split(separator: " ").map(String.init)
        return PushRegistration(endpoint: endpoint, keys: keys, capabilities: capabilities)
    }

    /// The accounts that have a device.
    package func accounts(
        of tenant: TenantID,
        for vapid: String,
        now: Int64
    ) async throws(DurableStoreError) -> Set<String> {
        let rows = try await self.database.execute(
            "SELECT DISTINCT r.account FROM push_registrations r WHERE \(Self.isInForce)",
            [.text(tenant.text), .integer(now), .text(vapid)],
            in: .tenant(tenant),
            .readOnly
        )
        return Set(try rows.map { row throws(DurableStoreError) in try row.text(0) })
    }

    /// The tenants that have devices, in whichever way they hold: who is not among them has none.
    package func tenants() async throws(DurableStoreError) -> Set<TenantID> {
        let rows = try await self.database.execute(
            "SELECT DISTINCT tenant FROM push_registrations",
            in: .cell,
            .readOnly
        )
        return Set(try rows.map { row throws(DurableStoreError) in try row.text(0) }.compactMap { TenantID($0) })
    }

    /// Forgets what is over, of all tenants.
    package func sweep(now: Int64) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            "DELETE FROM push_registrations WHERE expires_at <= $1 RETURNING 1",
            [.integer(now)],
            in: .cell
        )
    }
}
