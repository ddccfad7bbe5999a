package import IRC
package import Realm
package import StateStore
package import Tenant

/// Nobody is sent mail, and no account asks for codes.
extension SimulatedAccounts {
    package var sendsMail: Bool { false }

    package func request(
        _ order: CodeOrder,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> CodeRequest { throw .unavailable }

    package func redeem(
        _ code: Redacted<String>,
        of account: String,
        for purpose: CodePurpose,
        password: Redacted<String>?,
        by rules: CodeRules,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> CodeOutcome {
        if let failure { throw failure }
        return .wrong
    }

    package func removeAddress(
        of account: String,
        telling language: Language,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool { throw .unavailable }

    package func use(
        _ code: CodeUse,
        of account: Account,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool { throw .unavailable }

    package func beginSecondFactor(
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> TOTP? { throw .unavailable }

    package func confirmSecondFactor(
        _ code: Redacted<String>,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> [Redacted<String>]? { throw .unavailable }

    package func removeSecondFactor(of account: String, in tenant: TenantID) async throws(AuthenticationError) -> Bool {
        throw .unavailable
    }
}
