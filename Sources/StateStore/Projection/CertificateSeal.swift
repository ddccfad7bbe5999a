// Keys of certificates pass through the live store, which is no place for secrets: its operator, its disk and its backups
// would all have them. So they are sealed with a key that only the operator and the cell's edges hold.

package import Crypto
import FoundationEssentials
import Glibc

/// Seals certificates for the projection, and opens them.
///
/// A box is a version (1 byte) and AES-256-GCM's nonce, ciphertext and tag (NIST SP 800-38D) over the certificate as JSON.
/// Log, section and name are authenticated with it, so a box in another's place does not open.
package struct CertificateSeal: Sendable {
    /// Why a key or a box cannot be used.
    ///
    /// Nothing of either is repeated.
    package enum Problem: Error, Hashable, CustomStringConvertible {
        /// The key's file cannot be read.
        case unreadable(file: String)
        /// The key's file has something else than a key.
        case noKey(file: String)
        /// The box is of a version that this one does not know.
        case unknownVersion
        /// The box was made with another key or for another place, or was changed.
        case doesNotOpen
        /// What was in the box is no certificate.
        case noCertificate

        package var description: String {
            switch self {
            case .unreadable(let file): "\(file): cannot be read: make it with `openssl rand -out FILE 32`"
            case .noKey(let file):
                "\(file): is no key: write 32 random bytes as they are, in hexadecimal or in base64 digits"
            case .unknownVersion: "the certificate was sealed by a newer version"
            case .doesNotOpen: "the certificate was sealed with another key or for another place, or was changed"
            case .noCertificate: "what was sealed is no certificate"
            }
        }
    }

    private static let version: UInt8 = 1
    private static let keyBytes = 32
    private let key: SymmetricKey

    /// Takes a key of 256 bits.
    package init(key: SymmetricKey) { self.key = key }

    /// Reads the key from a file: 32 bytes, or their hexadecimal or base64 digits.
    ///
    /// - Parameters:
    ///   - file: The file's path.
    ///   - warn: Told what is wrong with the file and does not keep it from being used.
    /// - Throws: ``Problem`` that names the file.
    package init(file: String, warn: (String) -> Void = { _ in }) throws(Problem) {
        guard let data = FileManager.default.contents(atPath: file) else { throw .unreadable(file: file) }
        guard let key = Self.key(Array(data)) else { throw .noKey(file: file) }
        self.key = SymmetricKey(data: key)
        var status = stat()
        if stat(file, &status) == 0, status.st_mode & S_IROTH != 0 {
            warn("\(file) may be read by everybody on this machine: take that away with `chmod o-r`")
        }
    }

    /// Seals a certificate for its place.
    ///
    /// - Parameters:
    ///   - certificate: The certificate with its key.
    ///   - name: The tenant's name, or ``Projection/wildcard``.
    /// - Returns: The box; another one each time.
    /// - Throws: ``Problem/noCertificate``, which no certificate leads to.
    package func seal(_ certificate: ProjectedCertificate, name: String) throws(Problem) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(
                try JSONEncoder().encode(certificate),
                using: self.key,
                authenticating: Self.place(of: name)
            )
            guard let combined = box.combined else { throw Problem.noCertificate }
            return [Self.version] + combined
        } catch { throw .noCertificate }
    }

    /// Opens a box that was found in a place.
    package func open(_ box: [UInt8], name: String) throws(Problem) -> ProjectedCertificate {
        guard box.first == Self.version else { throw box.isEmpty ? .doesNotOpen : .unknownVersion }
        let json: Data
        do {
            let sealed = try AES.GCM.SealedBox(combined: box.dropFirst())
            json = try AES.GCM.open(sealed, using: self.key, authenticating: Self.place(of: name))
        } catch { throw .doesNotOpen }
        do {
            return try JSONDecoder().decode(ProjectedCertificate.self, from: json)
        } catch { throw .noCertificate }
    }

    private static func place(of name: String) -> [UInt8] {
        Array(Projection.log.description.utf8) + [Projection.certificates.byte] + Array(name.utf8)
    }

    /// Reads a key as a file or a Secret holds it: 32 bytes, or their hexadecimal or base64 digits.
    package static func key(_ bytes: [UInt8]) -> [UInt8]? {
        if bytes.count == Self.keyBytes { return bytes }
        let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        if text.utf8.count == 2 * Self.keyBytes {
            let digits = text.compactMap(\.hexDigitValue)
            guard digits.count == 2 * Self.keyBytes else { return nil }
            return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        }
        guard let decoded = Data(base64Encoded: text), decoded.count == Self.keyBytes else { return nil }
        return Array(decoded)
    }
}
