package import StateStore
package import Tenant

/// Checks accounts off the event loops.
package protocol Authenticator: Sendable {
    /// Whether a password is right (SASL PLAIN, RFC 4616; PASS).
    ///
    /// - Returns: the account, or nil if name or password is wrong, in the same time.
    func verify(account: String, password: String, in tenant: TenantID) async throws(AuthenticationError) -> LoggedIn?

    /// Says whether an account's session is to stay without a client; nil for what is usual.
    func setAlwaysOn(_ isAlwaysOn: Bool?, of account: String, in tenant: TenantID) async throws(AuthenticationError)

    /// The SCRAM credentials of an account (RFC 7677).
    ///
    /// - Returns: an unknown account's are made up, always the same, so that nobody learns which accounts there are;
    ///   the log-in is nil then.
    func scramCredentials(of account: String, in tenant: TenantID) async throws(AuthenticationError) -> ScramLogin
}

/// What a SCRAM exchange is checked against, and who is logged in if it succeeds.
package struct ScramLogin: Sendable {
    package let credentials: ScramCredentials
    package let login: LoggedIn?

    package init(credentials: ScramCredentials, login: LoggedIn?) {
        self.credentials = credentials
        self.login = login
    }
}

/// Somebody whose log-in was checked.
package struct LoggedIn: Sendable, Hashable {
    /// The account's name as it was registered.
    package let account: String
    /// What it may be on the tenant.
    package let role: Account.Role
    /// Whether its session is to stay without a client; nil for what is usual.
    package let isAlwaysOn: Bool?

    package init(account: String, role: Account.Role, isAlwaysOn: Bool? = nil) {
        self.account = account
        self.role = role
        self.isAlwaysOn = isAlwaysOn
    }
}

/// Why a log-in could not be checked at all.
package enum AuthenticationError: Error, Hashable, CustomStringConvertible {
    case busy
    case unavailable

    package var description: String {
        switch self {
        case .busy: "too many log-ins at once, try again"
        case .unavailable: "accounts cannot be checked now, try again"
        }
    }
}
