import IRC
import Logging
package import StateStore
package import Tenant

/// Codes by mail: rows of the durable store, which those who send mail read.
extension AccountService {
    /// For how long a code is good, in milliseconds: a day for an account or an address, an hour for a password.
    private static func validity(of purpose: CodePurpose) -> Int64 {
        switch purpose {
        case .registration, .address: 86_400_000
        case .password: 3_600_000
        }
    }

    package var sendsMail: Bool { self.mail != nil }

    /// The row that an order becomes.
    func newCode(_ order: CodeOrder) -> NewCode {
        NewCode(
            purpose: order.purpose,
            address: order.address,
            serial: String(UInt64.random(in: .min ... .max), radix: 36)
                + String(UInt64.random(in: .min ... .max), radix: 36),
            language: order.language.rawValue,
            expiresAt: self.wallClock() + Self.validity(of: order.purpose),
            accountsPerAddress: order.accountsPerAddress
        )
    }

    package func request(
        _ order: CodeOrder,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> CodeRequest {
        guard let mail else { throw .unavailable }
        let code = self.newCode(order)
        let outcome = try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.codes.request(code, of: folded, in: tenant, now: self.wallClock())
        }
        if outcome == .queued { mail.wake() }
        return outcome
    }

    package func redeem(
        _ code: Redacted<String>,
        of account: String,
        for purposes: [CodePurpose],
        password: Redacted<String>?,
        accountsPerAddress: Int,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> CodeOutcome {
        guard let mail else { return .wrong }
        let key = mail.key(tenant)
        for purpose in purposes {
            let subject = try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
                try await self.codes.attempt(of: folded, for: purpose, in: tenant, now: self.wallClock())
            }
            guard let subject, key.isRight(code, for: subject) else { continue }
            // Nothing is hashed for who has no code.
            var credentials: Account.Credentials?
            if let password {
                credentials = .init(try await self.credentials(password, of: account, in: tenant))
            }
            let redemption = try await self.change(account, of: tenant) { [credentials] _ throws(DurableStoreError) in
                try await self.codes.redeem(
                    subject,
                    credentials: credentials,
                    in: tenant,
                    accountsPerAddress: accountsPerAddress,
                    now: self.wallClock()
                )
            }
            switch redemption {
            case .done(let account): return .done(purpose, account)
            case .addressInUse: return .addressInUse
            case .gone: return .wrong
            }
        }
        return .wrong
    }

    package func removeAddress(of account: String, in tenant: TenantID) async throws(AuthenticationError) -> Bool {
        try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.removeAddress(of: folded, in: tenant, now: self.wallClock())
        }
    }

    /// Somebody who registers an account that waits for its code, and knows its password, has it sent again.
    func sendAgain(
        _ known: Account,
        to allowed: AllowedAccount,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> AccountCreation {
        guard let order = allowed.code, let address = order.address, known.email == address.text,
            try await self.verify(allowed.password.reveal(), of: known, in: tenant) == .right
        else { return .exists }
        switch try await self.request(order, of: known.name, in: tenant) {
        case .queued: return .created(known)
        case .noAccount: return .exists
        case .addressInUse: return .addressInUse
        case .isFull: return .mailIsFull
        }
    }
}

/// How an edge has codes be sent by mail.
package struct CodeMail: Sendable {
    /// What a tenant's codes are made with.
    package let key: @Sendable (TenantID) -> CodeKey
    /// Told that there is something to send.
    package let wake: @Sendable () -> Void

    package init(key: @escaping @Sendable (TenantID) -> CodeKey, wake: @escaping @Sendable () -> Void) {
        self.key = key
        self.wake = wake
    }
}
