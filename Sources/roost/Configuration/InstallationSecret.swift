import Crypto
import Foundation
import StateStore

/// The secret of an installation.
///
/// 32 bytes or more in a file of its own. Each tenant's cloak is derived from it, so it must be the same on every edge
/// and stay the same over restarts, or bans on hosts stop matching.
enum InstallationSecret {
    private static let minimumBytes = 32

    /// - Throws: ``EdgeConfiguration/Problem`` that names the file.
    static func load(_ path: String) throws -> SymmetricKey {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw EdgeConfiguration.Problem(
                description: "\(path): cannot be read: make it with `openssl rand -out FILE 32`"
            )
        }
        guard data.count >= Self.minimumBytes else {
            throw EdgeConfiguration.Problem(
                description: "\(path): has \(data.count) bytes, at least \(Self.minimumBytes) are needed"
            )
        }
        return SymmetricKey(data: data)
    }

    /// The secret in a file, which is made if it is not there, for its owner only, and on the disk before it is used.
    ///
    /// - Throws: ``EdgeConfiguration/Problem`` that names the file.
    static func loadOrMake(_ path: String) throws -> SymmetricKey {
        if !FileManager.default.fileExists(atPath: path) {
            let key = SymmetricKey(size: .bits256)
            do throws(FileFailure) { try Files.replace(path, with: key.withUnsafeBytes { Array($0) }) } catch {
                throw EdgeConfiguration.Problem(description: "\(path): cannot be written: \(error)")
            }
        }
        return try Self.load(path)
    }
}
