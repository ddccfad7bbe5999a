package import Crypto
import Foundation
import StateStore

/// The cell's keys, each a file of a folder: as a Secret is mounted whose keys are their names.
///
/// The last by name encrypts and signs what is new; the others open what is there, and are needed for what they signed. So a key is
/// replaced by adding one that sorts behind it.
package struct CellKeys: Sendable {
    private let keys: [String: SymmetricKey]
    /// What the key is called that encrypts what is new.
    package let current: String

    /// - Parameter keys: At least one of 256 bits, by names of letters, digits, `-`, `.` and `_`.
    /// - Throws: ``ArchiveError/configuration(_:)``
    package init(_ keys: [String: SymmetricKey]) throws(ArchiveError) {
        guard let current = keys.keys.max() else { throw .configuration("there is no key") }
        for (name, key) in keys where !Self.isName(name) || key.bitCount != 256 {
            throw .configuration(
                "the key `\(name)` is not of 32 bytes, or its name has other than letters, digits, - . _"
            )
        }
        self.keys = keys
        self.current = current
    }

    /// Reads the keys of a folder; a file that begins with a dot is none.
    ///
    /// - Parameter folder: With a file for each key: 32 bytes, or their hexadecimal or base64 digits.
    /// - Throws: ``ArchiveError/configuration(_:)`` that names the file.
    package init(folder: String) throws(ArchiveError) {
        var keys: [String: SymmetricKey] = [:]
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !name.hasPrefix(".") {
                guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
                    throw ArchiveError.configuration("\(folder)/\(name): cannot be read")
                }
                guard let key = CertificateSeal.key(Array(data)) else {
                    throw ArchiveError.configuration(
                        "\(folder)/\(name): is no key: write 32 random bytes as they are, in hexadecimal or base64 digits"
                    )
                }
                keys[name] = SymmetricKey(data: key)
            }
        } catch let error as ArchiveError { throw error } catch {
            throw .configuration(
                "\(folder): cannot be read: make it, with a file of `openssl rand -out \(folder)/1 32`"
            )
        }
        guard !keys.isEmpty else {
            throw .configuration("\(folder): has no key: make one with `openssl rand -out \(folder)/1 32`")
        }
        try self.init(keys)
    }

    /// A key by its name.
    ///
    /// - Throws: ``ArchiveError/keyMissing(_:)``
    func key(_ name: String) throws(ArchiveError) -> SymmetricKey {
        guard let key = self.keys[name] else { throw .keyMissing(name) }
        return key
    }

    /// What signs manifests: Ed25519 (RFC 8032), derived (HKDF, RFC 5869) from a key of the cell.
    ///
    /// - Throws: ``ArchiveError/keyMissing(_:)``
    package func signing(_ name: String) throws(ArchiveError) -> Curve25519.Signing.PrivateKey {
        let seed = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: try self.key(name),
            info: Array("roost archive: signing".utf8),
            outputByteCount: 32
        )
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed.withUnsafeBytes { Array($0) }) else {
            throw .configuration("the key \(name) makes no key to sign with")
        }
        return key
    }

    /// The names, in order.
    package var names: [String] { self.keys.keys.sorted() }

    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
