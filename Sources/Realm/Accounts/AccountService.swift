import Backoff
package import Chat
package import Crypto
package import IRC
package import Logging
import Observability
package import StateStore
import Synchronization
package import Tenant

/// The accounts of all tenants: those that `roost account add` made and the admins that tenants name.
///
/// An admin's password comes from a Secret and is hashed into the durable store when the tenant is loaded or changed.
/// Whoever logs in meanwhile waits for that.
package final class AccountService: Authenticator {
    let accounts: AccountRepository
    let codes: AccountCodeRepository
    let hasher: PasswordHasher
    private let logger: Logger
    let wallClock: @Sendable () -> Int64
    /// What a tenant's codes are made with.
    let codeKey: @Sendable (TenantID) -> CodeKey
    /// Told that there is mail to send; nil if nobody sends any.
    let wakeMail: (@Sendable () -> Void)?
    /// What secrets of a tenant's accounts are sealed with.
    let seal: @Sendable (TenantID) -> TOTPSeal
    private let decoyKey: SymmetricKey
    private let clock: any Clock<Duration>
    private let provisioning = Mutex<[TenantID: Provisioning]>([:])
    /// Whether the store did not answer when it was asked last: until it does, nobody waits for it.
    private let isAway = Mutex(false)
    /// How many log-ins are being noted.
    private let noting = Mutex(0)
    private static let mostNoted = 8
    /// How long an answer may take: it is one row by its key.
    private static let patience = Duration.seconds(3)

    /// Hears which accounts of a tenant have another password now.
    package typealias PasswordsChanged = @Sendable (_ folded: [String], _ tenant: TenantID) async -> Void

    /// The making of a tenant's admins.
    private struct Provisioning {
        let first: Task<Void, Never>
        var retries: Task<Void, Never>?
    }

    package init(
        durable: DurableStore,
        seal: @escaping @Sendable (TenantID) -> TOTPSeal,
        codeKey: @escaping @Sendable (TenantID) -> CodeKey,
        wakeMail: (@Sendable () -> Void)? = nil,
        hasher: PasswordHasher = PasswordHasher(),
        logger: Logger,
        decoyKey: SymmetricKey = SymmetricKey(size: .bits256),
        clock: any Clock<Duration> = ContinuousClock(),
        wallClock: @escaping @Sendable () -> Int64 = WallClock.system
    ) {
        self.accounts = durable.accounts
        self.codes = durable.codes
        self.seal = seal
        self.codeKey = codeKey
        self.wakeMail = wakeMail
        self.hasher = hasher
        self.logger = logger
        self.decoyKey = decoyKey
        self.clock = clock
        self.wallClock = wallClock
    }

    // MARK: Logging in

    package func scramCredentials(
        _ hash: ScramHash,
        of account: Account?,
        named name: String,
        in tenant: TenantID
    ) -> ScramCredentials {
        account?.credentials.scram.flatMap { ScramCredentials(text: $0, hash) }
            ?? ScramCredentials.unknown("\(tenant) \(Names.accountMapping.fold(name))", key: self.decoyKey, hash)
    }

    package func register(
        _ account: AllowedAccount,
        in tenant: TenantID,
        limit: Int?
    ) async throws(AuthenticationError) -> AccountCreation {
        if self.isAway.withLock({ $0 }) { throw .away }
        // Whose name its tenant gives an administrator is nobody's.
        await self.provisioning.withLock { $0[tenant]?.first }?.value
        let made = try await self.credentials(account.password, of: account.name, in: tenant)
        let code = account.code.map { self.newCode($0) }
        let creation = try await self.change(account.name, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.register(
                NewAccount(
                    name: account.name,
                    folded: folded,
                    state: account.state,
                    email: account.email,
                    credentials: .init(made),
                    code: code
                ),
                of: tenant,
                limit: limit,
                now: self.wallClock()
            )
        }
        if case .unverified(let known) = creation { return try await self.sendAgain(known, to: account, in: tenant) }
        if case .created = creation, code != nil { self.wakeMail?() }
        return creation
    }

    func credentials(
        _ password: Redacted<String>,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> AccountCredentials {
        do throws(AccountError) {
            return try await self.hasher.credentials(name: account, password: password.reveal(), for: tenant)
        } catch { throw error == .busy ? .busy : .unavailable }
    }

    package func setPassword(
        _ password: Redacted<String>,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool {
        if self.isAway.withLock({ $0 }) { throw .away }
        let made = try await self.credentials(password, of: account, in: tenant)
        return try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.update(folded, credentials: .init(made), of: tenant, now: self.wallClock())
        }
    }

    package func names(
        in tenant: TenantID,
        unless version: String?
    ) async throws(AuthenticationError) -> OwnedNames? {
        await self.provisioning.withLock { $0[tenant]?.first }?.value
        return try await self.read(tenant) { () throws(DurableStoreError) in
            try await self.accounts.names(of: tenant, unless: version)
        }
    }

    package func names(of account: String, in tenant: TenantID) async throws(AuthenticationError) -> [String] {
        try await self.read(tenant) { () throws(DurableStoreError) in
            try await self.accounts.names(ofAccount: Names.accountMapping.fold(account), in: tenant)
        }
    }

    package func add(
        _ nick: Nickname,
        to account: String,
        in tenant: TenantID,
        limit: Int
    ) async throws(AuthenticationError) -> NameAddition {
        try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.add(
                name: nick.raw,
                folded: Names.accountMapping.fold(nick.raw),
                to: folded,
                in: tenant,
                now: self.wallClock(),
                limit: limit
            )
        }
    }

    package func remove(
        _ nick: Nickname,
        from account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool {
        try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.remove(
                name: Names.accountMapping.fold(nick.raw),
                from: folded,
                in: tenant
            )
        }
    }

    package func remove(_ account: String, in tenant: TenantID) async throws(AuthenticationError) -> Bool {
        try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.delete(folded, of: tenant)
        }
    }

    private static func takesPlace(_ count: inout Int) -> Bool {
        guard count < Self.mostNoted else { return false }
        count += 1
        return true
    }

    package func noteLogIn(to account: Account, in tenant: TenantID) async {
        let now = self.wallClock()
        guard AccountRepository.isToNote(account, now: now) else { return }
        // In a storm some are not noted, and nobody who logs in waits behind those that are.
        guard self.noting.withLock({ Self.takesPlace(&$0) }) else { return }
        defer { self.noting.withLock { $0 -= 1 } }
        do throws(DurableStoreError) {
            try await self.accounts.noteLogIn(to: account.folded, of: tenant, now: now, within: Self.patience)
        } catch {
            self.logger.debug("a log-in is not noted", metadata: ["tenant": "\(tenant)", "reason": "\(error)"])
        }
    }

    package func setAlwaysOn(
        _ isAlwaysOn: Bool?,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) {
        _ = try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.setAlwaysOn(isAlwaysOn, of: folded, in: tenant, now: self.wallClock())
        }
    }

    package func changeMetadata(
        of account: String,
        in tenant: TenantID,
        _ change: @escaping @Sendable (Metadata) -> Result<Metadata, Refusal>
    ) async throws(AuthenticationError) -> Result<MetadataStep, Refusal>? {
        try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.changeMetadata(
                of: folded,
                in: tenant,
                now: self.wallClock(),
                within: Self.patience,
                change
            )
        }
    }

    /// Changes an account, unless the store is known to be away.
    func change<Answer>(
        _ account: String,
        of tenant: TenantID,
        _ change: (_ folded: String) async throws(DurableStoreError) -> Answer
    ) async throws(AuthenticationError) -> Answer {
        if self.isAway.withLock({ $0 }) { throw .away }
        do throws(DurableStoreError) { return try await change(Names.accountMapping.fold(account)) } catch {
            self.logger.warning(
                "an account cannot be changed",
                metadata: ["tenant": "\(tenant)", "reason": "\(String(reflecting: error))"]
            )
            guard error.isAway else { throw .unavailable }
            self.waitForStore(asking: tenant)
            throw .away
        }
    }

    package func find(_ name: String, in tenant: TenantID) async throws(AuthenticationError) -> Account? {
        await self.provisioning.withLock { $0[tenant]?.first }?.value
        let folded = Names.accountMapping.fold(name)
        return try await self.read(tenant) { () throws(DurableStoreError) in
            try await self.accounts.find(folded, of: tenant, within: Self.patience)
        }
    }

    package func find(
        _ certificate: CertificateFingerprint,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Account? {
        await self.provisioning.withLock { $0[tenant]?.first }?.value
        return try await self.read(tenant) { () throws(DurableStoreError) in
            try await self.accounts.find(certificate, of: tenant, within: Self.patience)
        }
    }

    package func certificates(
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> [AccountCertificate] {
        try await self.read(tenant) { () throws(DurableStoreError) in
            try await self.accounts.certificates(of: Names.accountMapping.fold(account), in: tenant)
        }
    }

    package func add(
        _ certificate: CertificateFingerprint,
        to account: String,
        in tenant: TenantID,
        limit: Int
    ) async throws(AuthenticationError) -> CertificateAddition {
        try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.add(certificate, to: folded, in: tenant, now: self.wallClock(), limit: limit)
        }
    }

    package func remove(
        _ certificate: CertificateFingerprint,
        from account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool {
        try await self.change(account, of: tenant) { folded throws(DurableStoreError) in
            try await self.accounts.remove(certificate, from: folded, in: tenant)
        }
    }

    /// Reads something of accounts, unless the store is known to be away.
    private func read<Answer>(
        _ tenant: TenantID,
        _ read: () async throws(DurableStoreError) -> Answer
    ) async throws(AuthenticationError) -> Answer {
        if self.isAway.withLock({ $0 }) { throw .away }
        do throws(DurableStoreError) { return try await read() } catch {
            self.logger.warning(
                "accounts cannot be read",
                metadata: ["tenant": "\(tenant)", "reason": "\(String(reflecting: error))"]
            )
            guard error.isAway else { throw .unavailable }
            self.waitForStore(asking: tenant)
            throw .away
        }
    }

    /// Asks the store for an account again until it answers; who logs in meanwhile is told at once that it does not.
    private func waitForStore(asking tenant: TenantID) {
        let wasAway = self.isAway.withLock { isAway in
            defer { isAway = true }
            return isAway
        }
        guard !wasAway else { return }
        Task {
            var backoff = Backoff(first: .milliseconds(250), longest: .seconds(2))
            var isAnswered = false
            repeat {
                do { try await self.clock.sleep(for: backoff.failed()) } catch { break }
                do throws(DurableStoreError) {
                    _ = try await self.accounts.find("", of: tenant, within: Self.patience)
                    isAnswered = true
                } catch { isAnswered = !error.isAway }
            } while !isAnswered
            self.isAway.withLock { $0 = false }
            self.logger.info("accounts can be read again")
        }
    }

    // MARK: Admins

    /// Makes the admins of some tenants, and takes the role from who is none any more, in the background.
    ///
    /// Whoever logs in meanwhile waits for the first try, not for those that follow when the store is away.
    ///
    /// - Parameters:
    ///   - tenants: Whose admins.
    ///   - changed: Told of the accounts of a tenant that have another password now, by their folded names.
    package func provision(_ tenants: some Sequence<HostedTenant>, changed: @escaping PasswordsChanged) {
        for tenant in tenants {
            self.provisioning.withLock { all in
                let before = all[tenant.id]
                before?.retries?.cancel()
                let first = Task {
                    await before?.first.value
                    if await !self.provision(tenant, changed) { self.retry(tenant, changed) }
                }
                all[tenant.id] = Provisioning(first: first)
            }
        }
    }

    /// Nothing more is done for tenants that are gone.
    package func forget(_ tenants: some Sequence<TenantID>) {
        self.provisioning.withLock { all in
            for tenant in tenants {
                all[tenant]?.first.cancel()
                all.removeValue(forKey: tenant)?.retries?.cancel()
            }
        }
    }

    /// Tries again until it is done, or the tenant is another or gone.
    private func retry(_ tenant: HostedTenant, _ changed: @escaping PasswordsChanged) {
        self.provisioning.withLock { all in
            guard all[tenant.id] != nil, !Task.isCancelled else { return }
            all[tenant.id]?.retries = Task {
                var backoff = Backoff()
                repeat {
                    do { try await self.clock.sleep(for: backoff.failed()) } catch { return }
                } while await !self.provision(tenant, changed)
            }
        }
    }

    /// - Returns: whether it is done.
    private func provision(_ tenant: HostedTenant, _ changed: PasswordsChanged) async -> Bool {
        do {
            let others = try await self.accounts.telling.provision(
                tenant.admins,
                named: tenant.adminNames,
                of: tenant.id,
                hasher: self.hasher,
                now: self.wallClock(),
                logger: self.logger,
                fold: Names.accountMapping.fold
            )
            if !others.isEmpty { await changed(others, tenant.id) }
            return true
        } catch {
            if Task.isCancelled { return true }
            self.logger.warning(
                "an admin's account waits for its store",
                metadata: ["tenant": "\(tenant.id)", "reason": "\(String(reflecting: error))"]
            )
            return false
        }
    }
}

extension DurableStoreError {
    /// Whether the next one who asks would wait in vain, too.
    fileprivate var isAway: Bool {
        switch self {
        case .unavailable, .timedOut: true
        default: false
        }
    }
}
