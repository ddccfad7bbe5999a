package import StateStore
package import Tenant

/// What somebody proved who logs in by a password.
package enum PasswordProof: Hashable, Sendable {
    /// All that the account asks for.
    case right
    /// The password is right, and so is the code behind it, if nobody used that before.
    case codeRight(CodeUse)
    case wrong
    /// The password is right, and a code is asked for, too.
    case codeMissing
    /// The password is right, and the code behind it is not.
    case codeWrong
}

/// Codes that accounts ask for beside the password (RFC 6238).
package protocol SecondFactorAuthority: Sendable {
    /// Uses a code that is right.
    ///
    /// - Returns: false if it, or a later one, was used before.
    func use(_ code: CodeUse, of account: Account, in tenant: TenantID) async throws(AuthenticationError) -> Bool

    /// Gives an account a secret that is not asked for yet.
    ///
    /// - Returns: nil if codes are asked for already, or there is no such account.
    func beginSecondFactor(of account: String, in tenant: TenantID) async throws(AuthenticationError) -> TOTP?

    /// Has codes be asked for from now on, if the code was made with the secret.
    ///
    /// - Returns: The codes for who loses the device; nil if the code is wrong, or no secret was given.
    func confirmSecondFactor(
        _ code: Redacted<String>,
        of account: String,
        in tenant: TenantID
    ) async throws(AuthenticationError) -> [Redacted<String>]?

    /// Has no codes be asked for any more.
    ///
    /// - Returns: false if none were.
    func removeSecondFactor(of account: String, in tenant: TenantID) async throws(AuthenticationError) -> Bool
}
