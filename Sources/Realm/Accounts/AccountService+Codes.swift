package import IRC
import Logging
package import StateStore
package import Tenant

/// Codes by mail: rows of the durable store, which those who send mail read.
extension AccountService {
    /// For how long a code is good, in milliseconds: a day for an account or an address, an hour for a password.
    private static func validity(of purpose: CodePurpose) -> Int64 {
        switch purpose {
        case .registration, .address, .formerAddress: 86_400_000
        case .password: 3_600_000
        }
    }

    package var sendsMail: Bool { self.wakeMail != nil }

    /// Another for each code.
    private static func newSerial() -> String {
        (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }

    /// The row that an order becomes.
    func newCode(_ order: CodeOrder) -> NewCode {
        NewCode(
            purpose: order.purpose,
            address: order.address,
            serial: Self.newSerial(),
            language: order.language.rawValue,
            expiresAt: self.wallClock() + Self.validity(of: order.purpose)
        )
    }

    package func request(
        _ order: CodeOrder,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> CodeRequest {
        guard let wakeMail else { throw .unavailable }
        let code = self.newCode(order)
        let outcome = try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.codes.request(code, of: folded, in: tenant, now: self.wallClock())
        }
        if outcome == .queued { wakeMail() }
        return outcome
    }

    package func redeem(
        _ code: Redacted<String>,
        of account: String,
        for purpose: CodePurpose,
        password: Redacted<String>?,
        by rules: CodeRules,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> CodeOutcome {
        let subject = try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.codes.attempt(of: folded, for: purpose, in: tenant, now: self.wallClock())
        }
        guard let subject, self.codeKey(tenant).isRight(code, for: subject) else { return .wrong }
        // Nothing is hashed for who has no code.
        var credentials: Account.Credentials?
        if let password { credentials = .init(try await self.credentials(password, of: account, in: tenant)) }
        let redemption = try await self.change(account, of: tenant) { [credentials] _ throws(DurableStoreError) in
            try await self.codes.redeem(
                subject,
                credentials: credentials,
                in: tenant,
                by: rules,
                now: self.wallClock()
            )
        }
        switch redemption {
        case .done(let account):
            // The address that it had is told.
            if purpose == .address { self.wakeMail?() }
            return .done(account)
        case .addressInUse: return .addressInUse
        case .isFull: return .isFull
        case .gone: return .wrong
        }
    }

    package func removeAddress(
        of account: String,
        telling language: Language,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool {
        let now = self.wallClock()
        // Where nobody sends mail it would only wait.
        let letter = self.sendsMail ? NewCode.toFormerAddress(Self.newSerial(), in: language.rawValue, now: now) : nil
        let isRemoved = try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.removeAddress(of: folded, in: tenant, telling: letter, now: now)
        }
        self.wakeMail?()
        return isRemoved
    }

    /// Somebody who registers an account that waits for its code, and knows its password, has it sent again, or elsewhere.
    func sendAgain(
        _ known: Account,
        to allowed: AllowedAccount,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> AccountCreation {
        guard let order = allowed.code, let address = order.address,
            try await self.verify(allowed.password.reveal(), of: known, in: tenant) == .right
        else { return .exists }
        // Whatever the tenant says by now: it has still to be verified.
        let again = CodeOrder(purpose: .registration, address: address, language: order.language)
        switch try await self.request(again, of: known.name, in: tenant) {
        case .queued, .sent: return .created(known)
        case .noAccount: return .exists
        case .isFull: return .mailIsFull
        }
    }
}
