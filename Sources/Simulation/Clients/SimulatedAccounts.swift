package import Realm
package import StateStore
package import Tenant

/// Accounts whose passwords are compared as they are.
///
/// One thread uses it.
package final class SimulatedAccounts: Authenticator, @unchecked Sendable {
    // Unchecked: called by the thread of the simulation alone.
    private var accounts: [String: (password: String, login: LoggedIn)] = [:]
    /// What every question is answered with instead, if it is set.
    package var failure: AuthenticationError?

    /// Adds an account; one that is there keeps what it asked for.
    package func add(_ name: String, password: String, role: Account.Role = .user) {
        let isAlwaysOn = self.accounts[name]?.login.isAlwaysOn
        self.accounts[name] = (password, LoggedIn(account: name, role: role, isAlwaysOn: isAlwaysOn))
    }

    package func setAlwaysOn(
        _ isAlwaysOn: Bool?,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) {
        if let failure { throw failure }
        guard let known = self.accounts[account] else { return }
        let login = LoggedIn(account: account, role: known.login.role, isAlwaysOn: isAlwaysOn)
        self.accounts[account] = (known.password, login)
    }

    package func verify(
        account: String,
        password: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> LoggedIn? {
        if let failure { throw failure }
        guard let known = self.accounts[account], known.password == password else { return nil }
        return known.login
    }

    package func scramCredentials(
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> ScramLogin {
        if let failure { throw failure }
        let known = self.accounts[account]
        do {
            // One round is as good as thousands here.
            let credentials = try ScramCredentials(
                password: known?.password ?? "nobody's",
                salt: Array("salt".utf8),
                iterations: 1
            )
            return ScramLogin(credentials: credentials, login: known?.login)
        } catch { throw .unavailable }
    }
}
