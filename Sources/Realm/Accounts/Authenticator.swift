package import StateStore
package import Tenant

/// Finds and checks accounts off the event loops.
///
/// Two steps, since an account may also be known from elsewhere: what checks it is then the same.
package protocol Authenticator: Sendable {
    /// The account of a name, as the durable store has it; nil if there is none.
    func find(_ name: String, in tenant: TenantID) async throws(AuthenticationError) -> Account?

    /// Whether a password is an account's (SASL PLAIN, RFC 4616; PASS).
    ///
    /// - Returns: false for no account, in the same time.
    func verify(
        _ password: String,
        of account: Account?,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool

    /// What a SCRAM exchange is checked against (RFC 7677).
    ///
    /// - Parameters:
    ///   - account: The account, if there is one.
    ///   - name: The name that it was looked for by.
    ///   - tenant: Whose it is.
    /// - Returns: of no account some that are made up, always the same, so that nobody learns which accounts there are.
    func scramCredentials(of account: Account?, named name: String, in tenant: TenantID) -> ScramCredentials

    /// Says whether an account's session is to stay without a client; nil for what is usual.
    func setAlwaysOn(_ isAlwaysOn: Bool?, of account: String, in tenant: TenantID) async throws(AuthenticationError)
}

/// A log-in under way: whose account it would be, and where that is known from.
package struct LogInAttempt: Sendable {
    /// As it was sent.
    let name: String
    /// Nil if there is none of this name.
    let account: Account?
    /// Whether the account is as it was when somebody logged in last, since the durable store is away.
    let isRemembered: Bool
}

/// Somebody whose log-in was checked.
package struct LoggedIn: Sendable, Hashable {
    /// The account's name as it was registered.
    package let account: String
    /// What it may be on the tenant.
    package let role: Account.Role
    /// Whether its session is to stay without a client; nil for what is usual.
    package let isAlwaysOn: Bool?
    /// Whether it was checked against what was remembered, since the durable store is away.
    package let isRemembered: Bool

    package init(account: String, role: Account.Role, isAlwaysOn: Bool? = nil, isRemembered: Bool = false) {
        self.account = account
        self.role = role
        self.isAlwaysOn = isAlwaysOn
        self.isRemembered = isRemembered
    }
}

/// Why a log-in could not be checked at all.
package enum AuthenticationError: Error, Hashable, CustomStringConvertible {
    case busy
    /// The durable store does not answer.
    case away
    case unavailable

    package var description: String {
        switch self {
        case .busy: "too many log-ins at once, try again"
        case .away, .unavailable: "accounts cannot be checked now, try again"
        }
    }
}
