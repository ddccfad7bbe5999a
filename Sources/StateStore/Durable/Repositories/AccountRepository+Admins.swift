// What a tenant says of its administrators becomes accounts: the same for an edge on its own and for the operator.

import Chat
package import Logging
package import Tenant

extension AccountRepository {
    /// Makes a tenant's administrators what it says: who is named has the role and the password, hashed only if it is
    /// another; who had the role by the tenant's word and is named no more loses it.
    ///
    /// An administrator who cannot have the account (its name or password is refused) is logged and passed over.
    ///
    /// - Parameters:
    ///   - admins: Those whose password is known.
    ///   - names: All that the tenant names: who is named keeps the role while the password cannot be read.
    ///   - tenant: Whose administrators.
    ///   - hasher: Hashes passwords.
    ///   - now: Milliseconds since 1970.
    ///   - logger: Told who loses the role, and who cannot have it.
    ///   - fold: Folds a name under the tenant's casemapping.
    /// - Returns: The folded names of those that have another password now.
    /// - Throws: ``AccountError/busy`` from the hasher, ``DurableStoreError`` from the database: to be tried again.
    package func provision(
        _ admins: [AdminAccount],
        named names: [String],
        of tenant: TenantID,
        hasher: PasswordHasher,
        now: Int64,
        logger: Logger,
        fold: (String) -> String
    ) async throws -> [String] {
        // First, since it is the one that matters if the rest fails.
        let named = Set(names.map(fold))
        for released in try await self.releaseAdmins(except: named, of: tenant, now: now) {
            logger.notice(
                "an account is no administrator any more",
                metadata: ["tenant": "\(tenant)", "account": "\(released)"]
            )
        }
        var changed: [String] = []
        for admin in admins {
            let folded = fold(admin.account)
            do {
                if try await self.ensure(admin, folded: folded, of: tenant, hasher: hasher, now: now) {
                    changed.append(folded)
                }
            } catch let error as AccountError where error != .busy {
                logger.error(
                    "an admin cannot have this account",
                    metadata: ["tenant": "\(tenant)", "account": "\(admin.account)", "reason": "\(error)"]
                )
            }
        }
        return changed
    }

    /// How often it is looked at anew what an account is, where others change it.
    private static let adminTries = 4

    /// - Returns: whether it was another before.
    private func ensure(
        _ admin: AdminAccount,
        folded: String,
        of tenant: TenantID,
        hasher: PasswordHasher,
        now: Int64
    ) async throws -> Bool {
        for _ in 0..<Self.adminTries {
            let existing = try await self.find(folded, of: tenant)
            let known = existing?.credentials.passwordHash
            if let existing, existing.role == .admin, existing.isDeclared, existing.credentials.hasEveryProof,
                let hash = known.flatMap({ PasswordHash(text: $0) }),
                try await hasher.verify(admin.password.reveal(), against: hash, for: tenant)
            {
                return false
            }
            let made = try await hasher.credentials(name: admin.account, password: admin.password.reveal(), for: tenant)
            // Of edges that begin side by side another may have done it meanwhile: to do it again would end the rights of those
            // who have proved it already.
            let isDone = try await self.ensureAdmin(
                admin.account,
                folded: folded,
                credentials: .init(made),
                insteadOf: .some(known),
                of: tenant,
                now: now
            )
            if isDone { return true }
        }
        throw AccountError.busy
    }
}
