/// What is stored of an account's password: nothing from which it could be read back.
package struct AccountCredentials: Hashable, Sendable {
    /// The account's name.
    package let name: String
    /// Checks a password that is sent (SASL PLAIN, PASS).
    package let passwordHash: PasswordHash
    /// Check a proof, one for each mechanism of SCRAM.
    package let scram: [ScramCredentials]

    /// The text of those.
    package var scramText: String { self.scram.map(\.text).joined(separator: " ") }

    /// Derives all from a password, in tens of milliseconds: see ``PasswordHasher/credentials(name:password:)``.
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
        var scram: [ScramCredentials] = []
        for hash in ScramHash.allCases { scram.append(try ScramCredentials(hash, password: password)) }
        self.scram = scram
    }
}
