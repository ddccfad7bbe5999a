package import Tenant

/// What makes the codes that are asked for beside a password (RFC 6238). No code is taken twice, whichever edges it is shown to.
extension AccountRepository {
    /// Gives an account a secret that is not asked for yet, in place of one like it.
    ///
    /// - Returns: false if there is no such account, or codes are asked for already.
    package func beginSecondFactor(
        _ sealed: [UInt8],
        of folded: String,
        in tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> Bool {
        try await self.changeSecondFactor(
            "totp = $4, totp_confirmed_at = NULL, totp_step = 0, totp_recovery = 0",
            if: "totp_confirmed_at IS NULL",
            [.blob(sealed)],
            of: folded,
            in: tenant,
            now: now
        )
    }

    /// Has codes be asked for from now on: its owner made one.
    ///
    /// - Parameters:
    ///   - factor: The secret that the code was made with.
    ///   - step: The code's time step.
    ///   - recovery: A bit for each recovery code.
    ///   - folded: The account's folded name.
    ///   - tenant: Whose account.
    ///   - now: Milliseconds since 1970.
    /// - Returns: false if it is another secret by now, or codes are asked for already.
    /// - Throws: ``DurableStoreError``
    package func confirm(
        _ factor: Account.SecondFactor,
        step: Int64,
        recovery: Int64,
        of folded: String,
        in tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> Bool {
        try await self.changeSecondFactor(
            "totp_confirmed_at = $3, totp_step = $5, totp_recovery = $6",
            if: "totp_confirmed_at IS NULL AND totp = $4",
            [.blob(factor.sealed), .integer(step), .integer(recovery)],
            of: folded,
            in: tenant,
            now: now
        )
    }

    /// Takes a code that is right.
    ///
    /// - Parameters:
    ///   - code: Which.
    ///   - factor: The secret that it was made with.
    ///   - folded: The account's folded name.
    ///   - tenant: Whose account.
    ///   - now: Milliseconds since 1970.
    /// - Returns: false if it was taken before; of a time step, if a later one was.
    /// - Throws: ``DurableStoreError``
    package func use(
        _ code: CodeUse,
        of factor: Account.SecondFactor,
        of folded: String,
        in tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> Bool {
        let (change, condition, value) =
            switch code {
            case .step(let step): ("totp_step = $5", "totp_step < $5", step)
            case .recovery(let number):
                ("totp_recovery = totp_recovery - $5", "(totp_recovery & $5) <> 0", Int64(1) << Int64(number))
            }
        return try await self.changeSecondFactor(
            change,
            if: "totp = $4 AND \(condition)",
            [.blob(factor.sealed), .integer(value)],
            of: folded,
            in: tenant,
            now: now
        )
    }

    /// Has no code be asked for any more.
    ///
    /// - Returns: false if none was.
    package func removeSecondFactor(
        of folded: String,
        in tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> Bool {
        try await self.changeSecondFactor(
            "totp = NULL, totp_confirmed_at = NULL, totp_step = NULL, totp_recovery = NULL",
            if: "totp IS NOT NULL",
            [],
            of: folded,
            in: tenant,
            now: now
        )
    }

    private func changeSecondFactor(
        _ change: String,
        if condition: String,
        _ values: [SQLValue],
        of folded: String,
        in tenant: TenantID,
        now: Int64
    ) async throws(DurableStoreError) -> Bool {
        try await self.database.write(.tenant(tenant)) { connection throws(DurableStoreError) in
            let rows = try connection.execute(
                """
                UPDATE accounts SET updated_at = CAST($3 AS BIGINT), \(change)
                WHERE tenant = $1 AND folded = $2 AND (\(condition)) RETURNING folded
                """,
                [.text(tenant.text), .text(folded), .integer(now)] + values
            )
            if !rows.isEmpty { try self.tell(.proof, of: folded, in: tenant, on: connection) }
            return !rows.isEmpty
        }
    }

    static func secondFactor(
        _ row: SQLRow,
        from column: Int
    ) throws(DurableStoreError) -> Account.SecondFactor? {
        guard let sealed = try row.optionalBlob(column) else { return nil }
        return Account.SecondFactor(
            sealed: sealed,
            confirmedAt: try row.optionalInteger(column + 1),
            lastStep: try row.optionalInteger(column + 2) ?? 0,
            recovery: try row.optionalInteger(column + 3) ?? 0
        )
    }
}
