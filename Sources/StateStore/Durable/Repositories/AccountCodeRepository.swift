// A row is both: what somebody may prove with a code, and the mail that brings it. So nothing is promised that is not sent, and a
// process that ends loses no mail. What mail tells without a code is such a row, too: see AccountCodeRepository+FormerAddress.swift.

package import Tenant

/// The codes that mail brings to accounts of all tenants, one for each account and purpose.
///
/// The codes themselves are not there: see ``CodeKey``. Accounts are given by their folded names, times are milliseconds since 1970.
package struct AccountCodeRepository: Sendable {
    private let database: any SQLDatabase

    package init(_ database: any SQLDatabase) { self.database = database }

    /// How often a code may be tried.
    package static let mostFailures: Int64 = 10
    /// How many mails of one tenant may wait to be sent.
    package static let mostWaiting: Int64 = 1000
    /// For how long a code for a password is not replaced by another, in milliseconds.
    package static let freshness: Int64 = 600_000

    // MARK: Asking for one

    /// Has a code be sent, in place of one that was sent before for the same.
    ///
    /// - Parameters:
    ///   - code: What is sent, and where to.
    ///   - account: Whose.
    ///   - tenant: Of which tenant.
    ///   - now: Milliseconds since 1970.
    /// - Returns: What came of it.
    /// - Throws: ``DurableStoreError``
    package func request(
        _ code: NewCode,
        of account: String,
        in tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> CodeRequest {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            // Of an account that goes meanwhile nothing is left for who has the name next.
            try AccountRepository.lockNames(of: tenant, on: connection)
            let rows = try connection.execute(
                """
                SELECT email, email_verified_at, state, is_declared FROM accounts WHERE tenant = $1 AND folded = $2
                """,
                [.text(tenant.text), .text(account)]
            )
            // What the tenant's configuration says of an account is not changed by mail.
            guard let row = rows.first, try row.integer(3) == 0 else { return .noAccount }
            let (verifiedAt, state) = (try row.optionalInteger(1), Account.State(rawValue: try row.text(2)))
            let own = verifiedAt != nil ? try row.optionalText(0) : nil
            guard state == (code.purpose == .registration ? .unverified : .active),
                let address = code.address?.text ?? own
            else { return .noAccount }
            if code.purpose == .password, try Self.isFresh(code.purpose, of: account, in: tenant, now, on: connection) {
                return .sent
            }
            guard try Self.hasRoom(in: tenant, on: connection) else { return .isFull }
            if code.purpose == .registration, let address = code.address {
                // Who mistyped it writes another.
                _ = try connection.execute(
                    "UPDATE accounts SET email = $3, mailbox = $4 WHERE tenant = $1 AND folded = $2 RETURNING folded",
                    [.text(tenant.text), .text(account), .text(address.text), .text(address.mailbox)]
                )
            }
            try Self.insert(code, to: address, of: account, in: tenant, now: now, on: connection)
            return .queued
        }
    }

    /// Whether a code was asked for just now, and may still be tried: another would take it from who is typing it.
    private static func isFresh(
        _ purpose: CodePurpose,
        of account: String,
        in tenant: TenantID,
        _ now: Int64,
        on connection: any SQLConnection
    ) throws(DurableStoreError) -> Bool {
        let rows = try connection.execute(
            """
            SELECT 1 FROM account_codes
            WHERE tenant = $1 AND account = $2 AND purpose = $3 AND failures < $4 AND created_at > $5
            """,
            [
                .text(tenant.text), .text(account), .text(purpose.rawValue), .integer(Self.mostFailures),
                .integer(now - Self.freshness),
            ]
        )
        return !rows.isEmpty
    }

    /// Whether a tenant may have one more mail waiting.
    static func hasRoom(
        in tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) -> Bool {
        let waiting = try connection.execute(
            "SELECT COUNT(*) FROM account_codes WHERE tenant = $1 AND due_at IS NOT NULL",
            [.text(tenant.text)]
        )
        return try waiting.first?.integer(0) ?? 0 < Self.mostWaiting
    }

    /// Whether an address has as many accounts as it may: only those count whose owners read what is sent to it.
    private static func isTaken(
        _ address: EmailAddress,
        _ rules: CodeRules,
        except account: String,
        in tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) -> Bool {
        let counted = try connection.execute(
            """
            SELECT COUNT(*) FROM accounts
            WHERE tenant = $1 AND mailbox = $2 AND folded <> $3 AND email_verified_at IS NOT NULL
            """,
            [.text(tenant.text), .text(address.mailbox), .text(account)]
        )
        return try counted.first?.integer(0) ?? 0 >= Int64(clamping: rules.accountsPerAddress)
    }

    static func insert(
        _ code: NewCode,
        to address: String,
        of account: String,
        in tenant: TenantID,
        now: Int64,
        on connection: any SQLConnection
    ) throws(DurableStoreError) {
        _ = try connection.execute(
            """
            INSERT INTO account_codes (tenant, account, purpose, address, serial, language, created_at, expires_at,
                failures, tries, due_at)
            VALUES ($1, $2, $3, $4, $5, $6, CAST($7 AS BIGINT), $8, 0, 0, CAST($7 AS BIGINT))
            ON CONFLICT (tenant, account, purpose) DO UPDATE SET
                address = excluded.address, serial = excluded.serial, language = excluded.language,
                created_at = excluded.created_at, expires_at = excluded.expires_at, failures = 0, tries = 0,
                due_at = excluded.due_at
            RETURNING account
            """,
            [
                .text(tenant.text), .text(account), .text(Self.kind(of: code.purpose, code.serial)), .text(address),
                .text(code.serial), .text(code.language), .integer(now), .integer(code.expiresAt),
            ]
        )
    }

    /// Has codes of an account be good for nothing, but those for one purpose.
    static func remove(
        of account: String,
        except purpose: CodePurpose? = nil,
        in tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) {
        _ = try connection.execute(
            """
            DELETE FROM account_codes
            WHERE tenant = $1 AND account = $2 AND purpose <> $3 AND purpose NOT LIKE $4 RETURNING account
            """,
            [
                .text(tenant.text), .text(account), .text(purpose?.rawValue ?? ""),
                .text(Self.kind(of: .formerAddress, "%")),
            ]
        )
    }

    // MARK: Proving something with it

    /// What a code would have to be for; that somebody tries one counts, so that nobody can try many.
    ///
    /// - Parameters:
    ///   - account: Whose.
    ///   - purpose: What for.
    ///   - tenant: Of which tenant.
    ///   - now: Milliseconds since 1970.
    /// - Returns: nil if none was sent, it is too old, or it was tried too often.
    /// - Throws: ``DurableStoreError``
    package func attempt(
        of account: String,
        for purpose: CodePurpose,
        in tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> CodeSubject? {
        let rows = try await self.database.execute(
            """
            UPDATE account_codes SET failures = failures + 1
            WHERE tenant = $1 AND account = $2 AND purpose = $3 AND failures < $4 AND expires_at > $5
            RETURNING address, serial
            """,
            [
                .text(tenant.text), .text(account), .text(purpose.rawValue), .integer(Self.mostFailures), .integer(now),
            ],
            in: .tenant(tenant)
        )
        guard let row = rows.first else { return nil }
        return CodeSubject(account: account, purpose: purpose, address: try row.text(0), serial: try row.text(1))
    }

    /// Does what a code was for, once: it was right.
    ///
    /// - Parameters:
    ///   - subject: What it was for.
    ///   - credentials: What proves ownership from now on, of a code that replaces the password.
    ///   - tenant: Of which tenant.
    ///   - rules: What the tenant lets it come to.
    ///   - now: Milliseconds since 1970.
    /// - Returns: What came of it.
    /// - Throws: ``DurableStoreError``
    package func redeem(
        _ subject: CodeSubject,
        credentials: Account.Credentials? = nil,
        in tenant: TenantID,
        by rules: CodeRules,
        now: Int64
    ) async throws(DurableStoreError) -> CodeRedemption {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            // Of several at once that have one address, each sees those before it.
            try AccountRepository.lockNames(of: tenant, on: connection)
            let codes = try connection.execute(
                """
                SELECT created_at, language FROM account_codes
                WHERE tenant = $1 AND account = $2 AND purpose = $3 AND serial = $4
                """,
                [
                    .text(tenant.text), .text(subject.account), .text(subject.purpose.rawValue), .text(subject.serial),
                ]
            )
            guard let code = codes.first else { return .gone }
            let askedAt = try code.integer(0)
            if subject.purpose != .password, let address = EmailAddress(subject.address),
                try Self.isTaken(address, rules, except: subject.account, in: tenant, on: connection)
            {
                return .addressInUse
            }
            if subject.purpose == .registration, let limit = rules.limit,
                try AccountRepository.count(of: tenant, on: connection) >= limit
            {
                return .isFull
            }
            let former =
                subject.purpose == .address
                ? try Self.verifiedAddress(of: subject.account, in: tenant, on: connection) : nil
            let (change, values) = Self.change(subject, rules, credentials)
            // Who had the name before asked for nothing of this one's.
            let rows = try connection.execute(
                """
                UPDATE accounts SET updated_at = $3, \(change)
                WHERE tenant = $1 AND folded = $2 AND is_declared = 0 AND created_at <= $4 AND state = $5
                RETURNING \(AccountRepository.columns)
                """,
                [
                    .text(tenant.text), .text(subject.account), .integer(now), .integer(askedAt),
                    .text((subject.purpose == .registration ? Account.State.unverified : .active).rawValue),
                ] + values
            )
            guard let row = rows.first else { return .gone }
            // What was sent to another address, or for another password, is over.
            try Self.remove(of: subject.account, in: tenant, on: connection)
            if subject.purpose == .password {
                try AccountRepository.removeCertificates(of: subject.account, in: tenant, on: connection)
            }
            if let former, former != subject.address {
                let letter = NewCode.toFormerAddress(subject.serial, in: try code.text(1), now: now)
                try Self.insert(letter, to: former, of: subject.account, in: tenant, now: now, on: connection)
            }
            return .done(try AccountRepository.account(row, of: tenant))
        }
    }

    private static func change(
        _ subject: CodeSubject,
        _ rules: CodeRules,
        _ credentials: Account.Credentials?
    ) -> (sql: String, values: [SQLValue]) {
        switch subject.purpose {
        case .registration: ("email_verified_at = $3, state = $6", [.text(rules.state.rawValue)])
        case .address:
            (
                "email_verified_at = $3, email = $6, mailbox = $7",
                [.text(subject.address), .text(orNull: EmailAddress(subject.address)?.mailbox)]
            )
        // It has no code.
        case .formerAddress: ("state = state", [])
        case .password:
            (
                "password_hash = $6, scram = $7",
                [.text(orNull: credentials?.passwordHash), .text(orNull: credentials?.scram)]
            )
        }
    }

    // MARK: Sending

    /// Takes codes that are to be sent now: nobody else gets them for a while.
    ///
    /// - Parameters:
    ///   - count: How many at most.
    ///   - now: Milliseconds since 1970.
    ///   - again: When they are due again if nothing is heard of them, milliseconds since 1970.
    /// - Returns: Those that are due, of all tenants.
    /// - Throws: ``DurableStoreError``
    package func takeDue(_ count: Int, now: Int64, again: Int64) async throws(DurableStoreError) -> [DueCode] {
        let lock = self.database.dialect == .postgres ? "FOR UPDATE SKIP LOCKED" : ""
        let rows = try await self.database.execute(
            """
            UPDATE account_codes SET due_at = $3, tries = tries + 1
            WHERE (tenant, account, purpose) IN (
                SELECT tenant, account, purpose FROM account_codes
                WHERE due_at <= $1 AND expires_at > $1 ORDER BY due_at LIMIT $2 \(lock)
            ) RETURNING tenant, account, purpose, address, serial, language, tries, expires_at
            """,
            [.integer(now), .integer(Int64(clamping: count)), .integer(again)],
            in: .cell
        )
        var due: [DueCode] = []
        for row in rows {
            // What a later version wrote it sends itself.
            guard let tenant = TenantID(try row.text(0)), let purpose = Self.purpose(of: try row.text(2)) else {
                continue
            }
            due.append(
                DueCode(
                    tenant: tenant,
                    subject: CodeSubject(
                        account: try row.text(1),
                        purpose: purpose,
                        address: try row.text(3),
                        serial: try row.text(4)
                    ),
                    language: try row.text(5),
                    tries: Int(clamping: try row.integer(6)),
                    expiresAt: try row.integer(7)
                )
            )
        }
        return due
    }

    /// Says when a code that was taken is to be sent again; nil for never: it was sent, or cannot be.
    ///
    /// One that was replaced meanwhile stays as it is.
    package func setDue(_ time: Int64?, of code: DueCode) async throws(DurableStoreError) {
        _ = try await self.database.execute(
            """
            UPDATE account_codes SET due_at = $5
            WHERE tenant = $1 AND account = $2 AND purpose = $3 AND serial = $4 RETURNING account
            """,
            [
                .text(code.tenant.text), .text(code.subject.account),
                .text(Self.kind(of: code.subject.purpose, code.subject.serial)), .text(code.subject.serial),
                time.map { .integer($0) } ?? .null,
            ],
            in: .tenant(code.tenant)
        )
    }

    /// How many wait to be sent, over all tenants.
    package func waiting() async throws(DurableStoreError) -> Int {
        let rows = try await self.database.execute(
            "SELECT COUNT(*) FROM account_codes WHERE due_at IS NOT NULL",
            in: .cell,
            .readOnly
        )
        return Int(clamping: try rows.first?.integer(0) ?? 0)
    }

    /// Forgets codes of a tenant that are too old, and the accounts that nobody verified in time.
    ///
    /// - Returns: How many accounts there were of these.
    package func purge(_ tenant: TenantID, now: Int64) async throws(DurableStoreError) -> Int {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            _ = try connection.execute(
                "DELETE FROM account_codes WHERE tenant = $1 AND expires_at <= $2 RETURNING account",
                [.text(tenant.text), .integer(now)]
            )
            let rows = try connection.execute(
                """
                DELETE FROM accounts WHERE tenant = $1 AND state = 'unverified' AND NOT EXISTS (
                    SELECT 1 FROM account_codes c
                    WHERE c.tenant = $1 AND c.account = accounts.folded AND c.purpose = 'registration'
                ) RETURNING folded
                """,
                [.text(tenant.text)]
            )
            for row in rows { try Self.remove(of: try row.text(0), in: tenant, on: connection) }
            return rows.count
        }
    }
}
