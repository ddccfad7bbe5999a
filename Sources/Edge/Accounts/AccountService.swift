import Chat
package import Crypto
import IRC
package import Logging
package import StateStore
import Synchronization
package import Tenant

/// The accounts of all tenants: those that `roost account add` made and the admins that tenants name.
///
/// An admin's password comes from a Secret and is hashed into the durable store when the tenant is loaded or changed.
/// Whoever logs in meanwhile waits for that.
package final class AccountService: Authenticator {
    private let accounts: AccountRepository
    private let hasher: PasswordHasher
    private let logger: Logger
    private let wallClock: @Sendable () -> Int64
    private let decoyKey: SymmetricKey
    private let clock: any Clock<Duration>
    private let provisioning = Mutex<[TenantID: Task<Void, Never>]>([:])

    package init(
        accounts: AccountRepository,
        hasher: PasswordHasher = PasswordHasher(),
        logger: Logger,
        decoyKey: SymmetricKey = SymmetricKey(size: .bits256),
        clock: any Clock<Duration> = ContinuousClock(),
        wallClock: @escaping @Sendable () -> Int64 = InProcessLiveStore.systemTime
    ) {
        self.accounts = accounts
        self.hasher = hasher
        self.logger = logger
        self.decoyKey = decoyKey
        self.clock = clock
        self.wallClock = wallClock
    }

    // MARK: Logging in

    package func verify(
        account name: String,
        password: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> LoggedIn? {
        let account = try await self.find(name, in: tenant)
        do throws(AccountError) {
            guard let account, let hash = account.credentials.passwordHash.flatMap({ PasswordHash(text: $0) }) else {
                try await self.hasher.verifyNothing(password)
                return nil
            }
            return try await self.hasher.verify(password, against: hash) ? LoggedIn(account) : nil
        } catch { throw .busy }
    }

    package func scramCredentials(
        of name: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> ScramLogin {
        let account = try await self.find(name, in: tenant)
        if let account, let credentials = account.credentials.scram.flatMap({ ScramCredentials(text: $0) }) {
            return ScramLogin(credentials: credentials, login: LoggedIn(account))
        }
        let decoy = ScramCredentials.unknown("\(tenant) \(Names.caseMapping.fold(name))", key: self.decoyKey)
        return ScramLogin(credentials: decoy, login: nil)
    }

    private func find(_ name: String, in tenant: TenantID) async throws(AuthenticationError) -> Account? {
        await self.provisioning.withLock { $0[tenant] }?.value
        do {
            return try await self.accounts.find(Names.caseMapping.fold(name), of: tenant)
        } catch {
            self.logger.warning(
                "accounts cannot be read",
                metadata: ["tenant": "\(tenant)", "reason": "\(String(reflecting: error))"]
            )
            throw .unavailable
        }
    }

    // MARK: Admins

    /// Makes the admins of some tenants, in the background.
    package func provision(_ tenants: some Sequence<HostedTenant>) {
        for tenant in tenants where !tenant.admins.isEmpty {
            self.provisioning.withLock { tasks in
                let before = tasks[tenant.id]
                tasks[tenant.id] = Task {
                    await before?.value
                    for admin in tenant.admins { await self.provision(admin, of: tenant.id) }
                }
            }
        }
    }

    private func provision(_ admin: AdminAccount, of tenant: TenantID) async {
        let folded = Names.caseMapping.fold(admin.account)
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                return try await self.accounts.ensure(
                    admin,
                    folded: folded,
                    of: tenant,
                    hasher: self.hasher,
                    now: self.wallClock()
                )
            } catch let error as AccountError where error != .busy {
                return self.logger.error(
                    "an admin cannot have this account",
                    metadata: ["tenant": "\(tenant)", "account": "\(admin.account)", "reason": "\(error)"]
                )
            } catch {
                let delay = backoff.failed()
                self.logger.warning(
                    "an admin's account waits for its store",
                    metadata: ["tenant": "\(tenant)", "reason": "\(String(reflecting: error))"]
                )
                try? await self.clock.sleep(for: delay)
            }
        }
    }
}

extension LoggedIn {
    fileprivate init(_ account: Account) { self.init(account: account.name, isAdmin: account.role == .admin) }
}
