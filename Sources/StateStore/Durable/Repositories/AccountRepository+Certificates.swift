package import Chat
package import Tenant

/// A client's certificate that logs in to an account (SASL EXTERNAL).
package struct AccountCertificate: Hashable, Sendable {
    package let fingerprint: String
    /// Milliseconds since 1970.
    package let addedAt: Int64

    package init(fingerprint: String, addedAt: Int64) {
        self.fingerprint = fingerprint
        self.addedAt = addedAt
    }
}

/// What came of giving a certificate to an account.
package enum CertificateAddition: Hashable, Sendable {
    /// The account asks for codes, which a certificate would go without.
    case codeNeeded
    case added
    /// It is the account's already.
    case known
    /// It is another account's.
    case taken
    /// The account has as many as it may.
    case isFull
    /// There is no such account any more.
    case noAccount
}

/// The certificates of accounts: a row each, which is one account's alone.
///
/// A row counts for nothing if it is older than its account: a name may come to somebody else.
extension AccountRepository {
    /// The account that a certificate logs in to, or nil.
    package func find(
        _ certificate: CertificateFingerprint,
        of tenant: TenantID,
        within deadline: Duration = .seconds(10)
    ) async throws(DurableStoreError) -> Account? {
        let rows = try await self.database.execute(
            """
            SELECT \(Self.columns) FROM accounts a WHERE tenant = $1 AND EXISTS (
                SELECT 1 FROM account_certificates c WHERE c.tenant = a.tenant AND c.account = a.folded
                    AND c.fingerprint = $2 AND c.added_at >= a.created_at
            )
            """,
            [.text(tenant.text), .text(certificate.text)],
            in: .tenant(tenant),
            .readOnly,
            deadline: deadline
        )
        guard let row = rows.first else { return nil }
        return try Self.account(row, of: tenant)
    }

    /// The certificates of an account, the oldest first.
    package func certificates(
        of account: String,
        in tenant: TenantID
    ) async throws(DurableStoreError) -> [AccountCertificate] {
        let rows = try await self.database.execute(
            """
            SELECT c.fingerprint, c.added_at FROM account_certificates c JOIN accounts a
                ON a.tenant = c.tenant AND a.folded = c.account
            WHERE c.tenant = $1 AND c.account = $2 AND c.added_at >= a.created_at ORDER BY c.added_at, c.fingerprint
            """,
            [.text(tenant.text), .text(account)],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in
            AccountCertificate(fingerprint: try row.text(0), addedAt: try row.integer(1))
        }
    }

    /// Has a certificate log in to an account.
    ///
    /// - Parameters:
    ///   - certificate: Which.
    ///   - account: Whose, folded.
    ///   - tenant: Of which tenant.
    ///   - now: Milliseconds since 1970.
    ///   - limit: How many an account may have.
    /// - Returns: What came of it.
    /// - Throws: ``DurableStoreError``
    package func add(
        _ certificate: CertificateFingerprint,
        to account: String,
        in tenant: TenantID,
        now: Int64,
        limit: Int
    ) async throws(DurableStoreError) -> CertificateAddition {
        try await self.database.withTransaction(.tenant(tenant), .readWrite, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            // Two that come at once wait for each other here.
            let accounts = try connection.execute(
                """
                UPDATE accounts SET updated_at = updated_at WHERE tenant = $1 AND folded = $2
                RETURNING created_at, totp_confirmed_at
                """,
                [.text(tenant.text), .text(account)]
            )
            guard let found = accounts.first else { return .noAccount }
            let created = try found.integer(0)
            if try found.optionalInteger(1) != nil { return .codeNeeded }
            _ = try connection.execute(
                "DELETE FROM account_certificates WHERE tenant = $1 AND account = $2 AND added_at < $3 RETURNING 1",
                [.text(tenant.text), .text(account), .integer(created)]
            )
            let owners = try connection.execute(
                """
                SELECT c.account FROM account_certificates c JOIN accounts a ON a.tenant = c.tenant AND a.folded = c.account
                WHERE c.tenant = $1 AND c.fingerprint = $2 AND c.added_at >= a.created_at
                """,
                [.text(tenant.text), .text(certificate.text)]
            )
            if let owner = try owners.first?.text(0) { return owner == account ? .known : .taken }
            let counted = try connection.execute(
                "SELECT COUNT(*) FROM account_certificates WHERE tenant = $1 AND account = $2",
                [.text(tenant.text), .text(account)]
            )
            guard try counted.first?.integer(0) ?? 0 < Int64(clamping: limit) else { return .isFull }
            // What is in its place counts for nothing; of two accounts that come at once the first has it.
            let rows = try connection.execute(
                """
                INSERT INTO account_certificates (tenant, fingerprint, account, added_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (tenant, fingerprint) DO UPDATE SET account = excluded.account, added_at = excluded.added_at
                    WHERE NOT EXISTS (
                        SELECT 1 FROM accounts a WHERE a.tenant = account_certificates.tenant
                            AND a.folded = account_certificates.account
                            AND account_certificates.added_at >= a.created_at
                    )
                RETURNING fingerprint
                """,
                [.text(tenant.text), .text(certificate.text), .text(account), .integer(max(now, created))]
            )
            return rows.isEmpty ? .taken : .added
        }
    }

    static func removeCertificates(
        of account: String,
        in tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) {
        _ = try connection.execute(
            "DELETE FROM account_certificates WHERE tenant = $1 AND account = $2 RETURNING account",
            [.text(tenant.text), .text(account)]
        )
    }

    /// Has a certificate log in to an account no more.
    ///
    /// - Returns: false if it did not.
    package func remove(
        _ certificate: CertificateFingerprint,
        from account: String,
        in tenant: TenantID
    ) async throws(DurableStoreError) -> Bool {
        let rows = try await self.database.execute(
            """
            DELETE FROM account_certificates WHERE tenant = $1 AND account = $2 AND fingerprint = $3 RETURNING fingerprint
            """,
            [.text(tenant.text), .text(account), .text(certificate.text)],
            in: .tenant(tenant)
        )
        return !rows.isEmpty
    }
}
