/// What is stored of an account's password: nothing from which it could be read back.
package struct AccountCredentials: Hashable, Sendable {
    /// The account's name.
    package let name: String
    /// Checks a password that is sent (SASL PLAIN, PASS).
    package let passwordHash: PasswordHash
    /// Checks a proof (SASL SCRAM-SHA-256).
    package let scram: ScramCredentials

    /// Puts together what was stored.
    package init(name: String, passwordHash: PasswordHash, scram: ScramCredentials) {
        self.name = name
        self.passwordHash = passwordHash
        self.scram = scram
    }

    /// Derives both from a password, in tens of milliseconds: see ``PasswordHasher/credentials(name:password:)``.
    ///
    /// - Throws: ``AccountError/name`` or ``AccountError/password`` if a text is none.
    package init(
        name: String,
        password: String,
        parameters: PasswordHash.Parameters = .standard
    ) throws(AccountError) {
        guard let name = AccountName.check(name) else { throw .name }
        self.name = name
        self.passwordHash = try PasswordHash(password: password, parameters: parameters)
        self.scram = try ScramCredentials(password: password)
    }
}
