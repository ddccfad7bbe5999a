package import Chat
import Crypto
package import IRC
package import Realm
package import StateStore
package import Tenant

/// Accounts whose passwords are compared as they are.
///
/// One thread uses it.
package final class SimulatedAccounts: Authenticator, @unchecked Sendable {
    // Unchecked: called by the thread of the simulation alone.
    private var accounts: [String: Account] = [:]
    /// Whose each certificate is.
    private var certificates: [CertificateFingerprint: String] = [:]
    /// Nicknames that accounts have besides what they are called, by folded nickname, and how often one was given.
    private var nicks: [String: (nick: String, account: String)] = [:]
    private var nicked = 0
    /// How many accounts were made: each has another time at which it was.
    private var made: Int64 = 0
    /// What every question is answered with instead, if it is set.
    package var failure: AuthenticationError?
    /// Whether accounts can be read, and not changed.
    package var isReadOnly = false

    package init() {}

    /// Adds an account; one that is there keeps what it asked for.
    package func add(_ name: String, password: String, role: Account.Role = .user) {
        let known = self.accounts[name]
        self.set(
            name,
            password: password,
            role: role,
            isAlwaysOn: known?.isAlwaysOn,
            known?.metadata ?? Metadata()
        )
    }

    /// There is no such account any more.
    package func remove(_ name: String) { self.accounts[name] = nil }

    private func set(
        _ name: String,
        password: String?,
        role: Account.Role,
        state: Account.State = .active,
        email: String? = nil,
        isAlwaysOn: Bool?,
        _ metadata: Metadata
    ) {
        guard let tenant = TenantID("acme") else { return }
        let scram = password.flatMap(Self.scram)
        if self.accounts[name] == nil { self.made += 1 }
        self.accounts[name] = Account(
            tenant: tenant,
            name: name,
            folded: Names.accountMapping.fold(name),
            role: role,
            state: state,
            credentials: .init(passwordHash: password, scram: scram),
            isAlwaysOn: isAlwaysOn,
            metadata: metadata,
            email: email,
            createdAt: self.accounts[name]?.createdAt ?? self.made,
            updatedAt: 0
        )
    }

    package func names(
        in tenant: TenantID,
        unless version: String?
    ) async throws(AuthenticationError) -> OwnedNames? {
        if let failure { throw failure }
        let active = self.accounts.values.count { $0.state == .active }
        let found = "\(self.made).\(active).\(self.nicks.count).\(self.nicked)"
        if found == version { return nil }
        var owners = self.nicks.mapValues { Names.accountMapping.fold($0.account) }
        for account in self.accounts.values where account.state == .active { owners[account.folded] = account.folded }
        return OwnedNames(version: found, owners: owners)
    }

    package func names(of account: String, in tenant: TenantID) async throws(AuthenticationError) -> [String] {
        if let failure { throw failure }
        return self.nicks.values.filter { $0.account == account }.map(\.nick).sorted()
    }

    package func add(
        _ nick: Nickname,
        to account: String,
        in tenant: TenantID,
        limit: Int
    ) async throws(AuthenticationError) -> NameAddition {
        if let failure { throw failure }
        let folded = Names.accountMapping.fold(nick.raw)
        if folded == Names.accountMapping.fold(account) { return .known }
        if self.accounts.values.contains(where: { $0.folded == folded }) { return .taken }
        if let owner = self.nicks[folded]?.account { return owner == account ? .known : .taken }
        guard self.nicks.values.count(where: { $0.account == account }) < limit else { return .isFull }
        self.nicks[folded] = (nick.raw, account)
        self.nicked += 1
        return .added
    }

    package func remove(
        _ nick: Nickname,
        from account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool {
        if let failure { throw failure }
        let folded = Names.accountMapping.fold(nick.raw)
        guard self.nicks[folded]?.account == account else { return false }
        self.nicks[folded] = nil
        return true
    }

    package func setPassword(
        _ password: Redacted<String>,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool {
        if let failure { throw failure }
        if self.isReadOnly { throw .unavailable }
        guard let known = self.accounts[account] else { return false }
        let text = password.reveal()
        self.set(account, password: text, role: known.role, isAlwaysOn: known.isAlwaysOn, known.metadata)
        return true
    }

    package func remove(_ account: String, in tenant: TenantID) async throws(AuthenticationError) -> Bool {
        if let failure { throw failure }
        if self.isReadOnly { throw .unavailable }
        return self.accounts.removeValue(forKey: account) != nil
    }

    package func register(
        _ account: AllowedAccount,
        in tenant: TenantID,
        limit: Int?
    ) async throws(AuthenticationError) -> AccountCreation {
        if let failure { throw failure }
        if self.isReadOnly { throw .unavailable }
        let folded = Names.accountMapping.fold(account.name)
        if self.accounts.values.contains(where: { $0.folded == folded }) { return .exists }
        if let limit, self.accounts.count >= limit { return .isFull }
        let password = account.password.reveal()
        self.set(
            account.name,
            password: password,
            role: .user,
            state: account.state,
            email: account.email?.text,
            isAlwaysOn: nil,
            Metadata()
        )
        return self.accounts[account.name].map { .created($0) } ?? .exists
    }

    /// The account of a name as it is now.
    package func known(_ name: String) -> Account? { self.accounts[name] }

    /// An administrator agrees to an account.
    package func approve(_ name: String) {
        guard let known = self.accounts[name] else { return }
        let password = known.credentials.passwordHash
        self.set(name, password: password, role: known.role, isAlwaysOn: known.isAlwaysOn, known.metadata)
    }

    package func find(
        _ certificate: CertificateFingerprint,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Account? {
        if let failure { throw failure }
        return self.certificates[certificate].flatMap { self.accounts[$0] }
    }

    package func certificates(
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> [AccountCertificate] {
        if let failure { throw failure }
        return self.certificates.filter { $0.value == account }.map(\.key.text).sorted().map {
            AccountCertificate(fingerprint: $0, addedAt: 0)
        }
    }

    package func add(
        _ certificate: CertificateFingerprint,
        to account: String,
        in tenant: TenantID,
        limit: Int
    ) async throws(AuthenticationError) -> CertificateAddition {
        if let failure { throw failure }
        if self.isReadOnly { throw .unavailable }
        if let owner = self.certificates[certificate] { return owner == account ? .known : .taken }
        guard self.certificates.values.count(where: { $0 == account }) < limit else { return .isFull }
        self.certificates[certificate] = account
        return .added
    }

    package func remove(
        _ certificate: CertificateFingerprint,
        from account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool {
        if let failure { throw failure }
        if self.isReadOnly { throw .unavailable }
        guard self.certificates[certificate] == account else { return false }
        self.certificates[certificate] = nil
        return true
    }

    package func noteLogIn(to account: Account, in tenant: TenantID) async {}

    package func setAlwaysOn(
        _ isAlwaysOn: Bool?,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) {
        if let failure { throw failure }
        if self.isReadOnly { throw .unavailable }
        guard let known = self.accounts[account] else { return }
        let password = known.credentials.passwordHash
        self.set(account, password: password, role: known.role, isAlwaysOn: isAlwaysOn, known.metadata)
    }

    package func changeMetadata(
        of account: String,
        in tenant: TenantID,
        _ change: @escaping @Sendable (Metadata) -> Result<Metadata, Refusal>
    ) async throws(AuthenticationError) -> Result<MetadataStep, Refusal>? {
        if let failure { throw failure }
        if self.isReadOnly { throw .unavailable }
        guard let known = self.accounts[account] else { return nil }
        return change(known.metadata).map { next in
            let password = known.credentials.passwordHash
            self.set(account, password: password, role: known.role, isAlwaysOn: known.isAlwaysOn, next)
            return MetadataStep(before: known.metadata, after: next)
        }
    }

    package func find(_ name: String, in tenant: TenantID) async throws(AuthenticationError) -> Account? {
        if let failure { throw failure }
        return self.accounts[name]
    }

    package func verify(
        _ password: String,
        of account: Account?,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> PasswordProof {
        account?.credentials.passwordHash == password ? .right : .wrong
    }

    package func scramCredentials(
        _ hash: ScramHash,
        of account: Account?,
        named name: String,
        in tenant: TenantID
    ) -> ScramCredentials {
        // Of nobody there is a password that fits: that it lets nobody in is not for this to see to.
        (account?.credentials.scram ?? Self.scram("nobody's")).flatMap { ScramCredentials(text: $0, hash) }
            ?? ScramCredentials.unknown(name, key: SymmetricKey(size: .bits128), hash)
    }

    /// One round is as good as thousands here.
    private static func scram(_ password: String) -> String? {
        let salt = Array("salt".utf8)
        return ScramHash.allCases.compactMap { hash in
            try? ScramCredentials(hash, password: password, salt: salt, iterations: 1).text
        }.joined(separator: " ")
    }
}
