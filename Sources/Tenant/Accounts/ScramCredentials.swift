// What a server keeps to check SCRAM (RFC 5802 section 3, RFC 7677): enough to check a proof, too little to make one.

package import Crypto

/// An account's verifier for one mechanism of SCRAM.
///
/// Its text is `SCRAM-SHA-256$4096:salt$storedKey:serverKey` (base64), the form that RFC 5803 and PostgreSQL use.
/// Those for several mechanisms stand in one text, with a space between them.
package struct ScramCredentials: Hashable, Sendable {
    /// The mechanism's.
    package let hash: ScramHash
    /// The salt that the client is sent.
    package let salt: [UInt8]
    /// How often the client must hash.
    package let iterations: Int
    /// `H(ClientKey)`.
    package let storedKey: [UInt8]
    /// `HMAC(SaltedPassword, "Server Key")`.
    package let serverKey: [UInt8]

    /// Iterations for new verifiers: above the least of RFC 7677 (4,096); every client pays for them at each login.
    package static let standardIterations = 10_000

    /// Derives a verifier with a fresh salt; it takes milliseconds: do it in a ``PasswordHasher``.
    ///
    /// - Throws: ``AccountError/password`` if the text is no password.
    package init(
        _ hash: ScramHash = .sha256,
        password: String,
        iterations: Int = Self.standardIterations
    ) throws(AccountError) {
        var random = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        try self.init(hash, password: password, salt: salt, iterations: iterations)
    }

    /// Derives a verifier with a given salt.
    ///
    /// - Throws: ``AccountError/password`` if the text is no password, ``AccountError/cost`` for impossible iterations.
    package init(
        _ hash: ScramHash = .sha256,
        password: String,
        salt: [UInt8],
        iterations: Int
    ) throws(AccountError) {
        guard let prepared = PasswordText.prepare(password) else { throw .password }
        guard let salted = hash.salted(prepared, salt: salt, iterations: iterations) else { throw .cost }
        self.hash = hash
        self.salt = salt
        self.iterations = iterations
        self.storedKey = hash.hash(hash.hmac(salted, "Client Key"))
        self.serverKey = hash.hmac(salted, "Server Key")
    }

    /// Reads the text form, of the one for a mechanism if there are several; `nil` for other texts.
    package init?(text: String, _ hash: ScramHash = .sha256) {
        let own = text.split(separator: " ", omittingEmptySubsequences: false).filter {
            $0.hasPrefix(hash.rawValue + "$")
        }
        guard own.count == 1 else { return nil }
        let parts = own[0].split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let (cost, keys) = (parts[1].split(separator: ":"), parts[2].split(separator: ":"))
        guard cost.count == 2, keys.count == 2, let iterations = Int(cost[0]), (1...1_000_000).contains(iterations),
            let salt = Base64.decode(cost[1]), let stored = Base64.decode(keys[0]), let server = Base64.decode(keys[1]),
            stored.count == hash.length, server.count == hash.length
        else { return nil }
        self.init(hash, salt: salt, iterations: iterations, storedKey: stored, serverKey: server)
    }

    private init(_ hash: ScramHash, salt: [UInt8], iterations: Int, storedKey: [UInt8], serverKey: [UInt8]) {
        self.hash = hash
        self.salt = salt
        self.iterations = iterations
        self.storedKey = storedKey
        self.serverKey = serverKey
    }

    /// What an unknown account is challenged with: always the same for a name, and no password fits.
    ///
    /// Nobody can tell from the challenge whether the account exists, as long as real ones have
    /// ``standardIterations`` too.
    ///
    /// - Parameters:
    ///   - name: The name that was asked for; letter case does not count.
    ///   - key: A key that only servers of this tenant know.
    ///   - hash: The mechanism's.
    /// - Returns: Credentials that nobody can prove.
    package static func unknown(_ name: String, key: SymmetricKey, _ hash: ScramHash = .sha256) -> ScramCredentials {
        let name = name.lowercased()
        return ScramCredentials(
            hash,
            salt: Array(hash.hmac(key, "scram salt \(name)").prefix(16)),
            iterations: Self.standardIterations,
            storedKey: hash.hmac(key, "scram stored key \(name)"),
            serverKey: hash.hmac(key, "scram server key \(name)")
        )
    }

    /// The form that is stored.
    package var text: String {
        let keys = "\(Base64.encode(self.storedKey)):\(Base64.encode(self.serverKey))"
        return "\(self.hash.rawValue)$\(self.iterations):\(Base64.encode(self.salt))$\(keys)"
    }
}

extension ScramCredentials: CustomStringConvertible, CustomReflectable {
    package var description: String { "<SCRAM credentials>" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
