package import IRC
package import StateStore
package import Tenant

/// A code that somebody wants to be sent.
package struct CodeOrder: Hashable, Sendable {
    package let purpose: CodePurpose
    /// Where to; nil for the address that the account was verified by.
    package let address: EmailAddress?
    /// The language of the mail.
    package let language: Language
}

/// What came of a code that somebody wrote.
package enum CodeOutcome: Hashable, Sendable {
    /// What it was for is done.
    case done(Account)
    /// It is none, too old, used already, or was tried too often.
    case wrong
    /// The address has as many accounts as it may.
    case addressInUse
    /// The tenant has as many accounts as it may.
    case isFull
}

/// Has codes be sent by mail, and takes them.
package protocol CodeAuthority: Sendable {
    /// Whether anybody sends mail here.
    var sendsMail: Bool { get }

    /// Has a code be sent for an account, in place of one that was sent before for the same.
    func request(
        _ order: CodeOrder,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> CodeRequest

    /// Takes a code, and does what it was for.
    ///
    /// - Parameters:
    ///   - code: As somebody wrote it.
    ///   - account: Whose.
    ///   - purpose: What it is to be for.
    ///   - password: The password that the account is to have, of a code for that.
    ///   - rules: What the tenant lets it come to.
    ///   - tenant: Of which tenant.
    /// - Returns: What came of it.
    /// - Throws: ``AuthenticationError``
    func redeem(
        _ code: Redacted<String>,
        of account: String,
        for purpose: CodePurpose,
        password: Redacted<String>?,
        by rules: CodeRules,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> CodeOutcome

    /// Has an account have no address any more, which the address is told in a language; false if there is no such account.
    func removeAddress(
        of account: String,
        telling language: Language,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> Bool
}
