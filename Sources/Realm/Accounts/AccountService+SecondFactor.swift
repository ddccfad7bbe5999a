import Chat
import IRC
package import StateStore
package import Tenant

/// Codes that accounts ask for beside the password.
extension AccountService {
    package func verify(
        _ password: String,
        of account: Account?,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> PasswordProof {
        guard let account, account.needsCode, let factor = account.secondFactor else {
            return try await self.isPassword(password, of: account, in: tenant) ? .right : .wrong
        }
        if let (alone, code) = TOTP.split(password), try await self.isPassword(alone, of: account, in: tenant) {
            return try await self.use(code, of: factor, of: account, in: tenant) ? .right : .codeWrong
        }
        // Many passwords end in what looks like a code.
        return try await self.isPassword(password, of: account, in: tenant) ? .codeMissing : .wrong
    }

    private func isPassword(
        _ password: String,
        of account: Account?,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool {
        do throws(AccountError) {
            let hash = account?.credentials.passwordHash.flatMap { PasswordHash(text: $0) }
            return try await self.hasher.verify(password, against: hash, for: tenant)
        } catch { throw .busy }
    }

    /// Takes a code, or one of those for who has lost the device; each once.
    private func use(
        _ code: Redacted<String>,
        of factor: Account.SecondFactor,
        of account: Account,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool {
        guard let totp = self.seal(tenant).open(factor.sealed, of: account.folded) else { throw .unavailable }
        let now = self.wallClock()
        if let step = totp.step(of: code, at: now, after: factor.lastStep) {
            return try await self.change(account.name, of: tenant) { folded throws(DurableStoreError) in
                try await self.accounts.use(step: step, of: factor, of: folded, in: tenant, now: now)
            }
        }
        guard let number = totp.recoveryNumber(of: code) else { return false }
        return try await self.change(account.name, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.use(recovery: 1 << Int64(number), of: factor, of: folded, in: tenant, now: now)
        }
    }

    package func beginSecondFactor(
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> TOTP? {
        let totp = TOTP()
        guard let sealed = self.seal(tenant).seal(totp, of: Names.accountMapping.fold(account)) else {
            throw .unavailable
        }
        let isBegun = try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.beginSecondFactor(sealed, of: folded, in: tenant, now: self.wallClock())
        }
        return isBegun ? totp : nil
    }

    package func confirmSecondFactor(
        _ code: Redacted<String>,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> [Redacted<String>]? {
        let now = self.wallClock()
        guard let known = try await self.find(account, in: tenant), !known.needsCode,
            let factor = known.secondFactor,
            let totp = self.seal(tenant).open(factor.sealed, of: known.folded),
            let step = totp.step(of: code, at: now, after: factor.lastStep)
        else { return nil }
        let isConfirmed = try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.confirm(
                factor,
                step: step,
                recovery: (1 << Int64(TOTP.recoveryCodes)) - 1,
                of: folded,
                in: tenant,
                now: now
            )
        }
        return isConfirmed ? totp.recovery : nil
    }

    package func removeSecondFactor(of account: String, in tenant: TenantID) async throws(AuthenticationError) -> Bool {
        try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.removeSecondFactor(of: folded, in: tenant, now: self.wallClock())
        }
    }
}
