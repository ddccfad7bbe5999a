package import Chat
package import IRC
import NIOCore
package import StateStore
package import Tenant

/// Finds and checks accounts off the event loops.
///
/// Two steps, since an account may also be known from elsewhere: what checks it is then the same.
package protocol Authenticator: CodeAuthority, SecondFactorAuthority {
    /// The account of a name, as the durable store has it; nil if there is none.
    func find(_ name: String, in tenant: TenantID) async throws(AuthenticationError) -> Account?

    /// The account that a client's certificate logs in to (SASL EXTERNAL, RFC 4422 appendix A); nil if there is none.
    func find(
        _ certificate: CertificateFingerprint,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Account?

    /// The certificates that log in to an account, the oldest first.
    func certificates(
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> [AccountCertificate]

    /// Has a certificate log in to an account, if it is nobody else's.
    func add(
        _ certificate: CertificateFingerprint,
        to account: String,
        in tenant: TenantID,
        limit: Int
    ) async throws(AuthenticationError) -> CertificateAddition

    /// Has a certificate log in to an account no more; false if it did not.
    func remove(
        _ certificate: CertificateFingerprint,
        from account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool

    /// Whether a password is an account's (SASL PLAIN, RFC 4616; PASS); of an account that asks for codes one stands behind it.
    ///
    /// - Returns: What it proves; of no account that it is wrong, in the same time.
    func verify(
        _ password: String,
        of account: Account?,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> PasswordProof

    /// What a SCRAM exchange is checked against (RFC 7677).
    ///
    /// - Parameters:
    ///   - hash: The mechanism's.
    ///   - account: The account, if there is one.
    ///   - name: The name that it was looked for by.
    ///   - tenant: Whose it is.
    /// - Returns: of no account some that are made up, always the same, so that nobody learns which accounts there are.
    func scramCredentials(
        _ hash: ScramHash,
        of account: Account?,
        named name: String,
        in tenant: TenantID
    ) -> ScramCredentials

    /// Makes an account, if there is none of its name.
    ///
    /// - Parameters:
    ///   - account: What it is to be.
    ///   - tenant: Whose it is to be.
    ///   - limit: How many accounts the tenant may have; nil for any number.
    /// - Returns: What came of it.
    /// - Throws: ``AuthenticationError``
    func register(
        _ account: AllowedAccount,
        in tenant: TenantID,
        limit: Int?
    ) async throws(AuthenticationError) -> AccountCreation

    /// The nicknames that belong to a tenant's accounts; nil if they are of a version that is known.
    func names(in tenant: TenantID, unless version: String?) async throws(AuthenticationError) -> OwnedNames?

    /// The nicknames that an account has besides what it is called.
    func names(of account: String, in tenant: TenantID) async throws(AuthenticationError) -> [String]

    /// Gives a nickname to an account, if it is nobody else's.
    func add(
        _ nick: Nickname,
        to account: String,
        in tenant: TenantID,
        limit: Int
    ) async throws(AuthenticationError) -> NameAddition

    /// Takes a nickname from an account; false if it has not got it, or is called so.
    func remove(
        _ nick: Nickname,
        from account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool

    /// Replaces an account's password; certificates do not log in to it any more.
    ///
    /// - Returns: false if there is no such account.
    func setPassword(
        _ password: Redacted<String>,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool

    /// Removes an account with all that belongs to it alone; false if there is none.
    func remove(_ account: String, in tenant: TenantID) async throws(AuthenticationError) -> Bool

    /// Notes that somebody logged in to an account; nobody waits for that, and it may fail.
    func noteLogIn(to account: Account, in tenant: TenantID) async

    /// Says whether an account's session is to stay without a client; nil for what is usual.
    func setAlwaysOn(_ isAlwaysOn: Bool?, of account: String, in tenant: TenantID) async throws(AuthenticationError)

    /// Changes what an account says of itself by keys, on what it says just then.
    ///
    /// - Parameters:
    ///   - account: The account's name.
    ///   - tenant: Whose it is.
    ///   - change: What there is, to what there is to be, or to why not; may be called more than once.
    /// - Returns: What it came to; nil if there is no such account any more.
    /// - Throws: ``AuthenticationError``
    func changeMetadata(
        of account: String,
        in tenant: TenantID,
        _ change: @escaping @Sendable (Metadata) -> Result<Metadata, Refusal>
    ) async throws(AuthenticationError) -> Result<MetadataStep, Refusal>?
}

/// A log-in under way: whose account it would be, and where that is known from.
package struct LogInAttempt: Sendable {
    /// As it was sent.
    let name: String
    /// Nil if there is none of this name.
    let account: Account?
    /// Whether the account is as it was when somebody logged in last, since the durable store is away.
    let isRemembered: Bool
    /// When it began.
    let began: NIODeadline
    /// The same in milliseconds since 1970.
    let beganAt: Int64
}

/// Somebody whose log-in was checked.
package struct LoggedIn: Sendable, Hashable {
    /// The account's name as it was registered.
    package let account: String
    /// When the account was made, milliseconds since 1970; nil if that is not known.
    package var since: Int64?
    /// What it may be on the tenant.
    package var role: Account.Role
    /// Whether its session is to stay without a client; nil for what is usual.
    package var isAlwaysOn: Bool?
    /// Whether it was checked against what was remembered, since the durable store is away.
    package let isRemembered: Bool
    /// What it says of itself by keys; nil if that is not known, since the durable store is away.
    package var metadata: Metadata?
    /// When it began to be checked, milliseconds since 1970; nil if nothing was, since the account was made just now.
    ///
    /// What became of the account later is not in it.
    package var provenAt: Int64?

    package init(
        account: String,
        since: Int64? = nil,
        role: Account.Role,
        isAlwaysOn: Bool? = nil,
        isRemembered: Bool = false,
        metadata: Metadata? = nil
    ) {
        self.account = account
        self.since = since
        self.role = role
        self.isAlwaysOn = isAlwaysOn
        self.isRemembered = isRemembered
        self.metadata = metadata
    }
}

/// Why a log-in could not be checked at all.
package enum AuthenticationError: Error, Hashable, CustomStringConvertible {
    case busy
    /// The durable store does not answer.
    case away
    case unavailable

    package var description: String { self.phrase.english }

    /// What whoever asked is told.
    var phrase: Phrase {
        switch self {
        case .busy: "too many log-ins at once, try again"
        case .away, .unavailable: "accounts cannot be checked now, try again"
        }
    }
}
