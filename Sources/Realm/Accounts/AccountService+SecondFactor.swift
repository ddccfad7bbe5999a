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
        let factor = account.flatMap { $0.needsCode ? $0.secondFactor : nil }
        if try await self.isPassword(password, of: account, in: tenant) {
            // Many passwords end in what looks like a code.
            return factor == nil ? .right : .codeMissing
        }
        // Whether an account asks for codes does not show in the time of an answer.
        guard let (alone, code) = TOTP.split(password),
            try await self.isPassword(alone, of: factor == nil ? nil : account, in: tenant), let account, let factor
        else { return .wrong }
        guard let totp = self.seal(tenant).open(factor.sealed, of: account.folded) else { throw .unavailable }
        if let step = totp.step(of: code, at: self.wallClock(), after: factor.lastStep) {
            return .codeRight(.step(step))
        }
        return totp.recoveryNumber(of: code).map { .codeRight(.recovery($0)) } ?? .codeWrong
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

    package func use(
        _ code: CodeUse,
        of account: Account,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool {
        guard let factor = account.secondFactor else { return false }
        let now = self.wallClock()
        return try await self.change(account.name, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.use(code, of: factor, of: folded, in: tenant, now: now)
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
