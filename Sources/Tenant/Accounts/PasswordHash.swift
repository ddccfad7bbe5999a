// Passwords at rest: scrypt (RFC 7914) in a text that carries its own parameters, so they can be raised later.

import Chat
import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A password's scrypt hash, as `$scrypt$ln=15,r=8,p=1$salt$hash` (base64 without padding).
///
/// Making and checking one takes tens of milliseconds and 32 MiB: do it in a ``PasswordHasher``, never on an event loop.
package struct PasswordHash: Hashable, Sendable {
    /// What scrypt costs (RFC 7914 section 2).
    package struct Parameters: Hashable, Sendable {
        /// The binary logarithm of N: memory and time double with each step.
        package let logN: Int
        /// The block size r.
        package let blockSize: Int
        /// The parallelism p.
        package let parallelism: Int

        /// N = 2¹⁵, r = 8, p = 1: 32 MiB.
        package static let standard = Parameters(logN: 15, blockSize: 8, parallelism: 1)

        /// States a cost; ``PasswordHash/init(text:)`` takes none of more than 256 MiB.
        package init(logN: Int, blockSize: Int, parallelism: Int) {
            self.logN = logN
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        fileprivate var isAcceptable: Bool {
            (1...20).contains(self.logN) && (1...32).contains(self.blockSize) && (1...16).contains(self.parallelism)
                && 128 * self.blockSize << self.logN <= 256 << 20
        }
    }

    /// The cost with which it was made.
    package let parameters: Parameters
    private let salt: [UInt8]
    private let hash: [UInt8]

    private static let saltLength = 16
    private static let hashLength = 32

    /// Hashes a password with a fresh salt.
    ///
    /// - Parameters:
    ///   - password: The password; it is prepared with ``PasswordText`` first.
    ///   - parameters: What it costs.
    /// - Throws: ``AccountError/password`` if the text is no password, ``AccountError/cost`` if scrypt takes no such cost.
    package init(password: String, parameters: Parameters = .standard) throws(AccountError) {
        var random = SystemRandomNumberGenerator()
        let salt = (0..<Self.saltLength).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        guard let prepared = PasswordText.prepare(password) else { throw .password }
        self.parameters = parameters
        self.salt = salt
        self.hash = try Self.derive(Array(prepared.utf8), salt, parameters, length: Self.hashLength)
    }

    /// Reads the text form.
    ///
    /// - Returns: `nil` for other texts and for costs that would take more than 256 MiB.
    package init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        let costs = parts[2].split(separator: ",", omittingEmptySubsequences: false)
        guard costs.count == 3, let logN = Self.cost("ln", costs[0]), let blockSize = Self.cost("r", costs[1]),
            let parallelism = Self.cost("p", costs[2]), let salt = Base64.decodeUnpadded(parts[3]),
            let hash = Base64.decodeUnpadded(parts[4]), (8...64).contains(salt.count), (16...64).contains(hash.count)
        else { return nil }
        self.parameters = Parameters(logN: logN, blockSize: blockSize, parallelism: parallelism)
        self.salt = salt
        self.hash = hash
        guard self.parameters.isAcceptable else { return nil }
    }

    /// A hash that no password fits, to be checked where there is none.
    static func decoy(_ parameters: Parameters) -> PasswordHash {
        PasswordHash(
            parameters: parameters,
            salt: Array(repeating: 0, count: Self.saltLength),
            hash: Array(repeating: 0, count: Self.hashLength)
        )
    }

    private init(parameters: Parameters, salt: [UInt8], hash: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.hash = hash
    }

    /// Whether a password is the one that was hashed; takes as long for a wrong one, and for a text that is no password.
    ///
    /// - Parameters:
    ///   - password: As it was sent.
    ///   - derive: Does the work.
    /// - Returns: Whether it fits.
    package func verify(_ password: String, with derive: Derivation = Self.derive(_:_:_:length:)) -> Bool {
        let prepared = PasswordText.prepare(password)
        guard let derived = try? derive(Array((prepared ?? password).utf8), self.salt, self.parameters, self.hash.count)
        else { return false }
        return ConstantTime.equal(derived, self.hash) && prepared != nil
    }

    /// A key derivation as ``derive(_:_:_:length:)`` is one: of a password and a salt, at a cost, of a length in bytes.
    package typealias Derivation =
        @Sendable (_ password: [UInt8], _ salt: [UInt8], _ cost: Parameters, _ length: Int) throws(AccountError) ->
        [UInt8]

    /// The form that is stored.
    package var text: String {
        let costs = "ln=\(self.parameters.logN),r=\(self.parameters.blockSize),p=\(self.parameters.parallelism)"
        return "$scrypt$\(costs)$\(Base64.encodeUnpadded(self.salt))$\(Base64.encodeUnpadded(self.hash))"
    }

    /// The bare function of RFC 7914.
    ///
    /// - Throws: ``AccountError/cost`` if scrypt takes no such cost.
    package static func derive(
        _ password: [UInt8],
        _ salt: [UInt8],
        _ parameters: Parameters,
        length: Int
    ) throws(AccountError) -> [UInt8] {
        do {
            let key = try KDF.Scrypt.deriveKey(
                from: password,
                salt: salt,
                outputByteCount: length,
                rounds: 1 << parameters.logN,
                blockSize: parameters.blockSize,
                parallelism: parameters.parallelism
            )
            return key.withUnsafeBytes { Array($0) }
        } catch {
            throw .cost
        }
    }

    private static func cost(_ name: String, _ text: Substring) -> Int? {
        text.hasPrefix(name + "=") ? Int(text.dropFirst(name.utf8.count + 1)) : nil
    }
}

extension PasswordHash: CustomStringConvertible, CustomReflectable {
    package var description: String { "<password hash>" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
