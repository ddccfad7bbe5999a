// What a server keeps to check SCRAM-SHA-256 (RFC 5802 section 3, RFC 7677): enough to check a proof, too little to make one.

package import Crypto
import CryptoExtras

/// An account's verifier for SCRAM-SHA-256.
///
/// Its text is `SCRAM-SHA-256$4096:salt$storedKey:serverKey` (base64), the form that RFC 5803 and PostgreSQL use.
package struct ScramCredentials: Hashable, Sendable {
    /// The salt that the client is sent.
    package let salt: [UInt8]
    /// How often the client must hash.
    package let iterations: Int
    /// `H(ClientKey)`, 32 bytes.
    package let storedKey: [UInt8]
    /// `HMAC(SaltedPassword, "Server Key")`, 32 bytes.
    package let serverKey: [UInt8]

    /// Iterations for new verifiers: above the least of RFC 7677 (4,096); every client pays for them at each login.
    package static let standardIterations = 10_000

    /// Derives a verifier with a fresh salt; it takes milliseconds: do it in a ``PasswordHasher``.
    ///
    /// - Throws: ``AccountError/password`` if the text is no password.
    package init(password: String, iterations: Int = Self.standardIterations) throws(AccountError) {
        var random = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        try self.init(password: password, salt: salt, iterations: iterations)
    }

    /// Derives a verifier with a given salt.
    ///
    /// - Throws: ``AccountError/password`` if the text is no password, ``AccountError/cost`` for impossible iterations.
    package init(password: String, salt: [UInt8], iterations: Int) throws(AccountError) {
        guard let prepared = PasswordText.prepare(password) else { throw .password }
        guard
            iterations > 0,
            let salted = try? KDF.Insecure.PBKDF2.deriveKey(
                from: Array(prepared.utf8),
                salt: salt,
                using: .sha256,
                outputByteCount: 32,
                // The library's minimum is for PBKDF2 alone; SCRAM's protocol fixes what clients bear.
                unsafeUncheckedRounds: iterations
            )
        else { throw .cost }
        self.salt = salt
        self.iterations = iterations
        self.storedKey = Array(SHA256.hash(data: Scram.hmac(salted, "Client Key")))
        self.serverKey = Scram.hmac(salted, "Server Key")
    }

    /// Reads the text form; `nil` for other texts.
    package init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "SCRAM-SHA-256" else { return nil }
        let (cost, keys) = (parts[1].split(separator: ":"), parts[2].split(separator: ":"))
        guard cost.count == 2, keys.count == 2, let iterations = Int(cost[0]), (1...1_000_000).contains(iterations),
            let salt = Base64.decode(cost[1]), let stored = Base64.decode(keys[0]), let server = Base64.decode(keys[1]),
            stored.count == 32, server.count == 32
        else { return nil }
        self.init(salt: salt, iterations: iterations, storedKey: stored, serverKey: server)
    }

    private init(salt: [UInt8], iterations: Int, storedKey: [UInt8], serverKey: [UInt8]) {
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
    /// - Returns: Credentials that nobody can prove.
    package static func unknown(_ name: String, key: SymmetricKey) -> ScramCredentials {
        let name = name.lowercased()
        return ScramCredentials(
            salt: Array(Scram.hmac(key, "scram salt \(name)").prefix(16)),
            iterations: Self.standardIterations,
            storedKey: Scram.hmac(key, "scram stored key \(name)"),
            serverKey: Scram.hmac(key, "scram server key \(name)")
        )
    }

    /// The form that is stored.
    package var text: String {
        let keys = "\(Base64.encode(self.storedKey)):\(Base64.encode(self.serverKey))"
        return "SCRAM-SHA-256$\(self.iterations):\(Base64.encode(self.salt))$\(keys)"
    }
}

extension ScramCredentials: CustomStringConvertible, CustomReflectable {
    package var description: String { "<SCRAM credentials>" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The keyed hash of SCRAM-SHA-256.
enum Scram {
    static func hmac(_ key: SymmetricKey, _ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }
}
