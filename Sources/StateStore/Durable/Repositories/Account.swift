package import Chat
package import Tenant

/// An account of a tenant, as stored.
package struct Account: Hashable, Sendable {
    /// What an account may do in its tenant.
    package enum Role: String, Hashable, Sendable, CaseIterable {
        case user
        case admin
    }

    /// Whether somebody may log in to it.
    package enum State: String, Hashable, Sendable, CaseIterable {
        case active
        /// It was asked for, and an administrator has not agreed yet.
        case waiting
    }

    /// What proves that somebody owns the account.
    ///
    /// Both are derived from the password, neither gives it away.
    package struct Credentials: Hashable, Sendable {
        /// The hash that SASL PLAIN is checked against, with its parameters; nil if there is no password.
        package let passwordHash: String?
        /// The stored key, server key, salt and iterations of SCRAM (RFC 5802 §3), for each mechanism; nil if there is no password.
        package let scram: String?

        package init(passwordHash: String?, scram: String?) {
            self.passwordHash = passwordHash
            self.scram = scram
        }

        /// Whether it can be logged in to by each mechanism of SCRAM.
        var hasEveryProof: Bool {
            ScramHash.allCases.allSatisfy { hash in
                self.scram.flatMap { ScramCredentials(text: $0, hash) } != nil
            }
        }

        /// What is stored of a password.
        package init(_ made: AccountCredentials) {
            self.init(passwordHash: made.passwordHash.text, scram: made.scramText)
        }
    }

    package let tenant: TenantID
    /// As its owner spells it.
    package let name: String
    /// Under the tenant's casemapping: unique in the tenant.
    package let folded: String
    package let role: Role
    package let state: State
    /// Whether it is an administrator because its tenant says so, and for as long as it does.
    package let isDeclared: Bool
    package let credentials: Credentials
    /// Whether its session is to stay without a client; nil for what is usual.
    package let isAlwaysOn: Bool?
    /// What it says of itself by keys.
    package let metadata: Metadata
    /// Where mail to its owner goes, as the owner says; nil if nothing was said.
    package let email: String?
    /// Milliseconds since 1970, to a quarter of an hour; nil if nobody has logged in yet.
    package let lastLogInAt: Int64?
    /// Milliseconds since 1970.
    package let createdAt: Int64
    /// Milliseconds since 1970 of the last change.
    package let updatedAt: Int64

    package init(
        tenant: TenantID,
        name: String,
        folded: String,
        role: Role = .user,
        state: State = .active,
        isDeclared: Bool = false,
        credentials: Credentials,
        isAlwaysOn: Bool? = nil,
        metadata: Metadata = Metadata(),
        email: String? = nil,
        lastLogInAt: Int64? = nil,
        createdAt: Int64,
        updatedAt: Int64
    ) {
        self.tenant = tenant
        self.name = name
        self.folded = folded
        self.role = role
        self.state = state
        self.isDeclared = isDeclared
        self.credentials = credentials
        self.isAlwaysOn = isAlwaysOn
        self.metadata = metadata
        self.email = email
        self.lastLogInAt = lastLogInAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
