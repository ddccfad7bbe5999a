// Administrators' accounts. Hashing a password takes a fraction of a second on purpose, so it is done beside the
// reconciling: a tenant is served before its administrators' passwords are hashed.

import Chat
import IRC
import KubeClient
package import Logging
package import StateStore
import Synchronization
package import Tenant

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes the accounts of tenants' administrators, some at a time.
package final class AdminProvisioner: Sendable {
    private struct Work: Sendable {
        let tenant: HostedTenant
        let accounts: AccountRepository
    }

    private let hasher: PasswordHasher
    private let logger: Logger
    /// What was asked for last and is not done.
    private let wanted = Mutex<[TenantID: Work]>([:])
    /// What was done.
    private let done = Mutex<[TenantID: [AdminAccount]]>([:])
    private let wake: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init(hasher: PasswordHasher = PasswordHasher(), logger: Logger) {
        self.hasher = hasher
        self.logger = logger
        (self.wake, self.continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Has a tenant's administrators made, soon.
    package func provision(_ tenant: HostedTenant, in accounts: AccountRepository) {
        if self.done.withLock({ $0[tenant.id] == tenant.admins }) { return }
        self.wanted.withLock { $0[tenant.id] = Work(tenant: tenant, accounts: accounts) }
        self.continuation.yield()
    }

    /// Works until the task is cancelled.
    package func run() async {
        for await _ in self.wake {
            var backoff = Backoff()
            while !Task.isCancelled, let work = self.wanted.withLock({ $0.first?.value }) {
                if await self.make(work) {
                    self.wanted.withLock { wanted in
                        if wanted[work.tenant.id]?.tenant == work.tenant { wanted[work.tenant.id] = nil }
                    }
                    self.done.withLock { $0[work.tenant.id] = work.tenant.admins }
                    backoff = Backoff()
                } else {
                    try? await TimeSource.continuous.sleep(backoff.failed())
                }
            }
        }
    }

    /// - Returns: whether there is nothing more to try.
    private func make(_ work: Work) async -> Bool {
        for admin in work.tenant.admins {
            do {
                try await self.make(admin, work)
            } catch let error as AccountError where error != .busy {
                self.logger.error(
                    "an admin cannot have this account",
                    metadata: [
                        "tenant": "\(work.tenant.id)", "account": "\(admin.account)", "reason": "\(error)",
                    ]
                )
            } catch {
                self.logger.warning(
                    "an admin's account waits for its store",
                    metadata: ["tenant": "\(work.tenant.id)", "reason": "\(error)"]
                )
                return false
            }
        }
        return true
    }

    private func make(_ admin: AdminAccount, _ work: Work) async throws {
        let folded = Names.caseMapping.fold(admin.account)
        let existing = try await work.accounts.find(folded, of: work.tenant.id)
        if let existing, existing.role == .admin,
            let hash = existing.credentials.passwordHash.flatMap({ PasswordHash(text: $0) }),
            try await self.hasher.verify(admin.password.reveal(), against: hash)
        {
            return
        }
        let made = try await self.hasher.credentials(name: admin.account, password: admin.password.reveal())
        try await work.accounts.ensureAdmin(
            admin.account,
            folded: folded,
            credentials: .init(passwordHash: made.passwordHash.text, scram: made.scram.text),
            of: work.tenant.id,
            now: Int64(Date().timeIntervalSince1970 * 1000)
        )
    }
}
