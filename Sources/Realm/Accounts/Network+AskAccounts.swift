import Chat
import StateStore
import Tenant

/// Questions about accounts.
extension Network {
    /// Asks or changes something of the tenant's accounts, off the loop; that they cannot be asked is a refusal.
    ///
    /// - Parameters:
    ///   - question: What is asked, of whom and of which tenant.
    ///   - then: Gets the answer, on the loop.
    func askAccounts<Answer: Sendable>(
        _ question: @escaping @Sendable (any Authenticator, TenantID) async throws(AuthenticationError) -> Answer,
        then: @escaping (Result<Answer, Refusal>) -> Void
    ) {
        let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
        self.shard.check { () async throws(AuthenticationError) in
            try await question(authenticator, tenant)
        } then: { (result: Result<Answer, AuthenticationError>) in
            then(result.mapError { Refusal(.unavailable, text: $0.phrase) })
        }
    }
}
