package import Tenant

/// The nicknames that belong to a tenant's accounts.
package struct OwnedNames: Hashable, Sendable {
    /// Another text whenever they are others.
    package let version: String
    /// The folded names of the accounts, by folded nickname.
    package let owners: [String: String]

    package init(version: String, owners: [String: String]) {
        self.version = version
        self.owners = owners
    }
}

/// What came of giving a nickname to an account.
package enum NameAddition: Hashable, Sendable {
    case added
    /// It has it already.
    case known
    /// It is another account's.
    case taken
    /// The account has as many as it may.
    case isFull
    case noAccount
}

/// The nicknames that belong to accounts: what each is called, and others that its owner added.
extension AccountRepository {
    /// How many are read at a time.
    private static let namesPage: Int64 = 1000

    /// All nicknames that belong to accounts which somebody may log in to.
    ///
    /// - Parameters:
    ///   - tenant: Of which tenant.
    ///   - version: The version that is known already.
    /// - Returns: nil if that is what there is.
    /// - Throws: ``DurableStoreError``
    package func names(
        of tenant: TenantID,
        unless version: String?
    ) async throws(DurableStoreError) -> OwnedNames? {
        let counted = try await self.database.execute(
            """
            SELECT COUNT(*), CAST(COALESCE(SUM(created_at % 1000000007), 0) AS BIGINT),
                (SELECT COUNT(*) FROM account_names WHERE tenant = $1),
                (SELECT CAST(COALESCE(SUM(added_at % 1000000007), 0) AS BIGINT) FROM account_names WHERE tenant = $1)
            FROM accounts WHERE tenant = $1 AND state = 'active'
            """,
            [.text(tenant.text)],
            in: .tenant(tenant),
            .readOnly
        )
        guard let row = counted.first else { throw .invalidAnswer("no count") }
        var numbers: [String] = []
        for column in 0..<4 { numbers.append(String(try row.integer(column))) }
        let found = numbers.joined(separator: ".")
        if found == version { return nil }
        var owners: [String: String] = [:]
        let tables = [("accounts", "folded", " AND state = 'active'"), ("account_names", "account", "")]
        for (table, account, condition) in tables {
            var last = ""
            while true {
                let rows = try await self.database.execute(
                    """
                    SELECT folded, \(account) FROM \(table) WHERE tenant = $1 AND folded > $2\(condition)
                    ORDER BY folded LIMIT $3
                    """,
                    [.text(tenant.text), .text(last), .integer(Self.namesPage)],
                    in: .tenant(tenant),
                    .readOnly
                )
                for row in rows {
                    last = try row.text(0)
                    // What an account is called is its own.
                    if owners[last] == nil { owners[last] = try row.text(1) }
                }
                if rows.count < Int(Self.namesPage) { break }
            }
        }
        return OwnedNames(version: found, owners: owners)
    }

    /// The nicknames that an account has besides what it is called, in order.
    package func names(
        ofAccount account: String,
        in tenant: TenantID
    ) async throws(DurableStoreError) -> [String] {
        let rows = try await self.database.execute(
            "SELECT name FROM account_names WHERE tenant = $1 AND account = $2 ORDER BY folded",
            [.text(tenant.text), .text(account)],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try row.text(0) }
    }

    /// Gives a nickname to an account, if it is nobody else's.
    ///
    /// - Parameters:
    ///   - name: The nickname, as it is spelled.
    ///   - folded: The same under the mapping of accounts.
    ///   - account: The account's folded name.
    ///   - tenant: Of which tenant.
    ///   - now: Milliseconds since 1970.
    ///   - limit: How many an account may have.
    /// - Returns: What came of it.
    /// - Throws: ``DurableStoreError``
    package func add(
        name: String,
        folded: String,
        to account: String,
        in tenant: TenantID,
        now: Int64,
        limit: Int
    ) async throws(DurableStoreError) -> NameAddition {
        try await self.database.withTransaction(.tenant(tenant), .readWrite, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            try Self.lockNames(of: tenant, on: connection)
            let bindings: [SQLValue] = [.text(tenant.text), .text(folded)]
            let accounts = try connection.execute(
                "SELECT folded FROM accounts WHERE tenant = $1 AND folded IN ($2, $3)",
                bindings + [.text(account)]
            )
            let known = try accounts.map { row throws(DurableStoreError) in try row.text(0) }
            guard known.contains(account) else { return .noAccount }
            if folded == account { return .known }
            if known.contains(folded) { return .taken }
            let owners = try connection.execute(
                "SELECT account FROM account_names WHERE tenant = $1 AND folded = $2",
                bindings
            )
            if let owner = try owners.first?.text(0) { return owner == account ? .known : .taken }
            let counted = try connection.execute(
                "SELECT COUNT(*) FROM account_names WHERE tenant = $1 AND account = $2",
                [.text(tenant.text), .text(account)]
            )
            guard try counted.first?.integer(0) ?? 0 < Int64(clamping: limit) else { return .isFull }
            _ = try connection.execute(
                """
                INSERT INTO account_names (tenant, folded, name, account, added_at) VALUES ($1, $2, $3, $4, $5)
                RETURNING folded
                """,
                bindings + [.text(name), .text(account), .integer(now)]
            )
            return .added
        }
    }

    /// Takes a nickname from an account.
    ///
    /// - Returns: false if it has not got it, or is called so.
    package func remove(
        name folded: String,
        from account: String,
        in tenant: TenantID
    ) async throws(DurableStoreError) -> Bool {
        let rows = try await self.database.execute(
            """
            DELETE FROM account_names WHERE tenant = $1 AND folded = $2 AND account = $3 RETURNING folded
            """,
            [.text(tenant.text), .text(folded), .text(account)],
            in: .tenant(tenant)
        )
        return !rows.isEmpty
    }

    /// Serves as the lock of a tenant's names beside the tenant's own hash: "name" in ASCII.
    private static let namesLock: Int64 = 0x6E61_6D65

    /// Has whoever gives names of a tenant to accounts go one after the other, until the transaction ends.
    ///
    /// Writers of SQLite do anyway.
    static func lockNames(of tenant: TenantID, on connection: any SQLConnection) throws(DurableStoreError) {
        guard connection.dialect == .postgres else { return }
        _ = try connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, $2))",
            [.text(tenant.text), .integer(Self.namesLock)]
        )
    }

    /// Whether a name is another account's nickname.
    static func isOwned(
        _ folded: String,
        in tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) -> Bool {
        try !connection.execute(
            "SELECT 1 FROM account_names WHERE tenant = $1 AND folded = $2",
            [.text(tenant.text), .text(folded)]
        ).isEmpty
    }

    static func removeNames(
        of account: String,
        in tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) {
        _ = try connection.execute(
            "DELETE FROM account_names WHERE tenant = $1 AND account = $2 RETURNING folded",
            [.text(tenant.text), .text(account)]
        )
    }
}
