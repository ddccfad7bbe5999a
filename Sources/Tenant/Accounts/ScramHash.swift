import Crypto
import CryptoExtras

/// The hash that a SCRAM mechanism is made with (RFC 5802 section 4); the raw value is the mechanism's name.
package enum ScramHash: String, Hashable, Sendable, CaseIterable {
    /// RFC 7677.
    case sha256 = "SCRAM-SHA-256"
    /// draft-melnikov-scram-sha-512.
    case sha512 = "SCRAM-SHA-512"

    /// Bytes of a hash, and so of keys and proofs.
    var length: Int {
        switch self {
        case .sha256: 32
        case .sha512: 64
        }
    }

    /// `H(bytes)`.
    func hash(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .sha256: Array(SHA256.hash(data: bytes))
        case .sha512: Array(SHA512.hash(data: bytes))
        }
    }

    /// `HMAC(key, text)`.
    func hmac(_ key: SymmetricKey, _ text: String) -> [UInt8] {
        switch self {
        case .sha256: Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
        case .sha512: Array(HMAC<SHA512>.authenticationCode(for: Array(text.utf8), using: key))
        }
    }

    /// `Hi(password, salt, iterations)`; nil for a cost that cannot be.
    func salted(_ password: String, salt: [UInt8], iterations: Int) -> SymmetricKey? {
        guard iterations > 0 else { return nil }
        return try? KDF.Insecure.PBKDF2.deriveKey(
            from: Array(password.utf8),
            salt: salt,
            using: self == .sha256 ? .sha256 : .sha512,
            outputByteCount: self.length,
            // The library's minimum is for PBKDF2 alone; SCRAM's protocol fixes what clients bear.
            unsafeUncheckedRounds: iterations
        )
    }
}
