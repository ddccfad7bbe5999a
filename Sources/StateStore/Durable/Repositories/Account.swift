package import Chat
package import Tenant

/// An account of a tenant, as stored.
package struct Account: Hashable, Sendable {
    /// What an account may do in its tenant.
    package typealias Role = Chat.Role

    /// Whether somebody may log in to it.
    package enum State: String, Hashable, Sendable, CaseIterable {
        case active
        /// It was asked for, and an administrator has not agreed yet.
        case waiting
        /// It was asked for, and nobody has shown yet that the address is theirs.
        case unverified
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

    /// What makes the codes that are asked for beside the password (RFC 6238).
    package struct SecondFactor: Hashable, Sendable {
        /// The secret, sealed.
        package let sealed: [UInt8]
        /// When its owner showed that codes can be made with it, milliseconds since 1970; nil: it is not asked for yet.
        package let confirmedAt: Int64?
        /// The time step of the last code that was taken: no earlier one is taken any more.
        package let lastStep: Int64
        /// A bit for each recovery code that was not used yet.
        package let recovery: Int64

        package init(sealed: [UInt8], confirmedAt: Int64?, lastStep: Int64, recovery: Int64) {
            self.sealed = sealed
            self.confirmedAt = confirmedAt
            self.lastStep = lastStep
            self.recovery = recovery
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
    /// When its owner showed that mail to the address is read, milliseconds since 1970; nil if that was not shown.
    package let emailVerifiedAt: Int64?
    /// What makes its codes for logging in; nil if none are asked for.
    package let secondFactor: SecondFactor?
    /// Milliseconds since 1970, to a quarter of an hour; nil if nobody has logged in yet.
    package let lastLogInAt: Int64?
    /// Milliseconds since 1970.
    package let createdAt: Int64
    /// Milliseconds since 1970 of the last change.
    package let updatedAt: Int64

    /// Whether a password alone does not log in to it.
    package var needsCode: Bool { self.secondFactor?.confirmedAt != nil }

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
        emailVerifiedAt: Int64? = nil,
        secondFactor: SecondFactor? = nil,
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
        self.emailVerifiedAt = emailVerifiedAt
        self.secondFactor = secondFactor
        self.lastLogInAt = lastLogInAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
