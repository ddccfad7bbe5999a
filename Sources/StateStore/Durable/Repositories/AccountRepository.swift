import Chat
package import Tenant

/// The accounts of all tenants.
///
/// Names are given folded; times are milliseconds since 1970.
package struct AccountRepository: Sendable {
    let database: any SQLDatabase
    /// Whether edges are told of what is changed; see ``telling``.
    private var tells = false

    package init(_ database: any SQLDatabase) { self.database = database }

    /// The same for who changes accounts from outside of chat: edges are told of it (``AccountChangeFollower``).
    package var telling: AccountRepository {
        var repository = self
        repository.tells = true
        return repository
    }

    /// Has edges be told of a change, in its transaction, if they are to.
    func tell(
        _ what: AccountChange.What,
        of folded: String,
        in tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) {
        guard self.tells else { return }
        try AccountChangeRepository.note(what, of: folded, in: tenant, on: connection)
    }

    private static let stored = "name, folded, role, password_hash, scram, created_at, updated_at, is_declared"
    static let columns =
        Self.stored + ", always_on, metadata, state, email, last_login_at, email_verified_at, "
        + "totp, totp_confirmed_at, totp_step, totp_recovery"

    /// Adds an account.
    ///
    /// - Throws: ``DurableStoreError/conflict(_:)`` if the tenant has one of this folded name, or one to which the name belongs.
    package func create(
        _ name: String,
        folded: String,
        role: Account.Role = .user,
        credentials: Account.Credentials,
        of tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> Account {
        let rows = try await self.database.execute(
            """
            INSERT INTO accounts (tenant, \(Self.stored))
            SELECT $1, $2, $3, $4, $5, $6, CAST($7 AS BIGINT), CAST($7 AS BIGINT), 0
            WHERE NOT EXISTS (SELECT 1 FROM account_names WHERE tenant = $1 AND folded = $3)
            ON CONFLICT DO NOTHING RETURNING \(Self.columns)
            """,
            [
                .text(tenant.text), .text(name), .text(folded), .text(role.rawValue),
                .text(orNull: credentials.passwordHash), .text(orNull: credentials.scram), .integer(now),
            ],
            in: .tenant(tenant)
        )
        guard let row = rows.first else { throw .conflict("account \(folded) of tenant \(tenant)") }
        return try Self.account(row, of: tenant)
    }

    /// The account of a name, or nil.
    package func find(
        _ folded: String,
        of tenant: TenantID,
        within deadline: Duration = .seconds(10)
    ) async throws(DurableStoreError) -> Account? {
        let rows = try await self.database.execute(
            "SELECT \(Self.columns) FROM accounts WHERE tenant = $1 AND folded = $2",
            [.text(tenant.text), .text(folded)],
            in: .tenant(tenant),
            .readOnly,
            deadline: deadline
        )
        guard let row = rows.first else { return nil }
        return try Self.account(row, of: tenant)
    }

    /// Replaces what proves ownership: certificates do not any more.
    ///
    /// - Returns: false if there is no such account.
    package func update(
        _ folded: String,
        credentials: Account.Credentials,
        of tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> Bool {
        try await self.database.withTransaction(.tenant(tenant), .readWrite, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            let rows = try connection.execute(
                """
                UPDATE accounts SET password_hash = $3, scram = $4, updated_at = $5
                WHERE tenant = $1 AND folded = $2 RETURNING folded
                """,
                [
                    .text(tenant.text), .text(folded), .text(orNull: credentials.passwordHash),
                    .text(orNull: credentials.scram), .integer(now),
                ]
            )
            try Self.removeCertificates(of: folded, in: tenant, on: connection)
            // Whoever had a code sent may have known the password.
            try AccountCodeRepository.remove(of: folded, except: .registration, in: tenant, on: connection)
            if !rows.isEmpty { try self.tell(.proof, of: folded, in: tenant, on: connection) }
            return !rows.isEmpty
        }
    }

    /// Says whether an account's session is to stay without a client; nil for what is usual.
    ///
    /// - Returns: false if there is no such account.
    package func setAlwaysOn(
        _ isAlwaysOn: Bool?,
        of folded: String,
        in tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> Bool {
        let rows = try await self.database.execute(
            """
            UPDATE accounts SET always_on = $3, updated_at = $4
            WHERE tenant = $1 AND folded = $2 RETURNING folded
            """,
            [
                .text(tenant.text), .text(folded), isAlwaysOn.map { .integer($0 ? 1 : 0) } ?? .null, .integer(now),
            ],
            in: .tenant(tenant)
        )
        return !rows.isEmpty
    }

    /// Makes sure that an account exists, has the role admin and these credentials and no others: the tenant's desired state.
    ///
    /// Whoever had the name before does not log in any more, and nothing is sent to who that was; who is logged in stays so.
    ///
    /// - Parameters:
    ///   - name: The account's name.
    ///   - folded: The same under the mapping of accounts.
    ///   - credentials: What it is proved by.
    ///   - known: The password's hash that it had when that was decided, nil if it had none; by default whatever it has.
    ///   - tenant: Of which tenant.
    ///   - now: Milliseconds since 1970.
    /// - Returns: false if it has another by now, and nothing was changed.
    /// - Throws: ``DurableStoreError``
    @discardableResult
    package func ensureAdmin(
        _ name: String,
        folded: String,
        credentials: Account.Credentials,
        insteadOf known: String?? = .none,
        of tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> Bool {
        try await self.database.withTransaction(.tenant(tenant), .readWrite, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            // Of two that do it at once the second sees what the first did.
            try Self.lockNames(of: tenant, on: connection)
            // Who had the account before, if it was somebody's.
            let rows = try connection.execute(
                "SELECT password_hash FROM accounts WHERE tenant = $1 AND folded = $2",
                [.text(tenant.text), .text(folded)]
            )
            if let known, try rows.first?.optionalText(0) != known { return false }
            if !rows.isEmpty { try self.tell(.proof, of: folded, in: tenant, on: connection) }
            _ = try connection.execute(
                """
                DELETE FROM push_registrations WHERE tenant = $1 AND account = $2 AND EXISTS (
                    SELECT 1 FROM accounts WHERE tenant = $1 AND folded = $2 AND is_declared = 0
                ) RETURNING account
                """,
                [.text(tenant.text), .text(folded)]
            )
            // Another account's no more; and those of who had the account before are nobody's.
            _ = try connection.execute(
                """
                DELETE FROM account_names WHERE tenant = $1 AND (folded = $2 OR account = $2 AND EXISTS (
                    SELECT 1 FROM accounts WHERE tenant = $1 AND folded = $2 AND is_declared = 0
                )) RETURNING folded
                """,
                [.text(tenant.text), .text(folded)]
            )
            _ = try connection.execute(
                """
                INSERT INTO accounts (tenant, \(Self.stored)) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1)
                ON CONFLICT (tenant, folded) DO UPDATE SET
                    role = excluded.role, password_hash = excluded.password_hash, scram = excluded.scram,
                    updated_at = excluded.updated_at, is_declared = excluded.is_declared, state = 'active',
                    created_at = CASE WHEN accounts.is_declared = 0 THEN excluded.created_at
                        ELSE accounts.created_at END,
                    email = CASE WHEN accounts.is_declared = 0 THEN NULL ELSE accounts.email END,
                    mailbox = CASE WHEN accounts.is_declared = 0 THEN NULL ELSE accounts.mailbox END,
                    email_verified_at = CASE WHEN accounts.is_declared = 0 THEN NULL
                        ELSE accounts.email_verified_at END,
                    totp = CASE WHEN accounts.is_declared = 0 THEN NULL ELSE accounts.totp END,
                    totp_confirmed_at = CASE WHEN accounts.is_declared = 0 THEN NULL
                        ELSE accounts.totp_confirmed_at END
                RETURNING folded
                """,
                [
                    .text(tenant.text), .text(name), .text(folded), .text(Account.Role.admin.rawValue),
                    .text(orNull: credentials.passwordHash), .text(orNull: credentials.scram), .integer(now),
                ]
            )
            try Self.removeCertificates(of: folded, in: tenant, on: connection)
            try AccountCodeRepository.remove(of: folded, in: tenant, on: connection)
            return true
        }
    }

    /// Takes the role admin from those who had it by their tenant's word and are not named any more.
    ///
    /// Administrators that were made by hand keep it.
    ///
    /// - Parameters:
    ///   - folded: The folded names of those who stay.
    ///   - tenant: Whose accounts.
    ///   - now: Milliseconds since 1970.
    /// - Returns: The folded names of those who lost it, in order.
    /// - Throws: ``DurableStoreError``
    package func releaseAdmins(
        except folded: Set<String>,
        of tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> [String] {
        let declared = try await self.database.execute(
            "SELECT folded FROM accounts WHERE tenant = $1 AND is_declared = 1 ORDER BY folded",
            [.text(tenant.text)],
            in: .tenant(tenant),
            .readOnly
        )
        var released: [String] = []
        for row in declared {
            let name = try row.text(0)
            guard !folded.contains(name) else { continue }
            try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
                _ = try connection.execute(
                    """
                    UPDATE accounts SET role = $3, is_declared = 0, updated_at = $4
                    WHERE tenant = $1 AND folded = $2 AND is_declared = 1
                    """,
                    [.text(tenant.text), .text(name), .text(Account.Role.user.rawValue), .integer(now)]
                )
                try self.tell(.role, of: name, in: tenant, on: connection)
            }
            released.append(name)
        }
        return released
    }

    /// Accounts in the order of their folded names.
    ///
    /// - Parameters:
    ///   - tenant: Whose accounts.
    ///   - after: The folded name that the last page ended with, or nil for the first page.
    ///   - limit: How many at most, 1 to 1000.
    /// - Returns: The page; one that is shorter than the limit is the last.
    /// - Throws: ``DurableStoreError``
    package func list(
        of tenant: TenantID,
        after: String? = nil,
        limit: Int = 100
    ) async throws(DurableStoreError) -> [Account] {
        let rows = try await self.database.execute(
            """
            SELECT \(Self.columns) FROM accounts WHERE tenant = $1 AND folded > $2 ORDER BY folded LIMIT $3
            """,
            [.text(tenant.text), .text(after ?? ""), .integer(Int64(min(max(limit, 1), 1000)))],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Self.account(row, of: tenant) }
    }

    /// Removes an account, its certificates and nicknames, and the devices that are pushed to for it.
    ///
    /// - Returns: false if there was none.
    package func delete(_ folded: String, of tenant: TenantID) async throws(DurableStoreError) -> Bool {
        try await self.database.withTransaction(.tenant(tenant), .readWrite, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            try Self.lockNames(of: tenant, on: connection)
            let bindings: [SQLValue] = [.text(tenant.text), .text(folded)]
            let rows = try connection.execute(
                "DELETE FROM accounts WHERE tenant = $1 AND folded = $2 RETURNING folded",
                bindings
            )
            try Self.removeCertificates(of: folded, in: tenant, on: connection)
            try Self.removeNames(of: folded, in: tenant, on: connection)
            try AccountCodeRepository.remove(of: folded, in: tenant, on: connection)
            try ReportRepository.forget(folded, in: tenant, on: connection)
            try HeldMessageRepository.remove(of: folded, in: tenant, on: connection)
            try MemoRepository.remove(of: folded, in: tenant, on: connection)
            try AccountHostRepository.remove(of: folded, in: tenant, on: connection)
            _ = try connection.execute(
                "DELETE FROM push_registrations WHERE tenant = $1 AND account = $2 RETURNING account",
                bindings
            )
            if !rows.isEmpty { try self.tell(.deleted, of: folded, in: tenant, on: connection) }
            return !rows.isEmpty
        }
    }

    /// Has edges end what is logged in to an account.
    ///
    /// - Returns: false if there is no such account.
    package func logOut(_ folded: String, of tenant: TenantID) async throws(DurableStoreError) -> Bool {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            let rows = try connection.execute(
                "SELECT 1 FROM accounts WHERE tenant = $1 AND folded = $2",
                [.text(tenant.text), .text(folded)]
            )
            if !rows.isEmpty { try AccountChangeRepository.note(.logOut, of: folded, in: tenant, on: connection) }
            return !rows.isEmpty
        }
    }

    /// How many accounts a tenant has, without those that nobody has verified yet.
    package func count(of tenant: TenantID) async throws(DurableStoreError) -> Int {
        try await self.database.withTransaction(.tenant(tenant), .readOnly, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            try Self.count(of: tenant, on: connection)
        }
    }

    static func count(of tenant: TenantID, on connection: any SQLConnection) throws(DurableStoreError) -> Int {
        let rows = try connection.execute(
            "SELECT COUNT(*) FROM accounts WHERE tenant = $1 AND state <> 'unverified'",
            [.text(tenant.text)]
        )
        guard let row = rows.first else { throw .invalidAnswer("no count") }
        return Int(clamping: try row.integer(0))
    }

    static func account(_ row: SQLRow, of tenant: TenantID) throws(DurableStoreError) -> Account {
        guard let role = Account.Role(rawValue: try row.text(2)) else { throw .invalidAnswer("an unknown role") }
        guard let state = Account.State(rawValue: try row.text(10)) else { throw .invalidAnswer("an unknown state") }
        return Account(
            tenant: tenant,
            name: try row.text(0),
            folded: try row.text(1),
            role: role,
            state: state,
            isDeclared: try row.integer(7) != 0,
            credentials: .init(passwordHash: try row.optionalText(3), scram: try row.optionalText(4)),
            isAlwaysOn: try row.optionalInteger(8).map { $0 != 0 },
            metadata: try Self.metadata(row, 9),
            email: try row.optionalText(11),
            emailVerifiedAt: try row.optionalInteger(13),
            secondFactor: try Self.secondFactor(row, from: 14),
            lastLogInAt: try row.optionalInteger(12),
            createdAt: try row.integer(5),
            updatedAt: try row.integer(6)
        )
    }
}
