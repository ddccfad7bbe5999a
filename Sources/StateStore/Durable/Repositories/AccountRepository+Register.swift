import Chat
package import Tenant

/// What somebody who asks for an account is to have.
package struct NewAccount: Hashable, Sendable {
    package let name: String
    /// Under the tenant's casemapping.
    package let folded: String
    package let state: Account.State
    package let email: EmailAddress?
    package let credentials: Account.Credentials
    /// What is to be sent to the address; nil for nothing.
    package let code: NewCode?

    package init(
        name: String,
        folded: String,
        state: Account.State,
        email: EmailAddress?,
        credentials: Account.Credentials,
        code: NewCode? = nil
    ) {
        self.name = name
        self.folded = folded
        self.state = state
        self.email = email
        self.credentials = credentials
        self.code = code
    }
}

/// What came of asking for an account.
package enum AccountCreation: Hashable, Sendable {
    case created(Account)
    /// The tenant has an account of this name.
    case exists
    /// The tenant has one of this name that nobody has verified yet, and may still be.
    case unverified(Account)
    /// The tenant has as many accounts as it may.
    case isFull
    /// The tenant has as much mail waiting as it may.
    case mailIsFull
}

/// Accounts that people register themselves, and what is changed of accounts from outside of chat.
extension AccountRepository {
    /// Serves as the lock of a tenant's count of accounts beside the tenant's own hash: "acct" in ASCII.
    private static let countLock: Int64 = 0x6163_6374

    /// How many accounts of a tenant may wait for their codes; they are none of those that the tenant may have.
    package static let mostUnverified: Int64 = 1000

    /// Adds an account, if its name is free and the tenant may have one more.
    ///
    /// - Parameters:
    ///   - account: What it is to be.
    ///   - tenant: Of which tenant.
    ///   - limit: How many accounts the tenant may have; nil for any number. Of many who ask at once no more are let in.
    ///   - now: Milliseconds since 1970.
    /// - Returns: What came of it: an account that exists is told before the count is.
    /// - Throws: ``DurableStoreError``
    package func register(
        _ account: NewAccount,
        of tenant: TenantID,
        limit: Int?,
        now: Int64
    ) async throws(DurableStoreError) -> AccountCreation {
        try await self.database.withTransaction(.tenant(tenant), .readWrite, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            try Self.lockNames(of: tenant, on: connection)
            if try Self.isOwned(account.folded, in: tenant, on: connection) { return .exists }
            if let known = try Self.known(account.folded, in: tenant, now: now, on: connection) { return known }
            if let limit {
                // Writers of SQLite go one after the other.
                if connection.dialect == .postgres {
                    _ = try connection.execute(
                        "SELECT pg_advisory_xact_lock(hashtextextended($1, $2))",
                        [.text(tenant.text), .integer(Self.countLock)]
                    )
                }
                guard try Self.count(of: tenant, on: connection) < limit else { return .isFull }
            }
            if account.code != nil, try !AccountCodeRepository.hasRoom(in: tenant, on: connection) {
                return .mailIsFull
            }
            if account.state == .unverified {
                let waiting = try connection.execute(
                    "SELECT COUNT(*) FROM accounts WHERE tenant = $1 AND state = 'unverified'",
                    [.text(tenant.text)]
                )
                guard try waiting.first?.integer(0) ?? 0 < Self.mostUnverified else { return .isFull }
            }
            let rows = try connection.execute(
                """
                INSERT INTO accounts (tenant, name, folded, role, password_hash, scram, created_at, updated_at,
                    is_declared, state, email, mailbox)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0, $8, $9, $10)
                ON CONFLICT DO NOTHING RETURNING \(Self.columns)
                """,
                [
                    .text(tenant.text), .text(account.name), .text(account.folded), .text(Account.Role.user.rawValue),
                    .text(orNull: account.credentials.passwordHash), .text(orNull: account.credentials.scram),
                    .integer(now), .text(account.state.rawValue), .text(orNull: account.email?.text),
                    .text(orNull: account.email?.mailbox),
                ]
            )
            guard let row = rows.first else { return .exists }
            if let code = account.code, let address = account.email {
                try AccountCodeRepository.insert(
                    code,
                    to: address.text,
                    of: account.folded,
                    in: tenant,
                    now: now,
                    on: connection
                )
            }
            return .created(try Self.account(row, of: tenant))
        }
    }

    /// What there is of a name already; one that nobody verified in time goes.
    private static func known(
        _ folded: String,
        in tenant: TenantID,
        now: Int64,
        on connection: any SQLConnection
    ) throws(DurableStoreError) -> AccountCreation? {
        let bindings: [SQLValue] = [.text(tenant.text), .text(folded)]
        let rows = try connection.execute(
            "SELECT \(Self.columns) FROM accounts WHERE tenant = $1 AND folded = $2",
            bindings
        )
        guard let row = rows.first else { return nil }
        let account = try Self.account(row, of: tenant)
        guard account.state == .unverified else { return .exists }
        let codes = try connection.execute(
            """
            SELECT 1 FROM account_codes
            WHERE tenant = $1 AND account = $2 AND purpose = 'registration' AND expires_at > $3
            """,
            bindings + [.integer(now)]
        )
        guard codes.isEmpty else { return .unverified(account) }
        _ = try connection.execute(
            "DELETE FROM accounts WHERE tenant = $1 AND folded = $2 RETURNING folded",
            bindings
        )
        try AccountCodeRepository.remove(of: folded, in: tenant, on: connection)
        return nil
    }

    /// Says whether somebody may log in to an account.
    ///
    /// - Returns: false if there is no such account.
    package func set(
        _ state: Account.State,
        of folded: String,
        in tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> Bool {
        try await self.set("state", .text(state.rawValue), .state, of: folded, in: tenant, now: now)
    }

    /// Has an account have no address, and no code be good that was sent to one.
    ///
    /// - Parameters:
    ///   - folded: The account's folded name.
    ///   - tenant: Whose it is.
    ///   - letter: What the address is told that it had, if it was verified; nil for nothing.
    ///   - now: Milliseconds since 1970.
    /// - Returns: false if there is no such account.
    /// - Throws: ``DurableStoreError``
    package func removeAddress(
        of folded: String,
        in tenant: TenantID,
        telling letter: NewCode? = nil,
        now: Int64
    ) async throws(DurableStoreError) -> Bool {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            // Who asks for a code of it at the same time has it before or not at all.
            try Self.lockNames(of: tenant, on: connection)
            let former = try AccountCodeRepository.verifiedAddress(of: folded, in: tenant, on: connection)
            try AccountCodeRepository.remove(of: folded, in: tenant, on: connection)
            if let letter, let former {
                try AccountCodeRepository.insert(letter, to: former, of: folded, in: tenant, now: now, on: connection)
            }
            let rows = try connection.execute(
                """
                UPDATE accounts SET email = NULL, mailbox = NULL, email_verified_at = NULL, updated_at = $3
                WHERE tenant = $1 AND folded = $2 RETURNING folded
                """,
                [.text(tenant.text), .text(folded), .integer(now)]
            )
            return !rows.isEmpty
        }
    }

    /// Says what an account may do; of one that its tenant names, the tenant does.
    ///
    /// - Returns: false if there is no such account.
    package func set(
        _ role: Account.Role,
        of folded: String,
        in tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> Bool {
        try await self.set("role", .text(role.rawValue), .role, of: folded, in: tenant, now: now)
    }

    private func set(
        _ column: String,
        _ value: SQLValue,
        _ what: AccountChange.What,
        of folded: String,
        in tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> Bool {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            let rows = try connection.execute(
                "UPDATE accounts SET \(column) = $3, updated_at = $4 WHERE tenant = $1 AND folded = $2 RETURNING folded",
                [.text(tenant.text), .text(folded), value, .integer(now)]
            )
            if !rows.isEmpty { try self.tell(what, of: folded, in: tenant, on: connection) }
            return !rows.isEmpty
        }
    }

    /// How far apart two log-ins are for the second to be noted, in milliseconds.
    package static let logInPrecision: Int64 = 15 * 60 * 1000

    /// Whether a log-in is to be noted: a storm of them is no storm of rows.
    package static func isToNote(_ account: Account, now: Int64) -> Bool {
        guard let last = account.lastLogInAt else { return true }
        let passed = now.subtractingReportingOverflow(last)
        return passed.overflow || passed.partialValue >= Self.logInPrecision
    }

    /// Notes that somebody logged in.
    package func noteLogIn(
        to folded: String,
        of tenant: TenantID,
        now: Int64,
        within deadline: Duration = .seconds(10)
    ) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            "UPDATE accounts SET last_login_at = $3 WHERE tenant = $1 AND folded = $2 RETURNING folded",
            [.text(tenant.text), .text(folded), .integer(now)],
            in: .tenant(tenant),
            .readWrite,
            deadline: deadline
        )
    }
}
