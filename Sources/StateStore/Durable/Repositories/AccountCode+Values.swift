package import Tenant

/// A code that is to be sent to somebody.
package struct NewCode: Hashable, Sendable {
    package let purpose: CodePurpose
    /// Where to; nil for the address that the account was verified by.
    package let address: EmailAddress?
    /// Another for each code.
    package let serial: String
    /// The code of the language that the mail is to be in (BCP 47).
    package let language: String
    /// Milliseconds since 1970.
    package let expiresAt: Int64

    package init(
        purpose: CodePurpose,
        address: EmailAddress?,
        serial: String,
        language: String,
        expiresAt: Int64
    ) {
        self.purpose = purpose
        self.address = address
        self.serial = serial
        self.language = language
        self.expiresAt = expiresAt
    }
}

/// What came of asking for a code.
package enum CodeRequest: Hashable, Sendable {
    /// It is to be sent.
    case queued
    /// One is on its way already, or was sent just now: it is as good.
    case sent
    /// There is no account that it could be for, or none with a verified address.
    case noAccount
    /// The tenant has as much mail waiting as it may.
    case isFull
}

/// What came of a code that was right.
package enum CodeRedemption: Hashable, Sendable {
    /// What it was for is done.
    case done(Account)
    /// The address has as many accounts as it may.
    case addressInUse
    /// The tenant has as many accounts as it may.
    case isFull
    /// The code was used meanwhile, or its account is no more.
    case gone
}

/// A code that is to be sent now.
package struct DueCode: Hashable, Sendable {
    package let tenant: TenantID
    package let subject: CodeSubject
    /// The code of the language that the mail is to be in (BCP 47).
    package let language: String
    /// How often it was tried, this time included.
    package let tries: Int
    /// Milliseconds since 1970.
    package let expiresAt: Int64

    package init(tenant: TenantID, subject: CodeSubject, language: String, tries: Int, expiresAt: Int64) {
        self.tenant = tenant
        self.subject = subject
        self.language = language
        self.tries = tries
        self.expiresAt = expiresAt
    }
}

/// What a tenant lets codes come to.
package struct CodeRules: Hashable, Sendable {
    /// How many accounts one address may have.
    package let accountsPerAddress: Int
    /// How many accounts there may be; nil for any number.
    package let limit: Int?
    /// What an account is that somebody verified.
    package let state: Account.State

    package init(accountsPerAddress: Int, limit: Int? = nil, state: Account.State = .active) {
        self.accountsPerAddress = accountsPerAddress
        self.limit = limit
        self.state = state
    }
}
