// What a tenant says of its administrators becomes accounts: the same for an edge on its own and for the operator.

package import Tenant

extension AccountRepository {
    /// Makes sure that an administrator has an account with this password, hashing it only if it is another.
    ///
    /// - Parameters:
    ///   - admin: The administrator.
    ///   - folded: The folded name.
    ///   - tenant: Whose administrator.
    ///   - hasher: Hashes the password.
    ///   - now: Milliseconds since 1970.
    /// - Throws: ``AccountError`` from the hasher, ``DurableStoreError`` from the database.
    package func ensure(
        _ admin: AdminAccount,
        folded: String,
        of tenant: TenantID,
        hasher: PasswordHasher,
        now: Int64
    ) async throws {
        let existing = try await self.find(folded, of: tenant)
        if let existing, existing.role == .admin,
            let hash = existing.credentials.passwordHash.flatMap({ PasswordHash(text: $0) }),
            try await hasher.verify(admin.password.reveal(), against: hash)
        {
            return
        }
        let made = try await hasher.credentials(name: admin.account, password: admin.password.reveal())
        try await self.ensureAdmin(
            admin.account,
            folded: folded,
            credentials: .init(passwordHash: made.passwordHash.text, scram: made.scram.text),
            of: tenant,
            now: now
        )
    }
}
